"""
What was last seen of a charge point: status.json, meter.json below its folder in run/.

For people and tools; deleting them loses nothing, so that what cannot be written is only reported. Changes are kept
in memory until ``flush``: a burst of frames costs one write. The charges that are open are ``open_charges``'.
Whatever a charge point sends, a sighting stays small; whatever stands in the files, it harms nobody.
"""

from __future__ import annotations

from shocpp.errors import ShocppError
from shocpp.json_reading import loads
from shocpp.readable_json import nested_document
from shocpp.spool.files import durable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

STATUS, METER = "status.json", "meter.json"

MOST = 100  # entries of an object
_LONGEST = 255  # characters of a text
_LONGEST_NAME = 80


def read(folder: str, name: str) -> dict[str, Any]:
    """Read a sighting; one that is not there or broken is empty."""
    try:
        with open(f"{folder}/{name}", "rb", buffering=0) as file:
            value = loads(file.read())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


class Sightings:
    """
    The sightings of one charge point, as its backend knows and changes them.

    Args:
        folder: The charge point's.
        hide: Hides in a value what nobody shall read in status.json.
    """

    def __init__(self, folder: str, hide: Callable[[object], object] = lambda value: value) -> None:
        self._folder = folder
        self._hide = hide
        self._status: dict[str, Any] | None = None
        self._meter: dict[str, Any] | None = None
        self._changed: set[str] = set()

    @property
    def changed(self) -> bool:
        """Tell whether there is anything to flush."""
        return bool(self._changed)

    @property
    def status(self) -> dict[str, Any]:
        """What status.json says; change it by ``note`` and ``count``."""
        if self._status is None:
            self._status = read(self._folder, STATUS)
        return self._status

    @property
    def meter(self) -> dict[str, Any]:
        """What meter.json says; change it by ``note_meter`` and ``drop_power``."""
        if self._meter is None:
            self._meter = read(self._folder, METER)
        return self._meter

    def note(self, section: str, key: str, value: object) -> None:
        """Set ``status[section][key]``, without key ``status[section]``; the oldest of too many entries goes."""
        key, value = str(self._hide(key)), self._hide(value)
        if key:
            _put(_object(self.status, section), key, value)
        else:
            self.status[section] = bounded(value)
        self._changed.add(STATUS)

    def count(self, section: str, key: str, more: int = 1) -> None:
        """Add to the number ``status[section][key]``, or ``status[section]``; what is too many is not counted."""
        counts = _object(self.status, section) if key else self.status
        key = str(self._hide(key)) if key else section
        before = counts.get(key)
        if before is not None or len(counts) < MOST:
            counts[key] = (before if isinstance(before, int) else 0) + more
        self._changed.add(STATUS)

    def note_meter(self, connector_id: int, seen: dict[str, Any]) -> None:
        """Add readings of a connector; a value that is not among them stays as it was."""
        meter = self.meter
        connector = meter.pop(str(connector_id), None)
        connector = connector if isinstance(connector, dict) else {}
        values = _object(connector, "values")
        for name, value in seen.pop("values", {}).items():
            _put(values, name, value)
        connector.update(bounded(seen))
        _put(meter, str(connector_id), connector)
        self._changed.add(METER)

    def drop_power(self, connector_id: int) -> None:
        """Forget the power that flowed at a connector: nothing is charging there any more."""
        connector = self.meter.get(str(connector_id))
        if isinstance(connector, dict) and connector.pop("power_w", None) is not None:
            values = _object(connector, "values")
            for name in [name for name in values if name.startswith("Power.")]:
                del values[name]
            self._changed.add(METER)

    def forget(self) -> None:
        """Drop the changes that are not written: a newer connection writes its own."""
        self._changed.clear()

    def flush(self) -> str:
        """
        Write what has changed.

        Returns:
            What could not be written, in words; empty if all could.
        """
        fault = ""
        for name in list(self._changed):
            try:
                self._write(name)
            except ShocppError as error:
                fault = str(error)
        self._changed.clear()
        if not fault:
            self._meter = None  # read again with the next reading: one in memory takes 3 KiB a connector
        return fault

    def _write(self, name: str) -> None:
        value = self.status if name == STATUS else self.meter
        durable.replace(f"{self._folder}/{name}", nested_document(value))


def bounded(value: Any) -> Any:
    """
    Cut down what came from the network to what a sighting may hold.

    >>> len(bounded("x" * 1000)), len(bounded({str(each): each for each in range(1000)})), bounded(5), bounded([1])
    (255, 100, 5, None)
    """
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, dict):
        # nearly all is short, and to ask whether it is takes half of what cutting takes
        return {
            name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME]: (
                each if each.__class__ is int or (each.__class__ is str and len(each) <= _LONGEST) else bounded(each)
            )
            for name, each in (value.items() if len(value) <= MOST else list(value.items())[:MOST])
        }
    return value if isinstance(value, (int, float)) else None


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    """Give the object that stands under a name; what is none is replaced, since somebody else wrote it."""
    value = parent.get(name)
    if not isinstance(value, dict):
        value = parent[name] = {}
    return value


def _put(entries: dict[str, Any], key: str, value: object) -> None:
    """Set an entry as the newest one; the oldest of too many goes."""
    key = key[:_LONGEST_NAME]
    entries.pop(key, None)
    entries[key] = bounded(value)
    while len(entries) > MOST:
        del entries[next(iter(entries))]
