"""
shocpp-caller as it is used: typed, and behind real web servers, with a wallbox that is connected to a real backend.

The server's configuration is the manual's own, with other ports and folders.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from shocpp.calls import ask, canned, canned_file
from shocpp.calls.canned_file import CannedCall
from shocpp.web import page
from tests.support.household import ROOT, Wallbox, make_home
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port
from tests.support.web_servers import Server

START, STOP, RESET, TRIGGER, POWER, REFUSED, AWAY, SECOND = (f"{number}kQ3vZx9LmTr7Yb2Wd5Hn8" for number in range(8))
CALLS: dict[str, dict[str, Any]] = {
    START: {"call": "RemoteStartTransaction", "payload": {"idTag": "1111"}},
    STOP: {"call": "RemoteStopTransaction", "payload": {"transactionId": "current"}},
    RESET: {"call": "Reset", "payload": {"type": "Soft"}, "charge_point": "CP001"},
    TRIGGER: {"call": "TriggerMessage", "payload": {"requestedMessage": "MeterValues"}},
    POWER: {"reading": "Power.Active.Import"},
    REFUSED: {"call": "ClearCache"},
    AWAY: {"call": "ClearCache", "charge_point": "CP002"},
    SECOND: {"call": "RemoteStopTransaction", "payload": {"transactionId": "current"}, "connector_id": 2},
}
ANSWERS: dict[str, dict[str, Any] | str] = {
    "RemoteStartTransaction": {"status": "Accepted"},
    "RemoteStopTransaction": {"status": "Accepted"},
    "Reset": {"status": "Rejected"},
    "TriggerMessage": {"status": "Accepted"},
    "ClearCache": "InternalError",
}
TIME = "2026-05-01T18:00:00Z"
READING = {"value": "11.0", "unit": "kW", "measurand": "Power.Active.Import"}
# one of each kind of what a server, CGI, a shell or the command could take for something else
HOSTILE = ["", "%00", f"{START}%0A", "..%2F..%2Fconf%2Fcalls.json", "--new", "$(touch%20pwned)", "%FF%FE"]
MORE = [f"{START}%00", START[:-1], "x" * 8_000, "--help", "%60touch%20pwned%60", ";touch+pwned;"]
HOSTILE_ROWS = [*HOSTILE, *(pytest.param(word, marks=pytest.mark.thorough) for word in MORE)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a calls.json and an account."""
    made = make_home(tmp_path_factory.mktemp("home") / "checkout")
    (made / "conf/calls.json").write_text(json.dumps(CALLS))
    (made / "conf/tags.json").write_text(json.dumps([{"index": 2, "account": "family-y", "ids": ["1111"]}]))
    return made


@pytest.fixture(scope="module")
def wallbox(home: Path) -> Iterator[Wallbox]:
    """A wallbox that is connected, charges on connector 1, and has told its power."""
    connected = Wallbox(home, "CP001", ANSWERS)
    connected.send("StartTransaction", {"connectorId": 1, "idTag": "1111", "meterStart": 9042000, "timestamp": TIME})
    values = {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [READING]}]}
    connected.send("MeterValues", values)
    seen = [home / "run/CP001/meter.json", home / "run/CP001/transactions/20009042.json"]
    until(lambda: all(path.exists() for path in seen), "the sightings of the charge")
    yield connected
    connected.close()


def lighttpd(home: Path, scratch: Path) -> Server:
    """Start lighttpd with the manual's configuration."""
    port = held_port()
    found = re.search(r"```lighttpd\n(.*?)```", (ROOT / "docs/shocpp-caller.md").read_text(), re.DOTALL)
    assert found, "the manual has no configuration for lighttpd"
    text = found[1].replace("8081", str(port)).replace("/opt/shocpp", str(home))
    (scratch / "lighttpd.conf").write_text(f'{text}\nserver.bind = "127.0.0.1"\n')
    return Server(["lighttpd", "-D", "-f", str(scratch / "lighttpd.conf")], scratch / "log", port)


def websocketd(home: Path, scratch: Path) -> Server:
    """Start websocketd with the manual's options, as quiet as the manual wants it."""
    port = held_port()
    found = re.search(r"^    (websocketd .*) …$", (ROOT / "docs/shocpp-caller.md").read_text(), re.MULTILINE)
    assert found, "the manual has no command line for websocketd"
    command = found[1].replace("/opt/shocpp", str(home)).split()
    return Server([*command, f"--port={port}", "--loglevel=error", "cat"], scratch / "log", port)


