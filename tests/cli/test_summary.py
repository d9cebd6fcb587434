"""shocpp-summary as it is typed: what it prints, where, and with which status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.cli.summary import main
from shocpp.columns import width
from shocpp.report.formats import FORMATS
from tests.support.journals import Talk
from tests.support.journals import put as put_journal
from tests.support.records import exact, legacy, put

PROGRAM = "from shocpp.cli.summary import main; raise SystemExit(main())"
HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\n\u202eelif\u2066\x9b31m" + "x" * 10_000


def test_month(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Accounts, their sum and the records of the month that is named, in German, with exact Wh."""
    put(folder, exact())
    put(folder, legacy("company-x", "2026-09-01 08:00:00", 9000, 9042))
    put(folder, exact(local="2026-10-01 00:00:01"))
    assert main(["2026", "9"]) == 0
    out, err = capfd.readouterr()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "Ladeabrechnung September 2026"
    assert "company-x 1 42" in lines and "family-y 1 32,400" in lines and "Summe der Konten 2 74,400" in lines
    assert "1 bis 01.09.2026 08:00 +02:00 42 kWh" in lines
    assert "2 03.09.2026 08:52 +02:00 – 03.09.2026 09:52 +02:00 1:00 h 32,400 kWh" in lines
    assert "family-y · garage/1 · Karte …E680 · 9.042,700 → 9.075,100 · am Ladepunkt" in lines
    assert err == ""


