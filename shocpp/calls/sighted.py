"""
What the sightings say to a canned call: the last reading.

Pure: sightings and the time come in as values. A sighting is what was seen, not what is: an answer that would only be
a guess is refused with a sentence for whoever holds the phone.
"""

from __future__ import annotations

from shocpp.calls.current import ConflictError
from shocpp.errors import UnavailableError
from shocpp.ocpp.v16.meter_values import ENERGY, POWER
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any

    from shocpp.calls.canned_file import CannedReading

# what meter.json has as whole numbers in one unit, however the charge point sent them
_KNOWN = {POWER: ("power_w", "W"), ENERGY: ("energy_wh", "Wh")}


class NoReadingError(UnavailableError):
    """There is no reading, or only one that is too old; the text is fit for a phone."""


class LastReading:
    """A reading: ``value`` as a whole number where meter.json has it so, else as sent; ``at`` as sent."""

    __slots__ = ("at", "connector_id", "measurand", "unit", "value")

    def __init__(self, measurand: str, value: int | str, unit: str, at: str, connector_id: int) -> None:
        self.measurand = measurand
        self.value = value
        self.unit = unit
        self.at = at
        self.connector_id = connector_id

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".rstrip()


def last_reading(meter: Mapping[str, Any], wanted: CannedReading, now: datetime) -> LastReading:
    """
    Give the last reading that is wanted.

    Args:
        meter: meter.json: by connector.
        wanted: Which, of which connector, how old at most.
        now: The time.

    Raises:
        NoReadingError: There is none, or it is too old.
        ConflictError: Several connectors have one.
    """
    having = connectors_with(meter, wanted)
    if not having:
        raise NoReadingError(f"There is no reading of {wanted.measurand} yet.")
    if len(having) > 1:
        raise ConflictError(
            f"{len(having)} connectors have a {wanted.measurand}; calls.json has to say which connector_id."
        )
    connector = meter[str(having[0])]
    age_s = _age_s(connector, wanted.measurand, now)
    if age_s is None or age_s > wanted.oldest_s:
        age = "of unknown age" if age_s is None else f"{_words(age_s)} old"
        raise NoReadingError(f"The last reading of {wanted.measurand} is {age}.")
    return _reading(connector, wanted.measurand, having[0])


def connectors_with(meter: Mapping[str, Any], wanted: CannedReading) -> list[int]:
    """List the connectors that have a reading; 0, the charge point's main meter, only if no other has it."""
    having = sorted(
        int(name)
        for name, connector in meter.items()
        if name.isdecimal() and isinstance(connector, dict) and _has(connector, wanted.measurand)
    )
    if wanted.connector_id is not None:
        return [wanted.connector_id] if wanted.connector_id in having else []
    return [each for each in having if each] or having


def _has(connector: Mapping[str, Any], measurand: str) -> bool:
    name, _ = _KNOWN.get(measurand, ("", ""))
    return isinstance(connector.get(name), int) or measurand in _values(connector)


def _values(connector: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    values = connector.get("values")
    return (
        {name: value for name, value in values.items() if isinstance(value, dict)} if isinstance(values, dict) else {}
    )


def _sources(connector: Mapping[str, Any], measurand: str) -> list[dict[str, Any]]:
    """Give the values that a reading is made of: its own, else those of its phases."""
    values = _values(connector)
    own = values.get(measurand)
    return [own] if own else [value for name, value in values.items() if name.startswith(f"{measurand}.")]


def _reading(connector: Mapping[str, Any], measurand: str, connector_id: int) -> LastReading:
    at = max((str(value.get("at") or "") for value in _sources(connector, measurand)), default="")
    name, unit = _KNOWN.get(measurand, ("", ""))
    if isinstance(connector.get(name), int):
        return LastReading(measurand, connector[name], unit, at, connector_id)
    value = _values(connector)[measurand]
    return LastReading(measurand, str(value.get("value")), str(value.get("unit") or ""), at, connector_id)


def _age_s(connector: Mapping[str, Any], measurand: str, now: datetime) -> float | None:
    """
    Tell how old a reading is, in seconds; None if nothing says so.

    By our clock since the last meter values came, and by the charge point's clock since this one among them: theirs
    may be wrong, but it is the same for all of them.
    """
    received = parse(connector.get("received"))
    if received is None:
        return None
    newest = _newest(_values(connector).values())
    own = _newest(_sources(connector, measurand))
    behind_s = (newest - own).total_seconds() if newest and own else 0.0
    return max(0.0, (now - received).total_seconds()) + behind_s


def _newest(values: Iterable[Mapping[str, Any]]) -> datetime | None:
    return max((at for value in values if (at := parse(value.get("at")))), default=None)


def _words(seconds: float) -> str:
    """
    Say how long a time is, roughly.

    >>> _words(90), _words(7300), _words(200_000)
    ('1 min', '2 h', '2 d')
    """
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"
