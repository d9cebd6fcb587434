"""What a command imports: what is slow to import is only imported by those that need it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Connect
from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT

SLOW = {
    "asyncio",
    "ctypes",
    "difflib",
    "filelock",
    "jsonschema",
    "logging",
    "pathlib",
    "random",
    "subprocess",
    "websockets",
}
RUN = """
import sys; sys.path.insert(0, sys.argv.pop(1))
from importlib import import_module
status = import_module(f"shocpp.cli.{sys.argv.pop(1)}").main(sys.argv[1:])
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(status)
"""
ID = "kZ3v0XoT5b7q2WmHc9LrYs4N"


def imported(home: Path, status: int, *words: str) -> set[str]:
    """Run a command to its end; give what it has imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, str(ROOT), *words],
        env={"SHOCPP_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == status, done
    return set(done.stderr.splitlines()[-1].split())


def test_a_command(connect: Connect, home: Path) -> None:
    """A good command and its good confirmation import nothing that is slow."""
    charge_point = connect("CP001", {"Reset": {"status": "Accepted"}})
    assert not imported(home, 0, "command", "Reset", "type=Soft") & SLOW
    assert charge_point.asked == [("Reset", {"type": "Soft"})]


def test_a_canned_call(connect: Connect, home: Path) -> None:
    """A good calls.json imports no jsonschema, whatever its entries are."""
    entries = {
        ID: {"call": "Reset", "payload": {"type": "Soft"}},
        ID[::-1]: {"call": "RemoteStopTransaction", "payload": {"transactionId": "current"}},
        ID.swapcase(): {"reading": "SoC", "oldest_s": 60},
    }
    (home / "conf/calls.json").write_text(json.dumps(entries))
    connect("CP001", {"Reset": {"status": "Accepted"}})
    assert not imported(home, 0, "caller", ID) & (SLOW - {"random"})  # secrets, which makes ids, imports random


@pytest.mark.parametrize("words", [["--check", "Reset", "type=Weak"], ["--check", "UnlockConnector"]])
def test_a_refusal(home: Path, words: list[str]) -> None:
    """What is wrong is explained by jsonschema."""
    assert "jsonschema" in imported(home, 65, "command", *words)


def test_a_confirmation_against_the_specification(connect: Connect, home: Path) -> None:
    """What is wrong with a confirmation is explained by jsonschema, too."""
    connect("CP001", {"Reset": {"status": "Perhaps"}})
    assert "jsonschema" in imported(home, 0, "command", "Reset", "type=Soft")