def test_strangers(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that is no record is named on stderr and changes the status, and the others are summed all the same."""
    put(folder, exact(), name="zz.json")
    (folder / "2026/09/broken.json").write_text("{")
    (folder / "2026/09/\x1b[2J.json").write_text("[]")
    assert main(["2026", "9"]) == 65
    out, err = capfd.readouterr()
    assert "32,400" in out
    assert "/2026/09/broken.json: not JSON\n" in err and "/<1B>[2J.json: not a record: no object\n" in err
    assert err.endswith("shocpp-summary: not in the sums: 2 of the files; correct them or move them away\n")


def test_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The document is one line; its figures are integers and its flags are spelt the same in every language."""
    put(folder, exact(local="2026-08-31 23:50:00"), month="2026/09")
    put(folder, exact("unassigned", local="2026-09-05 10:00:00"))
    assert main(["2026", "9", "--json"]) == 0
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    document = json.loads(out, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    account = {"account": "family-y", "sessions": 1, "energy_wh": 32_400, "is_exact": True}
    assert document["accounts"] == [{**account, "amount": None, "without_price": 0}]
    assert document["unassigned"]["energy_wh"] == 32_400
    assert [each["flags"] for each in document["sessions"]] == [["late"], ["unassigned"]]
    assert document["sessions"][0]["ended"] == "2026-08-31T23:50:00+02:00"


@pytest.mark.parametrize("form", FORMATS)
def test_hostile(folder: Path, capfd: pytest.CaptureFixture[str], form: str) -> None:
    """Whatever a name holds, a terminal obeys nothing in any format, and a line of text has at most 80 columns."""
    put(folder, exact(HOSTILE, charge_point=HOSTILE, id_tag=HOSTILE, reason=HOSTILE))
    put(folder, exact("充电" * 50, anomaly=HOSTILE, charge_point="充电" * 50))
    put(folder, exact("\ud800"))
    assert main(["2026", "9", "--format", form]) == 0
    out = capfd.readouterr().out.replace("\r\n", "\n")
    assert not any((ord(letter) < 32 and letter != "\n") or 127 <= ord(letter) < 160 for letter in out)
    assert not set(out) & set("\u202e\u2066\ud800")
    assert form != "text" or max(map(width, out.splitlines())) <= 80


@pytest.mark.parametrize("form", FORMATS)
def test_same_bytes(folder: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs give the same bytes once the time that they bear is the same, whatever the order of hashes."""
    put(folder, exact())
    put(folder, legacy("company-x", "2026-09-01 08:00:00"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790800000")
    command = [sys.executable, "-c", PROGRAM, "2026", "9", "--format", form]
    pages = [
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1] and pages[0]


def test_prices(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts appear as soon as conf/prices.json is there; without it there are none."""
    put(folder, exact())
    assert main(["2026", "9"]) == 0
    assert "€" not in capfd.readouterr().out
    path = folder.parent / "conf/prices.json"
    path.parent.mkdir()
    path.write_text('{"currency": "EUR", "prices": [{"per_kwh": "0.30", "source": "my tariff"}]}')
    assert main(["2026", "9"]) == 0
    assert "0,30 €/kWh = 9,72 €" in capfd.readouterr().out
    path.write_text('{"currency": "EUR", "prices": [{"per_kwh": 0.30}]}')
    assert main(["2026", "9"]) == 78
    out, err = capfd.readouterr()
    assert out == "" and f'{path}, field prices, item 1, field per_kwh: 0.3 is no price: write "0.3"\n' in err
    monkeypatch.setenv("SHOCPP_PRICESFILE", str(folder / "elsewhere.json"))
    assert main(["2026", "9"]) == 66
    assert capfd.readouterr().err == f"shocpp-summary: {folder}/elsewhere.json is not there\n"


def test_price_of_a_stranger(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A price for an account that nobody has heard of is likely a slip of the pen, and is said."""
    put(folder, exact())
    conf = folder.parent / "conf"
    conf.mkdir()
    (conf / "tags.json").write_text('[{"index": 3, "account": "tenant-z", "ids": []}]')
    prices = [{"per_kwh": "0.30", "accounts": ["family-y", "tenant-z", "familiy-y"]}]
    (conf / "prices.json").write_text(json.dumps({"currency": "EUR", "prices": prices}))
    assert main(["2026", "9"]) == 0
    what = "has a price for account 'familiy-y', which is neither in tags.json nor here"
    assert capfd.readouterr().err == f"shocpp-summary: {conf}/prices.json {what}\n"


SPANS = [
    (["2026", "9"], ["2026-09-01", "2026-09-15"]),
    (["--year", "2026"], ["2026-01-31", "2026-09-01", "2026-09-15", "2026-10-01"]),
    (["--from", "2026-09-02", "--to", "2026-10"], ["2026-09-15", "2026-10-01"]),
    (["--from", "2026-09", "--to", "2026-09-14"], ["2026-09-01"]),
    (["2026", "10", "--charge-point", "hof"], []),
    (["--year", "2026", "--charge-point", "hof"], ["2026-09-15"]),
    (["--year", "2026", "--account", "company-x"], ["2026-01-31"]),
    (["--year", "2026", "--account", "company-x", "--charge-point", "hof"], []),
]


@pytest.mark.parametrize(("args", "days"), SPANS)
def test_selection(folder: Path, capfd: pytest.CaptureFixture[str], args: list[str], days: list[str]) -> None:
    """Any span, a year, an account, a charge point: what is asked for and nothing else."""
    put(folder, exact("company-x", "2026-01-31 10:00:00"))
    put(folder, exact(local="2026-09-01 10:00:00"))
    put(folder, exact(local="2026-09-15 10:00:00", charge_point="hof"))
    put(folder, exact(local="2026-10-01 10:00:00"))
    assert main([*args, "--json"]) == 0
    assert [each["ended"][:10] for each in json.loads(capfd.readouterr().out)["sessions"]] == days


def test_verify(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Findings are listed with their files, for people and for tools, and change the status."""
    put(folder, exact(duration_s=14_400))
    assert main(["2026", "9", "--verify"]) == 0
    assert capfd.readouterr().out == "Keine Auffälligkeiten.\n"
    again = put(folder, exact(local="2026-09-05 09:52:10", duration_s=14_400))
    quick = put(folder, exact(local="2026-09-04 10:00:00", begin_wh=9_075_100, end_wh=9_085_100, duration_s=60))
    assert main(["2026", "9", "--verify", "--lang", "en"]) == 65
    out, err = capfd.readouterr()
    assert out.count("\n") == 2 and err == ""
    assert "has the same readings as another session" in out and again.name in out
    assert f"2026/09/{quick.name}: more energy than a connector can deliver in that time (600000 W > 22000 W)\n" in out
    assert main(["2026", "9", "--verify", "--power", "600", "--json"]) == 65
    (found,) = map(json.loads, capfd.readouterr().out.splitlines())
    assert (found["finding"], found["charge_point"]) == ("duplicate", "garage")


def test_verify_with_the_journal(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was confirmed on the wire and is not in accounting is found, if a journal is kept, in the days asked for."""
    talk = Talk("garage", datetime(2026, 9, 3, 10, tzinfo=UTC))
    talk.start(20_009_042, 9_042_700, "3333")
    talk.wait(hours=2)
    talk.stop(20_009_042, 9_075_100)
    put_journal(folder.parent / "journal", talk.lines)
    assert main(["2026", "9", "--verify"]) == 0
    monkeypatch.setenv("SHOCPP_JOURNALDIR", str(folder.parent / "journal"))
    assert main(["2026", "8", "--verify"]) == 0
    capfd.readouterr()
    assert main(["2026", "9", "--verify"]) == 65
    out, err = capfd.readouterr()
    assert out.startswith("2026-09-03T12:00:02Z garage ") and "bestätigt, aber nicht gebucht (" in out
    assert (out.count("\n"), err) == (1, "")
    assert main(["2026", "9", "--verify", "--charge-point", "hof"]) == 0
    capfd.readouterr()
    assert main(["2026", "9", "--verify", "--json"]) == 65
    assert json.loads(capfd.readouterr().out)["finding"] == "not-booked"


def test_without_jinja(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Jinja2 is missing only HTML is, and it is said how to get it."""
    put(folder, exact())
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert main(["2026", "9"]) == 0
    capfd.readouterr()
    assert main(["2026", "9", "--format", "html"]) == 69
    out, err = capfd.readouterr()
    assert out == "" and err.endswith(" -m pip install 'jinja2>=3.1'\n") and err.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_old_terminal(folder: Path, encoding: str) -> None:
    """A terminal whose alphabet lacks a letter gets a question mark, not a traceback."""
    put(folder, exact("Łódź"))
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-c", PROGRAM, "2026", "9"]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "family".encode(encoding) not in done.stdout and "32,400".encode(encoding) in done.stdout


def test_reader_goes(folder: Path) -> None:
    """A reader that has enough closes the pipe, and that is no error."""
    for number in range(2000):
        put(folder, exact(local="2026-09-05 10:00:00"), digest=f"{number:012x}")
    command = f"'{sys.executable}' -c '{PROGRAM}' 2026 9 | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


ENDED = {
    "transaction_id": 20_009_042,
    "connector_id": 1,
    "account": "family-y",
    "begin_wh": 9_042_100,
    "ended": "2026-09-03T09:00:00Z",
    "last_wh": 9_050_000,
}


@pytest.mark.parametrize(("words", "is_listed"), [([], True), (["--account", "company-x"], False)])
def test_verify_lists_what_never_had_a_stop(
    folder: Path, capfd: pytest.CaptureFixture[str], words: list[str], is_listed: bool
) -> None:
    """A charge that ended in the span since another began there is named, with the last reading that is known."""
    place = folder.parent / "run/CP001/ended"
    place.mkdir(parents=True)
    for stamp, month in ((1_788_426_000, "09"), (1_791_018_000, "10")):
        seen = {**ENDED, "ended": f"2026-{month}-03T09:00:00Z"}
        (place / f"20009042-{stamp}.json").write_text(json.dumps(seen))
    assert main(["2026", "9", "--verify", "--lang", "en", *words]) == (65 if is_listed else 0)
    out, _ = capfd.readouterr()
    assert out.splitlines() == [
        "2026-09-03T09:00:00Z CP001: end never reported; another session began "
        "(transaction_id 20009042; connector_id 1; account family-y; 9042100 → 9050000 Wh)"
        if is_listed
        else out.strip()
    ]
    assert main(["2026", "9", "--verify", "--json", *words]) == (65 if is_listed else 0)
    documents = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [each["finding"] for each in documents] == ["no-stop"] * is_listed
    assert not is_listed or documents[0]["last_wh"] == 9_050_000
