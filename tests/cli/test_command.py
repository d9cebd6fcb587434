"""shocpp-command: what is typed, what the charge point is asked, what is printed, and the exit status."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BOTH_WAYS, Connect
from tests.support.charge_point import Answer, ChargePoint, Json
from tests.support.patience import PATIENCE_S, longer_and_longer
from tests.support.programs import Program

ACCEPTED: Json = {"status": "Accepted"}
ANSWERS: dict[str, Answer] = {
    "RemoteStartTransaction": ACCEPTED,
    "TriggerMessage": ACCEPTED,
    "GetConfiguration": {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "55"}]},
    "ChangeConfiguration": ACCEPTED,
    "Reset": ACCEPTED,
    "UnlockConnector": {"status": "Unlocked"},
    "ClearCache": "NotSupported",
}

# as the program that users know has them in its README, and what has to reach the charge point
KNOWN = [
    ("""RemoteStartTransaction '{"idTag":"00000000"}'""", {"idTag": "00000000"}),
    ("""TriggerMessage '{"requestedMessage": "StatusNotification"}'""", {"requestedMessage": "StatusNotification"}),
    ("""TriggerMessage '{"requestedMessage": "BootNotification"}'""", {"requestedMessage": "BootNotification"}),
    ("GetConfiguration '{}'", {}),
    (
        """ChangeConfiguration '{"key": "AllowOfflineTxForUnknownId", "value": true}'""",
        {"key": "AllowOfflineTxForUnknownId", "value": "true"},
    ),
    ("""Reset '{"type":"Soft"}'""", {"type": "Soft"}),
    ("""Reset '{"type":"Hard"}'""", {"type": "Hard"}),
]


@BOTH_WAYS
@pytest.mark.parametrize(("typed", "sent"), KNOWN, ids=[typed for typed, _ in KNOWN])
def test_known_example(connect: Connect, run: Program, typed: str, sent: Json) -> None:
    """Every example that users of the older program know works as typed; the payload goes out in the right types."""
    charge_point = connect("", ANSWERS)
    result = run("command", *shlex.split(typed))
    action = typed.split(maxsplit=1)[0]
    assert (result.status, json.loads(result.out), result.err) == (0, ANSWERS[action], "")
    assert charge_point.asked == [(action, sent)]


@pytest.mark.parametrize(
    ("words", "stdin", "sent"),
    [
        (["GetConfiguration"], "", {}),
        (["GetConfiguration", "key=HeartbeatInterval"], "", {"key": ["HeartbeatInterval"]}),
        (["Reset", "type=Soft"], "", {"type": "Soft"}),
        (["Reset", "-"], '{"type": "Hard"}\n', {"type": "Hard"}),
        (["GetConfiguration", "-"], "", {}),
        (["UnlockConnector", "connectorId=1"], "", {"connectorId": 1}),
        (["ChangeConfiguration", "key=a", "value=b=c"], "", {"key": "a", "value": "b=c"}),
        (["ChangeConfiguration", "key=a", "value="], "", {"key": "a", "value": ""}),
    ],
)
def test_ways_to_give_a_payload(connect: Connect, run: Program, words: list[str], stdin: str, sent: Json) -> None:
    """A payload is JSON, words, stdin or nothing, and all ways end in the same request."""
    charge_point = connect("CP001", ANSWERS)
    result = run("command", *words, stdin=stdin)
    assert (result.status, result.err) == (0, "")
    assert charge_point.asked == [(words[0], sent)]


@BOTH_WAYS
def test_payload_against_the_schema(connect: Connect, run: Program) -> None:
    """What is against the schema is refused with the field and the way out, and not sent; --force sends it."""
    charge_point = connect("CP001", ANSWERS)
    said = run("command", "Reset", "type=Weak").refusal(65)
    assert "/type" in said and "Hard" in said and "--force" in said
    assert charge_point.asked == []
    assert run("command", "--force", "Reset", "type=Weak").status == 0
    assert charge_point.asked == [("Reset", {"type": "Weak"})]


def test_all_that_is_wrong_is_told(run: Program) -> None:
    """Every fault of a payload has a line, so that it is mended at once; the way out stands at the end."""
    done = run("command", "--check", "SetChargingProfile", "connectorId=x", "color=red", "size=1")
    assert (done.status, done.out) == (65, "")
    assert done.err.splitlines() == [
        "shocpp-command: SetChargingProfile /csChargingProfiles: is missing",
        "shocpp-command: SetChargingProfile /connectorId: is a string, must be an integer",
        "shocpp-command: SetChargingProfile /color: is not a field of this message",
        "shocpp-command: SetChargingProfile /size: is not a field of this message; --force sends it all the same",
    ]


def test_check_needs_no_charge_point(run: Program) -> None:
    """--check prints what would be sent, in the types in which it would, with nobody there."""
    result = run("command", "--check", "UnlockConnector", "connectorId=1")
    assert (result.status, result.out, result.err) == (0, '{"connectorId": 1}\n', "")
    assert "connectorId" in run("command", "--check", "UnlockConnector").refusal(65)


@pytest.mark.parametrize(
    ("words", "status", "hint"),
    [
        ([], 64, "GetConfiguration"),
        (["GetConfig"], 64, "GetConfiguration"),
        (["Heartbeat"], 64, "GetConfiguration"),
        (["xyzzy"], 64, "GetConfiguration"),
        (["--no-such-option", "Reset"], 64, "--help"),
        (["--timeout", "0", "Reset", "type=Soft"], 64, "--timeout"),
        (["--timeout", "nan", "Reset", "type=Soft"], 64, "--timeout"),
        (["--timeout", "soon", "Reset", "type=Soft"], 64, "--timeout"),
        (["--all", "--charge-point", "CP001", "Reset", "type=Soft"], 64, "--all"),
        (["--lines", "Reset"], 64, "--lines"),
        (["--check", "--all", "Reset", "type=Soft", "again"], 65, "key=value"),
        (["Reset", "Soft"], 65, "key=value"),
        (["Reset", '{"type":"Soft"'], 65, "JSON"),
        (["Reset", '["Soft"]'], 65, "object"),
        (["Reset", "[" * 100_000], 65, "JSON"),
        (["Reset", '{"type":NaN}'], 65, "JSON"),
        (["Reset", "type=Soft", "type=Hard"], 65, "twice"),
        (["Reset", '{"type":"Soft","type":"Hard"}'], 65, "twice"),
    ],
)
def test_bad_input(run: Program, words: list[str], status: int, hint: str) -> None:
    """Bad input of every kind is one sentence with the next step, and its exit status."""
    assert hint in run("command", *words).refusal(status)


def test_input_that_is_no_text(home: Path) -> None:
    """A payload on stdin that is no UTF-8 is refused in a sentence."""
    done = subprocess.run(
        [home / "bin/shocpp-command", "--check", "Reset", "-"],
        input=b'{"type":"\xff"}',
        env={},
        capture_output=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 65, done
    assert done.stderr.count(b"\n") == 1


@BOTH_WAYS
def test_nobody_is_connected(run: Program, connect: Connect) -> None:
    """Without a charge point the command says so with status 69, by name if one was named; so it does afterwards."""
    assert "no charge point is connected" in run("command", "Reset", "type=Soft").refusal(69)
    assert "CP001 is not connected" in run("command", "--charge-point", "CP001", "Reset", "type=Soft").refusal(69)
    connect("CP001", ANSWERS).close()
    assert "no charge point is connected" in run("command", "Reset", "type=Soft").refusal(69)
    assert "CP001 is not connected" in run("command", "--charge-point", "CP001", "Reset", "type=Soft").refusal(69)


def test_several_are_connected(connect: Connect, run: Program) -> None:
    """With several charge points the command names them, and asks only the one that is chosen, by its real name."""
    names = ["CP001", "garage 2", "../x"]
    there = {name: connect(name, ANSWERS) for name in names if "/" not in name}
    there["x"] = connect("../x")  # the identity is the last segment of the path
    said = run("command", "Reset", "type=Soft").refusal(64)
    assert all(name in said for name in there) and "--charge-point" in said
    assert run("command", "--charge-point", "garage 2", "Reset", "type=Soft").status == 0
    assert [name for name, each in there.items() if each.asked] == ["garage 2"]


@BOTH_WAYS
def test_identity_is_printable(connect: Connect, run: Program) -> None:
    """What a charge point calls itself cannot move the terminal's cursor when an error lists it."""
    connect("CP001")
    connect("\x07evil\u202e")
    said = run("command", "Reset", "type=Soft").refusal(64)
    assert "<07>evil<202E>" in said and "\x07" not in said and "\u202e" not in said


