"""What serving a message promises, whatever wire it came over: effects in order, one answer, no code of any wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shocpp.backend.observer import Observer
from shocpp.backend.serving import Backend
from shocpp.backend.steps import book_in_place
from shocpp.backend.versions import V16
from shocpp.central_system.context import Context
from shocpp.central_system.effects import Refuse, Reply
from shocpp.central_system.v16 import answers
from shocpp.errors import WriteError
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge_points import ListedChargePoint
from shocpp.ledger.evidence import FIELDS
from shocpp.ledger.record import Record
from shocpp.ocpp import refusals
from shocpp.ocpp.codes import CODES
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.record_reader import read as read_records
from shocpp.spool.run.held_mailbox import HeldMailbox
from shocpp.spool.run.open_charges import OpenCharges
from shocpp.spool.run.sightings import Sightings
from tests.support.backend import record_files, whole_records
from tests.support.scratch import TAGS

NOW_S = 1_773_576_000.0  # 2026-03-15T12:00:00Z
STOP = {"transactionId": 10000001, "meterStop": 3000, "timestamp": "2026-03-15T11:00:00Z"}
AGAIN = Refuse(refusals.TRY_AGAIN, "try again")


class Place:
    """A backend without a wire and a mailbox, and what it says."""

    def __init__(self, folder: Path, validation: str = "off", charge_point: ListedChargePoint | None = None) -> None:
        self.said: list[tuple[str, str]] = []
        self.accounts = Accounts.from_list(TAGS)
        self.now, self.uptime = NOW_S, 5.0
        self.may_have_record = False
        self.folder = folder
        self.run = folder / "run"
        context = Context(
            "CP001", self.accounts, datetime.fromtimestamp(NOW_S, UTC), zone=UTC, charge_point=charge_point
        )
        say: Callable[[str, str], None] = lambda level, text: self.said.append((level, text))  # noqa: E731
        sightings, self.mailbox = Sightings(str(self.run)), HeldMailbox(str(self.run), "")
        charges = OpenCharges(str(self.run), lambda *_: self.may_have_record)
        self.observer = Observer(V16, "CP001", self.mailbox, sightings, charges, context.wh, say, lambda: self.now)
        times = (lambda: self.now), (lambda: self.uptime)
        self.backend = Backend(V16, context, lambda: self.accounts, self.observer, validation, say, *times)

    def serve(self, action: str, payload: dict[str, Any]) -> Reply | Refuse:
        """Serve a message; what it says is booked in place."""
        return book_in_place(
            self.backend.serve(action, payload, "7"), AccountingFolder(str(self.folder / "accounting"))
        )


def test_a_stop_is_booked_before_it_is_answered(tmp_path: Path) -> None:
    """The steps give the record first; the answer is only there when they are told that it is on disk."""
    steps = Place(tmp_path).backend.serve("StopTransaction", dict(STOP))
    record = next(steps)
    assert isinstance(record, Record) and record.fields["account"] == "company-x"
    with pytest.raises(StopIteration) as end:
        steps.send(("2026/03/1-a.json", True))
    assert end.value.value == Reply({})


def test_what_is_not_booked_is_not_confirmed(tmp_path: Path) -> None:
    """A disk that fails makes the request one to be sent again, and the log says which and why."""
    place = Place(tmp_path)
    steps = place.backend.serve("StopTransaction", dict(STOP), "7")
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.throw(WriteError("the disk is full"))
    assert end.value.value == AGAIN
    assert place.said == [("ERROR", "StopTransaction id=7 failed: the disk is full")]


def test_our_own_fault_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that fails makes the request one to be sent again; the traceback goes to the log alone."""
    place = Place(tmp_path)
    monkeypatch.setitem(answers.HANDLERS, "Heartbeat", lambda *_: 1 / 0)
    assert place.serve("Heartbeat", {}) == AGAIN
    assert place.said[0] == ("ERROR", "Heartbeat id=7 failed by our own fault:")
    assert any("ZeroDivisionError" in text for _, text in place.said)


@pytest.mark.parametrize(
    ("action", "payload", "kind"),
    [
        ("Nap", {}, refusals.UNKNOWN_ACTION),
        ("Reset", {"type": "Soft"}, refusals.NOT_SERVED),
        ("Authorize", {}, refusals.MISSING),
        ("Authorize", {"idTag": 5}, refusals.WRONG_TYPE),
        ("Authorize", {"idTag": "x" * 21}, refusals.NOT_ALLOWED),
        ("Heartbeat", {"uptime": 1}, refusals.MALFORMED),
    ],
)
def test_a_refusal_has_a_kind(tmp_path: Path, action: str, payload: dict[str, Any], kind: str) -> None:
    """A refusal says why in our own words, for which JSON has a code; nothing is booked."""
    answer = Place(tmp_path, "strict").serve(action, payload)
    assert isinstance(answer, Refuse) and answer.kind == kind
    assert answer.kind in CODES and CODES[answer.kind] not in answer.description


