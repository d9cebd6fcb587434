"""Programs that get events: all of them get each, as data, and none of them can keep anybody waiting."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from shocpp.history.hooks import Hooks
from tests.support.patience import longer_and_longer, until
from tests.support.sinks import http_sink, smtp_sink

CONF = Path(__file__).resolve().parents[2] / "conf/hooks"
FAULT = {"event": "faulted", "charge_point": "CP001", "connector_id": 1, "error_code": "GroundFailure"}
EVIL = {"event": "faulted", "charge_point": "$(touch x)`id`;'\"\n-d @/etc/passwd", "error_code": "\x00\ud800"}
STOPPED = {"event": "stopped", "charge_point": "CP001\r\nBcc: all@example.org", "transaction_id": 20_009_042}
ENVIRON = {"PATH": os.environ["PATH"], "SHOCPP_SECRET": "s", "HOOK_X": "y"}


def program(folder: Path, name: str, text: str) -> None:
    """Put a program into the folder."""
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_a_program_gets_an_event_as_data(tmp_path: Path) -> None:
    """On stdin it is JSON, in the environment a line each; nothing of it is run, and no setting is handed on."""
    program(
        tmp_path, "note", f"cd {tmp_path} && cat >>stdin && env >>env && printf '%s\\n' \"$EVENT_CHARGE_POINT\" >>said"
    )
    (tmp_path / "note.example").write_text("not executable")
    said: list[str] = []
    hooks = Hooks(str(tmp_path), ENVIRON, said.append)
    for event in (FAULT, EVIL):
        hooks.put(event)
    hooks.finish()
    assert [json.loads(line) for line in (tmp_path / "stdin").read_text().splitlines()] == [FAULT, EVIL]
    assert (tmp_path / "said").read_text().splitlines() == ["CP001", EVIL["charge_point"].replace("\n", "\\x0a")]
    environ = (tmp_path / "env").read_text()
    assert "EVENT=faulted" in environ and "HOOK_X=y" in environ and "SECRET" not in environ
    assert not (tmp_path / "x").exists() and said == []


def test_what_fails_is_said_and_stops_nothing(tmp_path: Path) -> None:
    """One that fails, one whose child takes for ever and one that cannot be run are named; the last gets its event."""
    program(tmp_path, "1", "echo no network >&2; exit 7")
    program(tmp_path, "2", f"sleep 1000 & echo $! >{tmp_path}/child; wait")
    (tmp_path / "3").write_text("#!/no/such/shell\n")
    (tmp_path / "3").chmod(0o755)
    program(tmp_path, "4", f"cat >{tmp_path}/done")
    for limit_s in longer_and_longer(0.5):
        said: list[str] = []
        hooks = Hooks(str(tmp_path), ENVIRON, said.append, limit_s)
        hooks.put(FAULT)
        hooks.finish()
        if sum("took longer" in line for line in said) == 1 and (tmp_path / "child").exists():
            break  # else the machine had no time for what takes none
    assert [line.split(str(tmp_path))[1] for line in said] == [
        "/1 ended with 7: no network",
        f"/2 took longer than {limit_s:g} s and was ended",
        "/3 cannot be run: No such file or directory",
    ]
    assert json.loads((tmp_path / "done").read_text()) == FAULT
    child = Path("/proc", (tmp_path / "child").read_text().strip(), "cmdline")
    until(lambda: not child.exists() or not child.read_bytes(), "what it has started to end, too")


def test_nobody_waits(tmp_path: Path) -> None:
    """While a program takes its time, events wait up to a number; those that are lost are counted, and it goes on."""
    os.mkfifo(tmp_path / "gate")
    program(tmp_path, "slow", f"cat {tmp_path}/gate")
    said: list[str] = []
    hooks = Hooks(str(tmp_path), ENVIRON, said.append, most_waiting=2)
    hooks.put(FAULT)
    with (tmp_path / "gate").open("w"):  # opened once the program reads it: it has the first event
        (tmp_path / "slow").unlink()
        for _ in range(4):
            hooks.put(FAULT)
        assert said == ["hooks are too slow: events are lost while 2 wait"]
    until(hooks._waiting.empty, "the events that waited are handed on")
    hooks.put(FAULT)
    hooks.finish()
    assert said[1:] == ["hooks are in time again; 2 events were lost"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Without the folder it is said, and nothing ends."""
    said: list[str] = []
    hooks = Hooks(str(tmp_path / "none"), ENVIRON, said.append)
    hooks.put(FAULT)
    hooks.finish()
    assert said == [f"cannot read {tmp_path}/none: No such file or directory"]


def run_example(name: str, folder: Path, *events: Mapping[str, object], **environ: str) -> list[str]:
    """Make an example a hook, hand it events; what was said of it."""
    (folder / name).write_bytes((CONF / f"{name}.example").read_bytes())
    (folder / name).chmod(0o755)
    said: list[str] = []
    hooks = Hooks(str(folder), {**ENVIRON, **environ}, said.append)
    for event in events:
        hooks.put(event)
    hooks.finish()
    return said


@pytest.mark.parametrize("status", [200, 500])
def test_webhook(tmp_path: Path, status: int) -> None:
    """Each event is posted as JSON; an address that does not take it is said."""
    with http_sink(status) as (url, bodies):
        said = run_example("webhook", tmp_path, FAULT, EVIL, HOOK_URL=url)
    assert [json.loads(body) for body in bodies] == [FAULT, EVIL]
    assert len(said) == (0 if status == 200 else 2)


def test_ntfy(tmp_path: Path) -> None:
    """Faults and refused cards are sent as a line of text, other events are not."""
    with http_sink() as (url, bodies):
        assert run_example("ntfy", tmp_path, STOPPED, FAULT, EVIL, HOOK_NTFY=url) == []
    assert bodies[0] == b"CP001 has a fault: GroundFailure\n"
    assert bodies[1].startswith(b"$(touch x)`id`;") and bodies[1].count(b"\n") == 1 and len(bodies) == 2


def test_mail(tmp_path: Path) -> None:
    """The end of a charge is mailed, and no name adds a line to the mail's head."""
    with smtp_sink() as (server, mails):
        assert run_example("mail", tmp_path, FAULT, STOPPED, HOOK_MAIL_SERVER=server) == []
    (mail,) = mails
    head, _, body = mail.partition(b"\r\n\r\n")
    assert b"Subject: a charge has ended" in head and b"Bcc" not in head
    assert body.startswith(b"CP001\\x0d\\x0aBcc: all@example.org: charge 20009042 ended")
