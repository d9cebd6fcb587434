"""What a launcher promises once all is set up: the same program from anywhere, silently, and no other process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from tests.support.checkout import Checkout
from tests.support.scratch import ROOT

LAUNCHERS = sorted(path for path in (ROOT / "bin").glob("shocpp-*") if path.name != "shocpp-test")


def test_every_command_has_a_launcher() -> None:
    """bin/ and the entry points of pyproject.toml offer the same commands, each from shocpp.cli."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    started = {}
    for path in LAUNCHERS:
        assert os.access(path, os.X_OK)
        names = re.findall(r"^name=(\w+);", path.read_text(), re.MULTILINE)
        started[path.name] = f"shocpp.cli.{names[0]}:main"
    assert started == scripts


def test_first_start_sets_up_and_serves(checkout: Checkout) -> None:
    """The first start sets up .venv, says so on stderr alone, and then serves the input that waited meanwhile."""
    result = checkout.run(checkout.backend, "one", "two words")
    said = json.loads(result.stdout)
    assert result.returncode == 3
    assert said["argv"] == ["shocpp-backend", "one", "two words"]
    assert said["stdin"] == "frame\n"
    assert said["file"] == str(checkout.home / "shocpp/cli/backend.py")
    assert len(result.stderr.splitlines()) <= 2
    assert checkout.calls() == ["venv", "pip"]


def test_later_starts_are_silent(ready: Checkout) -> None:
    """Once .venv is there, nothing is said and nothing is installed."""
    assert ready.run().stderr == ""
    assert ready.calls() == ["venv", "pip"]


def test_later_start_is_one_exec(ready: Checkout) -> None:
    """The usual way through a launcher starts no process: the shell becomes Python."""
    (ready.home / ".venv/bin/python3").unlink()
    (ready.home / ".venv/bin/python3").symlink_to(sys.executable)
    trace = ready.here / "trace"
    strace = [str(shutil.which("strace")), "-f", "-qq", "-o", str(trace), "-e", "trace=execve,clone,clone3,fork,vfork"]
    result = ready.run(*strace, str(ready.backend))
    assert result.returncode == 3, result.stderr
    calls = re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE)
    assert calls == ["execve", "execve"]


def test_empty_environment_through_a_link(ready: Checkout, tmp_path: Path) -> None:
    """A link from another folder, in an environment without even PATH, starts the same program under the same name."""
    link = tmp_path / "call"
    link.symlink_to(ready.backend)
    ready.env = {}
    said = json.loads(ready.run(link, "x").stdout)
    assert said["argv"] == ["shocpp-backend", "x"]
    assert said["file"] == str(ready.home / "shocpp/cli/backend.py")


@pytest.mark.parametrize(
    ("folder", "call"), [(".", "bin/shocpp-backend"), ("bin", "./shocpp-backend"), ("bin", "sh shocpp-backend")]
)
def test_relative_calls(ready: Checkout, folder: str, call: str) -> None:
    """However a launcher is named, it finds its own checkout."""
    result = subprocess.run(
        ["/bin/sh", "-c", call], cwd=ready.home / folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert json.loads(result.stdout)["file"] == str(ready.home / "shocpp/cli/backend.py")


def test_modules_from_elsewhere_are_not_loaded(ready: Checkout, tmp_path: Path) -> None:
    """Neither PYTHONPATH nor the folder one is in puts a module before ours; what pip installed comes last."""
    ready.env["PYTHONPATH"] = str(tmp_path)
    path = json.loads(ready.run().stdout)["path"]
    assert path[0] == str(ready.home)
    assert path[-1] == sysconfig.get_path("purelib", vars={"base": str(ready.home / ".venv")})
    assert not {"", str(tmp_path), str(Path.cwd())} & set(path)