def test_each_kind_has_a_code_of_its_own() -> None:
    """No kind of refusal is without a CALLERROR code, and no two have the same."""
    kinds = {value for name, value in vars(refusals).items() if name.isupper() and name != "TYPE_CHECKING"}
    assert kinds == CODES.keys()
    assert len(set(CODES.values())) == len(CODES)


def test_a_strict_stop_is_booked_all_the_same(tmp_path: Path) -> None:
    """A stop that is not as specified is refused when that is wanted; what was drawn is booked."""
    place = Place(tmp_path, "strict")
    answer = place.serve("StopTransaction", {**STOP, "colour": "red"})
    assert isinstance(answer, Refuse) and answer.kind == refusals.MALFORMED
    assert len(record_files(tmp_path / "accounting")) == 1


def test_accounts_are_looked_at_again(tmp_path: Path) -> None:
    """Within a second the accounts stay those of its begin; later, or when told to look again, they are the new."""
    place = Place(tmp_path)
    known, none = Reply({"idTagInfo": {"status": "Accepted"}}), Reply({"idTagInfo": {"status": "Invalid"}})
    place.accounts = Accounts()
    assert place.serve("Authorize", {"idTag": "1111"}) == known
    place.backend.look_again()
    assert place.serve("Authorize", {"idTag": "1111"}) == none
    place.accounts = Accounts.from_list(TAGS)
    place.now += 1
    assert place.serve("Authorize", {"idTag": "1111"}) == known


def test_accounts_are_looked_at_for_who_needs_them(tmp_path: Path) -> None:
    """A message that is not about accounts has nobody look at them; the first one that is does, when told to."""
    place, looks = Place(tmp_path), []

    def look() -> Accounts:
        looks.append(place.now)
        return place.accounts

    place.backend._accounts = look
    place.backend.look_again()
    for action in ("Heartbeat", "MeterValues", "StatusNotification"):
        place.serve(action, {})
    assert looks == []
    place.serve("Authorize", {"idTag": "1111"})
    place.serve("Authorize", {"idTag": "1111"})
    assert len(looks) == 1


