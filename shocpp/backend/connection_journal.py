"""
What of a connection goes into the journal, and when: every frame in both directions, its secrets hidden, and events.

Events are the connection's begin and end, and quirks. A begin is written with the first frame, or when the connection
has lasted for a second, and an end only after a begin: who connects and hangs up a thousand times writes nothing.

Knows frames and the clock it is given; the files are ``spool.journal``'s. Frames are only noted while answers are
due; the lines are made and written when these have left. Imported by a backend that keeps a journal, and only by that.
"""

from __future__ import annotations

import json
import time

from shocpp.errors import ShocppError
from shocpp.ocpp.frames import Call, Garbage
from shocpp.ocpp.rpc import Answer, Stray
from shocpp.ocpp.secrets import MASK, masked_frame, masked_text, may_hold_secrets
from shocpp.ocpp.v16.operations import WITHOUT_SECRETS
from shocpp.spool.journal.journal_entry import IN, OUT, event, head
from shocpp.spool.journal.journal_writer import day_file
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ocpp.rpc import Event
    from shocpp.ocpp.sent_keys import SentKeys

CONNECTED, DISCONNECTED, QUIRK = "connected", "disconnected", "quirk"
_LASTING_S = 1.0  # a connection of which nothing has come is told of after this
_LONGEST_SEARCHED = 1 << 16  # characters of a frame whose values are searched one by one: a MiB of them takes a second


class Journal:
    """
    The journal of one connection.

    Args:
        folder: The folder of the day files.
        identity: The charge point's; empty for the anonymous one.
        report: Is told, with a level and in words, when lines begin to be lost and when they no longer are.
        keys: The keys that were sent over the connection.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self,
        folder: str,
        identity: str,
        report: Callable[[str, str], None],
        keys: SentKeys,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = day_file(folder)
        self._report = report
        self._keys = keys
        self._clock = clock
        self._in, self._out = head(identity, IN), head(identity, OUT)
        self._identity = identity
        self._noted: list[tuple[float, bytes | None, list[Event], float, list[str]]] = []
        self._begun: float | None = None  # when the connection began, until that is written
        self._is_told = False  # the begin is written, so that an end may be
        self._events: list[tuple[float, str, dict[str, object]]] = []
        self._second = -1
        self._day = ""
        self._begin = b""
        self._is_losing = False

    def begin(self) -> None:
        """Note that the connection begins: with what has come already, if anything has."""
        self._begun = self._noted[0][0] if self._noted else self._clock()

    def note_quirk(self, kind: str, text: str) -> None:
        """Note what the charge point has done against the rules: its kind, and what it was in words."""
        self.note_event(QUIRK, {"kind": self._keys.hide(kind), "text": self._keys.hide(text)})

    def note_event(self, kind: str, data: dict[str, object]) -> None:
        """Note what is no frame; what is known of it has no secrets in it."""
        self._events.append((self._clock(), kind, data))

    def note(self, arrived: float, line: bytes | None, events: list[Event], replies: list[str]) -> None:
        """
        Note what came from the charge point, and what it was answered.

        Args:
            arrived: When it came, seconds since the epoch.
            line: The line as it came, if it is one frame as it stands; else None, and each event is written anew.
            events: What was made of it.
            replies: The lines that answer it.
        """
        self._noted.append((arrived, line, events, self._clock(), replies))

    def note_call(self, line: str) -> None:
        """Note a CALL of ours."""
        now = self._clock()
        self._noted.append((now, None, [], now, [_safe(line, self._keys).decode()]))

    def write(self) -> float | None:
        """
        Write what was noted. A journal that cannot be written never stops a charge.

        Returns:
            Seconds after which the begin of the connection is to be written, if nothing comes before; else None.
        """
        lasted = self._lasted()
        if not self._noted and not self._events and lasted < _LASTING_S:
            return None if self._begun is None else _LASTING_S - lasted
        pieces: list[bytes] = []
        self._write_begin(pieces)
        self._write_frames(pieces)
        events, self._events = self._events, []
        for at, kind, data in events:
            self._write_event(pieces, at, kind, data)
        self._append(pieces)
        return None

    def end(self, is_taken_over: bool) -> None:
        """
        Write what was noted and that the connection ends, and let go of the file.

        Args:
            is_taken_over: A newer connection has taken over: the charge point is still there, and no end is written.
        """
        self.write()
        if self._is_told and not is_taken_over:
            pieces: list[bytes] = []
            self._write_event(pieces, self._clock(), DISCONNECTED, {})
            self._append(pieces)
        self._begun, self._is_told = None, False
        self._file.close()

    def _lasted(self) -> float:
        """Give the seconds since the connection began, if that is not written yet; else 0."""
        return 0.0 if self._begun is None else max(0.0, self._clock() - self._begun)

    def _write_begin(self, pieces: list[bytes]) -> None:
        if self._begun is not None:
            self._write_event(pieces, self._begun, CONNECTED, {})
            self._begun, self._is_told = None, True

    def _write_event(self, pieces: list[bytes], at: float, kind: str, data: dict[str, object]) -> None:
        """Write an event, as SolarNetwork's user events are, after what was written before."""
        if not 0 <= at - self._second < 1:
            self._turn(at, pieces)
        tags = ("ocpp", "charger", kind)
        pieces.append(event(at, self._identity, tags, {"cp": self._identity, **data}))

    def _write_frames(self, pieces: list[bytes]) -> None:
        noted, self._noted = self._noted, []
        for arrived, line, events, answered, replies in noted:
            if not 0 <= arrived - self._second < 1:
                self._turn(arrived, pieces)
            stamp = b"%b%03dZ" % (self._begin, (arrived - self._second) * 1000)
            for text in _texts(line, events, self._keys):
                pieces += (stamp, self._in, text, b"}\n")
            if not 0 <= answered - self._second < 1:
                self._turn(answered, pieces)
            stamp = b"%b%03dZ" % (self._begin, (answered - self._second) * 1000)
            for reply in replies:  # made of what accounts say: they hold no secrets but what they echo
                text = reply.encode() if self._keys.hide(reply) == reply else _safe(reply, self._keys)
                pieces += (stamp, self._out, text, b"}\n")

    def _turn(self, at: float, pieces: list[bytes]) -> None:
        """Turn to another second; lines of another day than the one that begins are written first."""
        second = int(at)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        if stamp[:10] != self._day:
            self._append(pieces)
            pieces.clear()
            self._day = stamp[:10]
        elif not self._file.is_there():
            self._file.close()
        self._second = second
        self._begin = f'{{"time":"{stamp}.'.encode()

    def _append(self, pieces: list[bytes]) -> None:
        if not pieces:
            return
        try:
            self._file.append(self._day, b"".join(pieces))
        except ShocppError as error:
            if not self._is_losing:
                self._report("WARNING", f"frames are missing from the journal: {clean(error)}")
            self._is_losing = True
        else:
            if self._is_losing:
                self._report("WARNING", "the journal is written again")
            self._is_losing = False


