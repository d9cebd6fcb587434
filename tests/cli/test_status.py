"""shocpp-status: what is printed of charge points that were really connected, and of hostile ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BOTH_WAYS, Connect
from tests.support.charge_point import ChargePoint
from tests.support.patience import PATIENCE_S
from tests.support.programs import InProcess, Program

TAGS = [{"index": 2, "account": "family-y", "ids": ["3333"]}]


def charge(charge_point: ChargePoint) -> int:
    """Begin a charge on connector 1, with a meter reading on the way; the transaction id."""
    started = charge_point.call(
        "StartTransaction",
        {"connectorId": 1, "idTag": "3333", "meterStart": 9_042_100, "timestamp": "2026-01-01T00:00:00Z"},
    )
    charge_point.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
    sampled = [
        {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "9045600", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    ]
    charge_point.call(
        "MeterValues",
        {
            "connectorId": 1,
            "transactionId": started["transactionId"],
            "meterValue": [{"timestamp": "2026-01-01T00:10:00Z", "sampledValue": sampled}],
        },
    )
    return int(started["transactionId"])


def documents(text: str) -> dict[str | None, Any]:
    """Read what --json printed: one document a line, by charge point."""
    return {row["charge_point"]: row for row in map(json.loads, text.splitlines())}


def test_nothing_seen(run: Program) -> None:
    """Before any charge point came it says so on stderr; nothing on stdout, status 0, with --json as well."""
    for words in ([], ["--json"]):
        result = run("status", *words)
        assert (result.status, result.out) == (0, "")
        assert "no charge point was seen yet" in result.err


@BOTH_WAYS
def test_charge(connect: Connect, run: Program, home: Path) -> None:
    """A charge that is under way shows connector, energy, account and what it drew so far; away, no power is shown."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    charge_point = connect("CP001")
    transaction_id = charge(charge_point)
    charge_point.close()  # sightings are on disk at the latest now; the charge goes on
    row = documents(run("status", "--json").out)["CP001"]
    assert row["connected"] is False and row["since"].endswith("Z")
    assert row["boot"]["chargePointVendor"] == "acme"
    assert row["connectors"]["1"]["status"] == "Charging"
    assert row["connectors"]["1"]["energy_wh"] == 9_045_600
    assert "power_w" not in row["connectors"]["1"]
    (transaction,) = row["transactions"]
    assert transaction["transaction_id"] == transaction_id
    assert (transaction["account"], transaction["started"]) == ("family-y", "2026-01-01T00:00:00Z")
    assert transaction["drawn_wh"] == 3500
    result = run("status", TZ="Europe/Berlin")
    assert (result.status, result.err) == (0, "")
    header, line, below, zone = result.out.splitlines()
    assert header.split("  ")[0] == "charge point"
    assert [cell.strip() for cell in line.split("  ") if cell][2:] == ["1 Charging", "9045 kWh"]
    assert below == "    family-y, connector 1, since 2026-01-01 01:00, 3.5 kWh, id 20009042"
    assert zone == "Times are those of Europe/Berlin."


