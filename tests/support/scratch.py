"""
A scratch home for a backend: tags, accounting, run/, and what is found there afterwards; and the real command.

Knows the files that the commands promise each other, not what is said on the wire.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from shocpp.settings import Settings
from shocpp.spool.run import mailbox
from shocpp.spool.run.held_mailbox import PID, folder_of
from tests.support.patience import PATIENCE_S
from tests.support.preloaded import Process, launched

ROOT = Path(__file__).resolve().parents[2]
BACKEND = launched("backend")
LISTENER = launched("listener")
TAGS: list[dict[str, Any]] = [
    {"index": 1, "account": "company-x", "ids": ["1111", "2222"]},
    {"index": 2, "account": "family-y", "ids": ["3333", "4444", "04:A2:5F:1B", "VID:E0E1E2"]},
    {
        "index": 3,
        "account": "company-z",
        "ids": [
            "5555",
            {"id": "6666", "status": "Blocked"},
            {"id": "7777", "expires": "2020-01-01T00:00:00Z"},
            "012345678901234567890",
        ],
    },
]


class Scratch:
    """A folder as SHOCPP_HOME, with tags.json."""

    def __init__(self, home: Path, **environ: str) -> None:
        self.home = home
        self.environ = {"SHOCPP_HOME": str(home), "TZ": "UTC", **environ}
        (home / "conf").mkdir()
        self.set_tags(json.dumps(TAGS))

    @property
    def settings(self) -> Settings:
        """The settings that a backend in this home has."""
        return Settings.from_environ(self.environ)

    def set_tags(self, text: str) -> None:
        """Put a text into conf/tags.json."""
        self.configure("tags.json", text)

    def configure(self, name: str, text: str) -> None:
        """Put a text into a file of conf/, which is whole at each instant: somebody may read it just then."""
        beside = self.home / "conf" / f".{name}.new"
        beside.write_text(text)
        beside.replace(self.home / "conf" / name)

    def records(self) -> dict[str, dict[str, Any]]:
        """Give all records by their name below accounting/, in order."""
        folder = self.home / "accounting"
        return {str(path.relative_to(folder)): json.loads(path.read_text()) for path in sorted(folder.glob("*/*/*"))}

    def sighting(self, identity: str, name: str = "status.json") -> dict[str, Any]:
        """Read a sighting of a charge point; an empty one if it is not there."""
        path = self.folder(identity) / name
        value: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return value

    def folder(self, identity: str) -> Path:
        """Give the folder of a charge point below run/."""
        return Path(folder_of(str(self.home / "run"), identity))

    def is_held(self, identity: str) -> bool:
        """Tell whether a backend serves that charge point."""
        return mailbox.is_alive(str(self.folder(identity) / PID))

    def start(self, path_info: str = "", **streams: Any) -> Process:
        """
        Start the real backend between two pipes, unless said otherwise; its log goes into a file.

        It imports for itself what it needs when it needs it: how it reads depends on what is there.
        """
        environ = {**self.environ, "PATH_INFO": path_info, "PATH": os.environ["PATH"]}
        with open(self.home / "stderr", "ab") as log:
            streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, **streams}
            return Process("backend", [], environ, bufsize=0, is_anew=True, **streams)

    def log(self) -> str:
        """Give what the real backends of this home have logged."""
        return (self.home / "stderr").read_text()

    def serve(self, data: bytes, path_info: str = "") -> tuple[list[str], str]:
        """Run the real backend on an input: the lines it answered and its log. It must end with 0."""
        process = self.start(path_info)
        answers, _ = process.communicate(data, timeout=PATIENCE_S)
        assert process.returncode == 0, self.log()
        return answers.decode().splitlines(), self.log()
