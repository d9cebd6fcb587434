"""
The commands, run in two ways: the click function in this process, and the launcher from another folder.

Knows how a command is started and what comes of it: exit status, stdout, stderr.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from tests.support.patience import PATIENCE_S


@dataclass(frozen=True)
class Result:
    """What came of a command."""

    status: int
    out: str
    err: str

    def refusal(self, status: int) -> str:
        """Give the one sentence of a command that failed as it should, without a word on stdout."""
        assert self.status == status, self
        assert self.out == "", self
        assert self.err.count("\n") == 1 and self.err.startswith("shocpp-"), self
        return self.err


class Program(Protocol):
    """Runs a command of a checkout."""

    def __call__(self, name: str, *words: str, stdin: str = "", **environ: str) -> Result:
        """Run ``shocpp-NAME`` to its end, in an environment that is empty but for ``environ``."""


class InProcess:
    """Calls the command's ``main``."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __call__(self, name: str, *words: str, stdin: str = "", **environ: str) -> Result:
        """Run it with stand-ins for the three streams."""
        main = import_module(f"shocpp.cli.{name}").main
        out, err, previous = io.StringIO(), io.StringIO(), sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        with only_environ({"SHOCPP_HOME": str(self._home), **environ}), redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(list(words))
            finally:
                sys.stdin = previous
        return Result(status, out.getvalue(), err.getvalue())


class Launched:
    """Starts the launcher in bin/ from the root folder."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __call__(self, name: str, *words: str, stdin: str = "", **environ: str) -> Result:
        """Run it over pipes."""
        done = subprocess.run(
            [self._home / f"bin/shocpp-{name}", *words],
            input=stdin,
            env=environ,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


WAYS: dict[str, Callable[[Path], Program]] = {"in process": InProcess, "launched": Launched}


@contextmanager
def only_environ(environ: dict[str, str]) -> Iterator[None]:
    """Let the environment hold nothing else for a while."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
