"""When .venv is made, brought up to date and made anew, and what is installed into it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TextIO

import pytest

from tests.support.checkout import PARTS, STUB, Checkout
from tests.support.patience import PATIENCE_S


def open_gate(gate: Path, process: subprocess.Popen[str]) -> TextIO:
    """Open ``gate`` for writing as soon as the pip below ``process`` waits there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return os.fdopen(os.open(gate, os.O_WRONLY | os.O_NONBLOCK), "w")
        except OSError:  # ENXIO: nobody reads yet
            time.sleep(0.01)
    raise AssertionError(process.communicate())


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """Return the line of stderr with ``words``, as soon as it comes."""
    assert process.stderr
    limit = threading.Timer(PATIENCE_S, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    try:
        return next(line for line in process.stderr if words in line)
    finally:
        limit.cancel()


def test_two_at_once(checkout: Checkout) -> None:
    """Of two launchers started together one sets up; the other says that it waits, and then both serve."""
    gate = checkout.gate()
    first = checkout.start()
    with open_gate(gate, first) as go:
        second = checkout.start()
        assert line_with(second, "waiting for another set-up")
        go.write("on\n")
    for process in first, second:
        out, _ = process.communicate("frame\n", timeout=PATIENCE_S)
        assert process.returncode == 3
        assert json.loads(out)["stdin"] == "frame\n"
    assert checkout.calls() == ["venv", "pip"]


def test_killed_set_up_is_redone(checkout: Checkout) -> None:
    """A .venv whose set-up was killed is not used: the next start makes it anew."""
    gate = checkout.gate()
    killed = checkout.start()
    with open_gate(gate, killed):
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate(timeout=PATIENCE_S)
    gate.unlink()
    assert checkout.run().returncode == 3
    assert checkout.calls() == ["venv", "pip", "venv", "pip"]


def test_killed_update_is_redone(ready: Checkout) -> None:
    """A .venv that was being brought up to date when it was killed may be half of each, and is made anew."""
    ready.require("click", "filelock")
    gate = ready.gate()
    killed = ready.start()
    with open_gate(gate, killed):
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate(timeout=PATIENCE_S)
    gate.unlink()
    assert ready.run().returncode == 3
    assert ready.calls() == ["venv", "pip", "pip", "venv", "pip"]


def test_new_requirement_is_installed(ready: Checkout) -> None:
    """When pyproject.toml asks for more, the next start installs it into the .venv that is there, once."""
    ready.require("click", "filelock")
    assert "filelock" in ready.run().stderr
    assert ready.run().stderr == ""
    assert ready.calls() == ["venv", "pip", "pip"]


def test_what_one_command_needs(ready: Checkout) -> None:
    """What shocpp-mqtt needs besides is installed when it is first started, once, and by no other command."""
    (ready.home / "shocpp/cli/mqtt.py").write_text(STUB)
    program = ready.home / "bin/shocpp-mqtt"
    assert "what-mqtt-needs" in ready.run(program).stderr
    assert ready.run(program).stderr == ""
    assert ready.calls() == ["venv", "pip", "pip"]
    (ready.home / ".venv/bin/python3").unlink()
    assert ready.run().returncode == 3
    assert ready.run(program).returncode == 3, "it is there in the next .venv, too"
    assert ready.calls()[3:] == ["venv", "pip", "pip"]


@pytest.mark.parametrize(
    ("name", "words", "parts"),
    [
        ("listener", ["--embedded"], []),
        ("listener", ["--websocketd"], []),
        ("listener", ["--mqtt", "mqtt://localhost"], ["mqtt"]),
        ("listener", ["--soap"], ["soap"]),
        ("listener", ["--embedded", "--web"], ["web"]),
        ("listener", ["--embedded", "--web", "--soap"], ["soap", "web"]),
        ("charger", ["--soap", "1.6"], ["soap"]),
        ("charger", ["plug"], []),
    ],
)
def test_what_options_need(ready: Checkout, name: str, words: list[str], parts: list[str]) -> None:
    """What an option needs besides is installed when a command is first started with it, once, and not before."""
    (ready.home / f"shocpp/cli/{name}.py").write_text(STUB)
    program = ready.home / f"bin/shocpp-{name}"
    said = ready.run(program, *words).stderr
    assert [part for part in PARTS if f"what-{part}-needs" in said] == parts
    assert ready.run(program, *words).stderr == ""
    assert ready.calls() == ["venv", "pip"] + ["pip"] * len(parts)


def test_other_edits_install_nothing(ready: Checkout) -> None:
    """A newer pyproject.toml that asks for the same distributions costs one look, no pip and no word."""
    ready.require("click")
    assert ready.run().stderr == ""
    assert ready.calls() == ["venv", "pip"]
    assert (ready.home / ".venv/run-time.txt").stat().st_mtime == (ready.home / "pyproject.toml").stat().st_mtime


def test_python_gone(ready: Checkout) -> None:
    """When an upgrade of the system has taken away the Python of .venv, the next start makes it anew."""
    (ready.home / ".venv/bin/python3").unlink()
    (ready.home / ".venv/bin/python3").symlink_to("/nowhere/python3.11")
    switch = ready.switch("disk-full")
    assert ready.run().returncode == 73
    assert not (ready.home / ".venv/run-time.txt").exists()
    switch.unlink()
    assert ready.run().returncode == 3
    assert ready.calls() == ["venv", "pip", "venv", "venv", "pip"]


def test_extras_are_remembered(ready: Checkout) -> None:
    """What somebody had installed for an extra is installed again when .venv is made anew, and nothing else is."""
    project = ready.home / "pyproject.toml"
    project.write_text(f'{project.read_text()}auth = ["argon2-cffi>=21.2"]\nother = ["other"]\n')
    os.utime(project, (1_700_000_000, 1_700_000_000))
    (ready.home / ".venv/lib/python3.11/site-packages/argon2_cffi-23.1.0.dist-info").mkdir(parents=True)
    (ready.home / ".venv/bin/python3").unlink()
    assert ready.run().returncode == 3
    assert ready.calls() == ["venv", "pip", "venv", "pip", "pip"]
    assert (ready.here / "asked").read_text().splitlines()[-2].endswith(" argon2-cffi>=21.2")
    (ready.home / ".venv/bin/python3").unlink()
    assert ready.run().returncode == 3
    assert ready.calls()[5:] == ["venv", "pip"], "it is not there any more"


def test_pip_of_the_system(checkout: Checkout) -> None:
    """Where the system has a pip, it gets the one of .venv, and Python does without the one that it brings along."""
    checkout.switch("system-pip")
    checkout.switch("no-room-for-pip")
    assert checkout.run().returncode == 3
    assert checkout.calls() == ["venv", "pip"]


@pytest.mark.parametrize("has_wheel", [True, False])
def test_what_is_only_faster(checkout: Checkout, has_wheel: bool) -> None:
    """What only makes things faster is installed as a wheel or not at all: one line says so, and all is served."""
    project = checkout.home / "pyproject.toml"
    project.write_text(f'{project.read_text()}fast = ["msgspec>=0.20"]\n')
    if not has_wheel:
        checkout.switch("no-wheel")
    first = checkout.run()
    assert (checkout.here / "asked").read_text().splitlines()[1].endswith(" --only-binary=:all: msgspec>=0.20")
    said = [line for line in first.stderr.splitlines() if "without msgspec>=0.20" in line]
    assert len(said) == (0 if has_wheel else 1)
    assert len(first.stderr.splitlines()) == 2 + len(said)
    assert first.returncode == 3 and checkout.run().stderr == ""
    assert checkout.calls() == ["venv", "pip", "pip"]


def test_newer_python_by_its_own_name(checkout: Checkout) -> None:
    """Where python3 is too old or absent, a python3.11 to python3.14 beside it serves."""
    (checkout.tools / "python3").rename(checkout.tools / "python3.12")
    (checkout.tools / "python3").symlink_to("python3.12")
    text = (checkout.tools / "python3.12").read_text()
    (checkout.tools / "python3.12").write_text(text.replace('[ ! -e "$here/old" ]', '[ "${0##*/}" != python3 ]'))
    assert checkout.run().returncode == 3


@pytest.mark.parametrize("is_in_path", [True, False])
def test_system_python_first(checkout: Checkout, is_in_path: bool) -> None:
    """Where PATH has it, the system's Python serves before all others, if it is new enough and can make a .venv."""
    wanted = str(checkout.tools / "python3")
    system = "import ensurepip, os, sys, venv; print(os.path.realpath(sys.executable) * (sys.version_info >= (3, 11)))"
    if is_in_path:
        checkout.env["PATH"] += ":/usr/bin"
        asked = subprocess.run(["/usr/bin/python3", "-c", system], capture_output=True, text=True, check=False)
        wanted = asked.stdout.strip() or wanted
    found = ["/bin/sh", "-c", '. "$1/bin/set-up"; find_python; echo "$python"', "sh", str(checkout.home)]
    assert subprocess.run(found, env=checkout.env, capture_output=True, text=True, check=True).stdout == f"{wanted}\n"


def test_failed_update_keeps_what_was_there(ready: Checkout) -> None:
    """An update that failed for lack of a network is tried again, and does not throw away the .venv that is there."""
    ready.require("click", "filelock")
    ready.switch("no-network")
    assert ready.run().returncode == 69
    assert ready.run().returncode == 69
    assert ready.calls() == ["venv", "pip", "pip", "pip"]
