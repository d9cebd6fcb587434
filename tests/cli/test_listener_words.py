"""shocpp-listener without websocketd: what it refuses to start with, what it would run, and how it logs its words."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shocpp.settings import Settings
from shocpp.transports import ports, websocketd
from tests.cli.conftest import BOTH_WAYS
from tests.support.ports import held_port
from tests.support.programs import InProcess, Program, only_environ


def test_words_of_websocketd() -> None:
    """What websocketd and its library say has the form of our log; what is normal is left out."""
    words = [
        "Wed, 05 Nov 2026 23:45:45 +0100 | ERROR  | process    | url:'http://h/u/a/b/CP1' id:'1' pid:'2' | gone",
        "Wed, 05 Nov 2026 23:45:45 +0000 | INFO   | server     |  | Serving using application   : /x",
        "Wed, 05 Nov 2026 23:45:45 +0000 | ERROR  | process    | url:'http://h/a' id:'1' pid:'2' | Unexpected error "
        "while reading STDOUT from process: read |0: file already closed",
        "2026/11/05 23:45:45 http: TLS handshake error from 192.0.2.1:3: EOF",
    ]
    sed = ["sed", "-u", "-E", *websocketd._expressions()]
    done = subprocess.run(sed, input="\n".join(words), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "2026-11-05T23:45:45+0100 ERROR websocketd: gone http://h/u/***/***/CP1",
        "2026-11-05T23:45:45+0000 INFO websocketd: Serving using application   : /x ",
        "2026-11-05T23:45:45 WARNING websocketd: TLS handshake error from 192.0.2.1:3: EOF",
    ]


@pytest.mark.parametrize(("set_to", "listed", "most"), [("0", 0, 256), ("0", 64, 256), ("0", 100, 400), ("7", 100, 7)])
def test_how_many_may_connect(set_to: str, listed: int, most: int) -> None:
    """Room for all that are listed while three times as many stale ones still count, or what is set."""
    assert websocketd.most_forks(Settings.from_environ({"SHOCPP_MAXFORKS": set_to}), listed) == most


@BOTH_WAYS
def test_occupied_port(run: Program) -> None:
    """A port that is in use is one sentence that names it and the setting, with status 69."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = run("listener", WS_ADDRESS="127.0.0.1", WS_PORT=port).refusal(69)
    assert port in said and "WS_PORT" in said


@pytest.mark.parametrize(
    ("words", "environ", "status", "hint"),
    [
        ([], {"WS_PORT": "http"}, 78, "WS_PORT"),
        ([], {"WS_PORT": "0"}, 78, "WS_PORT"),
        ([], {"WS_PORT": "65536"}, 78, "WS_PORT"),
        (["--port", "0"], {}, 64, "--port"),
        (["--port", "http"], {}, 64, "--port"),
        ([], {"WS_ADDRESS": "192.0.2.1"}, 64, "WS_ADDRESS"),
        ([], {"WS_ADDRESS": "no such host"}, 64, "WS_ADDRESS"),
        (["8080"], {}, 64, "--"),
        (["--no-such"], {}, 64, "--help"),
        ([], {"SHOCPP_ACCOUNTINGDIR": "/dev/null/accounting"}, 73, "/dev/null/accounting"),
    ],
)
def test_bad_input(run: Program, words: list[str], environ: dict[str, str], status: int, hint: str) -> None:
    """What makes no sense is one sentence with the next step, and its exit status; nothing is begun."""
    environ = {"WS_ADDRESS": "127.0.0.1", "WS_PORT": str(held_port()), **environ}
    assert hint in run("listener", *words, **environ).refusal(status)


def test_accounting_that_may_not_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In process: a listener that cannot book says so when it starts, and not only in the log of the first stop."""
    real, folder = os.access, home / "accounting"
    folder.mkdir()
    monkeypatch.setattr(os, "execve", lambda *_: None)
    monkeypatch.setattr(os, "access", lambda path, *words, **more: path != str(folder) and real(path, *words, **more))
    with only_environ({}):
        result = InProcess(home)("listener", "--port", str(held_port()), "--", "--ssl", WS_ADDRESS="127.0.0.1")
    assert f"warning: {folder} may not be written by this user: no charge is booked" in result.err


@BOTH_WAYS
def test_no_websocketd(run: Program, tmp_path: Path) -> None:
    """Where websocketd is asked for and not there it says how to get it, with status 69."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/readlink").symlink_to(str(shutil.which("readlink")))
    said = run("listener", "--websocketd", PATH=str(tmp_path / "tools")).refusal(69)
    assert "websocketd" in said and "apt-get install" in said


def test_soap_without_its_package(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In process: with --soap a listener that lacks lxml does not start, and says the command that installs it."""
    monkeypatch.setitem(sys.modules, "lxml", None)
    with only_environ({}):
        said = InProcess(home)("listener", "--embedded", "--soap", WS_PORT=str(held_port())).refusal(69)
    assert "--soap needs lxml" in said and said.rstrip().endswith("install 'lxml>=5.2,<7'")


def test_what_is_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In process: websocketd takes this process's place, our options first, then those behind --, then the backend."""
    calls: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda *words: calls.append(words))
    monkeypatch.setattr(ports, "see_that_it_is_free", lambda *_: None)  # a machine may have no IPv6
    port = str(held_port())
    with only_environ({}):
        words = ("--ssl", "--sslcert=x", "--maxforks=20")
        result = InProcess(home)("listener", "--port", port, "--", *words, WS_ADDRESS="::1")
    ((program, arguments, environ),) = calls
    assert os.path.basename(program) == "websocketd"
    assert arguments[:3] == ["websocketd", "--address=[::1]", f"--port={port}"]
    assert arguments[-4:-1] == ["--ssl", "--sslcert=x", "--maxforks=20"]
    assert arguments[-1].endswith("/bin/shocpp-backend")
    assert environ["WS_PORT"] == port
    assert f"listening on wss://[::1]:{port}/" in result.err and "at most 20 connections" in result.err
