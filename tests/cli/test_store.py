"""shocpp-store: what the other commands print is in a store, once, whatever store that is."""

from __future__ import annotations

import json
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shocpp.feeds import mongodb
from shocpp.readable_json import document
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.stores.accounting_at import accounting_at
from tests.cli.conftest import BOTH_WAYS
from tests.support import invented_month
from tests.support.influxdb import influxdb
from tests.support.mongodb import MongoServer
from tests.support.postgresql import server
from tests.support.programs import InProcess, Program
from tests.support.recorder import Recorder
from tests.support.records import exact, put

RECORD: dict[str, Any] = {
    "_id": "0326fd891def", "month": "2023-09", "localtime": "2023-09-03 09:52:10", "unixtime": 1693727530,
    "account": "family-y", "begin_kwh": 9042, "end_kwh": 9075, "consumed_kwh": 33, "charge_point": "CP 1",
    "consumed_wh": 32400, "record": "2023/09/1693727530-0326fd891def.json", "energy_wh": 32400,
}  # fmt: skip
HEAD = {"time": "2026-05-01T12:00:00.000Z", "charge_point": "CP1"}
BOOT = {**HEAD, "direction": "in", "frame": [2, "1", "BootNotification", {"chargePointModel": "m"}]}
ANSWER = {**HEAD, "direction": "out", "frame": [3, "1", {"status": "Accepted"}]}
METER = {**HEAD, "direction": "in", "frame": [2, "2", "MeterValues", {"connectorId": 1, "text": "\0\ud800\\u0000"}]}
FORBIDDEN = {**HEAD, "tags": ["ocpp", "charger", "forbidden"], "data": {"cp": "CP1"}}
EVENT = {**HEAD, "event": "started", "transaction_id": 5}
DATUM = {"created": "2026-05-01T12:00:00.000Z", "nodeId": 1, "sourceId": "/a", "wattHours": 5.5, "status": "Charging"}
LINES = [RECORD, BOOT, ANSWER, METER, FORBIDDEN, EVENT, DATUM]
COUNTS = {"record": 1, "journal": 4, "event": 1, "datum": 1}
FIGURES = ("record", "event", "datum")
COLLECTIONS = {"station": 1, "transaction": 1, "meterValues": 2, "notification": 1}


def lines(*documents: object) -> str:
    """Write documents as JSON Lines."""
    return "".join(f"{json.dumps(each)}\n" for each in documents)


def tables(path: Path) -> dict[str, dict[str, Any]]:
    """Read all tables of a file of SQLite: documents by their id."""
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: dict(connection.execute(f'SELECT _id, document FROM "{name}"').fetchall()) for name in names}
    connection.close()
    return {name: {key: json.loads(text) for key, text in rows.items()} for name, rows in found.items()}


@BOTH_WAYS
def test_each_line_is_stored_once(run: Program, tmp_path: Path) -> None:
    """However often lines come, each is there once, with all that it says and an id that stays."""
    path = tmp_path / "db"
    for _ in range(2):
        assert run("store", f"sqlite://{path}", stdin=lines(*LINES, *LINES)).status == 0
    stored = tables(path)
    assert {name: len(rows) for name, rows in stored.items()} == COUNTS
    assert stored["record"] == {RECORD["_id"]: RECORD}
    ((key, event),) = stored["event"].items()
    assert event == {"_id": key, **EVENT} and len(key) == 24
    again = json.dumps(dict(reversed(EVENT.items())))
    assert run("store", f"sqlite://{path}", stdin=again).status == 0
    assert len(tables(path)["event"]) == 1, "the order of members says nothing"


def test_collections_as_ocpp_js_has_them(home: Path, tmp_path: Path) -> None:
    """What a charge point said is a document of its payload; answers are left out."""
    path = tmp_path / "db"
    assert InProcess(home)("store", "--collections", f"sqlite://{path}", stdin=lines(*LINES, FORBIDDEN)).status == 0
    stored = tables(path)
    assert {name: len(rows) for name, rows in stored.items()} == COLLECTIONS
    ((key, station),) = stored["station"].items()
    assert station == {"_id": key, **HEAD, "action": "BootNotification", "chargePointModel": "m"}


