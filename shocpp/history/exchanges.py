"""
Which answer of the journal belongs to which CALL: by unique id, per charge point and side.

Pure: entries of the journal in, messages out. Knows frames; not what they mean, nor where the entries come from.
"""

from __future__ import annotations

from shocpp.ocpp.frames import Call, CallError, CallResult, FrameError, parse
from shocpp.spool.journal.journal_entry import IN, OUT, JournalEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_OTHER = {IN: OUT, OUT: IN}
_MOST_WAITING = 100_000  # CALLs whose answer was not seen; of more the oldest are forgotten


class JournalMessage:
    """
    An entry of the journal as a message.

    Attributes:
        entry: The entry.
        frame: Its frame.
        call: The CALL that it answers, itself if it is one.
        called: When that CALL passed.
    """

    __slots__ = ("call", "called", "entry", "frame")

    def __init__(self, entry: JournalEntry, frame: Call | CallResult | CallError, call: Call, called: datetime) -> None:
        self.entry = entry
        self.frame = frame
        self.call = call
        self.called = called

    @property
    def action(self) -> str:
        """The action of the CALL."""
        return self.call.action


class Exchanges:
    """Pairs answers with CALLs while entries go by."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str, str], tuple[Call, datetime]] = {}

    def take(self, entry: JournalEntry) -> JournalMessage | None:
        """Take the next entry of the journal; None for what is no frame, and an answer to a CALL that was not seen."""
        try:
            frame = parse(entry.frame)
        except FrameError:
            return None
        if isinstance(frame, Call):
            self._wait(entry, frame)
            return JournalMessage(entry, frame, frame, entry.time)
        key = (entry.charge_point, _OTHER[entry.direction], str(frame.unique_id))
        asked = self._waiting.pop(key, None)
        return JournalMessage(entry, frame, *asked) if asked else None

    def waiting(self) -> Iterator[tuple[str, str, Call, datetime]]:
        """Give charge point, direction, CALL and its time for all that have not been answered."""
        for (charge_point, direction, _), (call, called) in self._waiting.items():
            yield charge_point, direction, call, called

    def _wait(self, entry: JournalEntry, call: Call) -> None:
        key = (entry.charge_point, entry.direction, str(call.unique_id))
        self._waiting.pop(key, None)
        self._waiting[key] = (call, entry.time)
        if len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
