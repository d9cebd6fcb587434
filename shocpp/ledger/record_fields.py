"""
The fields of a record's file, read with their types: old records (six strings) and new ones.

Pure: knows neither how a file is read (``spool.accounting.record_reader``) nor what a charge is (``ledger.charge``).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from shocpp.errors import DataError
from shocpp.ledger.evidence import FIELDS as EVIDENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Fields = dict[str, Any]

_WHOLE = re.compile(r"-?[0-9]{1,15}")
_LARGEST = 10**15


def whole(fields: Fields, name: str) -> int:
    """
    Read a whole number that is written as a string, as the first six fields are; a plain number will do, too.

    Raises:
        DataError: It is missing, or no whole number.

    >>> whole({"end_kwh": "9075"}, "end_kwh")
    9075
    """
    value = fields.get(name)
    if value.__class__ is str and _WHOLE.fullmatch(value):
        return int(value)
    if value.__class__ is int and -_LARGEST < value < _LARGEST:
        return int(value)
    raise DataError(f"{name} is missing" if value is None else f"{name} is not a whole number")


def number(fields: Fields, name: str) -> int | None:
    """
    Read a whole number that need not be there.

    Raises:
        DataError: It is something else.
    """
    value = fields.get(name)
    if value is not None and (value.__class__ is not int or not -_LARGEST < value < _LARGEST):
        raise DataError(f"{name} is not a whole number")
    return value


def text(fields: Fields, name: str) -> str:
    """
    Read a text that need not be there: empty without it.

    Raises:
        DataError: It is something else.
    """
    value = fields.get(name)
    if value is None:
        return ""
    if value.__class__ is not str:
        raise DataError(f"{name} is not a text")
    return str(value)


def shared_text(fields: Fields, name: str) -> str:
    """Read a text like ``text`` does; one that many records have is in memory once."""
    value = fields.get(name)
    return _shared(value) if value.__class__ is str else text(fields, name)


def evidence(fields: Fields) -> tuple[tuple[str, str], ...]:
    """
    Read what the record says of the charge point, of ``EVIDENCE``; what many records have is in memory once.

    Raises:
        DataError: Something of it is no text.

    >>> evidence({"model": "W-11", "serial": "", "vendor": "Wallbox"})
    (('vendor', 'Wallbox'), ('model', 'W-11'))
    """
    return _shared_pairs(tuple((name, value) for name in EVIDENCE if name in fields and (value := text(fields, name))))


def signed(fields: Fields) -> tuple[dict[str, Any], ...]:
    """
    Read the signed meter values, as they were sent; what is none is left out: it proves nothing.

    >>> signed({"signed": [{"value": "OCMF|{}|{}"}, 5]}), signed({})
    (({'value': 'OCMF|{}|{}'},), ())
    """
    kept = fields.get("signed")
    return tuple(each for each in kept if each.__class__ is dict) if kept.__class__ is list else ()


def account(fields: Fields) -> str:
    """
    Read the account's name.

    Raises:
        DataError: It is missing, or no name.
    """
    name = fields.get("account")
    if name.__class__ is not str or not name:
        raise DataError("account is missing" if name is None else "account is not a name")
    return _shared(name)


def local_time(fields: Fields) -> datetime:
    """
    Read the local time of the end, without a zone.

    Raises:
        DataError: It is missing, or no time.
    """
    value = fields.get("localtime")
    if value is None:
        raise DataError("localtime is missing")
    try:
        local = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise DataError("localtime is not a time such as 2023-09-03 09:52:10") from None
    return local.replace(tzinfo=None) if local.tzinfo else local


@lru_cache(maxsize=4096)
def _shared(value: str) -> str:
    """Give the text that was equal to this one when it came first."""
    return value


@lru_cache(maxsize=4096)
def _shared_pairs(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return pairs