def test_what_is_no_line_of_ours(home: Path, tmp_path: Path) -> None:
    """It is named, and all others are stored; the status says that something is missing."""
    path = tmp_path / "db"
    done = InProcess(home)("store", f"sqlite://{path}", stdin=lines(EVENT, {"a": 1}, []) + "{\n\n" + lines(DATUM))
    assert done.status == 65 and done.err.count("not stored: ") == 3 and "3 lines are not stored" in done.err
    assert set(tables(path)) == {"event", "datum"}


def test_postgresql(home: Path) -> None:
    """Records are where accounting is kept; all else has tables with jsonb, whatever texts it has."""
    url = server().new_store()
    for _ in range(2):
        assert InProcess(home)("store", url, stdin=lines(*LINES)).status == 0
    schema = url.rpartition("%3D")[2]
    assert [server().ask(f"SELECT count(*) FROM {schema}.{name}") for name in ("journal", "event", "datum")] == [
        [(4,)], [(1,)], [(1,)],
    ]  # fmt: skip
    texts = server().ask(f"SELECT document->'frame'->3->>'text' FROM {schema}.journal ORDER BY 1 NULLS LAST LIMIT 1")
    assert texts == [("\ufffd?\\u0000",)]
    (record,) = server().ask(f"SELECT month, name FROM {schema}.shocpp_record")
    assert record == ("2023/09", "1693727530-0326fd891def.json")
    assert InProcess(home)("store", "--collections", url, stdin=lines(*LINES)).status == 0
    assert server().ask(f'SELECT count(*) FROM {schema}."transaction"') == [(1,)]


def test_files_to_a_store_and_back(tmp_path: Path) -> None:
    """Records carried into a store and from there into another folder are the same, to the byte."""
    home, url, back = tmp_path / "home", server().new_store(), tmp_path / "back"
    (home / "conf").mkdir(parents=True)
    invented_month.make(home)
    run = InProcess(home)
    exported = run("records").out
    for _ in range(2):
        assert run("store", url, stdin=exported).status == 0
    stored = run("records", SHOCPP_STORE=url).out
    assert stored == exported
    assert run("store", f"file://{back}", stdin=stored).status == 0
    first, last = AccountingFolder(str(home / "accounting")), AccountingFolder(str(back))
    assert [(month, last.names(month)) for month in last.months()] == [
        (each, first.names(each)) for each in first.months()
    ]
    for month in first.months():
        for name in first.names(month):
            assert json.loads(last.read(month, name)) == json.loads(first.read(month, name))
            assert accounting_at(url).read(month, name) == last.read(month, name)


@pytest.fixture
def settled(tmp_path: Path) -> Program:
    """Run in a home with a month that is settled, a record that came later, and prices that have changed since."""
    home = tmp_path / "settled"
    record = exact("family-y", "2023-10-01 10:00:00", 1_000_000, 1_033_123)
    put(home / "accounting", record).write_bytes(document(record))  # as shocpp writes it, down to the spaces
    prices = home / "conf" / "prices.json"
    prices.parent.mkdir()
    price = {"per_kwh": "0.30", "source": "tariff"}
    prices.write_text(json.dumps({"currency": "EUR", "prices": [price]}))
    run = partial(InProcess(home), TZ="Europe/Berlin")
    assert run("summary", "2023", "10", "--settle").status == 0
    put(home / "accounting", exact("family-y", "2023-10-02 10:00:00", 1_033_123, 1_044_000))
    prices.write_text(json.dumps({"currency": "EUR", "prices": [{**price, "per_kwh": "0.99"}]}))
    return run


def test_settled_months_go_along(settled: Program, tmp_path: Path) -> None:
    """A month that is settled is so in a store, and in a folder again: with the same statement, to the byte."""
    url, back = server().new_store(), tmp_path / "back"
    month = ["summary", "2023", "10", "--json"]
    exported, statement = settled("records", "--with-settlements").out, settled(*month).out
    assert '"0.30"' in statement
    for _ in range(2):
        assert settled("store", url, stdin=exported).status == 0
    assert settled(*month, SHOCPP_STORE=url).out == statement
    stored = settled("records", "--with-settlements", SHOCPP_STORE=url).out
    assert stored == exported
    assert settled("store", f"file://{back}", stdin=stored).status == 0
    assert settled(*month, SHOCPP_ACCOUNTINGDIR=str(back)).out == statement
    place = "2023/10/.settled.json"
    assert (back / place).read_bytes() == (tmp_path / "settled" / "accounting" / place).read_bytes()


