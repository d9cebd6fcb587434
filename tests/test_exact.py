"""
Ways in which the ledger was not exact, each seen at commit 7e6fc39: what holds instead, over the real backend.

Further promises of the same are in the rooms; here is what people saw.
"""

from __future__ import annotations

import json
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import RunningBackend, make_home, record_files, stop_payload, whole_records
from tests.support.patience import until
from tests.support.programs import InProcess

STARTED, STOPPED = "2023-09-03T06:52:10Z", "2023-09-03T07:52:10Z"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with the accounts family-y (card 1111) and company-x (card 2222)."""
    return make_home(tmp_path / "home")


def records(home: Path) -> list[dict[str, Any]]:
    """Give all records."""
    return whole_records(home / "accounting")


def statement(home: Path) -> dict[str, Any]:
    """Give the statement of all that was booked just now: from the month of the first record on, to today."""
    first = min(path.parent.relative_to(home / "accounting") for path in record_files(home / "accounting"))
    done = InProcess(home)("summary", "--from", "-".join(first.parts), "--json", TZ="UTC")
    assert done.status == 0, done
    return dict(json.loads(done.out))


def billed_wh(home: Path) -> dict[str, int]:
    """Give what each account is billed."""
    return {each["account"]: each["energy_wh"] for each in statement(home)["accounts"]}


def ago(**span: int) -> str:
    """Give a time some while ago."""
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def sighted(home: Path, identity: str = "CP001") -> list[int | None]:
    """Give the meter readings at which the charges began that shocpp-status shows as open."""
    done = InProcess(home)("status", "--json")
    (row,) = [row for line in done.out.splitlines() if (row := json.loads(line))["charge_point"] == identity]
    return [seen.get("begin_wh") for seen in row["transactions"]]


def kill_after(backend: RunningBackend, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Kill a backend as soon as it has answered some calls, while it has much else to do; the answers."""
    busy = [[2, f"busy-{number}", "Heartbeat", {}] for number in range(2000)]
    backend.send(*([2, f"last-{number}", *call] for number, call in enumerate(calls)), *busy)
    answers = [backend.receive() for _ in calls]
    backend.process.send_signal(signal.SIGKILL)
    backend.end()
    assert [answer[:2] for answer in answers] == [[3, f"last-{number}"] for number in range(len(calls))]
    return [answer[2] for answer in answers]


def start_payload(meter_wh: int, connector_id: int = 1, id_tag: str = "1111", at: str = STARTED) -> dict[str, Any]:
    """Make the payload of a StartTransaction."""
    return {"connectorId": connector_id, "idTag": id_tag, "meterStart": meter_wh, "timestamp": at}


def test_two_connectors_one_id(home: Path) -> None:
    """Two charges of one account, begun in the same kWh at two connectors, have two ids, and all their Wh."""
    with RunningBackend(home) as backend:
        first, second = (backend.start(meter_wh=0, connector_id=number) for number in (1, 2))
        assert first != second
        backend.stop(first, 257)
        backend.stop(second, 44)
    assert {
        (each["connector_id"], each["begin_wh"], each["consumed_wh"], each["id_tag"]) for each in records(home)
    } == {
        (1, 0, 257, "1111"),
        (2, 0, 44, "1111"),
    }


def test_a_sighting_taken_for_the_next_charge(home: Path) -> None:
    """A charge that begins in the kWh in which another one ended, just before a kill, is not billed the other's Wh."""
    backend = RunningBackend(home)
    transaction_id = backend.start(meter_wh=9_042_100)
    until(lambda: sighted(home) == [9_042_100], "the sighting of the first charge")
    _, begun = kill_after(
        backend,
        ("StopTransaction", stop_payload(transaction_id, 9_042_600)),
        ("StartTransaction", start_payload(9_042_600, at=STOPPED)),
    )
    with RunningBackend(home) as backend:
        last = {"transactionId": begun["transactionId"], "meterStop": 9_052_000, "timestamp": "2023-09-03T09:00:00Z"}
        assert backend.call("StopTransaction", last)[2] == {}
    (record,) = [record for record in records(home) if record["end_wh"] == 9_052_000]
    assert record.get("consumed_wh") in (None, 9_400) and record.get("begin_wh") in (None, 9_042_600)
    assert record["consumed_kwh"] == "10" and record["account"] == "family-y"


def test_a_sighting_of_a_restored_run(home: Path) -> None:
    """A sighting that comes back with a backup of run/ is not taken for the next charge's: its charge has a record."""
    with RunningBackend(home) as backend:
        transaction_id = backend.start(meter_wh=9_042_100)
    assert sighted(home) == [9_042_100]
    shutil.copytree(home / "run", home / "backup")  # while nobody writes there, so that it is whole
    with RunningBackend(home) as backend:
        backend.stop(transaction_id, 9_042_600)
        begun = backend.call("StartTransaction", start_payload(9_042_600, at=STOPPED))[2]
    shutil.rmtree(home / "run")
    (home / "backup").rename(home / "run")
    with RunningBackend(home) as backend:
        last = {"transactionId": begun["transactionId"], "meterStop": 9_052_000, "timestamp": "2023-09-03T09:00:00Z"}
        assert backend.call("StopTransaction", last)[2] == {}
    (record,) = [record for record in records(home) if record["end_wh"] == 9_052_000]
    assert record.get("consumed_wh") is None and record.get("begin_wh") is None
    assert record["consumed_kwh"] == "10" and record["account"] == "family-y"


