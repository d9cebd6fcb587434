"""What a connection promises of size: however much comes, memory, disk and the time for one message are bounded."""

from __future__ import annotations

import json

import pytest

from shocpp.ocpp.mending import MOST_FRAMES
from tests.support.connection_bench import IDENTITY, Bench


def test_sightings_are_bounded(bench: Bench) -> None:
    """A charge point that sends ever new names, tags and values fills neither the memory nor the disk."""
    long = "x" * 10_000
    for number in range(300):
        each = f"{number}-{long}"
        bench.backend.receive(json.dumps([2, "1", "Authorize", {"idTag": each, each: 1}]).encode())
        status = {"connectorId": number, "status": each, "info": long, "errorCode": long}
        bench.backend.receive(json.dumps([2, "1", "StatusNotification", status]).encode())
        values = [{"value": long, "measurand": f"{number}-{each}", "unit": long} for each in range(4)]
        meter = {"connectorId": number % 3, "transactionId": long, "meterValue": [{"sampledValue": values}]}
        bench.backend.receive(json.dumps([2, "1", "MeterValues", meter]).encode())
        start = {"connectorId": number, "idTag": long, "meterStart": number * 1000, "timestamp": long}
        bench.backend.receive(json.dumps([2, "1", "StartTransaction", start]).encode())
        bench.now += 0.01
    bench.call("1", "BootNotification", **{f"{number}{long}": long for number in range(300)})
    bench.backend.close()
    folder = bench.scratch.folder(IDENTITY)
    assert (folder / "status.json").stat().st_size < 200_000
    assert (folder / "meter.json").stat().st_size < 200_000
    assert len(list((folder / "transactions").iterdir())) == 100
    assert (folder / "transactions/8000299.json").stat().st_size < 2000


def test_record_fields_are_bounded(bench: Bench) -> None:
    """A tag, reason or time of half a MiB makes no record of half a MiB."""
    long = "x" * 500_000
    stop = {"transactionId": 10000001, "meterStop": 2000, "idTag": long, "reason": long, "timestamp": long}
    assert bench.call("1", "StopTransaction", **stop)[0] == 3
    (record,) = bench.scratch.records().values()
    assert len(json.dumps(record)) < 3000


def test_two_thousand_frames(bench: Bench) -> None:
    """Of two thousand CALLs in one line or message the first few dozen are answered, in order."""
    line = b"".join(b'[2,"%d","Heartbeat",{}]' % number for number in range(2000))
    for lines in (bench.backend.receive(line), bench.backend.receive_message(line)):
        assert [json.loads(answer)[1] for answer in lines] == [str(number) for number in range(MOST_FRAMES)]


def test_thousands_of_stops(bench: Bench) -> None:
    """One message of a MiB books a few dozen charges at most (found: 6608); the others are not confirmed."""
    stop = '[2,"%d","StopTransaction",{"transactionId":10000001,"meterStop":%d,"timestamp":"2023-09-03T06:00:00Z"}]'
    message = "\n".join(stop % (number, 2000 + 1000 * number) for number in range(9000)).encode()
    confirmed = bench.backend.receive_message(message)
    assert len(bench.scratch.records()) == len(confirmed) == MOST_FRAMES


@pytest.mark.parametrize("indent", [None, 2])
def test_a_night_in_one_message(bench: Bench, indent: int | None) -> None:
    """A StopTransaction of a megabyte is booked with begin and end, over one line or many."""
    samples = [sample("Sample.Periodic", 2_000 + number) for number in range(6000 if indent is None else 3500)]
    data = [sample("Transaction.Begin", 1_234), *samples, sample("Transaction.End", 9_876)]
    stop = {"transactionId": 10000001, "timestamp": "2023-09-03T06:00:00Z", "transactionData": data}
    message = json.dumps([2, "1", "StopTransaction", stop], indent=indent).encode()
    assert 900_000 < len(message) <= 1 << 20
    (answer,) = bench.backend.receive_message(message)
    assert json.loads(answer)[:2] == [3, "1"]
    (record,) = bench.scratch.records().values()
    assert (record["begin_wh"], record["end_wh"]) == (1_234, 9_876)


def sample(context: str, wh: int) -> dict[str, object]:
    """Make an entry of transactionData."""
    value = {"value": str(wh), "context": context, "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    return {"timestamp": "2023-09-03T05:00:00Z", "sampledValue": [value]}


def test_a_flood_of_unlisted_cards(bench: Bench) -> None:
    """After 20 within a minute unlisted cards are refused as ever, but noted nowhere; all others are served as ever."""
    for number in range(50):
        invalid = [3, number, {"idTagInfo": {"status": "Invalid"}}]
        assert bench.call(number, "Authorize", idTag=f"wrong-{number}") == invalid
    assert bench.call("good", "Authorize", idTag="1111")[2]["idTagInfo"]["status"] == "Accepted"
    start = bench.call(
        "start", "StartTransaction", connectorId=1, idTag="1111", meterStart=1, timestamp="2023-09-03T05:00:00Z"
    )[2]
    assert start["idTagInfo"]["status"] == "Accepted"
    stop = {"transactionId": start["transactionId"], "meterStop": 1001, "timestamp": "2023-09-03T06:00:00Z"}
    assert bench.call("stop", "StopTransaction", idTag="1111", **stop)[2]["idTagInfo"]["status"] == "Accepted"
    assert bench.call("blocked", "Authorize", idTag="6666")[2]["idTagInfo"]["status"] == "Blocked"
    log, status = bench.log(), bench.status()
    assert len([line for line in log if "card Invalid" in line]) == 20
    assert len([line for line in log if "id=good answered" in line or "id=blocked answered" in line]) == 2
    assert set(status["refused_tags"]) == {*(f"wrong-{number}" for number in range(20)), "6666"}
    assert status["frames"]["Authorize"] == 52