def test_what_cannot_be_settled_there(settled: Program, tmp_path: Path) -> None:
    """A month whose records are not there is not settled, nor is one anew that is settled with something else."""
    *records, settlement = settled("records", "--with-settlements").out.splitlines(keepends=True)
    there = f"file://{tmp_path / 'there'}"
    assert "does not have the records with which it was settled" in settled("store", there, stdin=settlement).err
    made = json.loads(settlement)
    for nonsense in ({"month": "2023-13"}, {"settlement": 1}, {"settlement": "{}"}):
        assert settled("store", there, stdin="".join([*records, json.dumps({**made, **nonsense})])).status == 65
    assert settled("store", there, stdin="".join([*records, settlement])).status == 0
    other = json.dumps({**made, "settlement": made["settlement"] + " "})
    assert "is settled here with something else" in settled("store", there, stdin=other).err
    assert settled("store", there, stdin=settlement).status == 0


def test_settlements_in_other_stores(settled: Program, tmp_path: Path) -> None:
    """Elsewhere a settlement is a document like others; as ocpp-js has collections it is none."""
    exported = settled("records", "--with-settlements", "--from", "2023-10", "--to", "2023-10").out
    assert settled("store", f"sqlite://{tmp_path}/all.db", stdin=exported).status == 0
    assert set(tables(tmp_path / "all.db")["settlement"]) == {"settlement-2023-10"}
    assert settled("store", "--collections", f"sqlite://{tmp_path}/js.db", stdin=exported).status == 0
    assert set(tables(tmp_path / "js.db")) == {"transaction"}
    later = settled("records", "--with-settlements", "--from", "2023-11").out
    assert "settlement" not in later


def test_mongodb(home: Path) -> None:
    """Each document is inserted once, by its id, into the collection of its kind."""
    with MongoServer() as mongo:
        for _ in range(2):
            assert InProcess(home)("store", f"{mongo.url}/charging", stdin=lines(*LINES)).status == 0
        assert {where: len(rows) for where, rows in mongo.documents.items()} == {
            ("charging", kind): count for kind, count in COUNTS.items()
        }
        assert mongo.documents["charging", "record"] == {RECORD["_id"]: RECORD}


