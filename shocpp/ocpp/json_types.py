"""
What counts as a number, a multiple of 0.1, a time or a URI in a payload, where JSON Schema leaves it open.

The generated validators call these functions, and so does the jsonschema validator that explains, so that both judge
alike. Values are as `json.loads` makes them. Nothing here raises, whatever the value.
"""

from __future__ import annotations

_TO_SHAPE = dict.fromkeys(range(ord("1"), ord("9") + 1), "0")
_SHAPES = ("0000-00-00T00:00:00", "0000-00-00t00:00:00")
_DAYS = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}


def is_integer(value: object) -> bool:
    """
    Tell whether a value is an integer: written without a point or exponent, and no boolean.

    ``1.0`` is none, so that code may rely on ``int`` once a payload fits.
    """
    return type(value) is int


def is_number(value: object) -> bool:
    """Tell whether a value is a number: no boolean, and finite, since JSON has no NaN and no infinity."""
    return type(value) is int or (type(value) is float and value - value == 0.0)


def is_tenths(value: object) -> bool:
    """
    Tell whether a number is a multiple of 0.1 as it was written; true of anything that is no ``float``.

    >>> is_tenths(16), is_tenths(0.3), is_tenths(0.35)
    (True, True, False)
    """
    return type(value) is not float or round(value, 1) == value


def is_date_time(value: object) -> bool:
    """
    Tell whether a string is a date and time with a zone as in RFC 3339; true of anything that is no string.

    The day must exist; a leap second may. A time without zone, or ``+02`` alone, is not one.

    >>> is_date_time("2023-09-03T09:52:10Z"), is_date_time("2023-09-03T09:52:10.5+02:00")
    (True, True)
    >>> is_date_time("2023-09-03T09:52:10"), is_date_time("2023-02-29T09:52:10Z")
    (False, False)
    """
    if type(value) is not str:
        return True
    if value[:19].translate(_TO_SHAPE) not in _SHAPES:
        return False
    if value[11:13] > "23" or value[14:16] > "59" or value[17:19] > "60":
        return False
    return _day_exists(value) and _zone_fits(value[19:])


def _day_exists(value: str) -> bool:
    month, day = value[5:7], value[8:10]
    if day <= "28":
        return day > "00" and "01" <= month <= "12"
    if month == "02" and day == "29":
        year = int(value[:4])
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return "01" <= month <= "12" and day <= _DAYS.get(month, "31")


def _zone_fits(rest: str) -> bool:
    if rest[:1] == ".":
        fraction = len(rest) - len(rest[1:].lstrip("0123456789"))
        if fraction == 1:
            return False
        rest = rest[fraction:]
    if rest in ("Z", "z", "+00:00"):
        return True
    return (
        rest[:1] in ("+", "-") and rest[1:].translate(_TO_SHAPE) == "00:00" and rest[1:3] <= "23" and rest[4:] <= "59"
    )


def is_uri(value: object) -> bool:
    """
    Tell whether a string can be a URI: a scheme, a colon, something behind it, and no blank or control character.

    True of anything that is no string.

    >>> is_uri("ftp://user@host/diagnostics"), is_uri("diagnostics.zip"), is_uri("http://a b/")
    (True, False, False)
    """
    if type(value) is not str:
        return True
    scheme, colon, rest = value.partition(":")
    if not (colon and rest and scheme[:1].isalpha() and scheme.isascii()):
        return False
    if not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        return False
    return rest.isprintable() and " " not in rest
