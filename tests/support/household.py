"""
A household to try things on: a checkout of its own in a scratch folder, with a wallbox that is really connected.

The wallbox is simulated; what serves it is the real shocpp-backend, over pipes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.preloaded import Process

ROOT = Path(__file__).resolve().parents[2]
# what a launcher would set up first, with pip, where it had not been
EXTRAS = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])


def make_home(home: Path) -> Path:
    """Make a checkout that has our bin/ and our package, and a .venv that is the Python that runs the tests."""
    shutil.copytree(ROOT / "bin", home / "bin", symlinks=True)
    shutil.copy2(ROOT / "pyproject.toml", home)
    (home / "shocpp").symlink_to(ROOT / "shocpp")
    (home / "conf").mkdir()
    return make_venv(home)


def make_venv(home: Path) -> Path:
    """Give a checkout a .venv that is the Python that runs the tests."""
    python = home / ".venv/bin/python3"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")
    python.chmod(0o755)
    (home / ".venv/lib").symlink_to(Path(sys.prefix) / "lib")
    for part in ("run-time", *EXTRAS):
        (home / f".venv/{part}.txt").touch()
    return home


class Wallbox:
    """
    A charge point with a backend of its own.

    Args:
        home: The checkout.
        identity: What it calls itself.
        answers: By action: the payload of a confirmation, or a code for a CALLERROR; without one it keeps silent.
        who: The user and the groups that its backend gets, as ``subprocess.Popen`` calls them.
    """

    def __init__(
        self,
        home: Path,
        identity: str = "CP001",
        answers: dict[str, dict[str, Any] | str] | None = None,
        **who: Any,
    ) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._answers = answers or {}
        self._confirmed = threading.Condition()
        self._seen: set[str] = set()
        environ, pipe = {"PATH": os.defpath, "PATH_INFO": f"/{identity}"}, subprocess.PIPE
        self._process: Process | subprocess.Popen[bytes] = (
            subprocess.Popen(
                [home / "bin/shocpp-backend"], env=environ, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, **who
            )
            if who
            else Process("backend", [], environ | {"SHOCPP_HOME": str(home)}, stdin=pipe, stdout=pipe)
        )
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.send("BootNotification", {"chargePointVendor": "acme", "chargePointModel": "one"})

    def send(self, action: str, payload: dict[str, Any]) -> None:
        """Make a call to the central system and wait for its confirmation."""
        unique_id = f"{action}-{len(self._seen)}"
        self._write([2, unique_id, action, payload])
        with self._confirmed:
            assert self._confirmed.wait_for(lambda: unique_id in self._seen, timeout=PATIENCE_S), (
                f"{action}: no confirmation"
            )

    def close(self) -> None:
        """Hang up."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE_S)
        self._thread.join(timeout=PATIENCE_S)

    def _write(self, frame: list[Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(frame).encode() + b"\n")
        self._process.stdin.flush()

    def _serve(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            kind, unique_id, *rest = json.loads(line)
            if kind == 2:
                self.asked.append((rest[0], rest[1]))
                self._confirm(unique_id, rest[0])
            else:
                with self._confirmed:
                    self._seen.add(unique_id)
                    self._confirmed.notify_all()

    def _confirm(self, unique_id: str, action: str) -> None:
        answer = self._answers.get(action)
        if isinstance(answer, str):
            self._write([4, unique_id, answer, "", {}])
        elif answer is not None:
            self._write([3, unique_id, answer])
