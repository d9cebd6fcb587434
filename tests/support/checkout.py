"""
A scratch copy of bin/ and a stub of the package, to start launchers in.

A shell script stands for Python, venv and pip, so no test needs a network; the real set-up is what bin/shocpp-test has
just done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT

TOOLS = ("cat", "cmp", "grep", "id", "ln", "mkdir", "mv", "readlink", "rm", "tail", "touch", "tr")
# what bin/shocpp-test sets up besides what all commands need
(_SET_UP,) = re.findall(r'^set_up "\$program" run-time (.*) \|\| exit$', (ROOT / "bin/shocpp-test").read_text(), re.M)
PARTS = _SET_UP.split()
STUB = """
import json, sys
def main():
    print(json.dumps({"argv": sys.argv, "file": __file__, "stdin": sys.stdin.read(), "path": sys.path}))
    return 3
"""
PYTHON = """#!/bin/sh
# Stands for python3, venv and pip; $here has switches and, in "calls", what was asked for.
here='{here}'
case "$*" in
    *'sys.version_info < (3, 11)'*) [ ! -e "$here/old" ] ;;
    --version) echo Python 3.9.2 ;;
    *'os.path.realpath(sys.executable)'*) echo "$here/tools/python3" ;;
    *'import ensurepip'*) [ ! -e "$here/no-ensurepip" ] ;;
    '-m venv --clear --without-pip '*)
        echo venv >>"$here/calls"
        [ ! -e "$here/disk-full" ] || {{ echo Traceback; echo 'OSError: [Errno 28] No space left on device'; exit 1; }}
        rm -rf "$5/"* "$5"; mkdir -p "$5/bin"; ln -s "$here/tools/python3" "$5/bin/python3" ;;
    '-m pip --python '*)
        cat >/dev/null
        [ -e "$here/system-pip" ] || {{ echo 'No module named pip'; exit 1; }} ;;
    '-m ensurepip '*)
        [ ! -e "$here/no-room-for-pip" ] || {{
            echo 'OSError: [Errno 28] No space left on device'; echo 'CalledProcessError: it returned 2'; exit 1;
        }} ;;
    '-m pip install '*)
        echo pip >>"$here/calls"
        echo "$*" >>"$here/asked"
        cat >/dev/null
        [ ! -p "$here/gate" ] || read -r line <"$here/gate"
        [ ! -e "$here/no-room-for-packages" ] || {{ echo 'ERROR: [Errno 28] No space left on device'; exit 1; }}
        [ ! -e "$here/no-network" ] || {{
            for left in 4 3 2 1 0; do echo "WARNING: Retrying (Retry(total=$left, connect=None)): no name"; done
            echo 'ERROR: No matching distribution found for click'; exit 1;
        }}
        case "$*" in *--only-binary=:all:*) [ ! -e "$here/no-wheel" ] ;; esac ;;
    '-m '*) echo "$2 is busy"; [ ! -e "$here/$2-fails" ] ;;
    *) exec '{python}' "$@" ;;
esac
"""


class Checkout:
    """A scratch copy of bin/ and a stub package, in a folder with a space in its name; its Python installs nothing."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.home = here / "a checkout"
        self.tools = here / "tools"
        self.tools.mkdir()
        shutil.copytree(ROOT / "bin", self.home / "bin")
        (self.home / "shocpp/cli").mkdir(parents=True)
        (self.home / "shocpp/__init__.py").touch()
        (self.home / "shocpp/cli/__init__.py").touch()
        (self.home / "shocpp/cli/backend.py").write_text(STUB)
        self.require("click")
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool) or tool)
        python = self.tools / "python3"
        python.write_text(PYTHON.format(here=here, python=sys.executable))
        python.chmod(0o755)
        self.backend = self.home / "bin/shocpp-backend"
        self.env = {"PATH": str(self.tools)}

    def require(self, *names: str) -> None:
        """Write a pyproject.toml that needs the distributions ``names``, a minute newer than the one before."""
        file = self.home / "pyproject.toml"
        changed = file.stat().st_mtime + 60 if file.exists() else 1_700_000_000
        extras = "".join(f'{part} = ["what-{part}-needs"]\n' for part in PARTS)
        file.write_text(f"[project]\ndependencies = {json.dumps(names)}\n[project.optional-dependencies]\n{extras}")
        os.utime(file, (changed, changed))

    def set_up_as(self, other: Checkout) -> None:
        """Have what the first start of another checkout left there: its .venv, with our Python, and what was asked."""
        shutil.copytree(other.home / ".venv", self.home / ".venv", symlinks=True)
        (self.home / ".venv/bin/python3").unlink()
        (self.home / ".venv/bin/python3").symlink_to(self.tools / "python3")
        for name in ("calls", "asked"):
            shutil.copy2(other.here / name, self.here)

    def switch(self, name: str) -> Path:
        """Turn on what the stand-in for Python looks for under ``name``."""
        file = self.here / name
        file.touch()
        return file

    def gate(self) -> Path:
        """Make the next pip wait until the pipe that is returned has been opened, written and closed."""
        os.mkfifo(self.here / "gate")
        return self.here / "gate"

    def calls(self) -> list[str]:
        """Return what was asked of Python since the beginning: ``venv``, ``pip``."""
        file = self.here / "calls"
        return file.read_text().split() if file.exists() else []

    def run(self, program: Path | str = "", *args: str, user: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run a launcher, by default shocpp-backend, with one line of input, and return what came of it."""
        command = [str(program or self.backend), *args]
        return subprocess.run(
            command,
            env=self.env,
            input="frame\n",
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            user=user,
        )

    def start(self) -> subprocess.Popen[str]:
        """Start shocpp-backend in a process group of its own."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [self.backend], env=self.env, stdin=pipe, stdout=pipe, stderr=pipe, text=True, process_group=0
        )
