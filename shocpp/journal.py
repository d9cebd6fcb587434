"""
What of a connection goes into the journal, and when: every frame in both directions, its secrets hidden.

Knows frames and the clock it is given; the files are ``spool.journal``'s. Frames are only noted while answers are
due; the lines are made and written when these have left. Imported by a backend that keeps a journal, and only by that.
"""

from __future__ import annotations

import json
import time

from shocpp.errors import ShocppError
from shocpp.journal_entry import IN, OUT, head
from shocpp.log import clean
from shocpp.ocpp.assembler import Garbage
from shocpp.ocpp.frames import Call
from shocpp.ocpp.rpc import Answer, Stray
from shocpp.ocpp.secrets import HARMLESS, masked_frame, masked_text
from shocpp.spool.journal import day_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ocpp.rpc import Event


class Journal:
    """
    The journal of one connection.

    Args:
        folder: The folder of the day files.
        identity: The charge point's; empty for the anonymous one.
        report: Is told, with a level and in words, when lines begin to be lost and when they no longer are.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self, folder: str, identity: str, report: Callable[[str, str], None], clock: Callable[[], float] = time.time
    ) -> None:
        self._file = day_file(folder)
        self._report = report
        self._clock = clock
        self._in, self._out = head(identity, IN), head(identity, OUT)
        self._noted: list[tuple[float, bytes, bytes]] = []
        self._second = -1
        self._day = ""
        self._begin = b""
        self._is_losing = False

    def received(self, line: bytes | None, events: list[Event]) -> None:
        """
        Note what came from the charge point.

        Args:
            line: The line as it came, if it is one frame as it stands; else None, and each event is written anew.
            events: What was made of it.
        """
        now = self._clock()
        if line is not None:
            if _is_harmless(line, events[0]):
                # in valid JSON a line's end is between values; within a line of ours it must not be
                if b"\n" in line or b"\r" in line:
                    line = line.replace(b"\n", b" ").replace(b"\r", b" ")
                self._noted.append((now, self._in, line))
                return
            frame = masked_frame(line.decode().replace("\n", " ").replace("\r", " "))
            if frame is not None:
                self._noted.append((now, self._in, frame.encode()))
                return
        for event in events:
            self._noted.append((now, self._in, _text_of(event)))

    def answered(self, lines: list[str]) -> None:
        """Note our answers: they are made of what accounts say and hold no secrets."""
        now = self._clock()
        for line in lines:
            self._noted.append((now, self._out, line.encode()))

    def asked(self, line: str) -> None:
        """Note a CALL of ours."""
        frame = masked_frame(line)
        self._noted.append((self._clock(), self._out, _quoted(masked_text(line)) if frame is None else frame.encode()))

    def settle(self) -> None:
        """Write what was noted. A journal that cannot be written never stops a charge."""
        if not self._noted:
            return
        lines: list[bytes] = []
        for at, beginning, frame in self._noted:
            if not self._second <= at < self._second + 1:
                self._turn(at, lines)
            lines.append(b"%b%03dZ%b%b}\n" % (self._begin, (at - self._second) * 1000, beginning, frame))
        self._noted.clear()
        self._write(lines)

    def close(self) -> None:
        """Write what was noted and let go of the file."""
        self.settle()
        self._file.close()

    def _turn(self, at: float, lines: list[bytes]) -> None:
        """Turn to another second; lines of another day than the one that begins are written first."""
        second = int(at)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        if stamp[:10] != self._day:
            self._write(lines)
            lines.clear()
            self._day = stamp[:10]
        elif not self._file.is_there():
            self._file.close()
        self._second = second
        self._begin = f'{{"time":"{stamp}.'.encode()

    def _write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        try:
            self._file.append(self._day, b"".join(lines))
        except ShocppError as error:
            if not self._is_losing:
                self._report("WARNING", f"frames are missing from the journal: {clean(error)}")
            self._is_losing = True
        else:
            if self._is_losing:
                self._report("WARNING", "the journal is written again")
            self._is_losing = False


def _is_harmless(line: bytes, event: Event) -> bool:
    """Tell whether a line can be kept as it is: no secrets, and no numbers that Python reads beyond JSON."""
    return isinstance(event, Call) and event.action in HARMLESS and b"NaN" not in line and b"Infinity" not in line


def _text_of(event: Event) -> bytes:
    """Write an event's frame as one line of JSON; what was none as a text."""
    if isinstance(event, Garbage):
        return _quoted(masked_text(event.text))
    line = (event.frame if isinstance(event, (Answer, Stray)) else event).encode()
    frame = masked_frame(line)
    return _quoted(masked_text(line)) if frame is None else frame.encode()


def _quoted(text: str) -> bytes:
    return json.dumps(text).encode()
