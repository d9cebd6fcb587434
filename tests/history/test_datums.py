"""Datums out of a journal: sessions, states, source ids."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from shocpp.errors import UsageError
from shocpp.history.datums import TEMPLATE, Datums, line
from shocpp.spool.journal.journal_entry import OUT, JournalEntry
from tests.support.journals import Talk

ENERGY = {"value": "9050.5", "unit": "kWh"}
POWER = {"value": "11.04", "unit": "kW", "measurand": "Power.Active.Import"}


def made(*talks: Talk, template: str = TEMPLATE, faults: list[str] | None = None) -> list[dict[str, Any]]:
    """Make datums of what was said."""
    datums = Datums(
        lambda identity: None if identity == "stranger" else 12, ([] if faults is None else faults).append, template
    )
    return [json.loads(line(datum)) for talk in talks for entry in talk.entries for datum in datums.take(entry)]


def test_session() -> None:
    """A session's datums have its id, its age and its token, and the last one how it ended."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.wait(minutes=1)
    talk.meter(10_009_042, ENERGY, POWER, {"value": "16.1", "measurand": "Current.Import", "phase": "L3", "unit": "A"})
    talk.wait(minutes=1)
    talk.stop(10_009_042, 9_075_100, reason="EVDisconnected", idTag="2222")
    first, second, last = made(talk)
    common = {
        "nodeId": 12,
        "sourceId": "/ocpp/cp/CP001/1/Outlet",
        "sessionId": first["sessionId"],
        "token": "1111",
    }
    assert UUID(first["sessionId"])
    assert first == {**common, "created": "2026-05-01T12:00:00.000Z", "duration": 0, "wattHours": 9_042_700}
    assert second == {
        **common,
        "created": "2026-05-01T12:01:02.000Z",
        "duration": 62,
        "wattHours": 9_050_500,
        "watts": 11_040,
        "current_c": 16.1,
    }
    assert last == {
        **common,
        "created": "2026-05-01T12:02:04.000Z",
        "duration": 124,
        "wattHours": 9_075_100,
        "endDate": "2026-05-01T12:02:04.000Z",
        "endReason": "EVDisconnected",
        "endToken": "2222",
    }


def test_session_ids() -> None:
    """Two sessions that have the same transaction id, since little was drawn, are two; a repeated start is the same."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    stamp = talk.stamp
    talk.stop(10_009_042, 9_042_800)
    talk.start(10_009_042, 9_042_800, timestamp=stamp)
    talk.start(10_009_042, 9_042_800, timestamp=stamp)
    other = Talk("CP002")
    other.start(10_009_042, 9_042_700)
    ids = [datum["sessionId"] for datum in made(talk, other)]
    assert ids[0] == ids[1] and ids[2] == ids[3] and len(set(ids)) == 3
    assert ids == [datum["sessionId"] for datum in made(talk, other)]


def test_stop_again() -> None:
    """A stop that comes again makes the same datum again, so that it replaces itself."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    stamp = talk.stamp
    talk.stop(10_009_042, 9_075_100, timestamp=stamp)
    talk.stop(10_009_042, 9_075_100, timestamp=stamp)
    _, one, again = made(talk)
    assert one == again and one["endReason"] == "Local" and "endToken" not in one


def test_end_is_one_datum() -> None:
    """What transactionData says of the very end belongs to the datum of the end; signed values stand in it verbatim."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    signed = ['OCMF|{"RD":[{"RV":1}]}|{"SD":"00"}', 'OCMF|{"RD":[{"RV":2}]}|{"SD":"ff"}']
    before = {"timestamp": "2026-05-01T12:00:00Z", "sampledValue": [{"value": "9042.7", "unit": "kWh"}]}
    samples = [{"value": each, "format": "SignedData"} for each in signed]
    data = [before, {"timestamp": talk.stamp, "sampledValue": [*samples, {"value": "80", "measurand": "SoC"}]}]
    talk.stop(10_009_042, 9_075_100, transactionData=data)
    _, begin, end = made(talk)
    assert begin["wattHours"] == 9_042_700 and "endDate" not in begin
    assert [end["wattHoursSigned"], end["wattHoursSigned_2"]] == signed
    assert (end["soc"], end["wattHours"], end["endDate"]) == (80, 9_075_100, end["created"])


def test_begun_before_the_journal() -> None:
    """Of a session whose start was not seen the datums have no age and no token, but one id."""
    talk = Talk()
    talk.meter(10_009_042, ENERGY)
    talk.stop(10_009_042, 9_075_100)
    one, other = made(talk)
    assert one["sessionId"] == other["sessionId"]
    assert "duration" not in one and "token" not in other


def test_whose_values() -> None:
    """Values that name no transaction belong to the connector's session, and to none where there is none."""
    talk = Talk()
    talk.meter(None, ENERGY)
    talk.start(10_009_042, 9_042_700)
    talk.meter(None, ENERGY)
    talk.meter(None, ENERGY, connector=2)
    talk.stop(10_009_042, 9_075_100)
    talk.meter(None, ENERGY)
    assert [datum["wattHours"] for datum in made(talk)] == [9_042_700, 9_050_500, 9_075_100]


