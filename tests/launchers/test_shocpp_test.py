"""What bin/shocpp-test does besides: it says which programs are missing, and runs each check."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.support.backend import ROOT
from tests.support.checkout import Checkout


def test_what_tests_need_is_told() -> None:
    """shocpp-test --help says what it does itself, before anything is installed, and nothing of pytest's options."""
    for word in ("--help", "-h"):
        done = subprocess.run(
            [ROOT / "bin/shocpp-test", word], env={"PATH": os.defpath}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("shocpp-test [--no-install] [--thorough] [PYTEST ARGUMENT ...]: ")
        assert done.stdout.split()[-3:] == ["shocpp-test", "--thorough", "tests/test_soak.py"]
        assert "#" not in done.stdout


def test_missing_components(checkout: Checkout) -> None:
    """Where apt-get is not there shocpp-test says what to install, and how to go without; so it does when told to."""
    result = checkout.run(checkout.home / "bin/shocpp-test")
    assert result.returncode == 69
    assert re.search(r"sudo apt-get install websocketd jq", result.stderr)
    assert "shocpp-test --no-install" in result.stderr
    without = checkout.run(checkout.home / "bin/shocpp-test", "--no-install", "-x")
    assert (without.returncode, without.stdout) == (0, "pytest is busy\n")


@pytest.mark.parametrize(
    ("failing", "args", "status"),
    [("", [], 0), ("ruff", [], 1), ("mypy", [], 1), ("pytest", [], 1), ("ruff", ["-x"], 0)],
)
def test_all_checks_are_run(checkout: Checkout, failing: str, args: list[str], status: int) -> None:
    """Ruff, mypy and pytest all run, mypy beside pytest; one failure is the whole run's; arguments are pytest's."""
    program = checkout.home / "bin/shocpp-test"
    program.write_text(re.sub(r"/usr/\S+/(?=\w+=)", "", program.read_text()))  # what is in no PATH is in ours here
    (components,) = re.findall(r"^components='([^']*)'$", program.read_text(), re.MULTILINE)
    for component in components.split():
        (checkout.tools / component.partition("=")[0]).symlink_to("/bin/true")
    if failing:
        checkout.switch(f"{failing}-fails")
    result = checkout.run(program, *args)
    assert result.returncode == status, result.stderr
    ran = ["pytest"] if args else ["ruff", "ruff", "pytest", "mypy"]
    assert result.stdout.splitlines() == [f"{name} is busy" for name in ran]


def test_todays_pip_is_not_renewed(checkout: Checkout) -> None:
    """Where the system's pip got the one of .venv, that one is today's, and installs what the tests need at once."""
    checkout.switch("system-pip")
    assert checkout.run(checkout.home / "bin/shocpp-test", "--no-install", "-x").returncode == 0
    assert checkout.calls() == ["venv", "pip"]
    assert "--no-compile -r " in (checkout.here / "asked").read_text()


def test_all_is_installed_at_once(checkout: Checkout) -> None:
    """What the tests need is installed by one pip, after pip itself; a command that follows installs nothing."""
    assert checkout.run(checkout.home / "bin/shocpp-test", "--no-install", "-x").returncode == 0
    assert checkout.calls() == ["venv", "pip", "pip"]
    first, second = (checkout.here / "asked").read_text().splitlines()
    assert first.endswith(" --upgrade pip") and "--no-compile" in second
    assert (checkout.home / ".venv/test.txt").read_text() == "click\nwhat-test-needs\n"
    assert (checkout.home / ".venv/mqtt.txt").read_text() == "click\nwhat-mqtt-needs\n"
    assert checkout.run().returncode == 3
    assert checkout.calls() == ["venv", "pip", "pip"]
