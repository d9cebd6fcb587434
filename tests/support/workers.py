"""A real worker in a scratch home: started, told, killed, ended."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import Process, launched
from tests.support.scratch import Scratch

WORKER = launched("mqtt")


class Worker:
    """
    A shocpp-mqtt worker.

    Args:
        scratch: Its home; transaction ids carry kWh, unless it says otherwise.
        url: The broker's.
        options: Further words of its command line.
        launcher: A command line that runs the worker's own (``clock.Clock.wrapper``); without one it is a fork.
    """

    def __init__(self, scratch: Scratch, url: str, *options: str, launcher: Sequence[str] = ()) -> None:
        self.scratch = scratch
        self._launcher = launcher
        self._words = ["worker", url, *options]
        self._output = scratch.home / "worker-output"
        self.start()

    def start(self) -> None:
        """Start it; return when it serves."""
        before = self.said().count("charge points over")
        self.begin()
        until(
            lambda: self.said().count("charge points over") > before or self.process.poll() is not None,
            "the worker to serve",
        )
        assert self.process.poll() is None, self.said()

    def begin(self) -> None:
        """Start it."""
        environ = {"PATH": "/usr/bin:/bin", "SHOCPP_TRANSACTION_ID": "kwh"} | self.scratch.environ
        with self._output.open("ab") as output:
            self.process: Process | subprocess.Popen[bytes] = (
                subprocess.Popen([*self._launcher, *WORKER, *self._words], env=environ, stdout=output, stderr=output)
                if self._launcher
                else Process("mqtt", self._words, environ, stdout=output, stderr=output)
            )

    def said(self) -> str:
        """Give all that it wrote."""
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Have it end; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def working(
    home: Path, url: str, options: Sequence[str] = (), launcher: Sequence[str] = (), **environ: str
) -> Iterator[Worker]:
    """Run a worker in a fresh home."""
    home.mkdir(exist_ok=True)
    worker = Worker(Scratch(home, **environ), url, *options, launcher=launcher)
    try:
        yield worker
    finally:
        worker.kill()