def _texts(line: bytes | None, events: list[Event], keys: SentKeys) -> list[bytes]:
    """Give the frames of what came: as it stands where nothing in it is to be hidden."""
    if line is None:
        return [_text_of(event, keys) for event in events]
    event = events[0]
    is_harmless = _is_harmless(event)
    text = line if is_harmless and not keys else _safe(line.decode(), keys, is_harmless)
    if b"\n" in text or b"\r" in text:  # in valid JSON between values only; within a line of ours there must be none
        text = text.replace(b"\n", b" ").replace(b"\r", b" ")
    return [text]


def _text_of(event: Event, keys: SentKeys) -> bytes:
    """Write an event's frame as one line of JSON; what was none as a text."""
    if isinstance(event, Garbage):
        return _quoted(masked_text(keys.hide(event.text)))
    return _safe((event.frame if isinstance(event, (Answer, Stray)) else event).encode(), keys, _is_harmless(event))


def _is_harmless(event: Event) -> bool:
    """Tell whether an event has no secrets by the meaning of its fields."""
    return isinstance(event, Call) and event.action in WITHOUT_SECRETS


def _safe(frame: str, keys: SentKeys, is_harmless: bool = False) -> bytes:
    """Write a frame without its secrets; one that is harmless may still have a key in it that was sent."""
    if len(frame) > _LONGEST_SEARCHED:
        return _safe_long(frame, keys, is_harmless)
    masked = masked_frame(frame, keys.hide_in)
    return _quoted(masked_text(keys.hide(frame))) if masked is None else masked.encode()


def _safe_long(frame: str, keys: SentKeys, is_harmless: bool) -> bytes:
    """Write a long frame; of one that is not harmless and may have secrets in it no more than its length."""
    if not is_harmless and may_hold_secrets(frame):
        return _quoted(f"{MASK} ({len(frame)} characters, too many to be searched for secrets)")
    hidden = keys.hide(frame)
    return hidden.encode() if hidden == frame or _is_json(hidden) else _quoted(hidden)


def _is_json(text: str) -> bool:
    """Tell whether a text is JSON still: a key in it may have been a number."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _quoted(text: str) -> bytes:
    return json.dumps(text).encode()
