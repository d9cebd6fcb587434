"""
A machine on which shocpp is installed as docs/installation.md says, and a person who types what that page prints.

Its /opt/shocpp, /srv and /etc/systemd/system are in a scratch folder; sudo is there and changes nobody, and what
systemctl was told is kept. What the commands do otherwise is real.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.support.household import make_venv
from tests.support.patience import PATIENCE_S
from tests.support.readme import Reader, commands, fresh_checkout

_SUDO = """#!/bin/sh
[ "$1" != -u ] || shift 2
exec "$@"
"""
_SYSTEMCTL = """#!/bin/sh
echo "$*" >>"${0%/*}/systemctl.log"
"""
_FOLDERS = ("/opt", "/srv", "/etc/systemd/system")


class Machine:
    """
    A machine with a checkout.

    Args:
        folder: Where it is; it is not there yet.
        origin: The repository that the checkout is cloned from; None for one whose code is our own.

    Attributes:
        home: The checkout.
        desk: The folder in which the person types.
        unit: Where the service's unit is.
    """

    def __init__(self, folder: Path, origin: Path | None = None) -> None:
        self._folder = folder
        self.home = folder / "opt/shocpp"
        self.desk = folder / "desk"
        self.unit = folder / "etc/systemd/system/shocpp.service"
        self._tools = folder / "tools"
        for each in (self.desk, self._tools, *(folder / name[1:] for name in _FOLDERS)):
            each.mkdir(parents=True)
        for name, text in (("sudo", _SUDO), ("systemctl", _SYSTEMCTL)):
            (self._tools / name).write_text(text)
            (self._tools / name).chmod(0o755)
        if origin:
            as_it_is = ["-c", "core.autocrlf=false"]  # whatever whoever runs the tests has
            subprocess.run(["git", *as_it_is, "clone", "-q", origin, self.home], check=True, timeout=PATIENCE_S)
            make_venv(self.home)
        else:
            fresh_checkout(self.home)
        shutil.copy(self.home / "conf/tags.json.example", self.home / "conf/tags.json")
        shutil.copy(self.home / "conf/shocpp.service", self.unit)
        environ = {"PATH": f"{self._tools}:{os.environ['PATH']}", "HOME": str(self.desk), "LANG": "C.UTF-8"}
        self._reader = Reader(self.desk, environ, {}, {})

    def type(self, text: str) -> str:
        """Type all commands of a text, which have to end well; what they show."""
        shown = ""
        for command in commands(text):
            line = command.text
            for name in _FOLDERS:
                line = line.replace(f"{name}/", f"{self._folder}{name}/")
            shown += self._reader.do(command._replace(text=line)) or ""
        return shown

    def told_systemctl(self) -> list[str]:
        """Give what systemctl was told since this was last asked."""
        log = self._tools / "systemctl.log"
        told = log.read_text().splitlines()
        log.unlink()
        return told

    def records(self) -> dict[str, bytes]:
        """Give the records, by their names below accounting/."""
        folder = self.home / "accounting"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*/*.json")}
