"""The command shocpp-charger: as a filter joined to a backend, and what it says of input that makes no sense."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from shocpp.charge_point.quirks.catalogue import QUIRKS
from shocpp.charge_point.script.parser import WORDS
from shocpp.cli.charger import charger, main
from tests.support.patience import PATIENCE_S
from tests.support.ports import held_port
from tests.support.preloaded import Process
from tests.support.scratch import BACKEND, ROOT, Scratch

CHARGER = [*BACKEND[:3], BACKEND[3].replace("cli.backend", "cli.charger"), *BACKEND[4:]]


def test_joined_to_a_backend_by_pipes(tmp_path: Path) -> None:
    """Charger and backend, joined by a pair of pipes, charge once; it ends when all is said, the backend with it."""
    scratch = Scratch(tmp_path)
    to_charger, from_backend = os.pipe()
    backend = scratch.start("/CP001", stdout=from_backend)
    os.close(from_backend)
    words = ("plug;", "card", "3333;", "wait", "30m;", "offline", "1m;", "wait", "5m;", "card", "3333;", "wait", "1m")
    done = subprocess.run(
        [*CHARGER, "--speed", "3600", "--seed", "1", "--print", *words],
        stdin=to_charger,
        stdout=backend.stdin,
        stderr=subprocess.PIPE,
        timeout=PATIENCE_S,
        check=False,
    )
    os.close(to_charger)
    assert backend.stdin is not None
    backend.stdin.close()
    assert (done.returncode, backend.wait(PATIENCE_S)) == (0, 0)
    (record,) = scratch.records().values()
    assert record["account"] == "family-y"
    printed = [json.loads(line) for line in done.stderr.decode().splitlines()]
    stops = [line["sent"][3] for line in printed if "sent" in line and line["sent"][2] == "StopTransaction"]
    assert stops[0]["meterStop"] == record["end_wh"]


def shown(words: list[str], typed: bytes, until: bytes) -> bytes:
    """Start it on a terminal, type something, end it once it has shown something; all that it has shown."""
    ours, theirs = pty.openpty()
    with Process("charger", words, {}, stdin=theirs, stdout=theirs, stderr=theirs) as charger:
        os.close(theirs)
        os.write(ours, typed)
        found = b""
        while until not in found:
            assert select.select([ours], [], [], PATIENCE_S)[0], found
            found += os.read(ours, 4096)
        charger.kill()
    os.close(ours)
    return found


def test_words_on_a_terminal() -> None:
    """What is said stands in a line of its own, in the place of progress and not behind it."""
    url = f"ws://127.0.0.1:{held_port()}/CP001"
    found = shown(["--connect", url, "wait", "forever"], b"", b"trying again")
    assert b"0:00 0/1 connected, 0 charging" in found and b"\r\x1b[K" + url.encode() in found


def test_words_that_are_typed() -> None:
    """No progress is written over what somebody types; what becomes of it is told in lines (found: erased)."""
    found = shown(["--connect", f"ws://127.0.0.1:{held_port()}/CP001"], b"dance\n", b"is no word of a script")
    assert b"0/1 connected, 0 charging, 0 charges done\r\n" in found and b"\x1b[K" not in found


def test_end_of_input_ends_the_filter() -> None:
    """The end of input is the end of the filter, whatever the script still wants."""
    done = subprocess.run([*CHARGER, "wait", "forever"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"BootNotification" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["dance"], 65, "arguments, line 1: 'dance' is no word of a script"),
        (["card"], 65, "arguments, line 1: card needs TAG"),
        (["wait", "soon"], 65, "arguments, line 1: wait 'soon': not a time such as 30s"),
        (["fault", "Rust"], 65, "fault 'Rust': not one of ConnectorLockFailure"),
        (["plug", "3"], 65, "plug 3: there is no connector 3, there are 1 (--connectors)"),
        (["--quirk", "thrice"], 64, "there is no quirk 'thrice': --quirk list shows them all"),
        (["--count", "3"], 64, "--count needs --connect"),
        (["--connect", "http://localhost/"], 64, "--connect takes an address such as ws://"),
        (["--connect", "ws://x:99999/"], 64, "--connect takes an address such as ws://"),
        (["--for", "soon"], 64, "--for takes a time such as 30s"),
        (["--script", "/nowhere"], 64, "No such file"),
        (["--speed", "0"], 64, "--speed"),
    ],
)
def test_what_makes_no_sense(arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad input is said in one sentence, with where it stands and the status of the table, before anything happens."""
    assert main(arguments) == status
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_line_of_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown word in a file is reported with the file's name and its line; comments count as lines."""
    path = tmp_path / "saturday.txt"
    path.write_text("# Saturday\nplug\n\ncard 1111; wait 5m\nunplugg\n")
    assert main(["--script", str(path)]) == 65
    assert f"{path}, line 5: 'unplugg'" in capsys.readouterr().err


def test_list_of_quirks() -> None:
    """--quirk list prints every switch with its row, and the manual has them all, as it has all words."""
    listed = CliRunner().invoke(charger, ["--quirk", "list"])
    assert listed.exit_code == 0
    manual = (ROOT / "docs/shocpp-charger.md").read_text()
    for row, name, *_ in QUIRKS:
        assert f"{row:>2}  {name}" in listed.output
        assert f"`{name}`" in manual
    for word in WORDS:
        assert f"`{word}" in manual


def test_launcher_is_an_entry_point_too() -> None:
    """pip installs the commands under the names that bin/ has."""
    text = (ROOT / "pyproject.toml").read_text()
    for name in ("charger", "demo"):
        assert f'shocpp-{name} = "shocpp.cli.{name}:main"' in text
        assert os.access(ROOT / f"bin/shocpp-{name}", os.X_OK)
    assert sys.version_info >= (3, 11)
