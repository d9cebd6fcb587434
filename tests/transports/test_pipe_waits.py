"""What the frame filter waits for and how long, in a time that goes on only while nothing comes."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from shocpp.backend.lines import Lines
from shocpp.ledger.accounts import Accounts
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.transports import pipe
from tests.support.scratch import Scratch

BEAT = b'[2,"b","Heartbeat",{}]\n'
LARGE = b'[2,"b","DataTransfer",{"vendorId":"v","data":"%b"}]\n' % (b"x" * 30_000)
MOST_WAITS = 200  # of one test; a filter that does not rest would go on for ever

Coming = Sequence[tuple[float, Callable[[], object]]]  # at which second what happens


class Waits:
    """
    Stands for ``time`` and ``select``: time goes on by what is waited for, or until something comes.

    Args:
        coming: What comes, in order.
    """

    def __init__(self, coming: Coming) -> None:
        self.now_s = 0.0
        self._coming = list(coming)
        self._count = 0

    def monotonic(self) -> float:
        """Give the time."""
        return self.now_s

    def select(
        self, reading: list[int], writing: list[int], failing: list[int], limit_s: float | None
    ) -> tuple[list[int], list[int], list[int]]:
        """Give what is ready, what comes in time, or nothing after the time."""
        self._count += 1
        assert self._count < MOST_WAITS, "it does not rest"
        ready = select.select(reading, writing, failing, 0)
        if limit_s == 0 or any(ready):
            return ready
        if self._coming and (limit_s is None or self._coming[0][0] <= self.now_s + limit_s):
            self.now_s, come = self._coming.pop(0)
            come()
            return select.select(reading, writing, failing, 0)
        assert limit_s is not None, "it waits for ever"
        self.now_s += limit_s
        return [], [], []


class Pipes:
    """The pipes to and from a filter, and their other ends."""

    def __init__(self) -> None:
        (self.source, self._input), (self._output, self.sink) = os.pipe(), os.pipe()

    def says(self, data: bytes) -> Callable[[], object]:
        """Give what makes the charge point say something."""
        return partial(os.write, self._input, data)

    def hangs_up(self) -> None:
        """End the input."""
        os.close(self._input)

    def heard(self) -> bytes:
        """Give what the charge point has been told and did not read yet."""
        return os.read(self._output, 1 << 20) if select.select([self._output], [], [], 0)[0] else b""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Put the handlers of signals back that a filter sets for its process."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Give a home."""
    return Scratch(tmp_path)


def served(
    monkeypatch: pytest.MonkeyPatch,
    scratch: Scratch,
    pipes: Pipes,
    coming: Coming,
    idle_s: float = 0,
    written: list[float] | None = None,
    prepared: list[float] | None = None,
    replaced: list[float] | None = None,
) -> float:
    """
    Have a filter serve the charge point CP001; give the second of its end.

    Add those in which it writes the log to ``written``, in which it prepares for charges to ``prepared``, and in which
    it replaces status.json to ``replaced``.
    """
    waits = Waits(coming)
    monkeypatch.setattr(pipe, "time", waits)
    monkeypatch.setattr(pipe, "select", waits)
    if replaced is not None:
        note = lambda path, _: replaced.append(waits.now_s) if path.endswith("/status.json") else None  # noqa: E731
        monkeypatch.setattr("shocpp.spool.files.durable.replace", note)
    settings = scratch.settings
    lines = Lines("CP001", settings, Accounts, lambda _level, _text: None, monotonic=waits.monotonic)
    accounting = AccountingFolder(settings.accounting_dir)
    seconds = [] if written is None else written
    flush_log = lambda: seconds.append(waits.now_s)  # noqa: E731
    prepare = None if prepared is None else lambda: prepared.append(waits.now_s)
    pipe.Filter(lines, accounting, flush_log, pipes.source, pipes.sink, idle_s, prepare).run()
    return waits.now_s


