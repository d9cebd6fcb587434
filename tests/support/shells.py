"""
Real shells that complete what somebody types: bash and zsh at a terminal, fish by the question that it has for that.

Knows how each is told where the files are that complete commands, and what it made of a word.
"""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.patience import PATIENCE_S

_TAB, _TO_THE_BEGIN = "\t", "\x01"
_MARK = "completed:"


def _at_terminal(command: list[str], setting_up: str, typed: str, environ: dict[str, str]) -> str:
    """Type into a shell at a terminal: what prepares it, a line to complete, and what prints the line."""
    ours, its = pty.openpty()
    shell = subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, env={**environ, "TERM": "dumb"}, start_new_session=True
    )
    os.close(its)
    try:
        os.write(ours, f"{setting_up}\n{typed}{_TAB}{_TO_THE_BEGIN}echo {_MARK} \nexit\n".encode())
        return _read(ours)
    finally:
        shell.kill()
        shell.wait(PATIENCE_S)
        os.close(ours)


def _read(terminal: int) -> str:
    """Read until a line that was printed, not typed, has the mark; give what stands behind it."""
    seen, until = "", time.monotonic() + PATIENCE_S
    while not (found := re.search(rf"^{_MARK} (.*?)[ \r]*$", seen, re.MULTILINE)):
        assert select.select([terminal], [], [], max(until - time.monotonic(), 0))[0], seen
        seen += os.read(terminal, 65536).decode().replace("\r\n", "\n")
    return found[1]


def _bash(folder: Path, line: str, environ: dict[str, str]) -> str:
    setting_up = f"for each in {folder}/bash-completion/completions/*; do . $each; done"
    return _at_terminal(["bash", "--norc", "--noprofile", "-i"], setting_up, line, environ)


def _zsh(folder: Path, line: str, environ: dict[str, str]) -> str:
    setting_up = f"fpath=({folder}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D"
    return _at_terminal(["zsh", "-f", "-i"], setting_up, line, environ)


def _fish(folder: Path, line: str, environ: dict[str, str]) -> str:
    """Ask fish what it offers; the one answer takes the place of the last word."""
    file = folder / f"fish/vendor_completions.d/{line.split(maxsplit=1)[0]}.fish"
    script = f"source {file}; complete --do-complete $argv[1]"
    done = subprocess.run(
        ["fish", "--no-config", "--command", script, line],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    (offered,) = done.stdout.splitlines()
    return " ".join([*line.split()[:-1], offered.partition("\t")[0]])


# by the shell's name: gives the line that a line becomes when it is completed, by files below a folder
SHELLS: dict[str, Callable[[Path, str, dict[str, str]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
