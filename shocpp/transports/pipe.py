"""
The frame filter: lines in on one descriptor, lines out on another, wake-ups in between.

One loop waits for input, for room in the output and for signals together and does one thing at a time, so
that no frame is torn by a signal. The handlers do nothing: a wake-up arrives as a byte on a pipe.
"""

from __future__ import annotations

import os
import select
import time

from shocpp.backend.steps import book_in_place
from shocpp.transports.idle import UNFINISHED_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable

    from shocpp.backend.lines import Lines
    from shocpp.backend.steps import Steps
    from shocpp.spool.accounting.accounting import Booking
else:
    import _signal as signal  # ``signal`` is this with names for its numbers, by ``enum``: half of a Python's start

_CHUNK = 1 << 16
_LONGEST = (1 << 20) + 1  # a line; the frame's own limit is the assembler's
_MOST_UNSENT = 8 << 20  # answers that wait for a reader; beyond, no more is read
_WRITE = 4096  # PIPE_BUF: what can be written to a pipe without blocking when select says so
_DEFERRED_EVERY_S = 0.1  # what may be late is done at most so often: a line of the log alone costs four system calls
_PATIENCE_S = 0.5  # with a reader that does not read, when it is time to leave

_LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Filter:
    """
    Carries lines between two descriptors until the input ends or a signal says so.

    Args:
        lines: What answers.
        accounting: Where records are booked, while the charge point waits.
        flush_log: Writes what was said into the log.
        source: The descriptor to read lines from.
        sink: The descriptor to write lines to.
        idle_s: Seconds without any input after which the peer is taken for gone; 0 for never.
        prepare: Does, in the first pause, what would keep the first answer waiting.
    """

    def __init__(
        self,
        lines: Lines,
        accounting: Booking,
        flush_log: Callable[[], None],
        source: int = 0,
        sink: int = 1,
        idle_s: float = 0,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self._lines = lines
        self._accounting = accounting
        self._flush_log = flush_log
        self._source = source
        self._sink = sink
        self._idle_s = idle_s
        self._prepare = prepare
        self._unsent = bytearray()
        self._rest = b""
        self._is_skipping = False
        self._is_leaving = False
        self._heard = time.monotonic()
        self._deferred_at = -_DEFERRED_EVERY_S
        self._read_since = 0  # bytes, since then

    def run(self) -> None:
        """Serve until the end of input, SIGTERM, SIGINT or SIGHUP, the reader's end, or silence."""
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (*_LEAVE, signal.SIGUSR1):
            signal.signal(number, _do_nothing)
        previous = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        try:
            self._lines.open()
            self._serve(woken)
        except (BrokenPipeError, ConnectionResetError):
            pass  # nobody reads us any more: the charge point hung up
        finally:
            self._lines.close()
            self._flush_log()
            signal.set_wakeup_fd(previous)
            os.close(woken)
            os.close(wake)

    def _serve(self, woken: int) -> None:
        again = self._do_deferred(is_idle=False)
        while True:
            readable = self._wait(woken, again)
            if woken in readable and not self._wake_up(os.read(woken, 512)):
                break
            if self._source in readable and not self._read():
                break
            if not readable and self._is_silent():
                self._is_leaving = True
                break
            self._write()
            again = self._do_deferred(is_idle=self._source not in readable)
        self._write_rest(woken)

    def _do_deferred(self, is_idle: bool) -> float | None:
        """
        Do what may be late, unless it just was, or much has come since.

        Returns:
            The seconds after which that is due again, None if it is not.
        """
        now = time.monotonic()
        wait = self._deferred_at + _DEFERRED_EVERY_S - now
        if wait > 0 and not is_idle and self._read_since < _CHUNK:
            self._lines.look_again()
            return wait
        is_pause = is_idle and self._read_since == 0
        self._deferred_at, self._read_since = now, 0
        again = self._lines.do_deferred(is_pause)
        self._flush_log()
        if self._prepare is None:
            return again
        if is_pause:
            self._prepare()
            self._prepare = None
        return _DEFERRED_EVERY_S

    def _wait(self, woken: int, again: float | None) -> list[int]:
        """Give the descriptors that can be read; none after a time."""
        reading = [woken, self._source] if len(self._unsent) < _MOST_UNSENT else [woken]
        writing = [self._sink] if self._unsent else []
        unfinished = max(0.0, self._heard + UNFINISHED_S - time.monotonic()) if self._lines.unfinished else None
        waits = [wait for wait in (again, self._silence_left(), unfinished) if wait is not None]
        readable, writable, _ = select.select(reading, writing, [], min(waits, default=None))
        if writable and not readable:
            self._write()
        return readable

    def _wake_up(self, numbers: bytes) -> bool:
        """Act on signals; False if one of them says that it is time to leave."""
        if signal.SIGUSR1 in numbers:
            line = self._lines.request()
            if line is not None:
                self._unsent += f"{line}\n".encode()
        self._is_leaving |= any(number in numbers for number in _LEAVE)
        return not self._is_leaving

    def _read(self) -> bool:
        """Read what is there and have it answered; False at the end of input."""
        data = os.read(self._source, _CHUNK)
        self._heard = time.monotonic()
        self._read_since += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data and self._rest:
            lines, self._rest = [self._rest], b""
        answers: list[str] = []
        for line in lines:
            if not self._is_skipping:
                answers += self._answers_to(line)
            self._is_skipping = False
        self._answer(answers)
        if len(self._rest) > _LONGEST:
            if not self._is_skipping:
                self._answer(self._answers_to(self._rest))
            self._is_skipping, self._rest = True, b""
        if not data:
            self._answer(self._booked(self._lines.finish()))
        return bool(data)

    def _answers_to(self, line: bytes) -> list[str]:
        answer = self._lines.answer(line)
        return answer if isinstance(answer, list) else self._booked(answer or self._lines.receive(line))

    def _booked(self, steps: Steps[list[str]]) -> list[str]:
        return book_in_place(steps, self._accounting)

    def _answer(self, lines: list[str]) -> None:
        if lines:
            lines.append("")
            self._unsent += "\n".join(lines).encode()

    def _write(self) -> None:
        """Write answers as far as the reader takes them without blocking."""
        while self._unsent and select.select([], [self._sink], [], 0)[1]:
            del self._unsent[: os.write(self._sink, self._unsent[:_WRITE])]

    def _write_rest(self, woken: int) -> None:
        """Write all answers that are left; but once told to leave, wait no longer for a reader that does not read."""
        while self._unsent:
            wait = _PATIENCE_S if self._is_leaving else None
            readable, writable, _ = select.select([woken], [self._sink], [], wait)
            if woken in readable:
                self._wake_up(os.read(woken, 512))
            if writable:
                self._write()
            elif not readable:
                return

    def _is_silent(self) -> bool:
        """Finish what was begun if nothing followed; tell whether the peer has been silent for too long."""
        if self._lines.unfinished and time.monotonic() - self._heard >= UNFINISHED_S:
            self._answer(self._booked(self._lines.finish()))
        left = self._silence_left()
        return left is not None and left <= 0

    def _silence_left(self) -> float | None:
        return max(0.0, self._heard + self._idle_s - time.monotonic()) if self._idle_s else None


def _do_nothing(number: int, frame: object) -> None:
    """Let the wake-up descriptor tell of the signal."""