def test_open_transactions_are_read_for_who_needs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is not about transactions has none read from the disk; the first one that is reads them, once."""
    place = Place(tmp_path)
    read: list[str] = []

    def note(folder: str) -> tuple[dict[int, dict[str, Any]], None]:
        read.append(folder)
        return {}, None

    monkeypatch.setattr("shocpp.spool.run.open_charges._read", note)
    for action in sorted({*answers.HANDLERS, "Authorize"} - answers.ABOUT_TRANSACTIONS - {"BootNotification"}):
        place.serve(action, {"idTag": "1111", "connectorId": 1})
    assert not read
    place.serve("BootNotification", {})  # what is open is presumed over
    for _ in range(2):
        place.serve("StopTransaction", dict(STOP))
    assert len(read) == 1


@pytest.mark.parametrize("may_have_record", [True, False])
def test_a_stop_that_another_process_booked(tmp_path: Path, may_have_record: bool) -> None:
    """When it comes here, too, its charge is over, unless its record cannot be of the one that is open."""
    place, other = Place(tmp_path), Place(tmp_path)
    start = {"idTag": "1111", "meterStart": 1000, "connectorId": 1, "timestamp": "2026-03-15T10:00:00Z"}
    assert place.serve("StartTransaction", start) == other.serve("StartTransaction", start)
    place.may_have_record = may_have_record
    for each in (other, place):
        assert each.serve("StopTransaction", dict(STOP)) == Reply({})
    assert len(record_files(tmp_path / "accounting")) == 1
    assert (list(place.observer.open_transactions), list(other.observer.open_transactions)) == (
        [] if may_have_record else [STOP["transactionId"]],
        [],
    )


def test_the_log_says_what_was_booked(tmp_path: Path) -> None:
    """A line has begin and end, whole kWh and, where they are known, Wh: 266 Wh are not told as nothing."""
    place = Place(tmp_path)
    place.serve("StopTransaction", dict(STOP))
    start = {"connectorId": 1, "idTag": "1111", "meterStart": 5000, "timestamp": "2026-03-15T11:10:00Z"}
    place.serve("StartTransaction", start)
    place.said.clear()
    place.serve("StopTransaction", {"transactionId": 10000005, "meterStop": 5266, "timestamp": "2026-03-15T11:20:00Z"})
    assert [text.partition(".json ")[2] for _, text in place.said] == [
        "account=company-x started=2026-03-15T11:10:00Z stopped=2026-03-15T11:20:00Z consumed_kwh=0 wh=266"
    ]


def test_the_log_of_a_hostile_stop_is_one_line(tmp_path: Path) -> None:
    """What a charge point claims as its time is made harmless in the log; what is not known is left out."""
    place = Place(tmp_path)
    place.serve("StopTransaction", {**STOP, "timestamp": "now\nforged", "meterStop": 500})
    (booked,) = [text.partition(".json ")[2] for _, text in place.said if text.startswith("booked ")]
    assert booked == "account=company-x stopped=now\\x0aforged consumed_kwh=0 wh=0 anomaly=backwards"


BOOT = {"chargePointVendor": "acme", "chargePointModel": "one", "chargeBoxSerialNumber": "0815", "meterType": "M"}
START = {"connectorId": 1, "idTag": "1111", "meterStart": 1000, "timestamp": "2026-03-15T10:00:00Z"}


def record_of(folder: Path) -> dict[str, Any]:
    """Read the only record."""
    (record,) = whole_records(folder / "accounting")
    return record


def test_a_record_has_the_box_of_its_start(tmp_path: Path) -> None:
    """Each message over a connection of its own: the record says what was known of the box at the start, not later."""
    new = {"chargePointVendor": "new", "chargePointModel": "two", "meterSerialNumber": "9"}
    messages = ("BootNotification", BOOT), ("StartTransaction", START), ("BootNotification", new)
    for action, payload in (*messages, ("StopTransaction", STOP)):
        place = Place(tmp_path, charge_point=ListedChargePoint("CP001", name="Left", location=""))
        place.mailbox.hold()
        place.serve(action, dict(payload))
        place.observer.flush(NOW_S)
        place.mailbox.release()
    record = record_of(tmp_path)
    found = {name: record[name] for name in FIELDS if name in record}
    assert found == {"vendor": "acme", "model": "one", "serial": "0815", "meter_type": "M", "name": "Left"}


def test_a_box_is_known_at_once(tmp_path: Path) -> None:
    """What a box says of itself counts for the start that follows, whether it was written down meanwhile or not."""
    place = Place(tmp_path)
    for action, payload in ("BootNotification", BOOT), ("StartTransaction", START), ("StopTransaction", STOP):
        place.serve(action, dict(payload))
    assert record_of(tmp_path)["vendor"] == "acme"


def test_what_was_seen_last_is_written(tmp_path: Path) -> None:
    """Of more values than are kept until then, none is lost, and the last of each is written."""
    place = Place(tmp_path)
    place.mailbox.hold()
    for status in ("Charging", "Available"):
        for connector_id in range(1, 20):
            place.serve("StatusNotification", {"connectorId": connector_id, "status": status, "errorCode": "NoError"})
    place.observer.flush(NOW_S)
    seen = json.loads((place.run / "status.json").read_text())["connectors"]
    assert {int(each): said["status"] for each, said in seen.items()} == dict.fromkeys(range(1, 20), "Available")


def test_a_record_says_nothing_of_a_box_that_nobody_saw(tmp_path: Path) -> None:
    """Without a start that was seen, today's box is not guessed to be the one that charged."""
    place = Place(tmp_path, charge_point=ListedChargePoint("CP001", name="Left"))
    place.serve("BootNotification", dict(BOOT))
    place.serve("StopTransaction", dict(STOP))
    assert not record_of(tmp_path).keys() & set(FIELDS)


def test_a_minute_after_a_flood_cards_are_noted_again(tmp_path: Path) -> None:
    """What counts is the time that has gone by, whatever is done to the clock."""
    place = Place(tmp_path)
    for number in range(21):
        place.serve("Authorize", {"idTag": f"early-{number}"})
    place.now += 86_400
    place.serve("StartTransaction", {**START, "idTag": "too many"})
    place.uptime += 60
    place.serve("Authorize", {"idTag": "late"})
    place.mailbox.hold()
    place.observer.flush(NOW_S)
    place.mailbox.release()
    noted = json.loads((place.run / "status.json").read_text())["refused_tags"]
    assert set(noted) == {*(f"early-{number}" for number in range(20)), "late"}


def test_a_record_has_the_signed_values(tmp_path: Path) -> None:
    """Signed values come into the record as sent, of however many the record stays one that is read again."""
    place = Place(tmp_path)
    sent = [{"value": "\U0001f50c" * 900, "format": "SignedData", "unit": str(number)} for number in range(1000)]
    data = [{"timestamp": "2026-03-15T10:30:00Z", "sampledValue": sent}]
    place.serve("StopTransaction", {**STOP, "transactionData": data})
    (path,) = record_files(tmp_path / "accounting")
    record = record_of(tmp_path)
    assert record["signed"] == sent[: len(record["signed"])]
    assert record["signed_left_out"] == 1000 - len(record["signed"])
    assert path.stat().st_size < 1 << 19
    assert [
        charge.name
        for charge in read_records(AccountingFolder(str(tmp_path / "accounting")), lambda *what: pytest.fail(str(what)))
    ]