@pytest.fixture(scope="module", params=[lighttpd, websocketd], ids=["lighttpd", "websocketd"])
def server(request: pytest.FixtureRequest, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each of the web servers in turn."""
    started: Server = request.param(home, tmp_path_factory.mktemp("server"))
    yield started
    started.close()


def test_a_phone_gets_the_status_word(server: Server, wallbox: Wallbox) -> None:
    """GET and POST make the call that the id stands for, once, and answer with its status word."""
    wallbox.asked.clear()
    assert server.ask(f"/shocpp-caller?{START}") == (200, "Accepted")
    assert server.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert server.headers["Cache-Control"] == "no-store"
    assert server.ask(f"/shocpp-caller?{START}", "POST", body="a=b") == (200, "Accepted")
    assert server.ask(f"/shocpp-caller?{RESET}", "POST", body="") == (200, "Rejected")
    assert server.ask(f"/shocpp-caller?{TRIGGER}") == (200, "Accepted")
    start = ("RemoteStartTransaction", {"idTag": "1111"})
    trigger = ("TriggerMessage", {"requestedMessage": "MeterValues"})
    assert wallbox.asked == [start, start, ("Reset", {"type": "Soft"}), trigger]


def test_a_phone_stops_the_charge_that_is_under_way(server: Server, wallbox: Wallbox) -> None:
    """The transaction called current is the open one; on a connector without one there is a conflict."""
    wallbox.asked.clear()
    assert server.ask(f"/shocpp-caller?{STOP}", accept="application/json") == (200, '{"status": "Accepted"}')
    assert server.ask(f"/shocpp-caller?{SECOND}") == (409, "No charge is under way.")
    assert wallbox.asked == [("RemoteStopTransaction", {"transactionId": 20009042})]


def test_a_phone_reads_the_power(server: Server, wallbox: Wallbox) -> None:
    """A reading is answered from the sighting, and the wallbox is asked nothing."""
    wallbox.asked.clear()
    assert server.ask(f"/shocpp-caller?{POWER}") == (200, "11000 W")
    status, body = server.ask(f"/shocpp-caller?{POWER}", accept="application/json")
    assert (status, json.loads(body)) == (
        200,
        {
            "charge_point": "CP001",
            "measurand": "Power.Active.Import",
            "value": 11000,
            "unit": "W",
            "at": TIME,
            "connector_id": 1,
        },
    )
    assert wallbox.asked == []


@pytest.mark.usefixtures("wallbox")
def test_failures_have_a_status_and_the_log_their_reason(server: Server) -> None:
    """A CALLERROR is 502, a charge point that is away 503; the reason is in the server's log, the id is not."""
    before = len(server.log.read_text())
    assert server.ask(f"/shocpp-caller?{REFUSED}") == (502, "The charge point could not carry this out.")
    assert server.ask(f"/shocpp-caller?{AWAY}") == (503, "The charge point is not connected.")
    for reason in (
        f"{REFUSED[:4]}… from 127.0.0.1: 502: CP001 refused ClearCache: InternalError",
        f"{AWAY[:4]}… from 127.0.0.1: 503: CP002 is not connected",
    ):
        until(lambda reason=reason: reason in server.log.read_text()[before:], "the reason to be logged")  # type: ignore[misc]
    assert not [word for word in CALLS if word in server.log.read_text()]


@pytest.mark.usefixtures("wallbox")
def test_other_methods_act_not(server: Server, wallbox: Wallbox) -> None:
    """HEAD and DELETE call nothing."""
    wallbox.asked.clear()
    for method in ("HEAD", "DELETE"):
        assert server.ask(f"/shocpp-caller?{START}", method)[0] == 405
        assert server.headers["Allow"] == "GET, POST"
    assert wallbox.asked == []


@pytest.mark.parametrize("word", HOSTILE_ROWS, ids=lambda word: word[:20] or "nothing")
def test_hostile_ids_are_unknown_ids(server: Server, wallbox: Wallbox, home: Path, word: str) -> None:
    """Whatever is no id is answered by 404, or refused by the server before; it calls nothing and reaches no shell."""
    wallbox.asked.clear()
    for path in (f"/shocpp-caller?{word}", f"/shocpp-caller/{word}"):
        assert server.ask(path)[0] in {301, 400, 403, 404}, path
    assert wallbox.asked == []
    assert "Traceback" not in server.log.read_text()
    assert not list(server.log.parent.rglob("pwned")) + list(home.rglob("pwned"))


def test_nothing_else_is_served(server: Server) -> None:
    """Neither other commands nor configuration can be fetched or run."""
    for path in (
        "/",
        "/shocpp-command",
        "/cgi-bin/shocpp-caller",
        "/launch",
        "/conf/calls.json",
        "/shocpp-callers",
        "/../launch",
    ):
        assert server.ask(path)[0] in {301, 403, 404}, path


def test_the_id_may_be_the_path_s_end(server: Server, wallbox: Wallbox) -> None:
    """A real web server also takes the id behind a slash; websocketd knows no such path."""
    wallbox.asked.clear()
    expected = (200, "Accepted") if server.name == "lighttpd" else (404, "404 page not found")
    assert server.ask(f"/shocpp-caller/{START}") == expected
    assert len(wallbox.asked) == (server.name == "lighttpd")


def typed(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher from another folder, with no more environment than it gets here."""
    return subprocess.run(
        [home / "bin/shocpp-caller", *arguments],
        env=environ,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.usefixtures("wallbox")
def test_typed_it_prints_the_answer_alone(home: Path) -> None:
    """On a terminal there are no headers, and the exit status tells what went wrong."""
    done = typed(home, START)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Accepted\n", "")
    assert typed(home, POWER).stdout == "11000 W\n"
    unknown = typed(home, canned_file.fresh_id())
    assert (unknown.returncode, unknown.stdout) == (66, "") and unknown.stderr.startswith("shocpp-caller: no id ")
    assert [typed(home, *words).returncode for words in ([], [AWAY], [REFUSED], [SECOND], ["--no"])] == [
        64,
        69,
        76,
        64,
        64,
    ]


def test_a_fresh_id_is_printed(home: Path) -> None:
    """--new prints an id that calls.json takes; a web server's words never are that option."""
    done = typed(home, "--new")
    assert done.returncode == 0 and canned_file.weakness(done.stdout.strip()) == ""
    asked = typed(home, "--new", GATEWAY_INTERFACE="CGI/1.1", QUERY_STRING="--new")
    assert asked.returncode == 0 and asked.stdout.startswith("Status: 404 Not Found\n")


@pytest.mark.parametrize("content", ["{", '{"x": 1}', None], ids=["no JSON", "no entry", "no file"])
def test_a_broken_calls_file_is_told_to_the_log_alone(home: Path, tmp_path: Path, content: str | None) -> None:
    """As a page it is a 500, its reason on stderr alone; typed it is exit status 78, or 66 if the file is missing."""
    path = tmp_path / "calls.json"
    if content is not None:
        path.write_text(content)
    asked = typed(home, GATEWAY_INTERFACE="CGI/1.1", QUERY_STRING=START, SHOCPP_CALLSFILE=str(path))
    assert asked.returncode == 0 and asked.stdout.startswith("Status: 500 Internal Server Error\n")
    assert str(tmp_path) not in asked.stdout and str(path) in asked.stderr and START not in asked.stderr
    assert typed(home, START, SHOCPP_CALLSFILE=str(path)).returncode == (66 if content is None else 78)


def test_a_silent_charge_point_and_a_busy_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer in time is 504, a mailbox that another command holds 503; the wait is made short here."""
    _, *others = ask.ask.__defaults__ or ()
    monkeypatch.setattr(ask.ask, "__defaults__", (0.05, *others))
    call = CannedCall("ClearCache", charge_point="CP003")

    def status() -> int:
        asked = page.Request(query=START)
        return page.answer(asked, lambda _: canned.perform(call, str(home / "run"), datetime.now(UTC))).status

    with contextlib.closing(Wallbox(home, "CP003")):
        assert status() == 504
        with FileLock(home / "run/CP003/command.lock"):
            assert status() == 503


@pytest.mark.usefixtures("wallbox")
def test_with_two_charge_points_an_entry_has_to_name_one(home: Path) -> None:
    """An entry without a charge point is a conflict while two are connected, and the sentence says what to change."""
    with contextlib.closing(Wallbox(home, "CP003")):
        done = typed(home, START)
    assert done.returncode == 64
    assert done.stderr == "shocpp-caller: Several charge points are connected; calls.json has to name one.\n"
