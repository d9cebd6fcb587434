"""
The launchers in bin/ and the files in conf/ that start them, on a scratch copy of the checkout.

Knows what a launcher promises: which program it starts and how, and what it says when it cannot. A stub stands for the
package and a shell script for Python, venv and pip, so no test needs a network; the real set-up is what bin/shocpp-test
has just done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
LAUNCHERS = sorted(path for path in (ROOT / "bin").glob("shocpp-*") if path.name != "shocpp-test")
TOOLS = ("cat", "cmp", "id", "ln", "mkdir", "mv", "readlink", "rm", "tail", "touch", "tr")
NOBODY = 65534

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
    '-m venv --clear '*)
        echo venv >>"$here/calls"
        [ ! -e "$here/disk-full" ] || {{ echo Traceback; echo 'OSError: No space left on device'; exit 1; }}
        rm -rf "$4"; mkdir -p "$4/bin"; ln -s "$here/tools/python3" "$4/bin/python3" ;;
    '-m pip install '*)
        echo pip >>"$here/calls"
        echo "$*" >>"$here/asked"
        cat >/dev/null
        [ ! -p "$here/gate" ] || read -r line <"$here/gate"
        [ ! -e "$here/no-network" ] || {{ echo 'ERROR: No matching distribution found for click'; exit 1; }}
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
        extra = '[project.optional-dependencies]\nmqtt = ["paho-mqtt"]\ntest = ["pytest"]\n'
        file.write_text(f"[project]\ndependencies = {json.dumps(names)}\n{extra}")
        os.utime(file, (changed, changed))

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


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """Give a scratch checkout that other users may read, which pytest's own temporary folders are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Checkout(Path(folder))


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    """Give a scratch checkout whose .venv is set up."""
    assert checkout.run().returncode == 3
    return checkout


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of stderr after having seen that there was nothing else but talk."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()[-1]


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
    """Neither PYTHONPATH nor the folder one is in puts a module before ours."""
    ready.env["PYTHONPATH"] = str(tmp_path)
    path = json.loads(ready.run().stdout)["path"]
    assert path[0] == str(ready.home)
    assert not {"", str(tmp_path), str(Path.cwd())} & set(path)


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
    assert "paho-mqtt" in ready.run(program).stderr
    assert ready.run(program).stderr == ""
    assert ready.calls() == ["venv", "pip", "pip"]
    (ready.home / ".venv/bin/python3").unlink()
    assert ready.run().returncode == 3
    assert ready.run(program).returncode == 3, "it is there in the next .venv, too"
    assert ready.calls()[3:] == ["venv", "pip", "pip"]


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


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("old", 69, "Python 3.11 or newer is needed"),
        ("no-ensurepip", 69, "apt-get install python3-venv"),
        ("disk-full", 73, "No space left on device"),
        ("no-network", 69, "check the network"),
    ],
)
def test_set_up_that_cannot_be(checkout: Checkout, fault: str, status: int, words: str) -> None:
    """What keeps .venv from being set up is said in one sentence, with the next step; once it is gone all is well."""
    switch = checkout.switch(fault)
    result = checkout.run()
    assert result.returncode == status
    assert refusal(result).startswith("shocpp-backend: ")
    assert words in refusal(result)
    switch.unlink()
    assert checkout.run().returncode == 3


def test_no_python(checkout: Checkout) -> None:
    """Without any python3 the sentence says which packages to install."""
    (checkout.tools / "python3").unlink()
    result = checkout.run()
    assert result.returncode == 69
    assert "apt-get install python3 python3-venv" in refusal(result)


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


def test_pip_words_are_shown(checkout: Checkout) -> None:
    """When pip fails, its own words come before ours, and nothing of them goes to stdout."""
    checkout.switch("no-network")
    assert "ERROR: No matching distribution found" in checkout.run().stderr


def test_failed_update_keeps_what_was_there(ready: Checkout) -> None:
    """An update that failed for lack of a network is tried again, and does not throw away the .venv that is there."""
    ready.require("click", "filelock")
    ready.switch("no-network")
    assert ready.run().returncode == 69
    assert ready.run().returncode == 69
    assert ready.calls() == ["venv", "pip", "pip", "pip"]


