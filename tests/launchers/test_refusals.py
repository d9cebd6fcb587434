"""What a launcher says when it cannot set up, and that nothing is left behind then."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.support.checkout import Checkout

NOBODY = 65534


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of stderr after having seen that there was nothing else but talk."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("old", 69, "Python 3.11 or newer is needed"),
        ("no-ensurepip", 69, "apt-get install python3-venv"),
        ("disk-full", 73, "No space left on device; make room"),
        ("no-room-for-pip", 73, "No space left on device; make room"),
        ("no-room-for-packages", 73, "the disk is full: make room"),
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


def test_pip_words_are_shown(checkout: Checkout) -> None:
    """When pip fails, its own words come before ours, of all its tries the last, and nothing of them goes to stdout."""
    checkout.switch("no-network")
    said = checkout.run().stderr.splitlines()
    assert [line.partition(":")[0] for line in said] == ["shocpp-backend", "WARNING", "ERROR", "shocpp-backend"]
    assert "Retry(total=0" in said[1] and "No matching distribution found" in said[2]


def test_who_is_not_root(checkout: Checkout) -> None:
    """A command that only root may give is said as this user has to type it."""
    checkout.switch("no-ensurepip")
    before = "" if os.getuid() == 0 else "sudo "
    assert f"with: {before}apt-get install" in checkout.run().stderr
    if os.getuid() == 0:
        checkout.home.chmod(0o777)
        (checkout.home / ".venv.lock").chmod(0o666)
        assert "with: sudo apt-get install" in checkout.run(user=NOBODY).stderr


def test_a_link(checkout: Checkout) -> None:
    """A .venv that is a link to a folder is neither emptied nor filled; when the link is removed all is well."""
    other = checkout.here / "other"
    other.mkdir()
    (other / "somebody's").touch()
    (checkout.home / ".venv").symlink_to(other)
    result = checkout.run()
    assert result.returncode == 73
    assert f"is a symbolic link: nothing is installed into what it leads to; rm {checkout.home}" in refusal(result)
    assert [path.name for path in other.iterdir()] == ["somebody's"]
    assert checkout.calls() == []
    (checkout.home / ".venv").unlink()
    assert checkout.run().returncode == 3


def test_a_link_that_serves(ready: Checkout) -> None:
    """A .venv that has all that is needed is used through a link; it is not brought up to date through one."""
    (ready.home / ".venv").rename(ready.here / "other")
    (ready.home / ".venv").symlink_to(ready.here / "other")
    assert ready.run().returncode == 3
    ready.require("click", "filelock")
    assert ready.run().returncode == 73
    assert ready.calls() == ["venv", "pip"]


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
