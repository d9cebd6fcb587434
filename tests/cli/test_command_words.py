"""What people say in the place of a call, and the charge that is under way: what is sent, printed, and ended with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import BOTH_WAYS, Connect
from tests.support.charge_point import Json
from tests.support.programs import Program

ACCEPTED: Json = {"status": "Accepted"}
REJECTED: Json = {"status": "Rejected"}
TAGS = [{"index": 1, "account": "company-x", "ids": ["1111"]}]
STOP = ["RemoteStopTransaction", "transactionId=current"]


def begin(home: Path, identity: str, transaction_id: int, connector_id: int) -> None:
    """Let a charge be under way at a charge point."""
    folder = home / "run" / identity / "transactions"
    folder.mkdir(exist_ok=True)
    (folder / f"{transaction_id}.json").write_text(json.dumps({"connector_id": connector_id, "begin_wh": 1}))


@BOTH_WAYS
def test_start_and_stop(home: Path, connect: Connect, run: Program) -> None:
    """Without any id typed, a charge of the only account begins, and the one that is under way ends."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    charge_point = connect("CP001", {"RemoteStartTransaction": ACCEPTED, "RemoteStopTransaction": ACCEPTED})
    assert run("command", "start").out == '{"status": "Accepted"}\n'
    assert run("command", "start", "COMPANY-X", "--connector", "1", "--charge-point", "CP001").status == 0
    begin(home, "CP001", 10000001, 1)
    assert run("command", "stop").out == '{"status": "Accepted"}\n'
    assert charge_point.asked == [
        ("RemoteStartTransaction", {"idTag": "1111"}),
        ("RemoteStartTransaction", {"idTag": "1111", "connectorId": 1}),
        ("RemoteStopTransaction", {"transactionId": 10000001}),
    ]


def test_limit(connect: Connect, run: Program) -> None:
    """A limit is set and taken away, and the confirmation printed; one that is not accepted ends with 76."""
    answers = {"GetConfiguration": {"configurationKey": []}, "ClearChargingProfile": {"status": "Unknown"}}
    connect("CP001", {**answers, "SetChargingProfile": ACCEPTED})
    refusing = connect("CP002", {**answers, "SetChargingProfile": REJECTED})
    assert run("command", "limit", "16A", "--phases", "3", "--charge-point", "CP001").out == '{"status": "Accepted"}\n'
    refused = run("command", "limit", "3.7kW", "--charge-point", "CP002", "--connector", "1")
    assert (refused.status, json.loads(refused.out)) == (76, REJECTED)
    assert "did not accept SetChargingProfile: Rejected" in refused.err
    assert (
        run("command", "limit", "off", "--charge-point", "CP002", "--connector", "1").out == '{"status": "Unknown"}\n'
    )
    assert [action for action, _ in refusing.asked][-2:] == ["ClearChargingProfile"] * 2


def test_a_no_is_a_no(home: Path, connect: Connect, run: Program) -> None:
    """A charge point that does not accept is printed, said, and ends the two with 76; a call of that name with 0."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    connect("CP001", {"RemoteStartTransaction": REJECTED, "RemoteStopTransaction": {}})
    began = run("command", "start", "1111")
    assert (began.status, json.loads(began.out)) == (76, REJECTED)
    assert began.err == "shocpp-command: CP001 did not accept RemoteStartTransaction: Rejected\n"
    assert run("command", "RemoteStartTransaction", "idTag=1111").status == 0
    begin(home, "CP001", 10000001, 1)
    assert run("command", "stop").status == 76


@pytest.mark.parametrize("words", [["stop"], STOP])
def test_the_charge_that_is_under_way(home: Path, connect: Connect, run: Program, words: list[str]) -> None:
    """With one charge its id is found; with none, and of two without a connector, nothing is sent and 64 says so."""
    charge_point = connect("CP001", {"RemoteStopTransaction": ACCEPTED})
    assert "No charge is under way" in run("command", *words).refusal(64)
    begin(home, "CP001", 10000001, 1)
    begin(home, "CP001", 21000002, 2)
    assert "2 charges are under way, at connectors 1, 2" in run("command", *words).refusal(64)
    assert charge_point.asked == []
    assert run("command", "--connector", "2", *words).status == 0
    assert charge_point.asked == [("RemoteStopTransaction", {"transactionId": 21000002})]


def test_current_with_many_charge_points(home: Path, connect: Connect, run: Program) -> None:
    """With --all and --lines, current is each charge point's own; one without a charge is an error of its line."""
    charging, idle = connect("CP001", {"RemoteStopTransaction": ACCEPTED}), connect("CP002")
    begin(home, "CP001", 10000001, 1)
    lines = run("command", "--all", *STOP)
    assert lines.status == 64
    first, second = map(json.loads, lines.out.splitlines())
    assert (first["data"], "No charge" in second["error"]) == (ACCEPTED, True)
    asked = {"command": STOP[0], "chargeBoxIdentity": "CP001", "data": {"transactionId": "current"}}
    assert json.loads(run("command", "--lines", stdin=json.dumps(asked)).out)["payload"]["data"] == ACCEPTED
    assert charging.asked == [("RemoteStopTransaction", {"transactionId": 10000001})] * 2
    assert idle.asked == []


@pytest.mark.parametrize(
    ("words", "status", "hint"),
    [
        (["start"], 66, "tags.json is not there"),
        (["start", "1111", "2222"], 64, "one card or account"),
        (["stop", "1111"], 64, "takes no card"),
        (["stop"], 69, "no charge point is connected"),
        (["--all", "stop"], 64, "--all"),
        (["limit"], 64, "one amount"),
        (["limit", "16"], 64, "16A"),
        (["limit", "16A"], 69, "no charge point is connected"),
        (["--phases", "3", "stop"], 64, "--phases"),
        (["--check", "limit", "16A"], 64, "--check"),
        (["strat"], 64, "did you mean start?"),
        (["--connector", "1", "Reset", "type=Soft"], 64, "--connector"),
        (["--connector", "0", "stop"], 64, "--connector"),
        (["--check", "RemoteStopTransaction", "transactionId=crurent"], 65, "transactionId"),
    ],
)
def test_what_cannot_be_meant(run: Program, words: list[str], status: int, hint: str) -> None:
    """What cannot be meant ends with its status and a word on what can."""
    assert hint in run("command", *words).refusal(status)


def test_check_shows_what_would_be_sent(home: Path, run: Program) -> None:
    """--check sends nothing and shows the payload, in which the charge under way is current."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    assert json.loads(run("command", "--check", "start", "--connector", "2").out) == {"idTag": "1111", "connectorId": 2}
    assert json.loads(run("command", "--check", *STOP).out) == {"transactionId": "current"}


@BOTH_WAYS
def test_an_unknown_charge_point(connect: Connect, run: Program) -> None:
    """A charge point that never was here is told with the nearest that was; one that is away is only away."""
    connect("garage-left")
    connect("CP001").close()
    said = run("command", "--charge-point", "grage-left", "Reset", "type=Soft").refusal(69)
    assert "grage-left is not connected" in said and "did you mean garage-left?" in said
    assert "?" not in run("command", "--charge-point", "CP001", "Reset", "type=Soft").refusal(69)
    said = run("command", "--charge-point", "grage-left", "stop").refusal(69)
    assert "grage-left was never here; did you mean garage-left?" in said, "not that no charge is under way there"
    assert "No charge is under way" in run("command", "--charge-point", "CP001", "stop").refusal(64)