def test_read_only_checkout(checkout: Checkout) -> None:
    """Who may not write to the checkout is told who has to start a command once, and nothing is left behind."""
    checkout.home.chmod(0o555)
    result = checkout.run(user=NOBODY if os.getuid() == 0 else None)
    assert result.returncode == 73
    assert "not writable" in refusal(result)
    assert not (checkout.home / ".venv").exists()
    checkout.home.chmod(0o755)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else")
def test_a_python_that_is_roots(checkout: Checkout) -> None:
    """Root is warned when .venv is made with a Python of its own; who may not run that one is told, and what helps."""
    own = checkout.here / "own"
    own.mkdir(mode=0o700)
    (checkout.tools / "python3").rename(own / "python3")
    (checkout.tools / "python3").symlink_to(own / "python3")
    warned = checkout.run()
    assert warned.returncode == 3
    assert f"since {own} is closed to other users; for one: apt-get install python3-venv" in warned.stderr
    (checkout.tools / "python3").unlink()
    shutil.copy(own / "python3", checkout.tools)
    (checkout.home / ".venv/bin/python3").unlink()
    (checkout.home / ".venv/bin/python3").symlink_to(own / "python3")
    (checkout.home / ".venv/pyvenv.cfg").write_text(f"home = {own}/versions/bin\nversion = 3.11\n")
    told = checkout.run(user=NOBODY)
    assert told.returncode == 77
    assert f"may not run: {own} is closed; as the owner of {checkout.home}: " in refusal(told)


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
    """Ruff, mypy and pytest all run, pytest last; one failure is the whole run's; with arguments pytest runs alone."""
    (components,) = re.findall(r"^components='([^']*)'$", (ROOT / "bin/shocpp-test").read_text(), re.MULTILINE)
    for component in components.split():
        (checkout.tools / component.partition("=")[0]).symlink_to("/bin/true")
    if failing:
        checkout.switch(f"{failing}-fails")
    result = checkout.run(checkout.home / "bin/shocpp-test", *args)
    assert result.returncode == status, result.stderr
    ran = ["pytest"] if args else ["ruff", "ruff", "mypy", "pytest"]
    assert result.stdout.splitlines() == [f"{name} is busy" for name in ran]


def test_conf_starts_what_is_there() -> None:
    """The service and the cron job start commands that bin/ has, in the folder that docs/installation.md clones to."""
    commands = re.findall(
        r"/opt/shocpp/(bin/\S+)",
        "".join((ROOT / "conf" / name).read_text() for name in ("shocpp.service", "shocpp.cron")),
    )
    assert sorted(commands) == ["bin/shocpp-listener", "bin/shocpp-summary"]
    assert all(os.access(ROOT / command, os.X_OK) for command in commands)
    assert "git clone <this repository> /opt/shocpp" in (ROOT / "docs/installation.md").read_text()


def test_cron_job_is_monthly() -> None:
    """The cron file has one job, at six on the first of every month, as the service's user."""
    jobs = [line for line in (ROOT / "conf/shocpp.cron").read_text().splitlines() if re.match(r"[\d*]", line)]
    assert [job.split()[:6] for job in jobs] == [["0", "6", "1", "*", "*", "shocpp"]]


def test_log_is_rotated(tmp_path: Path) -> None:
    """Logrotate takes our file as it is, moves the log away and leaves its place free for the backend to open anew."""
    log = tmp_path / "shocpp.log"
    log.write_text("a line\n")
    rules = (ROOT / "conf/shocpp.logrotate").read_text().replace("/var/log/shocpp", str(tmp_path))
    config = tmp_path / "rules"
    config.write_text(rules.replace("    su shocpp shocpp\n", ""))  # that user exists on the real machine only
    config.chmod(0o644)
    command = ["logrotate", "--force", "--state", str(tmp_path / "state"), str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "shocpp.log.1").read_text() == "a line\n"
    assert not log.exists()
