"""
The sampled values of a ``meterValue`` array one after another, of too many the first and the last.

Knows how they lie in it, not what they say.

Source: OCPP 1.6 §7.33 (MeterValue), §7.43 (SampledValue)
"""

from __future__ import annotations

from itertools import islice

from shocpp.ocpp.reading import items, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    Entry = TypeVar("Entry")
    SampledValue = dict[str, object]
    Times = Iterable[tuple[list[object], str]]

_MOST = 10_000  # a night has fewer, a malicious message thirty times as many


def sampled_values(meter_values: object) -> list[tuple[SampledValue, str]]:
    """
    Give the sampled values in order, each with the time of its meter value, which is empty where none is said.

    Of more than anybody has a use for these are the first and the last: begin and end of a charge are among them.
    What is left out costs next to nothing.

    >>> sampled_values({"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "5"}, None]})
    [({'value': '5'}, '2026-01-01T00:00:00Z')]
    """
    if not meter_values:
        return []
    times = [
        (_ends_of(meter_value.get("sampledValue")), text(meter_value.get("timestamp")) or "")
        for meter_value in items(_ends_of(meter_values))
    ]
    count = sum(len(sampled) for sampled, _ in times)
    if count <= _MOST:
        return list(_each(times))
    backwards = [(sampled[::-1], at) for sampled, at in reversed(times)]
    last = list(islice(_each(backwards), _MOST // 2))
    return [*islice(_each(times), _MOST // 2), *reversed(last)]


def ends(entries: list[Entry], most: int) -> list[Entry]:
    """
    Give all entries, or of more than that many the first and the last.

    >>> ends([1, 2, 3, 4, 5], 4), ends([1, 2], 4)
    ([1, 2, 4, 5], [1, 2])
    """
    return entries if len(entries) <= most else [*entries[: most // 2], *entries[-(most // 2) :]]


def _ends_of(array: object) -> list[object]:
    """Give the first and the last of an array's entries; anything else is an array of one."""
    return ends(array, _MOST) if isinstance(array, list) else [array]


def _each(times: Times) -> Iterator[tuple[SampledValue, str]]:
    """Give the sampled values of one time after another."""
    return ((each, at) for sampled, at in times for each in sampled if isinstance(each, dict))
