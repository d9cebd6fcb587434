"""shocpp-command to many: --lines keeps one process open, --all asks every charge point that is connected."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BOTH_WAYS, Connect
from tests.support.charge_point import Json
from tests.support.patience import PATIENCE_S
from tests.support.programs import Program

ACCEPTED: Json = {"status": "Accepted"}


def lines(text: str) -> list[Any]:
    """Read JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_all(connect: Connect, run: Program) -> None:
    """--all prints one line for each charge point, in order, with its answer or its fault; the status tells of it."""
    connect("CP001", {"Reset": ACCEPTED})
    connect("CP002", {"Reset": "InternalError"})
    connect("CP003", {"Reset": {"status": "Maybe"}})
    result = run("command", "--all", "Reset", "type=Soft")
    first, second, third = lines(result.out)
    assert first == {"charge_point": "CP001", "command": "Reset", "data": ACCEPTED}
    assert second["charge_point"] == "CP002" and "InternalError" in second["error"]
    assert third["data"] == {"status": "Maybe"} and "/status" in third["quirk"]
    assert result.status == 76


def test_an_id_that_two_charges_share(connect: Connect, run: Program, home: Path) -> None:
    """Of many commands, too, each that may end two charges is named; it is sent all the same."""
    for identity, fields in (("CP001", {"ambiguous": True}), ("CP002", {})):
        connect(identity, {"RemoteStopTransaction": ACCEPTED})
        (home / f"run/{identity}/transactions").mkdir()
        (home / f"run/{identity}/transactions/20009042.json").write_text(json.dumps({"begin_wh": 1, **fields}))
    warning = "shocpp-command: two open charges have the transaction id 20009042: CP001 may end both\n"
    result = run("command", "--all", "RemoteStopTransaction", "transactionId=20009042")
    assert [line["data"] for line in lines(result.out)] == [ACCEPTED, ACCEPTED]
    assert result.err == warning
    data = {"transactionId": "20009042"}
    asked = [
        {"command": "RemoteStopTransaction", "chargeBoxIdentity": each, "data": data} for each in ("CP001", "CP002")
    ]
    result = run("command", "--lines", stdin="".join(f"{json.dumps(each)}\n" for each in asked))
    assert [line["payload"]["data"] for line in lines(result.out)] == [ACCEPTED, ACCEPTED]
    assert (result.status, result.err) == (0, warning)


def test_all_but_nobody(run: Program) -> None:
    """--all with nobody connected is status 69, and what is against the schema is refused before anybody is asked."""
    assert "no charge point is connected" in run("command", "--all", "Reset", "type=Soft").refusal(69)
    assert "/type" in run("command", "--all", "Reset", "type=Weak").refusal(65)


@BOTH_WAYS
def test_lines(connect: Connect, run: Program) -> None:
    """Each line gets its answer under its MessageId; those for one charge point are answered in order."""
    connect("CP001", {"Reset": ACCEPTED, "ClearCache": {"status": "Rejected"}})
    connect("CP002", {"Reset": "InternalError"})
    asked: list[Json] = [
        {"command": "Reset", "MessageId": "1", "chargeBoxIdentity": "CP001", "data": {"type": "Soft"}},
        {"command": "ClearCache", "MessageId": "2", "chargeBoxIdentity": "CP001"},
        {"command": "Reset", "MessageId": "3", "chargeBoxIdentity": "CP002", "data": {"type": "Hard"}},
        {"command": "Reset", "MessageId": "4", "chargeBoxIdentity": "CP009", "data": {"type": "Hard"}},
        {"command": "Reset", "MessageId": "5", "chargeBoxIdentity": "CP001", "data": {"type": "Weak"}},
    ]
    result = run("command", "--lines", stdin="\n".join(["", *map(json.dumps, asked), ""]))
    answers = {answer["ocpp"]["MessageId"]: answer for answer in lines(result.out)}
    assert answers["1"]["payload"] == {"command": "Reset", "data": ACCEPTED}
    assert answers["1"]["ocpp"] == {**asked[0], "ocppVer": "1.6j"}
    assert answers["2"]["payload"]["data"] == {"status": "Rejected"}
    assert "InternalError" in answers["3"]["payload"]["error"]
    assert "not connected" in answers["4"]["payload"]["error"]
    assert "/type" in answers["5"]["payload"]["error"]
    of_the_first = [message_id for message_id in answers if answers[message_id]["ocpp"]["chargeBoxIdentity"] == "CP001"]
    assert of_the_first == ["1", "2", "5"]
    assert (result.status, result.err) == (0, "")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("pong", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "command"),
        ('{"command": 1}', "command"),
        ('{"command": "Reset", "data": []}', "data"),
        ('{"command": "Reset", "chargeBoxIdentity": 1}', "chargeBoxIdentity"),
        ('{"command": "Reset", "data": {"type": NaN}}', "NaN"),
        ("[" * 100_000, "nested"),
    ],
)
def test_line_that_is_no_command(connect: Connect, run: Program, line: str, hint: str) -> None:
    """A line that cannot be read is answered with what is wrong, the next is served, and the status is 65."""
    connect("CP001", {"ClearCache": ACCEPTED})
    result = run("command", "--lines", stdin=f'{line}\n{{"command": "ClearCache"}}\n')
    fault, answer = sorted(lines(result.out), key=lambda each: "data" in each["payload"])
    assert hint in fault["payload"]["error"]
    assert answer["payload"]["data"] == ACCEPTED
    assert answer["ocpp"]["chargeBoxIdentity"] == "CP001", "who answered is told"
    assert (result.status, result.err) == (65, "")


def test_lines_are_answered_at_once(connect: Connect, home: Path) -> None:
    """An answer comes while stdin is still open: a flow keeps one process."""
    connect("CP001", {"ClearCache": ACCEPTED})
    pipe = subprocess.PIPE
    with subprocess.Popen([home / "bin/shocpp-command", "--lines"], env={}, stdin=pipe, stdout=pipe) as process:
        assert process.stdin and process.stdout
        for _ in range(2):
            process.stdin.write(b'{"command": "ClearCache"}\n')
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["payload"]["data"] == ACCEPTED
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_reader_of_lines_goes(connect: Connect, home: Path) -> None:
    """Whoever reads the answers may have enough: the command ends without a word."""
    connect("CP001", {"ClearCache": ACCEPTED})
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [home / "bin/shocpp-command", "--lines"], env={}, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(b'{"command": "ClearCache"}\n' * 3)
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr.read() == b""
