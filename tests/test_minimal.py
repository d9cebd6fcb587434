"""What the least installation does: filter, command, CGI page and summary need jsonschema, click and filelock alone."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.support.backend import ROOT
from tests.support.patience import PATIENCE_S, until
from tests.support.requirements import closure
from tests.support.scratch import Scratch

NEEDED = ("click", "filelock", "jsonschema")
ID = "kZ3v0XoT5b7q2WmHc9LrYs4N"
LAUNCH = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from importlib import import_module
sys.exit(import_module("shocpp.cli." + sys.argv.pop(1)).main())
"""
HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"no module named {name!r} in the least installation", name=name)
sys.meta_path.insert(0, Hidden())
"""


def hiding() -> list[str]:
    """Give the command line of this Python that finds of all packages but the least none."""
    packages = {*closure(NEEDED, platform.machine()), "shocpp"}  # which is one where pip has built it in the checkout
    hidden = {
        module
        for module, names in packages_distributions().items()
        if not packages & {canonicalize_name(name) for name in names}
    }
    assert hidden >= {"jinja2", "websockets", "argon2"}
    return [sys.executable, "-I", "-c", f"HIDDEN = {hidden!r}{HIDE}{LAUNCH}"]


@contextmanager
def least_installation(scratch: Scratch, python: list[str]) -> Iterator[Any]:
    """Connect a wallbox to a backend; give what runs a command while the wallbox accepts whatever it is asked."""
    environ = {**scratch.environ, "PATH": os.environ["PATH"]}

    def start(name: str, *words: str, **more: str) -> subprocess.Popen[str]:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*python, name, *words], env={**environ, **more}, text=True, **pipes)

    with start("backend", PATH_INFO="/CP1") as backend:
        assert backend.stdin and backend.stdout
        for number, (action, payload) in enumerate(CHARGE):
            backend.stdin.write(json.dumps([2, str(number), action, payload]) + "\n")
            backend.stdin.flush()
            assert json.loads(backend.stdout.readline())[:2] == [3, str(number)]
        until(lambda: scratch.is_held("CP1"), "the backend to hold its mailbox")

        def run(name: str, *words: str, asks: bool = False, **more: str) -> str:
            with start(name, *words, **more) as command:
                if asks:
                    assert backend.stdin and backend.stdout
                    asked = json.loads(backend.stdout.readline())
                    backend.stdin.write(json.dumps([3, asked[1], {"status": "Accepted"}]) + "\n")
                    backend.stdin.flush()
                out, err = command.communicate(timeout=PATIENCE_S)
            return f"{out}{err}"

        yield run
        backend.stdin.close()


CHARGE: list[tuple[str, dict[str, object]]] = [
    ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    (
        "StartTransaction",
        {"connectorId": 1, "idTag": "1111", "meterStart": 9042000, "timestamp": "2026-01-31T09:00:00Z"},
    ),
    ("StopTransaction", {"transactionId": 10009042, "meterStop": 9075000, "timestamp": "2026-01-31T12:00:00Z"}),
    ("BootNotification", {"chargePointVendor": "v" * 100, "chargePointModel": 5}),
]


def do_all(scratch: Scratch, python: list[str]) -> None:
    """Charge, ask for something from the shell and from a phone, and sum up, in each format."""
    (scratch.home / "conf/calls.json").write_text(json.dumps({ID: {"call": "ClearCache"}}))
    cgi = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "QUERY_STRING": ID}
    with least_installation(scratch, python) as run:
        assert run("command", "Reset", "type=Soft", asks=True) == '{"status": "Accepted"}\n'
        assert run("caller", asks=True, **cgi).startswith("Status: 200")
        for form, wanted in (("text", "33.000"), ("csv", "33.000"), ("json", '"energy_wh": 33000')):
            said = run("summary", "--from", "2026-01-01", "--format", form)
            assert wanted in said, said
        said = run("summary", "--format", "html")
        assert re.search(r"-m pip (--python \S+ )?install 'jinja2>=3\.1'$", said), said


def test_nothing_else_is_needed(tmp_path: Path) -> None:
    """With all other packages out of sight each of them works, and HTML says what it lacks."""
    do_all(Scratch(tmp_path), hiding())


def test_what_is_hidden_is_not_found() -> None:
    """The test's own means: a package that is installed is not there for what runs in it."""
    python = hiding()
    code = python[-1].replace(LAUNCH, "\nimport click\nimport jinja2")
    done = subprocess.run([*python[:-1], code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no module named 'jinja2' in the least installation" in done.stderr


@pytest.mark.thorough
def test_nothing_else_is_installed(tmp_path: Path) -> None:
    """The same where nothing else is installed at all."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv/bin/python3")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDED], check=True, timeout=600)
    (tmp_path / "home").mkdir()
    do_all(Scratch(tmp_path / "home"), [python, "-I", "-c", LAUNCH])