@pytest.mark.parametrize(
    ("url", "module"), [("mongodb://h/charging", "pymongo"), ("postgresql://h/charging", "psycopg")]
)
def test_what_is_not_installed(home: Path, monkeypatch: pytest.MonkeyPatch, url: str, module: str) -> None:
    """A package that a store needs and is not there is named with the command that adds it to this installation."""
    for name in [name for name in sys.modules if name.startswith(("shocpp.feeds.", "shocpp.stores."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    said = InProcess(home)("store", url, stdin=lines(EVENT)).refusal(69)
    assert f"{sys.executable} -m pip install '" in said


def test_mongodb_is_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it for ever."""
    monkeypatch.setattr(mongodb, "_PATIENCE_MS", 50)
    done = InProcess(home)("store", "mongodb://127.0.0.1:1", stdin=lines(EVENT))
    assert "mongodb://127.0.0.1:1 is not reached" in done.refusal(75)


def test_firebase(home: Path, tmp_path: Path) -> None:
    """One request has all documents of a kind, each in its place; keys have nothing that keys cannot have."""
    (tmp_path / "token").write_text("t&k\n")
    (tmp_path / "token").chmod(0o600)
    odd = {**EVENT, "Energy.Active": {"a/b": [1]}}
    with Recorder() as recorder:
        base = recorder.url.partition("/api")[0]
        options = ("--credentials", str(tmp_path / "token"))
        assert InProcess(home)("store", *options, f"firebase+{base}/ev", stdin=lines(RECORD, odd)).status == 0
    first, second = recorder.posted
    assert first.path == second.path == "/ev/.json?print=silent&auth=t%26k"
    assert json.loads(first.body) == {f"record/{RECORD['_id']}": RECORD}
    ((place, said),) = json.loads(second.body).items()
    assert place == f"event/{said['_id']}" and said["Energy%2EActive"] == {"a%2Fb": [1]}


def test_influx(home: Path, tmp_path: Path) -> None:
    """Records, events and datums are points of line protocol; what has no figures is refused, and named."""
    (tmp_path / "token").write_text("user:secret")
    (tmp_path / "token").chmod(0o600)
    with Recorder() as recorder:
        base = recorder.url.partition("/api")[0]
        options = ("--credentials", str(tmp_path / "token"))
        done = InProcess(home)("store", *options, f"influx+{base}/write?db=ev", stdin=lines(RECORD, EVENT, DATUM, BOOT))
    assert done.status == 65 and "shocpp-datum" in done.err and "secret" not in done.err
    assert {posted.path for posted in recorder.posted} == {"/write?db=ev"}
    assert {posted.headers["Authorization"] for posted in recorder.posted} == {"Basic dXNlcjpzZWNyZXQ="}
    record, event, datum = (posted.body.decode() for posted in recorder.posted)
    assert (
        record.startswith("record,id=0326fd891def,charge_point=CP\\ 1,account=family-y month=")
        and "energy_wh=32400.0" in record
    )
    assert record.endswith(" 1693727530000000000\n")
    assert ",event=started transaction_id=5.0 1777636800000000000\n" in event
    assert ',sourceId=/a,nodeId=1 wattHours=5.5,status="Charging" 1777636800000000000\n' in datum


def test_influxdb_itself(home: Path, tmp_path: Path) -> None:
    """A real InfluxDB has each point once, however often it comes, with names and texts as they were."""
    odd = {**RECORD, "charge_point": 'C P,1="x"', "note": 'a "b" \\ c\\'}
    with influxdb(tmp_path) as server:
        server.ask("CREATE DATABASE ev")
        for _ in range(2):
            url = f"influx+http://127.0.0.1:{server.port}/write?db=ev"
            assert InProcess(home)("store", url, stdin=lines(odd, EVENT, DATUM)).status == 0
        (record,), (event,), (datum,) = (server.ask(f"SELECT * FROM {kind}", "ev") for kind in FIGURES)
    assert (record["id"], record["energy_wh"], record["time"]) == (RECORD["_id"], 32400, "2023-09-03T07:52:10Z")
    assert (record["charge_point"], record["note"]) == (odd["charge_point"], odd["note"])
    assert (event["event"], event["transaction_id"], event["time"]) == ("started", 5, "2026-05-01T12:00:00Z")
    assert (datum["sourceId"], datum["wattHours"], datum["status"]) == ("/a", 5.5, "Charging")


@pytest.mark.parametrize(("status", "ends"), [(401, 77), (503, 75), (429, 75), (302, 65)])
def test_what_a_store_over_http_answers(home: Path, status: int, ends: int) -> None:
    """Who may not is told so, who shall come again may, and no redirect is followed."""
    with Recorder(lambda _: status) as recorder:
        url = f"influx+{recorder.url.partition('/api')[0]}/write?db=ev"
        assert InProcess(home)("store", url, stdin=lines(EVENT)).status == ends
    assert len(recorder.posted) == 1


@pytest.mark.parametrize("url", [
    "redis://a/", "/srv/db", "sqlite://db", "sqlite:///", "file://srv/accounting", "influx+ftp://a/", "influx://a/",
    "firebase+http://db.example.org/", "postgresql://me:fisch@a/b", "mongodb://me:fisch@a/b", "influx+https://me:fisch@a/",
])  # fmt: skip
def test_what_is_no_store(home: Path, url: str) -> None:
    """An address that means none, or has a password, or would send one over an open line, is refused without it."""
    assert "fisch" not in InProcess(home)("store", url, stdin="").refusal(64)


def test_credentials_are_for_few(home: Path, tmp_path: Path) -> None:
    """A file that any user may read is refused, and one that has nothing."""
    path = tmp_path / "token"
    path.write_text("fisch")
    path.chmod(0o644)
    url = f"sqlite://{tmp_path}/db"
    assert "chmod o-r" in InProcess(home)("store", "--credentials", str(path), url).refusal(78)
    path.write_text("")
    path.chmod(0o600)
    assert "user:password" in InProcess(home)("store", "--credentials", str(path), url).refusal(78)