@BOTH_WAYS
def test_refused(connect: Connect, run: Program) -> None:
    """A CALLERROR is told with its code and status 76."""
    connect("CP001", ANSWERS)
    assert "NotSupported" in run("command", "ClearCache").refusal(76)


def test_no_answer(connect: Connect, run: Program) -> None:
    """A charge point that keeps silent costs the time that was given, and status 75; the next command is served."""
    charge_point = connect(answers={"Reset": ACCEPTED})
    for timeout_s in longer_and_longer(0.2):
        assert f"no answer in {timeout_s:g} s" in run("command", f"--timeout={timeout_s}", "ClearCache").refusal(75)
        charge_point.call("Heartbeat", {})  # what was sent has come before its answer
        if charge_point.asked:
            break
    assert run("command", "Reset", "type=Soft").status == 0
    assert [action for action, _ in charge_point.asked] == ["ClearCache", "Reset"]


def test_odd_confirmation(connect: Connect, run: Program) -> None:
    """A confirmation against the specification is printed as it came, with a word on stderr."""
    connect(answers={"Reset": {"status": "Maybe"}})
    result = run("command", "Reset", "type=Soft")
    assert (result.status, json.loads(result.out)) == (0, {"status": "Maybe"})
    assert "against the specification: /status" in result.err


