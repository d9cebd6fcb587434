"""What happened, out of the frames that passed: each thing once, and nothing that was not confirmed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.history.events import Events
from shocpp.spool.journal.journal_entry import OUT, event, read
from tests.support.journals import NOON, Talk, line
from tests.support.properties import examples


def told(*lines: bytes) -> list[dict[str, Any]]:
    """Give the events of some lines, without their time and charge point, which are those of the line."""
    events = Events()
    found: list[dict[str, Any]] = []
    for each in lines:
        entry = read(each)
        assert entry is not None
        for made in events.take(entry):
            assert json.loads(json.dumps(made)) == made
            assert (made.pop("charge_point"), str(made.pop("time"))[:11]) == ("CP001", "2026-05-01T")
            found.append(made)
    return found


def test_a_charge() -> None:
    """A charge has begun and ended when that is confirmed, and is told with all that was said of it."""
    talk = Talk()
    talk.start(20_009_042, 9_042_700, "3333", 2)
    talk.stop(20_009_042, 9_075_100, confirmed=False, reason="Local")
    assert [each["event"] for each in told(*talk.lines)] == ["started"]
    talk.stop(20_009_042, 9_075_100, reason="Local")
    charge = {"transaction_id": 20_009_042}
    assert told(*talk.lines) == [
        {"event": "started", "connector_id": 2, "id_tag": "3333", **charge, "meter_start": 9_042_700},
        {"event": "stopped", **charge, "meter_stop": 9_075_100, "reason": "Local"},
    ]


def test_a_refused_card() -> None:
    """A card is refused at the reader or at the start; one that is accepted, or an answer that failed, is not told."""
    talk = Talk()
    talk.call("Authorize", {"idTag": "9999"}, {"idTagInfo": {"status": "Invalid"}})
    talk.call("Authorize", {"idTag": "3333"}, {"idTagInfo": {"status": "Accepted"}})
    talk.call("Authorize", {"idTag": "1111"})
    talk.start(1, 0, "8888")
    assert told(*talk.lines, line([4, "3", "InternalError", "", {}], OUT)) == [
        {"event": "refused-card", "id_tag": "9999", "status": "Invalid"},
        {"event": "refused-card", "connector_id": 1, "id_tag": "8888", "status": "Invalid"},
    ]


def test_a_fault() -> None:
    """A fault is told when it comes, not again while it lasts, and anew once the connector was well."""
    talk = Talk()
    for status in ("Available", "Faulted", "Faulted", "Available", "Faulted"):
        fault = {"connectorId": 1, "status": status, "errorCode": "GroundFailure", "vendorErrorCode": "E7"}
        talk.call("StatusNotification", fault, {})
    one = {"event": "faulted", "connector_id": 1, "error_code": "GroundFailure", "vendor_error_code": "E7"}
    assert told(*talk.lines) == [one, one]


def test_a_connection_that_was_refused() -> None:
    """What the journal has as an event is told with what is known of it; an event of another kind is not."""
    data = {"cp": "CP001", "address": "192.0.2.7", "status": 401, "error": "wrong password"}
    at = NOON.timestamp()
    assert told(
        event(at, "CP001", ("ocpp", "charger", "forbidden"), data), event(at, "CP001", ("ocpp", "charger", "new"), data)
    ) == [{"event": "forbidden", "address": "192.0.2.7", "status": 401, "error": "wrong password"}]


def happened(name: str, at: datetime = NOON, charge_point: str = "CP001", **data: object) -> bytes:
    """Make a line of the journal that is an event."""
    return event(at.timestamp(), charge_point, ("ocpp", "charger", name), {"cp": charge_point, **data})


def test_connections() -> None:
    """The begin and the end of a connection are told as the journal has them."""
    talk = Talk()
    talk.call("Heartbeat", {}, {})
    assert told(happened("connected"), *talk.lines, happened("disconnected")) == [
        {"event": "connected"},
        {"event": "disconnected"},
    ]


def test_a_quirk_is_told_once_a_boot() -> None:
    """A quirk that comes with each connection is told the first time; after a boot it is news again."""
    talk = Talk()
    talk.call("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}, {})
    odd, other = happened("quirk", kind="no-stop", text="a"), happened("quirk", kind="garbage", text="b")
    quirks = [each["kind"] for each in told(odd, odd, other, odd, *talk.lines, odd, odd)]
    assert quirks == ["no-stop", "garbage", "no-stop"]


def silences(events: Events, *lines: bytes, until: datetime) -> list[tuple[object, object, object]]:
    """Give who was silent, since when, and when it was heard last."""
    entries = [entry for each in lines if (entry := read(each))]
    found = [made for entry in entries for made in events.take(entry)] + list(events.at(until))
    return [(each["charge_point"], each["time"], each["last_heard"]) for each in found if each["event"] == "silent"]


def test_silent() -> None:
    """Whoever is not heard for so long is told of once, and again after it has spoken; an answer of ours is no sign."""
    one, other = Talk("CP001"), Talk("CP002")
    for _ in range(5):
        other.call("Heartbeat", {}, {})
        other.wait(seconds=58)
    one.call("Heartbeat", {}, {})
    one.wait(seconds=198)
    one.call("Heartbeat", {})
    lines = sorted(one.lines + other.lines)
    assert silences(Events(120), *lines, until=NOON + timedelta(seconds=320)) == [
        ("CP001", "2026-05-01T12:02:00.000Z", "2026-05-01T12:00:00.000Z"),
        ("CP001", "2026-05-01T12:05:20.000Z", "2026-05-01T12:03:20.000Z"),
    ]
    assert silences(Events(0), *lines, until=NOON + timedelta(days=3)) == []


def test_silent_from_the_begin() -> None:
    """One that connects and says nothing is silent in the end; so is one that was connected before anybody looked."""
    events = Events(60)
    events.expect(["CP003"], NOON)
    assert silences(events, happened("connected"), until=NOON + timedelta(minutes=1)) == [
        ("CP003", "2026-05-01T12:01:00.000Z", "2026-05-01T12:00:00.000Z"),
        ("CP001", "2026-05-01T12:01:00.000Z", "2026-05-01T12:00:00.000Z"),
    ]


ACTIONS = st.sampled_from(["Authorize", "StartTransaction", "StopTransaction", "StatusNotification"])
VALUES = st.none() | st.booleans() | st.text() | st.floats() | st.just({"status": 5})
PAYLOADS = st.dictionaries(st.sampled_from(["idTag", "idTagInfo", "status", "connectorId"]), VALUES)


@examples(60)
@given(st.lists(st.tuples(ACTIONS, PAYLOADS), max_size=5))
def test_whatever_passed(frames: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever was said, an event is JSON on one line, and nothing breaks."""
    talk = Talk()
    for action, payload in frames:
        talk.call(action, payload, payload)
    told(*talk.lines)
