"""
Command lines printed in a document, done as a new user would do them: in order, in a fresh copy of the checkout.

Knows fenced ``sh`` blocks, here-documents and lines that go on; what a command does is the shell's business.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.support.household import ROOT, make_home
from tests.support.patience import PATIENCE_S, until

_HERE = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_GOES_ON = ("\\", "|", "&&", "||")


class Command(NamedTuple):
    """A command as it is printed: the line on which it begins, and its text."""

    line: int
    text: str


def commands(text: str) -> list[Command]:
    """
    Find the commands of all ``sh`` blocks of a document, in order.

    >>> [command.text for command in commands("```sh\\na <<'E' # x\\n1\\nE\\nb |\\n  c\\n\\n# d\\n```")]
    ["a <<'E' # x\\n1\\nE", 'b |\\n  c']
    """
    found: list[Command] = []
    for block in re.finditer(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        found += _commands(block[1], text.count("\n", 0, block.start(1)) + 1)
    return found


def _commands(block: str, first: int) -> list[Command]:
    found: list[Command] = []
    lines = list(enumerate(block.splitlines(), first))
    while lines:
        number, text = lines.pop(0)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        while lines and text.rstrip().endswith(_GOES_ON):
            text += f"\n{lines.pop(0)[1]}"
        here = _HERE.search(text)
        while here and lines:
            text += f"\n{lines[0][1]}"
            if lines.pop(0)[1].strip() == here[2]:
                break
        found.append(Command(number, text))
    return found


def unfenced(text: str) -> list[str]:
    """Give the lines of indented blocks and of fences without ``sh``, which look like commands to a reader."""
    fenced = re.sub(r"^```sh\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    looks = re.compile(r"^(?: {4})?\s*(?:\$ )?((?:sudo|git|cp|apt-get|bin/shocpp-|shocpp-|systemctl|pip|cat|echo)\b.*)")
    indented = [line for line in fenced.splitlines() if line.startswith("    ") or line.startswith("$ ")]
    return [found[1] for line in indented if (found := looks.match(line))]


def fresh_checkout(home: Path) -> Path:
    """Make what ``git clone`` gives, with a .venv that is the Python that runs the tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "conf", "accounting", "docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    make_home(home)
    for name in filter(None, listed.stdout.split("\0")):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, home / name)
    return home


class Reader:
    """
    Somebody who types what a document says.

    Args:
        home: The checkout, which is the current folder.
        environ: The environment.
        not_run: Beginnings of commands that a test cannot run, with the reasons.
        forever: Beginnings of commands that run until they are ended, with what tells that they are ready.
    """

    def __init__(
        self,
        home: Path,
        environ: dict[str, str],
        not_run: dict[str, str],
        forever: dict[str, Callable[[], bool]],
    ) -> None:
        self._home = home
        self._environ = environ
        self._not_run = not_run
        self._forever = forever
        self._running: list[subprocess.Popen[bytes]] = []

    def do(self, command: Command) -> str | None:
        """
        Do a command; what it printed, or None if it was not run or goes on.

        Raises:
            AssertionError: It did not end with 0; says which line, and what it printed.
        """
        if any(command.text.startswith(begin) for begin in self._not_run):
            return None
        for begin, is_ready in self._forever.items():
            if command.text.startswith(begin):
                self._start(command, is_ready)
                return None
        done = subprocess.run(
            ["sh", "-c", command.text],
            cwd=self._home,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"line {command.line}: {command.text}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _start(self, command: Command, is_ready: Callable[[], bool]) -> None:
        with (self._home / "forever.log").open("ab") as log:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {command.text}"],
                cwd=self._home,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        until(lambda: is_ready() or process.poll() is not None, command.text)
        assert process.poll() is None, (self._home / "forever.log").read_text()

    def leave(self) -> None:
        """End what still runs."""
        for process in self._running:
            process.terminate()
            process.wait(PATIENCE_S)
