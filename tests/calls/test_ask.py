"""Commands to charge points, without terminal: what is prepared, who is meant, what an answer is made of."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from shocpp.calls import ask
from shocpp.errors import DataError, RefusedError, TryAgainError, UnavailableError, UsageError
from shocpp.ocpp.v16 import schemas
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start
from tests.support.charge_point import Answer, ChargePoint, Pipes
from tests.support.household import make_home
from tests.support.patience import longer_and_longer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scratch checkout."""
    return make_home(tmp_path_factory.mktemp("commands") / "checkout")


def run_dir(home: Path) -> str:
    """Give the folder run/ of a checkout."""
    return str(home / "run")


def test_calls() -> None:
    """Calls are those that the specification lets a central system make, each with a schema, in order."""
    calls = ask.calls()
    assert calls == sorted(calls)
    assert {"Reset", "RemoteStartTransaction", "GetConfiguration", "SetChargingProfile", "SendLocalList"} <= {*calls}
    assert not {"Authorize", "BootNotification", "Heartbeat", "StopTransaction"} & {*calls}
    assert all(schemas.schema(call, "request") for call in calls)


@pytest.mark.parametrize("action", [action for action in OPERATIONS if not may_start(CENTRAL_SYSTEM, action)])
def test_calls_of_a_charge_point(action: str) -> None:
    """What only a charge point may call is no call of ours, unless it is forced."""
    with pytest.raises(UsageError, match="no call"):
        ask.prepare(action, {})
    assert ask.prepare(action, {"a": 1}, force=True) == {"a": 1}


@pytest.mark.parametrize(("typed", "meant"), [("reset", "Reset"), ("RemoteStart", "RemoteStartTransaction")])
def test_nearly_a_call(typed: str, meant: str) -> None:
    """A misspelt call is told together with the one that was meant."""
    with pytest.raises(UsageError, match=f"did you mean {meant}"):
        ask.prepare(typed, {})


def test_prepare() -> None:
    """A payload is brought into the schema's types; what cannot be is refused with field and rule, or forced."""
    assert ask.prepare("UnlockConnector", {"connectorId": "1"}) == {"connectorId": 1}
    with pytest.raises(DataError, match=r"connectorId.*--force"):
        ask.prepare("UnlockConnector", {"connectorId": "one"})
    assert ask.prepare("UnlockConnector", {"connectorId": "one"}, force=True) == {"connectorId": "one"}


def test_choose(home: Path) -> None:
    """The one that is connected is meant; a name wins; none and several are errors that say so."""
    with pytest.raises(UnavailableError, match="no charge point"):
        ask.choose(run_dir(home), None)
    assert ask.choose(run_dir(home), "CP009") == "CP009"
    with ChargePoint(Pipes(home, "CP001")):
        assert ask.choose(run_dir(home), None) == "CP001"
        with (
            ChargePoint(Pipes(home, "")),
            pytest.raises(UsageError, match="2 charge points are connected: the anonymous charge point, CP001"),
        ):
            ask.choose(run_dir(home), None)


@pytest.mark.parametrize("identity", ["CP001", "", "garage 2", "Łódź", "x" * 300, "%41", "transactions"])
def test_ask(home: Path, identity: str) -> None:
    """The answer is the payload as it came, from the charge point that was found, whatever its name."""
    with ChargePoint(Pipes(home, identity), {"Reset": {"status": "Accepted"}}) as charge_point:
        for named in (identity, None):
            answer = ask.ask(run_dir(home), named, "Reset", {"type": "Soft"}, 20)
            assert (answer.identity, answer.action, answer.payload) == (identity, "Reset", {"status": "Accepted"})
            assert answer.quirk == ""
        assert charge_point.asked == [("Reset", {"type": "Soft"})] * 2


@pytest.mark.parametrize(
    ("answer", "quirk"),
    [({"status": "Maybe"}, "/status"), ({}, "/status"), ({"status": "Accepted", "more": 1}, "/more")],
)
def test_quirk(home: Path, answer: Answer, quirk: str) -> None:
    """A confirmation against the specification is an answer all the same, and says what is wrong with it."""
    with ChargePoint(Pipes(home, "CP001"), {"Reset": answer}):
        got = ask.ask(run_dir(home), None, "Reset", {"type": "Soft"}, 20)
    assert got.payload == answer
    assert quirk in got.quirk


def test_forced_answer_is_not_judged(home: Path) -> None:
    """A call that the specification does not have is sent when forced, and its answer is what it is."""
    with ChargePoint(Pipes(home, "CP001"), {"MyOwn": {"any": "thing"}}):
        got = ask.ask(run_dir(home), None, "MyOwn", {"a": "1"}, 20, force=True)
    assert (got.payload, got.quirk) == ({"any": "thing"}, "")


def test_refused(home: Path) -> None:
    """A CALLERROR is an error that names the charge point, the call and the code."""
    with (
        ChargePoint(Pipes(home, "CP001"), {"Reset": "NotSupported"}),
        pytest.raises(RefusedError, match=r"^CP001 refused Reset: NotSupported$"),
    ):
        ask.ask(run_dir(home), None, "Reset", {"type": "Soft"}, 20)


def test_hostile_refusal(home: Path) -> None:
    """What a charge point says in a CALLERROR is fit for a terminal, and not endless."""
    with (
        ChargePoint(Pipes(home, "CP001"), {"Reset": "\x1b[2J" + "x" * 5000}),
        pytest.raises(RefusedError) as caught,
    ):
        ask.ask(run_dir(home), None, "Reset", {"type": "Soft"}, 20)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_silence(home: Path) -> None:
    """Without an answer in time the next try is the caller's; a late answer is not taken for the next call's."""
    times = itertools.count()
    answers: dict[str, Answer] = {"Reset": lambda _: {"status": "Accepted"} if next(times) else None}
    with ChargePoint(Pipes(home, "CP001"), answers) as charge_point:
        for timeout_s in longer_and_longer(0.05):
            with pytest.raises(TryAgainError, match=f"no answer in {timeout_s:g} s"):
                ask.ask(run_dir(home), None, "Reset", {"type": "Soft"}, timeout_s)
            charge_point.call("Heartbeat", {})  # what was sent has come before its answer
            if charge_point.asked:
                break
        assert ask.ask(run_dir(home), None, "Reset", {"type": "Soft"}, 20).payload == {"status": "Accepted"}
