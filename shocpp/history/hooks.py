"""
Events handed to programs of the operator's: each executable of a folder gets each event, one after another.

Runs beside everything else and is waited for by nobody: events wait in a queue with a limit, and a program has so long
and no longer. What a charge point said reaches a program as JSON on stdin and as variables, never as a part of a
command.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from contextlib import suppress

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Event = Mapping[str, object]

_MOST_WAITING = 1000
_LIMIT_S = 30.0
_KEPT = ("PATH", "HOME", "LANG", "TZ")
_OURS = "HOOK_"  # what variables for hooks begin with
_END = None


class Hooks:
    """
    Hands events to the executables of a folder.

    Args:
        folder: The folder; those that are not executable, and names that begin with a dot, are passed over.
        environ: Of it the programs get what every program needs, and what begins with ``HOOK_``.
        say: Is told in a line what failed.
        limit_s: How long a program may take, in seconds.
        most_waiting: How many events wait at most; further ones are lost, which is said.
    """

    def __init__(
        self,
        folder: str,
        environ: Mapping[str, str],
        say: Callable[[str], None],
        limit_s: float = _LIMIT_S,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._folder = folder
        self._environ = {name: environ[name] for name in environ if name in _KEPT or name.startswith(_OURS)}
        self._say = say
        self._limit_s = limit_s
        self._waiting: queue.Queue[Event | None] = queue.Queue(most_waiting)
        self._lost = 0
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()

    def put(self, event: Event) -> None:
        """Have an event handed on, without waiting for it; of too many, this one is lost."""
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._lost += 1
            if self._lost == 1:
                self._say(f"hooks are too slow: events are lost while {self._waiting.maxsize} wait")
            return
        if self._lost:
            self._say(f"hooks are in time again; {self._lost} events were lost")
            self._lost = 0

    def finish(self) -> None:
        """Wait until all events that were put are handed on."""
        self._waiting.put(_END)
        self._worker.join()

    def _work(self) -> None:
        while (event := self._waiting.get()) is not _END:
            for path in self._programs():
                self._run(path, event)

    def _programs(self) -> list[str]:
        """List the programs, in order of their names: looked for each time, so that a new one counts at once."""
        try:
            names = sorted(name for name in os.listdir(self._folder) if not name.startswith("."))
        except OSError as error:
            self._say(f"cannot read {self._folder}: {error.strerror}")
            return []
        paths = [os.path.join(self._folder, name) for name in names]
        return [path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]

    def _run(self, path: str, event: Event) -> None:
        try:
            program = subprocess.Popen(  # noqa: S603 - the operator's own, and nothing of the event is in the command
                [path],
                env={**self._environ, **variables(event)},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            self._say(f"hook {path} cannot be run: {error.strerror}")
            return
        with program:
            try:
                _, stderr = program.communicate(json.dumps(event).encode() + b"\n", self._limit_s)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)  # with all that it has started
                self._say(f"hook {path} took longer than {self._limit_s:g} s and was ended")
                return
        if program.returncode:
            said = clean(stderr.decode(errors="replace").strip(), 200)
            self._say(f"hook {path} ended with {program.returncode}{f': {said}' if said else ''}")


def variables(event: Event) -> dict[str, str]:
    r"""
    Give an event as variables, in one line each.

    >>> variables({"event": "faulted", "charge_point": "CP\n1", "connector_id": 1})
    {'EVENT': 'faulted', 'EVENT_CHARGE_POINT': 'CP\\x0a1', 'EVENT_CONNECTOR_ID': '1'}
    """
    named = {"EVENT" if name == "event" else f"EVENT_{name.upper()}": value for name, value in event.items()}
    return {name: clean(value).encode("utf-8", "replace").decode() for name, value in named.items()}