def test_forgotten_id() -> None:
    """A stop with -1 ends the only open session."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.stop(-1, 9_075_100)
    first, last = made(talk)
    assert first["sessionId"] == last["sessionId"] and last["duration"] == 2


def test_refused_start() -> None:
    """A refused start is no session, unless energy flows all the same."""
    talk = Talk()
    talk.start(9_042, 9_042_700, "2222")
    assert made(talk) == []
    talk.stop(9_042, 9_075_100)
    assert [datum["token"] for datum in made(talk)] == ["2222"]


def test_locations() -> None:
    """What is measured at different places at one time are different datums."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.meter(10_009_042, ENERGY, {**ENERGY, "location": "Inlet", "value": "1"}, POWER)
    _, inlet, outlet = made(talk)
    assert (inlet["sourceId"], inlet["wattHours"]) == ("/ocpp/cp/CP001/1/Inlet", 1000)
    assert (outlet["sourceId"], outlet["wattHours"], outlet["watts"]) == ("/ocpp/cp/CP001/1/Outlet", 9_050_500, 11_040)
    (_, both) = made(talk, template="{chargerIdentifier}")
    assert (both["sourceId"], both["wattHours"]) == ("CP001", 9_050_500)


def test_clock_is_wrong() -> None:
    """Where a charge point's clock is plainly wrong, ours counts."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700, timestamp="1970-01-01T00:00:00Z")
    talk.stop(10_009_042, 9_075_100, timestamp="soon")
    assert [(each["created"], each["duration"]) for each in made(talk)] == [
        ("2026-05-01T12:00:00.000Z", 0),
        ("2026-05-01T12:00:02.000Z", 2),
    ]


def test_status() -> None:
    """A state names its session while there is one, and an error only if there is one."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}, {})
    talk.stop(10_009_042, 9_075_100)
    fault = {"errorCode": "OtherError", "info": "hot", "vendorErrorCode": "E7", "vendorId": "x", "status": "Faulted"}
    talk.call("StatusNotification", {"connectorId": 1, **fault, "timestamp": "2026-05-01T12:00:30.5+00:00"}, {})
    talk.call("StatusNotification", {"connectorId": 0, "errorCode": "NoError", "status": "Available"}, {})
    session, charging, _, faulted, whole = made(talk)
    assert charging == {
        "created": "2026-05-01T12:00:02.000Z",
        "nodeId": 12,
        "sourceId": "/ocpp/cp/CP001/1/status",
        "status": "Charging",
        "sessionId": session["sessionId"],
    }
    place = {"nodeId": 12, "sourceId": "/ocpp/cp/CP001/1/status"}
    assert faulted == {"created": "2026-05-01T12:00:30.500Z", **place, **fault}
    assert whole["sourceId"] == "/ocpp/cp/CP001/0/status"


@pytest.mark.parametrize(
    ("template", "identity", "wanted", "status"),
    [
        (TEMPLATE, "CP001", "/ocpp/cp/CP001/1/Outlet", "/ocpp/cp/CP001/1/status"),
        (TEMPLATE, "", "/ocpp/cp/1/Outlet", "/ocpp/cp/1/status"),
        ("/{location}/{chargerIdentifier}", "CP001", "/Outlet/CP001", "/CP001/status"),
        ("ev-{connectorId}/{location}", "CP001", "ev-1/Outlet", "ev-1/status"),
        ("//a///b//", "CP001", "/a/b", "/a/b/status"),
        ("/{chargerIdentifier}", "../a/b", "/..%2Fa%2Fb", "/..%2Fa%2Fb/status"),
        ("/{chargerIdentifier}/{location}", "{location}\n", "/{location}%0A/Outlet", "/{location}%0A/status"),
    ],
)
def test_source_ids(template: str, identity: str, wanted: str, status: str) -> None:
    """A template's fields are filled in, segments that stay empty vanish, and no name leaves its segment."""
    talk = Talk(identity)
    talk.start(10_009_042, 9_042_700)
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}, {})
    assert [datum["sourceId"] for datum in made(talk, template=template)] == [wanted, status]


def test_unknown_field() -> None:
    """A template with a field that does not exist is refused, and says which there are."""
    with pytest.raises(UsageError, match="site"):
        Datums(lambda _: 1, lambda _: None, "/{site}")


def test_no_node() -> None:
    """A charge point without a node makes no datums."""
    talk = Talk("stranger")
    talk.start(10_009_042, 9_042_700)
    assert made(talk) == []


def test_no_property() -> None:
    """What is no property costs no other, and is told."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.meter(10_009_042, {"value": "5", "measurand": "LimitReason"}, {"value": ""}, ENERGY, {"value": "x"})
    faults: list[str] = []
    assert made(talk, faults=faults)[1]["wattHours"] == 9_050_500
    assert len(faults) == 2 and "LimitReason" in faults[0]


HOSTILE: list[object] = [
    "pong",
    5,
    [2, "1", "StartTransaction", {"connectorId": {}, "idTag": [], "meterStart": "x", "timestamp": 5}],
    [2, "1", "MeterValues", {"transactionId": 7, "meterValue": [{"sampledValue": [{"value": {}}]}, 5, "x"]}],
    [2, "1", "StopTransaction", {"transactionData": {"sampledValue": 5}, "meterStop": None}],
    [2, "1", "StatusNotification", {"status": {}, "connectorId": "\ud800", "info": "\x1b[2J"}],
    [3, "1", {"transactionId": 10**400}],
    [3, "1", {"transactionId": 5, "idTagInfo": []}],
    [4, "1"],
]


def test_hostile() -> None:
    """Whatever stands in a journal, in whichever order, each datum is a line of JSON."""
    datums = Datums(lambda _: 12, lambda _: None)
    ways = ("in", OUT)
    entries = [JournalEntry(Talk().time, "\ud800\n", way, frame) for frame in HOSTILE for way in ways]
    entries += [JournalEntry(Talk().time, "x" * 10_000, way, frame) for way in ways for frame in reversed(HOSTILE)]
    for entry in entries:
        for datum in datums.take(entry):
            assert line(datum).count("\n") == 1 and json.loads(line(datum))["nodeId"] == 12