def test_stopped(connect: Connect, run: Program, home: Path) -> None:
    """After the stop no transaction is open and no power flows, and the record is counted."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    charge_point = connect("CP001")
    stop = {"transactionId": charge(charge_point), "meterStop": 9_075_500, "timestamp": "2026-01-01T03:00:00Z"}
    charge_point.call("StopTransaction", stop)
    charge_point.close()
    row = documents(run("status", "--json").out)["CP001"]
    assert row["transactions"] == [] and row["records"] == 1
    assert "power_w" not in row["connectors"]["1"]


def test_several(connect: Connect, run: Program) -> None:
    """Each charge point has its line: those that are there and, marked so, those that have gone; no name is no name."""
    connect("CP001")
    connect("CP002").close()
    connect("")
    rows = documents(run("status", "--json").out)
    assert {name: row["connected"] for name, row in rows.items()} == {None: True, "CP001": True, "CP002": False}
    table = run("status").out.splitlines()
    assert [line.split("  ")[0] for line in table] == ["charge point", "(no name)", "CP001", "CP002", table[-1]]
    assert [("away" in line) for line in table] == [False, False, False, True, False]


@BOTH_WAYS
def test_hostile_charge_point(connect: Connect, run: Program) -> None:
    """Whatever a charge point says of itself, the table keeps to 80 columns and moves no cursor."""
    hostile = connect("\x1b[2J\u202e" + "x" * 300)
    hostile.call("StatusNotification", {"connectorId": 2**40, "status": "\x1b]0;gotcha\x07" + "y" * 300})
    hostile.call("StatusNotification", {"connectorId": 1, "status": "Charging\nrm -rf"})
    tag = "\x1b[31m" + "z" * 200
    hostile.call("StartTransaction", {"connectorId": 2**40, "idTag": tag, "meterStart": 10**15})
    sampled = [{"value": "9e300", "measurand": "Power.Active.Import"}, {"value": "1e18"}]
    hostile.call("MeterValues", {"connectorId": 1, "meterValue": [{"sampledValue": sampled}]})
    hostile.close()
    out = run("status").out
    assert len(out.splitlines()) == 5
    assert all(line.isprintable() and len(line) <= 80 for line in out.splitlines()), out
    for line in run("status", "--seen-tags").out.splitlines():
        assert line.isprintable()
    assert run("status", "--json").out.isascii()


def test_seen_tags(connect: Connect, run: Program, home: Path) -> None:
    """--seen-tags lists the cards that were refused, with what for, so that they can be put into tags.json."""
    result = run("status", "--seen-tags")
    assert (result.status, result.out) == (0, "") and "no card was refused" in result.err
    (home / "conf/tags.json").write_text(json.dumps([{**TAGS[0], "ids": ["3333", {"id": "4", "status": "Blocked"}]}]))
    charge_point = connect("CP001")
    for id_tag in ("3333", "4", "04A2B3"):
        charge_point.call("Authorize", {"idTag": id_tag})
    charge_point.close()
    cards = [json.loads(line) for line in run("status", "--seen-tags", "--json").out.splitlines()]
    assert [(card["id_tag"], card["status"], card["charge_point"]) for card in cards] == [
        ("4", "Blocked", "CP001"),
        ("04A2B3", "Invalid", "CP001"),
    ]
    assert [line.split("  ")[1:] for line in run("status", "--seen-tags").out.splitlines()] == [
        ["CP001", "Blocked", "4"],
        ["CP001", "Invalid", "04A2B3"],
    ]


def test_who_is_shown(connect: Connect, run: Program, home: Path) -> None:
    """Charge points and the account's charges can be chosen; who never came is shown; nobody of that name is 66."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    charge_point = connect("CP001")
    connect("CP001b")
    charge(charge_point)
    charge_point.close()
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001", "name": "left"}, {"identity": "CP009"}]')
    assert [*documents(run("status", "--json").out)] == ["CP001", "CP001b", "CP009"]
    assert [*documents(run("status", "--json", "--charge-point", "CP009").out)] == ["CP009"]
    assert [*documents(run("status", "--json", "--account", "family-y").out)] == ["CP001"]
    assert documents(run("status", "--json", "--sort", "connection").out).popitem()[0] == "CP001b"
    assert "did you mean CP009?" in run("status", "--charge-point", "CP0009").refusal(66)
    assert "did you mean family-y?" in run("status", "--account", "familiy-y").refusal(66)


