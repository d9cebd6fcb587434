"""Limits as people say them: which profile they become, what of ours is taken away, and what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls import ask, limit
from shocpp.calls.ask import Confirmation
from shocpp.calls.current import ConflictError
from shocpp.calls.limit import Limit
from shocpp.errors import RefusedError, UsageError

ACCEPTED = {"status": "Accepted"}


class Charger:
    """A charge point that says what it can, accepts what it gets, and checks it against the schema."""

    def __init__(self, keys: dict[str, str] | None = None, **answers: dict[str, Any]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._keys = keys
        self._answers = answers

    def __call__(self, identity: str | None, action: str, payload: dict[str, object]) -> Confirmation:
        """Answer a call."""
        assert ask.faults(action, payload) == []
        if action == "GetConfiguration":
            if self._keys is None:
                raise RefusedError("NotSupported")
            said = [{"key": key, "readonly": True, "value": value} for key, value in self._keys.items()]
            return Confirmation(identity or "", action, {"configurationKey": said}, "")
        self.asked.append((action, payload))
        return Confirmation(identity or "", action, self._answers.get(action, ACCEPTED), "")

    @property
    def profile(self) -> dict[str, Any]:
        """Give the profile that it got last."""
        found: dict[str, Any] = self.asked[-1][1]["csChargingProfiles"]
        return found


def begin(run: Path, transaction_id: int, connector_id: int) -> None:
    """Let a charge be under way."""
    folder = run / "CP001/transactions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{transaction_id}.json").write_text(json.dumps({"connector_id": connector_id, "begin_wh": 1}))


@pytest.mark.parametrize(
    ("text", "phases", "unit", "period"),
    [
        ("16A", None, "A", {"startPeriod": 0, "limit": 16.0}),
        ("11kW", None, "W", {"startPeriod": 0, "limit": 11000.0}),
        ("3.7 KW", 1, "W", {"startPeriod": 0, "limit": 3700.0, "numberPhases": 1}),
        ("0A", 3, "A", {"startPeriod": 0, "limit": 0.0, "numberPhases": 3}),
        ("1380w", None, "W", {"startPeriod": 0, "limit": 1380.0}),
    ],
)
def test_what_is_typed(tmp_path: Path, text: str, phases: int | None, unit: str, period: dict[str, Any]) -> None:
    """An amount becomes a schedule in its own unit, for charges to come at all connectors where none is under way."""
    charger = Charger()
    limit.put(charger, str(tmp_path), "CP001", None, Limit.from_text(text, phases))
    assert charger.asked[-1][1]["connectorId"] == 0
    assert charger.profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert charger.profile["chargingSchedule"] == {"chargingRateUnit": unit, "chargingSchedulePeriod": [period]}


@pytest.mark.parametrize("text", ["16", "A", "-1A", "1e3A", "16 Ampere", "11kWh", "off", "", "nanA", "1234567A"])
def test_what_is_no_limit(text: str) -> None:
    """What says no amount is refused with one that does."""
    with pytest.raises(UsageError, match="say 16A, 11kW"):
        Limit.from_text(text)


def test_the_charge_under_way(tmp_path: Path) -> None:
    """It is limited itself, where it is; of two the connector says which; an idle connector's next charge is meant."""
    begin(tmp_path, 20009042, 2)
    charger = Charger()
    limit.put(charger, str(tmp_path), "CP001", None, Limit(16, "A"))
    assert charger.asked[-1][1]["connectorId"] == 2
    assert (charger.profile["chargingProfilePurpose"], charger.profile["transactionId"]) == ("TxProfile", 20009042)
    begin(tmp_path, 10000001, 1)
    with pytest.raises(ConflictError, match="2 charges are under way"):
        limit.put(charger, str(tmp_path), "CP001", None, Limit(16, "A"))
    limit.put(charger, str(tmp_path), "CP001", 1, Limit(16, "A"))
    assert charger.profile["transactionId"] == 10000001
    limit.put(charger, str(tmp_path), "CP001", 3, Limit(16, "A"))
    assert (charger.asked[-1][1]["connectorId"], charger.profile["chargingProfilePurpose"]) == (3, "TxDefaultProfile")


def test_off_takes_away_what_we_have_put(tmp_path: Path) -> None:
    """Each id that a limit may have had is cleared, by its id alone, so that nobody else's profile goes."""
    charger = Charger()
    limit.put(charger, str(tmp_path), "CP001", None, Limit(16, "A"))
    begin(tmp_path, 20009042, 2)
    limit.put(charger, str(tmp_path), "CP001", None, Limit(16, "A"))
    put = {payload["csChargingProfiles"]["chargingProfileId"] for _, payload in charger.asked}
    (tmp_path / "CP001/status.json").write_text('{"connectors": {"1": {}, "2": {}, "x": {}, "4711": {}}}')
    charger.asked.clear()
    assert limit.take_away(charger, str(tmp_path), "CP001", None).payload == ACCEPTED
    cleared = [payload for _, payload in charger.asked]
    assert all(payload.keys() == {"id"} for payload in cleared) and len(cleared) == 6
    assert put < {payload["id"] for payload in cleared}
    nothing = Charger(ClearChargingProfile={"status": "Unknown"})
    assert limit.take_away(nothing, str(tmp_path), "CP001", 1).payload == {"status": "Unknown"}


UNITS, SWITCH = "ChargingScheduleAllowedChargingRateUnit", "ConnectorSwitch3to1PhaseSupported"


@pytest.mark.parametrize(
    ("keys", "text", "phases", "said"),
    [
        ({UNITS: "Current"}, "11kW", None, "takes no limit in W; say it in A, or say on how many --phases"),
        ({UNITS: "Power"}, "16A", 3, "takes no limit in A; say it in kW"),
        ({SWITCH: "false"}, "16A", 1, "cannot switch to one phase"),
    ],
)
def test_what_the_charge_point_cannot_do(
    tmp_path: Path, keys: dict[str, str], text: str, phases: int | None, said: str
) -> None:
    """What it says that it cannot do is told in a sentence, and not sent."""
    charger = Charger(keys)
    with pytest.raises(RefusedError, match=said):
        limit.put(charger, str(tmp_path), "CP001", None, Limit.from_text(text, phases))
    assert charger.asked == []


@pytest.mark.parametrize(("phases", "amperes"), [(3, 15.9), (1, 47.8)])
def test_power_for_one_that_knows_current_alone(tmp_path: Path, phases: int, amperes: float) -> None:
    """On as many phases as are said it is current, never more than the power that is meant."""
    charger = Charger({UNITS: "Current"})
    limit.put(charger, str(tmp_path), "CP001", None, Limit.from_text("11kW", phases))
    schedule = charger.profile["chargingSchedule"]
    assert (schedule["chargingRateUnit"], schedule["chargingSchedulePeriod"][0]["limit"]) == ("A", amperes)
    assert amperes * 230 * phases <= 11_000
    limit.put(Charger({UNITS: "Current, Power"}), str(tmp_path), "CP001", None, Limit.from_text("11kW"))


def test_no_smart_charging(tmp_path: Path) -> None:
    """One that knows no profiles is told so in words."""
    charger = Charger(SetChargingProfile={"status": "NotSupported"})
    with pytest.raises(RefusedError, match="CP001 knows no smart charging"):
        limit.put(charger, str(tmp_path), "CP001", None, Limit(16, "A"))