def test_phantom_after_a_kill(home: Path) -> None:
    """A charge whose stop was confirmed is over, though the backend was killed right after that."""
    backend = RunningBackend(home)
    transaction_id = backend.start(meter_wh=9_042_100)
    until(lambda: sighted(home) == [9_042_100], "the sighting of the charge")
    kill_after(backend, ("StopTransaction", stop_payload(transaction_id, 9_043_000)))
    assert sighted(home) == []
    with RunningBackend(home) as backend:
        backend.start(meter_wh=9_044_000)
        backend.stop(-1, 9_050_000)
    assert billed_wh(home) == {"family-y": 6_900}


def test_phantom_without_a_stop(home: Path) -> None:
    """A charge whose stop never came is over when another one begins there: a stop with -1 is the latter's."""
    with RunningBackend(home) as backend:
        backend.start(meter_wh=9_042_100)
        backend.start("2222", meter_wh=9_044_000)
        backend.stop(-1, 9_050_000)
    assert billed_wh(home) == {"company-x": 6_000}
    assert sighted(home) == []


def test_one_charge_in_six_spellings(home: Path) -> None:
    """The same stop is billed once, however it is written, and though a retry bears the time of the retry."""
    transaction_id, meter_stop, at = 20_009_042, 9_075_000, "2023-09-03T07:52:10"
    spellings: list[tuple[object, object, str]] = [
        (transaction_id, meter_stop, f"{at}Z"),
        (f"{transaction_id}.0", meter_stop, f"{at}Z"),
        (f" {transaction_id}", meter_stop, f"{at}Z"),
        (transaction_id, f"{meter_stop}.0", f"{at}Z"),
        (transaction_id, meter_stop, f"{at}.000Z"),
        (transaction_id, meter_stop, f"{at[:-1]}1Z"),
    ]
    with RunningBackend(home) as backend:
        for spelt in spellings:
            payload = dict(zip(("transactionId", "meterStop", "timestamp"), spelt, strict=True))
            assert backend.call("StopTransaction", payload)[2] == {}
    assert billed_wh(home) == {"company-x": 33_000}


def test_a_wrong_clock_is_not_unaccounted(home: Path) -> None:
    """What a session drew whose clock was wrong is billed, and nothing else is said of it: no gap, no other meter."""
    with RunningBackend(home) as backend:
        for begin_wh, end_wh, began, ended in (
            (9_000_000, 9_010_000, ago(hours=5), ago(hours=4)),
            (9_010_000, 9_030_000, "1970-01-01T00:00:10Z", "1970-01-01T01:00:10Z"),
            (9_030_000, 9_035_000, ago(hours=2), ago(hours=1)),
        ):
            transaction_id = backend.call("StartTransaction", start_payload(begin_wh, at=began))[2]["transactionId"]
            stop = {"transactionId": transaction_id, "meterStop": end_wh, "timestamp": ended}
            assert backend.call("StopTransaction", stop)[2] == {}
    made = statement(home)
    assert {each["account"]: each["energy_wh"] for each in made["accounts"]} == {"family-y": 35_000}
    assert [(each["energy_wh"], each["gaps"]) for each in made["unaccounted"]] == [(0, [])]


def test_a_new_box_leaves_the_statement_alone(home: Path) -> None:
    """What a statement says of a charge point is what it was at the time of the charge, with run/ changed or lost."""
    with RunningBackend(home) as backend:
        old_box = {"chargePointVendor": "Acme", "chargePointModel": "One", "chargePointSerialNumber": "1"}
        backend.call("BootNotification", old_box)
        backend.stop(backend.start())
    before = statement(home)["charge_points"]
    assert before[0]["model"] == "One" and before[0]["serial"] == "1"
    with RunningBackend(home) as backend:
        backend.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Two"})
    assert statement(home)["charge_points"] == before
    shutil.rmtree(home / "run")
    assert statement(home)["charge_points"] == before


def test_a_million_kwh_of_nobody(home: Path) -> None:
    """A stop without a start that claims a million kWh is an anomaly, and bills nothing."""
    with RunningBackend(home) as backend:
        assert backend.stop(20_000_000, 1_000_000_000)[2] == {}
    (record,) = records(home)
    assert (record["anomaly"], record["consumed_kwh"], record["end_wh"]) == ("implausible", "0", 1_000_000_000)
    assert not sum(billed_wh(home).values())


def test_a_stop_that_comes_again_ends_no_other_charge(home: Path) -> None:
    """A stop without an id that was booked before leaves the charge open that began since: its Wh stay its own."""
    with RunningBackend(home) as backend:
        backend.start(meter_wh=9_042_100)
        backend.stop(-1, 9_042_500)
        begun = backend.call("StartTransaction", start_payload(9_042_500, at=STOPPED))[2]
        backend.stop(-1, 9_042_500)
        assert sighted(home) == [9_042_500]
        last = {"transactionId": begun["transactionId"], "meterStop": 9_042_700, "timestamp": "2023-09-03T09:00:00Z"}
        assert backend.call("StopTransaction", last)[2] == {}
    assert billed_wh(home) == {"family-y": 600}


def test_no_charge_has_the_id_0(home: Path) -> None:
    """A refused charge at a new meter has an id that is not 0: with another charge open it stays nobody's."""
    with RunningBackend(home) as backend:
        refused = backend.start("9999", meter_wh=0)
        backend.start("1111", meter_wh=0, connector_id=2)
    shutil.rmtree(home / "run" / "CP001" / "transactions")
    with RunningBackend(home) as backend:
        backend.start("1111", meter_wh=0, connector_id=2)
        backend.stop(refused, 5_000)
    assert refused > 0
    assert [(each["account"], each["consumed_kwh"], each.get("anomaly")) for each in records(home)] == [
        ("unassigned", "5", None)
    ]
