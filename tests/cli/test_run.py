"""How a command runs: its exit status, its one line on stderr, and what only a bug may do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from shocpp import errors
from shocpp.cli import run
from tests.support.patience import PATIENCE_S
from tests.support.programs import Program

# sysexits.h, as the table in every manual page has it
STATUSES = {
    errors.UsageError: 64,
    errors.DataError: 65,
    errors.MissingError: 66,
    errors.UnavailableError: 69,
    errors.CannotCreateError: 73,
    errors.WriteError: 74,
    errors.TryAgainError: 75,
    errors.RefusedError: 76,
    errors.NotPermittedError: 77,
    errors.ConfigError: 78,
}
PACKAGE = str(Path(run.__file__).resolve().parents[2])


def ending_with(fault: BaseException | None = None, result: object = None) -> Callable[[list[str]], int]:
    """Make the ``main`` of a command that ends so."""

    @click.command("try")
    def ends() -> object:
        if fault is not None:
            raise fault
        return result

    return run.entry_point(ends)


@pytest.mark.parametrize(("kind", "status"), STATUSES.items(), ids=lambda each: getattr(each, "__name__", each))
def test_error(kind: type[errors.ShocppError], status: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Each error is one line with the program's name, and its status."""
    assert ending_with(kind("no such thing"))([]) == status
    assert capfd.readouterr() == ("", "shocpp-try: no such thing\n")


def test_every_error_has_a_status() -> None:
    """No error of ours ends as if it were a bug; one that is derived from another has at least that one's status."""
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and each is not errors.ShocppError]
    assert {kind: run.status_of(kind("")) for kind in kinds if kind in STATUSES} == STATUSES
    assert all(run.status_of(kind("")) != run.SOFTWARE for kind in kinds)


@pytest.mark.parametrize(("result", "status"), [(None, 0), (0, 0), (65, 65), ("text", 0)])
def test_result(result: object, status: int) -> None:
    """A command that comes to its end has status 0, or the one that it gives."""
    assert ending_with(result=result)([]) == status


def test_wrong_option(capfd: pytest.CaptureFixture[str]) -> None:
    """What click refuses is one line with status 64 that leads to the help."""
    assert ending_with()(["--no-such"]) == 64
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and "--no-such" in err and "shocpp-try --help" in err


def test_interrupted() -> None:
    """Ctrl-C is no bug: the status is the shell's for SIGINT."""
    assert ending_with(KeyboardInterrupt())([]) == 130


def test_bug(capfd: pytest.CaptureFixture[str]) -> None:
    """A fault of ours is status 70 with a traceback and the wish to report it."""
    assert ending_with(ZeroDivisionError("oops"))([]) == 70
    out, err = capfd.readouterr()
    assert out == "" and "Traceback" in err and "ZeroDivisionError: oops" in err and "please report" in err


@pytest.mark.parametrize("count", [100_000, 1], ids=["in the command", "at the end"])
def test_closed_pipe(count: int) -> None:
    """A reader that has enough is no error: no word, status 0, be it noticed while printing or at the end."""
    script = f"""
import sys
sys.path.insert(0, {PACKAGE!r})
import click
from shocpp.cli import run
@click.command("try")
def much():
    for _ in range({count}):
        print("data")
sys.stdin.read()
sys.exit(run.entry_point(much)([]))
"""
    environ = {"PATH": os.defpath}  # PYTHONUNBUFFERED would have each print fail, and nothing be left for the end
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr.read() == b""


def test_an_exit_of_its_own_stays(capfd: pytest.CaptureFixture[str]) -> None:
    """A command that ends by itself with a status keeps it: only a closed pipe is taken well."""
    with pytest.raises(SystemExit) as ended:
        ending_with(SystemExit(3))([])
    assert ended.value.code == 3 and capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["backend", "command", "listener", "status", "check"])
def test_help_and_version(run: Program, name: str) -> None:
    """Every command tells how it is used, in 80 columns, and its version, on stdout."""
    for option in ("--help", "-h"):
        result = run(name, option)
        assert (result.status, result.err) == (0, "")
        assert result.out.startswith(f"Usage: shocpp-{name} ")
        assert max(map(len, result.out.splitlines())) <= 80
    assert run(name, "--version").out.startswith("shocpp ")
    assert "--help" in run(name, "--no-such").refusal(64)


@pytest.mark.parametrize("name", ["backend", "command", "listener", "status", "check"])
def test_setting_that_makes_no_sense(run: Program, name: str) -> None:
    """A setting that makes no sense is status 78 and says what it takes, whatever the command."""
    words = ["Reset", "type=Soft"] if name == "command" else []
    said = run(name, *words, SHOCPP_HEARTBEAT_INTERVAL="soon").refusal(78)
    assert "SHOCPP_HEARTBEAT_INTERVAL" in said and "soon" in said and "seconds" in said