def test_follow(connect: Connect, home: Path) -> None:
    """Each charge point is a line at once, and again when its connector does something else; a pipe's end ends it."""
    charge_point = connect("CP001")
    with subprocess.Popen(
        [home / "bin/shocpp-status", "--follow"], env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as following:
        assert following.stdout and following.stderr
        assert json.loads(following.stdout.readline())["charge_point"] == "CP001"
        charge_point.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
        while not json.loads(following.stdout.readline())["connectors"]:
            pass
        following.stdout.close()
        assert (following.wait(PATIENCE_S), following.stderr.read()) == (0, b"")


def test_broken_sightings(run: Program, home: Path) -> None:
    """Sightings that make no sense cost what they say, never a traceback."""
    broken = {
        "a/status.json": "{",
        "b/status.json": '{"connectors": [], "boot": 1, "connected_since": 7, "refused_tags": {"x": 1}}',
        "c/status.json": '{"connectors": {"1": 1, "x": {"status": 5}}, "refused_tags": {"y": {"at": 5}}}',
        "c/meter.json": '{"1": {"power_w": "much", "energy_wh": "much"}, "2": []}',
        "c/transactions/10000001.json": '{"connector_id": 2, "begin_wh": "x"}',
        "c/transactions/x.json": "{}",
    }
    for name, text in broken.items():
        path = home / "run" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for words in ([], ["--json"], ["--seen-tags"]):
        result = run("status", *words)
        assert (result.status, "Traceback" in result.err) == (0, False), result
    assert len(documents(run("status", "--json").out)) == 3


def _sighted(home: Path) -> Path:
    """Give a home in which CP001 was seen and one record was written."""
    folder = home / "run" / "CP001"
    folder.mkdir(parents=True)
    (folder / "status.json").write_text('{"identity": "CP001", "frames": {"Heartbeat": 3}, "records": 1}')
    month = home / "accounting/2026/05"
    month.mkdir(parents=True)
    fields = {
        "localtime": "2026-05-01 12:00:00",
        "unixtime": "1777629600",
        "account": "family-y",
        "begin_kwh": "10",
        "end_kwh": "12",
        "consumed_kwh": "2",
        "consumed_wh": 2345,
    }
    (month / "1777629600-0123456789ab.json").write_text(json.dumps(fields))
    return home


def test_prometheus(tmp_path: Path) -> None:
    """Metrics name the charge point and count its frames; energy by account is there when it is asked for."""
    home = _sighted(tmp_path)
    plain, full = (InProcess(home)("status", *words) for words in (["--prometheus"], ["--prometheus", "--energy"]))
    assert (plain.status, full.status, full.err) == (0, 0, "")
    assert 'action="Heartbeat"' in plain.out and "family-y" not in plain.out
    assert next(line for line in full.out.splitlines() if "family-y" in line).split()[1] == "8442000"
    assert full.out.endswith("\n")


@pytest.mark.parametrize("option", ["--json", "--prometheus", "--sort=power", "--charge-point=CP001"])
def test_a_broken_list_hides_nobody(tmp_path: Path, option: str) -> None:
    """While charge-points.json makes no sense, who was seen is shown all the same; the mistake is named once."""
    home = _sighted(tmp_path)
    (home / "conf").mkdir(exist_ok=True)
    (home / "conf/charge-points.json").write_text('[{"identity": ')
    done = InProcess(home)("status", option)
    assert done.status == 0 and "CP001" in done.out
    assert done.err.count("\n") == 1 and "charge-points.json, line 1" in done.err


def test_what_excludes_each_other(tmp_path: Path) -> None:
    """Options that cannot be had together, and --watch without a terminal, are one sentence and status 64."""
    for words in (
        ["--json", "--watch"],
        ["--json", "--follow"],
        ["--sort", "power", "--seen-tags"],
        ["--energy"],
        ["--watch"],
        ["--prometheus", "--seen-tags"],
    ):
        InProcess(tmp_path)("status", *words).refusal(64)


def test_watch(tmp_path: Path) -> None:
    """On a terminal the table is drawn over the one before; Ctrl-C gives the cursor back and is no error."""
    home = _sighted(tmp_path)
    controller, terminal = os.openpty()
    environ = {"SHOCPP_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    program = "import sys; from shocpp.cli.status import main; sys.exit(main(['--watch']))"
    with subprocess.Popen([sys.executable, "-c", program], env=environ, stdout=terminal, stderr=terminal) as running:
        os.close(terminal)
        shown = b""
        try:
            while shown.count(b"\x1b[H") < 2:
                shown += os.read(controller, 4096)
            running.send_signal(signal.SIGINT)
            assert running.wait(PATIENCE_S) == 0
        finally:
            running.kill()
    with suppress(OSError):  # how a terminal says that nothing more comes
        while data := os.read(controller, 4096):
            shown += data
    os.close(controller)
    assert shown.count(b"CP001") >= 2
    assert b"\x1b[?25h" in shown
