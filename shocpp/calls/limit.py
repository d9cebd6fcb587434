"""
How much current or power a charge point may draw, said as people say it: ``16A``, ``11kW``, ``off``.

Makes charging profiles with ids of our own, so that only ours are taken away again. Knows what charge points say of
themselves and can do; whether less is wanted, and when, is for whoever calls it.

Source: OCPP 1.6 §3.13 (smart charging), §5.5, §5.16, §9.4 (keys)
"""

from __future__ import annotations

import re

from shocpp.calls import current
from shocpp.calls.ask import ANONYMOUS, Confirmation
from shocpp.errors import RefusedError, UsageError
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.open_charges import read_transactions
from shocpp.spool.run.sightings import STATUS, read
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.calls.ask import Ask

    Payload = dict[str, object]

_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(A|kW|W)", re.IGNORECASE)
_OURS = 534_000_000  # ids of our profiles: from here on two for each connector
_MOST_CONNECTORS = 100
_VOLTS = 230
_UNITS, _SWITCH = "ChargingScheduleAllowedChargingRateUnit", "ConnectorSwitch3to1PhaseSupported"
_SPELLINGS = {"A": ("a", "current"), "W": ("w", "power")}


class Limit:
    """
    A limit as it was typed.

    Args:
        value: How much, in ``unit``.
        unit: ``"A"`` for each phase, or ``"W"`` in all.
        phases: On how many phases, 1 or 3; None leaves it to the charge point.
    """

    def __init__(self, value: float, unit: str, phases: int | None = None) -> None:
        self.value = value
        self.unit = unit
        self.phases = phases

    @classmethod
    def from_text(cls, text: str, phases: int | None = None) -> Limit:
        """
        Read a limit.

        Raises:
            UsageError: It is none.

        >>> limit = Limit.from_text("3.7kW")
        >>> limit.value, limit.unit
        (3700.0, 'W')
        """
        found = _AMOUNT.fullmatch(text.strip())
        if not found:
            raise UsageError(f"{text[:40]!r} is no limit; say 16A, 11kW, 3700W or off")
        value, unit = float(found[1]), found[2].upper()
        return cls(value * 1000, "W", phases) if unit == "KW" else cls(value, unit, phases)

    def schedule(self) -> Payload:
        """Give it as a schedule that begins at once and has no end."""
        period: Payload = {"startPeriod": 0, "limit": round(self.value, 1)}
        if self.phases is not None:
            period["numberPhases"] = self.phases
        return {"chargingRateUnit": self.unit, "chargingSchedulePeriod": [period]}

    def in_amperes(self) -> Limit:
        """Give it for a charge point that knows nothing but current, rounded down: at 230 V, on the phases given."""
        assert self.phases  # noqa: S101 - asked for before
        return Limit(int(self.value * 10 / _VOLTS / self.phases) / 10, "A", self.phases)


def put(asking: Ask, run_dir: str, identity: str, connector_id: int | None, limit: Limit) -> Confirmation:
    """
    Limit the charge that is under way, or where there is none the charges to come.

    Args:
        asking: Asks a charge point.
        run_dir: The folder run/.
        identity: The charge point's.
        connector_id: Where; None for the charge under way, or else all connectors.
        limit: How much.

    Returns:
        What it answered to SetChargingProfile.

    Raises:
        ConflictError: Several charges are under way, and no connector is named.
        RefusedError: The charge point cannot do it; says what it cannot.
        ShocppError: Those of ``ask.ask``.
    """
    possible = _possible(identity, limit, _capabilities(asking, identity))
    answer = asking(identity, "SetChargingProfile", _request(run_dir, identity, connector_id, possible))
    if answer.payload.get("status") == "NotSupported":
        raise RefusedError(f"{_name(identity)} knows no smart charging, or not this kind of profile")
    return answer


def take_away(asking: Ask, run_dir: str, identity: str, connector_id: int | None) -> Confirmation:
    """
    Take our limits away; others stay.

    Args:
        asking: Asks a charge point.
        run_dir: The folder run/.
        identity: The charge point's.
        connector_id: Where; None for everywhere.

    Returns:
        What it answered to ClearChargingProfile: Accepted if there was any limit of ours.

    Raises:
        ShocppError: Those of ``ask.ask``.
    """
    answers = [
        asking(identity, "ClearChargingProfile", {"id": profile_id})
        for number in (_connectors(run_dir, identity) if connector_id is None else [connector_id])
        for profile_id in _ids(number)
    ]
    return next((each for each in answers if each.payload.get("status") == "Accepted"), answers[0])


def _request(run_dir: str, identity: str, connector_id: int | None, limit: Limit) -> Payload:
    """Make the profile: of the charge under way if there is one, since that goes before what is set for all."""
    opened = read_transactions(folder_of(run_dir, identity))
    if any(connector_id in (None, seen.get("connector_id")) for seen in opened.values()):
        transaction_id = current.current_transaction(opened, connector_id)
        number = opened[transaction_id].get("connector_id")
        number = number if isinstance(number, int) and number > 0 else 1
        more: Payload = {"transactionId": transaction_id, "chargingProfilePurpose": "TxProfile"}
        profile_id = _ids(number)[1]
    else:
        number = connector_id or 0
        more, profile_id = {"chargingProfilePurpose": "TxDefaultProfile"}, _ids(number)[0]
    profile = {
        "chargingProfileId": profile_id,
        "stackLevel": 0,
        **more,
        "chargingProfileKind": "Relative",
        "chargingSchedule": limit.schedule(),
    }
    return {"connectorId": number, "csChargingProfiles": profile}


def _possible(identity: str, limit: Limit, said: dict[str, str]) -> Limit:
    """
    Bring a limit into what a charge point says it can do.

    Raises:
        RefusedError: It cannot.
    """
    if limit.phases == 1 and said.get(_SWITCH, "").lower() == "false":
        raise RefusedError(f"{_name(identity)} cannot switch to one phase ({_SWITCH} is false)")
    units = [unit.strip().lower() for unit in said.get(_UNITS, "").split(",") if unit.strip()]
    if not units or any(spelling in units for spelling in _SPELLINGS[limit.unit]):
        return limit
    if limit.unit == "W" and limit.phases:
        return limit.in_amperes()
    wish = "say it in kW" if limit.unit == "A" else "say it in A, or say on how many --phases"
    raise RefusedError(f"{_name(identity)} takes no limit in {limit.unit}; {wish}")


def _capabilities(asking: Ask, identity: str) -> dict[str, str]:
    """Ask what the charge point says of its smart charging; one that will not say is taken to be able."""
    try:
        said = asking(identity, "GetConfiguration", {"key": [_UNITS, _SWITCH]}).payload.get("configurationKey")
    except RefusedError:
        return {}
    known = (each for each in (said if isinstance(said, list) else []) if isinstance(each, dict))
    return {str(each.get("key")): str(each.get("value") or "") for each in known}


def _connectors(run_dir: str, identity: str) -> list[int]:
    """List the connectors that were seen, and 0, which stands for all."""
    seen = read(folder_of(run_dir, identity), STATUS).get("connectors")
    numbers = {int(each) for each in (seen if isinstance(seen, dict) else {}) if each.isdecimal()}
    return sorted({0, 1, *(number for number in numbers if number < _MOST_CONNECTORS)})


def _ids(number: int) -> tuple[int, int]:
    """Give the ids of our profiles at a connector: of charges to come, and of the one under way."""
    return _OURS + 2 * number, _OURS + 2 * number + 1


def _name(identity: str) -> str:
    return plain(identity) or ANONYMOUS