def test_what_may_be_late_is_done_together(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """
    The log is written as soon as an answer has left, but for what was answered in the last 100 ms: later, together.

    Under load it is not put off for longer, and at the end nothing is left.
    """
    pipes = Pipes()
    burst = [(10 + number / 50, pipes.says(BEAT)) for number in range(10)]
    coming = [
        (1.0, pipes.says(BEAT)),
        (1.03, pipes.says(BEAT)),
        (1.06, pipes.says(BEAT)),
        *burst,
        (10.19, pipes.hangs_up),
    ]
    written: list[float] = []
    served(monkeypatch, scratch, pipes, coming, written=written)
    assert [at for at in written if at >= 1] == pytest.approx([1.0, 1.1, 10.0, 10.1, 10.19])


def test_much_is_not_put_off(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """What came within 100 ms is looked at sooner where it is much: nobody fills the memory."""
    pipes = Pipes()
    coming = [(1 + number / 1000, pipes.says(LARGE)) for number in range(9)]
    written: list[float] = []
    served(monkeypatch, scratch, pipes, [*coming, (1.05, pipes.hangs_up)], written=written)
    assert len([at for at in written if 1 < at < 1.05]) >= 2


def test_news_in_quick_succession_are_one_write_a_second(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """What was put off for 100 ms is no rest: status.json is replaced at once, and then once a second."""
    pipes = Pipes()
    seconds = [10 + pair * 0.13 + after_s for pair in range(16) for after_s in (0, 0.03)]
    news = [(at, pipes.says(b'[2,"a","Authorize",{"idTag":"%d"}]\n' % (at * 100))) for at in seconds]
    replaced: list[float] = []
    served(monkeypatch, scratch, pipes, [*news, (20.0, pipes.hangs_up)], replaced=replaced)
    assert [at for at in replaced if at >= 10] == pytest.approx([10, 11, 12, 20], abs=0.1)  # the last is the end


def test_silence(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """Without any traffic the filter ends by itself after its time, and not while there is some."""
    pipes = Pipes()
    coming = [(seconds, pipes.says(BEAT)) for seconds in (32.0, 64.0, 120.0)]
    assert served(monkeypatch, scratch, pipes, coming, idle_s=60) == 180
    assert pipes.heard().count(b"\n") == 3


def test_idle_costs_nothing(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """A filter that waits an hour, with half a frame and for a reader that does not read, hardly ever looks."""
    pipes = Pipes()
    coming = [(0.0, pipes.says(BEAT * 2000)), (1.0, pipes.says(b"[2,\n"))]
    assert served(monkeypatch, scratch, pipes, coming, idle_s=3600) >= 3601
    assert len(pipes.heard()) >= 1 << 16, "the pipe was full"


def test_frame_over_slow_lines(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """A frame whose lines come apart is one, though sightings are written between (found: given up at their turn)."""
    pipes = Pipes()

    def rest_comes() -> None:
        assert "0001" in scratch.sighting("CP001")["refused_tags"], "it is between the lines that they are written"
        pipes.says(b'"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]\n')()

    coming: Coming = [
        (0.0, pipes.says(b'[2,"a","Authorize",{"idTag":"0000"}]\n')),
        (0.75, pipes.says(b'[2,"a","Authorize",{"idTag":"0001"}]\n[2,"s","StopTransaction",{\n')),
        (1.5, rest_comes),
        (1.75, pipes.hangs_up),
    ]
    served(monkeypatch, scratch, pipes, coming)
    assert pipes.heard().splitlines()[-1] == b'[3,"s",{}]'


def test_half_a_frame_is_given_up(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """A second of silence ends a frame: what can be mended is answered then, and not before."""
    pipes = Pipes()
    heard: list[bytes] = []
    coming: Coming = [
        (0.0, pipes.says(BEAT.replace(b"]", b""))),
        (0.75, lambda: heard.append(pipes.heard())),
        (1.25, lambda: heard.append(pipes.heard())),
        (2.0, pipes.hangs_up),
    ]
    served(monkeypatch, scratch, pipes, coming)
    early, late = heard
    assert early == b"" and late.startswith(b'[3,"b",')


def test_what_a_charge_needs_is_prepared_in_the_first_rest(monkeypatch: pytest.MonkeyPatch, scratch: Scratch) -> None:
    """Neither before the first answers nor between them, but before anybody plugs in; once."""
    pipes = Pipes()
    coming = [
        *((number / 20, pipes.says(BEAT)) for number in range(10)),
        (9.0, pipes.says(BEAT)),
        (20.0, pipes.hangs_up),
    ]
    prepared: list[float] = []
    served(monkeypatch, scratch, pipes, coming, prepared=prepared)
    assert prepared == pytest.approx([0.6])
