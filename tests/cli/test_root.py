"""What root does with a service's folders leaves nothing there that the service cannot use."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from tests.support.patience import PATIENCE_S, until
from tests.support.records import legacy, put
from tests.support.scratch import ROOT, Scratch

NOBODY = 65534
AS_SERVICE: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
SYSTEMS_PYTHON = "/usr/bin/python3"  # one that any user may run; ours may be below somebody's home

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")


def command_line(name: str) -> list[str]:
    """Give the command line of a command that any user may run."""
    path = [str(ROOT), str(Path(click.__file__).parents[1])]
    code = f"import sys; sys.path[:0] = {path!r}; from shocpp.cli.{name} import main; sys.exit(main())"
    return [SYSTEMS_PYTHON, "-I", "-c", code]


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    """Give a home that other users may read, with a run/ that is the service's."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = Scratch(home)
        for name in ("run", "accounting"):
            (home / name).mkdir(mode=0o750)
            os.chown(home / name, NOBODY, NOBODY)
        yield made


def run(scratch: Scratch, *words: str, **who: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    name, *arguments = words
    environ = {**scratch.environ, "PATH": os.environ["PATH"]}
    return subprocess.run(
        [*command_line(name), *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        **who,
    )


def test_a_command_of_root_leaves_the_mailbox_usable(scratch: Scratch) -> None:
    """After a command as root one as the service's user is sent, too, and nothing in run/ is root's."""
    environ = {**scratch.environ, "PATH": os.environ["PATH"], "PATH_INFO": "/CP1", "SHOCPP_LOGFILE": ""}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command_line("backend"), env=environ, text=True, **pipes, **AS_SERVICE) as backend:
        assert backend.stdin and backend.stdout
        until(lambda: scratch.is_held("CP1"), "the backend to start")
        for who in ({}, AS_SERVICE):
            with subprocess.Popen(
                [*command_line("command"), "ClearCache"], env=environ, stdout=subprocess.PIPE, text=True, **who
            ) as command:
                asked = json.loads(backend.stdout.readline())
                backend.stdin.write(json.dumps([3, asked[1], {"status": "Accepted"}]) + "\n")
                backend.stdin.flush()
                assert command.communicate(timeout=PATIENCE_S)[0] == '{"status": "Accepted"}\n'
            assert command.returncode == 0
        owners = {path.stat().st_uid for path in (scratch.home / "run").rglob("*")}
        backend.stdin.close()
    assert owners == {NOBODY}


def test_what_is_roots_is_named(scratch: Scratch) -> None:
    """A file in run/ that is somebody else's is named with the line that gives it back, with status 77."""
    lock = scratch.home / "run/CP1/command.lock"
    lock.parent.mkdir(mode=0o750)
    lock.touch(0o600)
    found = run(scratch, "check")
    assert found.returncode == 77
    line = next(line for line in found.stderr.splitlines() if line.startswith("run: "))
    assert f"sudo chown -R {NOBODY}:{NOBODY} {scratch.home}/run" in line
    subprocess.run(line.rpartition("sudo ")[2], shell=True, check=True)
    assert lock.stat().st_uid == NOBODY
    assert run(scratch, "check").returncode == 0


def test_what_came_with_a_checkout_of_roots(scratch: Scratch) -> None:
    """A service's accounting/ in a checkout that is root's has root's README.md, and all is well."""
    (scratch.home / "accounting/README.md").touch(0o644)
    found = run(scratch, "check", **AS_SERVICE)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_configuration_file_that_is_roots(scratch: Scratch) -> None:
    """What the service may not read is named with the line that lets its group read it; nobody has to become root."""
    tags = scratch.home / "conf/tags.json"
    (scratch.home / "conf").chmod(0o755)
    tags.chmod(0o600)
    found = run(scratch, "check", **AS_SERVICE)
    assert found.returncode == 77
    line = next(line for line in found.stderr.splitlines() if line.startswith("tags file: "))
    assert "cannot read" in line and "sudo -u" not in line
    subprocess.run(line.rpartition(": ")[2].replace("sudo ", ""), shell=True, check=True)
    assert tags.stat().st_mode & 0o777 == 0o640
    assert run(scratch, "check", **AS_SERVICE).returncode == 0


@pytest.mark.parametrize("name", ["summary", "records", "status", "check", "command", "journal"])
def test_a_folder_that_is_not_ours(scratch: Scratch, name: str) -> None:
    """A command of another user's is one sentence for each folder that names who may read it, with status 77."""
    for folder in ("run", "accounting"):
        (scratch.home / folder).chmod(0o700)
        os.chown(scratch.home / folder, 0, 0)
    scratch.environ["SHOCPP_JOURNALDIR"] = str(scratch.home / "accounting")
    words = [name, "ClearCache"] if name == "command" else [name]
    found = run(scratch, *words, **AS_SERVICE)
    assert found.returncode == 77, found
    assert "Traceback" not in found.stderr and "sudo -u root" in found.stderr
    assert found.stderr.count("\n") <= 3


def test_a_month_that_root_settles(scratch: Scratch) -> None:
    """A month of which there was nothing yet is the service's after root has settled it, and read by its commands."""
    scratch.environ["TZ"] = "UTC"
    done = run(scratch, "summary", "--settle", "2025", "1")
    assert (done.returncode, done.stderr) == (0, "")
    made = [*(scratch.home / "accounting").rglob("*")]
    assert [path.name for path in made] == ["2025", "01", ".settled.json"]
    assert {path.stat().st_uid for path in made} == {NOBODY}
    assert run(scratch, "summary", "2025", "1", **AS_SERVICE).returncode == 0


@pytest.fixture
def other_home(scratch: Scratch) -> Path:
    """Give another home, with a record in it."""
    put(scratch.home / "other/accounting", legacy(local="2025-01-05 12:00:00"))
    return scratch.home / "other"


def test_accounting_that_root_merges(scratch: Scratch, other_home: Path) -> None:
    """What root brings in from another home is the service's: folders, records, locks; its own commands read it."""
    done = run(scratch, "records", "--merge", str(other_home))
    assert (done.returncode, done.stderr[:34]) == (0, "shocpp-records: 1 records brought ")
    made = [*(scratch.home / "accounting").rglob("*")]
    assert made and {path.stat().st_uid for path in made} == {NOBODY}
    assert run(scratch, "records", **AS_SERVICE).stdout.count("\n") == 1


def test_accounting_that_root_alone_may_read(scratch: Scratch, other_home: Path) -> None:
    """Another home that the service's user may not read is refused with 77, and not taken for an empty one."""
    other_home.chmod(0o700)
    done = run(scratch, "records", "--merge", str(other_home))
    assert (done.returncode, done.stdout) == (77, "")
    assert "other/accounting may not be read by the owner of our accounting" in done.stderr
    assert not [*(scratch.home / "accounting").rglob("*")]


def test_a_month_that_is_somebody_elses(scratch: Scratch) -> None:
    """A month that may not be read is named once by what sums it up, and is no bug."""
    (scratch.home / "accounting/2025/01").mkdir(mode=0o700, parents=True)
    for words in (["summary", "2025", "1"], ["records"]):
        done = run(scratch, *words, **AS_SERVICE)
        assert done.returncode == 65
        assert done.stderr.count("accounting/2025/01: cannot be read: Permission denied") == 1
    assert run(scratch, "summary", "2025", "2", **AS_SERVICE).returncode == 0