def test_hang_up_while_a_command_waits(connect: Connect, run: Program) -> None:
    """When the charge point goes while a command waits, that ends with status 69 and not with its own patience."""
    charge_point: list[ChargePoint] = []

    def hang_up(payload: Json) -> None:  # noqa: ARG001
        threading.Thread(target=charge_point[0].close).start()

    charge_point.append(connect(answers={"Reset": hang_up}))
    assert "disconnected" in run("command", "--timeout", "1000", "Reset", "type=Soft").refusal(69)


def test_two_commands_at_once(connect: Connect, home: Path) -> None:
    """A second command waits until the first has its answer; each gets its own, and busy ends with status 75."""
    first_came, go_on = threading.Event(), threading.Event()

    def reset(payload: Json) -> Json:
        if payload["type"] == "Soft":
            first_came.set()
            assert go_on.wait(PATIENCE_S)
        return {"status": "Accepted" if payload["type"] == "Soft" else "Rejected"}

    charge_point = connect(answers={"Reset": reset})

    def start(*words: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen([home / "bin/shocpp-command", *words], env={}, stdout=pipe, stderr=pipe, text=True)

    first = start("Reset", "type=Soft")
    assert first_came.wait(PATIENCE_S)
    second = start("Reset", "type=Hard")
    impatient = start("--timeout", "0.1", "ClearCache")
    assert "busy" in impatient.communicate(timeout=PATIENCE_S)[1]
    assert impatient.returncode == 75
    assert charge_point.asked == [("Reset", {"type": "Soft"})], "the second went out before the first was answered"
    go_on.set()
    assert json.loads(first.communicate(timeout=PATIENCE_S)[0]) == {"status": "Accepted"}
    assert json.loads(second.communicate(timeout=PATIENCE_S)[0]) == {"status": "Rejected"}


def test_completion_of_call_names(home: Path) -> None:
    """The shell completes names of calls, in whatever case they were begun, and only those we may make."""
    environ = {"_SHOCPP_COMMAND_COMPLETE": "bash_complete", "COMP_WORDS": "shocpp-command re", "COMP_CWORD": "1"}
    done = subprocess.run(
        [home / "bin/shocpp-command"], env=environ, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    names = [line.partition(",")[2] for line in done.stdout.splitlines()]
    assert names == ["RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset"]


def test_completion_of_charge_points(connect: Connect, home: Path) -> None:
    """The shell completes --charge-point with those that are connected."""
    connect("CP001")
    connect("garage")
    environ = {
        "_SHOCPP_COMMAND_COMPLETE": "bash_complete",
        "COMP_WORDS": "shocpp-command --charge-point ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [home / "bin/shocpp-command"], env=environ, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == ["CP001", "garage"]


def test_completion_can_be_set_up(home: Path) -> None:
    """What the manual tells to put into a shell's start file is what the shell takes: bash reads it without a fault."""
    environ = {"_SHOCPP_COMMAND_COMPLETE": "bash_source", "PATH": os.environ["PATH"]}
    script = subprocess.run(
        [home / "bin/shocpp-command"], env=environ, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    ).stdout
    done: Any = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p shocpp-command"], capture_output=True, text=True, check=True
    )
    assert "shocpp-command" in done.stdout


@pytest.mark.parametrize("is_shared", [True, False])
def test_an_id_that_two_charges_share(connect: Connect, run: Program, home: Path, is_shared: bool) -> None:
    """Whoever stops a transaction whose id two open charges have is told so; the command is sent all the same."""
    charge_point = connect("CP001", {"RemoteStopTransaction": ACCEPTED})
    folder = home / "run/CP001/transactions"
    folder.mkdir()
    (folder / "20009042.json").write_text(json.dumps({"begin_wh": 1, **({"ambiguous": True} if is_shared else {})}))
    result = run("command", "RemoteStopTransaction", "transactionId=20009042")
    assert (result.status, json.loads(result.out)) == (0, ACCEPTED)
    assert ("two open charges have the transaction id 20009042" in result.err) == is_shared
    assert charge_point.asked == [("RemoteStopTransaction", {"transactionId": 20009042})]
