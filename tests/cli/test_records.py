"""shocpp-records as it is typed: documents, recipes, the journal's own records, and how much it takes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shocpp.cli.records import main
from shocpp.cli.summary import main as summary
from tests.support.backend import record_files
from tests.support.journals import Talk
from tests.support.journals import put as put_lines
from tests.support.patience import PATIENCE_S
from tests.support.records import exact, legacy, put

ROOT = Path(__file__).parents[2]
TAGS = [{"index": 1, "account": "one", "ids": ["1111"]}, {"index": 7, "account": "seven", "ids": ["04A2B3C4D5E680"]}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An accounting folder of its own, in Berlin."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_JOURNALDIR", str(tmp_path / "journal"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/tags.json").write_text(json.dumps(TAGS))
    return tmp_path / "accounting"


def read(capfd: pytest.CaptureFixture[str], *words: str, status: int = 0) -> list[dict[str, Any]]:
    """Run the command; the documents that it printed."""
    assert main(list(words)) == status
    return [json.loads(each) for each in capfd.readouterr().out.splitlines()]


def test_documents(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each record is a document, in order, old ones too, with an id that no second reading changes."""
    put(folder, exact(), digest="0326fd891def")
    put(folder, legacy(), name="old.json")
    put(folder, legacy(), name="copy of old.json", month="2024/01")
    first = read(capfd)
    assert [made["month"] for made in first] == ["2023-09", "2024-01", "2026-09"]
    assert first[0]["_id"] == first[1]["_id"] and first[2]["_id"] == "0326fd891def"
    assert first == read(capfd)
    assert main([]) == 0 and capfd.readouterr().err == ""


def test_span(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A span goes by the day of the booking, as statements do."""
    for day in (1, 15, 30):
        put(folder, exact(local=f"2026-09-{day:02} 08:00:00"))
    put(folder, exact(local="2026-10-01 08:00:00"))
    assert len(read(capfd, "--from", "2026-09-15", "--to", "2026-09")) == 2
    assert len(read(capfd, "--from", "2026-09-16")) == 2
    assert len(read(capfd, "--to", "2026-08")) == 0
    assert main(["--from", "soon"]) == 64 and "2026-09" in capfd.readouterr().err
    assert main(["--from", "2026-09", "--to", "2026-08"]) == 64


def test_strangers(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that is no record is named, and costs no other."""
    put(folder, exact())
    (folder / "2026/09/half.json").write_text('{"localtime": "2026')
    assert main([]) == 65
    out, err = capfd.readouterr()
    assert out.count("\n") == 1
    assert err.splitlines()[0].endswith("half.json: not JSON") and err.splitlines()[1].startswith(
        "shocpp-records: 1 fault"
    )


def test_fix_tags(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What was booked to nobody gets its account's name by another tags.json; files stay as they are."""
    put(folder, exact("unknown-7", account_index=7, local="2026-09-01 08:00:00"))
    put(folder, exact("unassigned", account_index=0, local="2026-09-02 08:00:00"))
    put(folder, exact("unknown-9", account_index=9, local="2026-09-03 08:00:00"))
    before = {path: path.read_bytes() for path in record_files(folder)}
    plain = read(capfd)
    fixed = read(capfd, "--fix-tags", str(folder.parent / "conf/tags.json"))
    assert [made["account"] for made in fixed] == ["seven", "seven", "unknown-9"]
    assert [made["booked_as"] for made in fixed[:2]] == ["unknown-7", "unassigned"]
    assert [made["_id"] for made in fixed] == [made["_id"] for made in plain]
    assert {path: path.read_bytes() for path in record_files(folder)} == before
    assert main(["--fix-tags", str(folder / "none.json")]) == 66
    broken = folder.parent / "broken.json"
    broken.write_text("[")
    assert main(["--fix-tags", str(broken)]) == 78


def test_from_journal(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The journal gives begin, end, duration, Wh and meter values; what accounting lacks is named."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.meter(10_009_042, {"value": "OCMF|{}", "format": "SignedData"})
    talk.stop(10_009_042, 9_075_100)
    put_lines(folder.parent / "journal", talk.lines)
    assert main(["--from-journal"]) == 65
    out, err = capfd.readouterr()
    made = json.loads(out)
    assert (made["account"], made["consumed_wh"], made["duration_s"]) == ("one", 32_400, 4)
    assert (made["localtime"], made["month"]) == ("2026-05-01 14:00:04", "2026-05")
    assert made["meter_values"][0]["sampledValue"][0]["value"] == "OCMF|{}"
    assert "not-booked" in err and "CP001" in err and made["_id"] in err
    fields = {name: value for name, value in made.items() if name not in ("_id", "month", "meter_values", "energy_wh")}
    put(folder, fields, digest=made["_id"])
    (again,) = read(capfd, "--from-journal")
    (booked,) = read(capfd)
    del again["meter_values"]
    assert again == booked
    put(folder, {**fields, "begin_wh": 9_042_701}, digest=made["_id"])
    assert main(["--from-journal", "--from", "2026-05-01", "--to", "2026-05-01"]) == 65
    assert "differs: begin_wh is 9042701 in accounting and 9042700 in the journal" in capfd.readouterr().err
    assert read(capfd, "--from-journal", "--from", "2026-05-02") == []


def test_from_journal_with_a_listed_charge_point(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What charge-points.json says of a charge point holds for its journal, in --from-journal and in --verify."""
    talk = Talk()
    talk.start(10_009_042, 90_427_000)
    talk.stop(10_009_042, 90_751_000)
    home = folder.parent
    put_lines(home / "journal", talk.lines)
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001", "meter_factor": 0.1, "most_kwh": 32}]')
    assert main(["--from-journal"]) == 65
    (made,) = map(json.loads, capfd.readouterr().out.splitlines())
    assert (made["begin_wh"], made["end_wh"], made["anomaly"]) == (9_042_700, 9_075_100, "implausible")
    put(folder, {name: made[name] for name in made if name not in ("_id", "month", "meter_values")}, digest=made["_id"])
    assert main(["--from-journal"]) == 0
    assert summary(["2026", "5", "--verify"]) == 0


def test_no_journal(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a journal it says how to keep one."""
    assert read(capfd, "--from-journal") == [] and not folder.exists()
    monkeypatch.delenv("SHOCPP_JOURNALDIR")
    assert main(["--from-journal"]) == 78 and "SHOCPP_JOURNALDIR" in capfd.readouterr().err


def recipe(tool: str) -> str:
    """Give the manual's recipe for a tool."""
    found = re.search(rf"### {tool}\n.*?```sh\n(.*?)```", (ROOT / "docs/shocpp-records.md").read_text(), re.DOTALL)
    assert found is not None
    return found[1]


DUCKDB = """
import sys, duckdb
assert sys.argv[1:3] == ["-csv", "-c"]
found = duckdb.sql(sys.argv[3])
print(",".join(found.columns))
for row in found.fetchall():
    print(*row, sep=",")
"""


@pytest.mark.parametrize(
    ("tool", "wanted"),
    [
        ("jq", "company-x\t42\nfamily-y\t64.8\n"),
        (
            "sqlite-utils",
            [["2023-09", "family-y", 33.0], ["2026-09", "company-x", 42.0], ["2026-09", "family-y", 64.8]],
        ),
        ("duckdb", "month,account,kwh\n2023-09,family-y,33.0\n2026-09,company-x,42.0\n2026-09,family-y,64.8\n"),
    ],
)
def test_recipes(home: Path, tmp_path: Path, tool: str, wanted: object) -> None:
    """The manual's recipes do what they say, and twice the same."""
    folder = home / "accounting"
    put(folder, legacy(), name="old.json")
    put(folder, exact())
    put(folder, exact(local="2026-09-04 08:00:00"))
    put(folder, legacy("company-x", "2026-09-01 08:00:00", 9000, 9042))
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ask.py").write_text(DUCKDB)
    programs = {"sqlite-utils": "-m sqlite_utils", "duckdb": f"'{tools}/ask.py'"}
    for name, words in programs.items():
        (tools / name).write_text(f"#!/bin/sh\nexec '{sys.executable}' {words} \"$@\"\n")
        (tools / name).chmod(0o755)
    environ = {"PATH": f"{tools}:{home}/bin:{os.environ['PATH']}", "HOME": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run(
            ["sh", "-euc", recipe(tool)], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        out: object = done.stdout
        if tool == "sqlite-utils":
            out = [list(row.values()) for row in json.loads(done.stdout)]
        assert out == wanted


def test_unread(home: Path) -> None:
    """A reader that has enough is no fault."""
    for minute in range(200):
        put(home / "accounting", exact(local=f"2026-09-03 {minute // 60:02}:{minute % 60:02}:00", note="x" * 2000))
    script = f'set -o pipefail; "{home}/bin/shocpp-records" | head -n 1 >/dev/null'
    done = subprocess.run(["bash", "-c", script], env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# a process counts as large as what started it was: what starts this one is small, and not the tests
MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
)


def test_memory_does_not_grow(home: Path) -> None:
    """Memory does not grow with the records; what they cost is the benchmark's to say (tests/bench/records.py)."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    took_kib = []
    for count in (300, 3000):
        for n in range(count):
            local = (begin + timedelta(minutes=100 * n)).strftime("%Y-%m-%d %H:%M:%S")
            put(home / "accounting", exact(local=local), digest=f"{n:012x}")
        command = [sys.executable, "-I", "-c", MEASURED, str(home / "bin/shocpp-records")]
        with (home / "records.jsonl").open("wb") as file:
            done = subprocess.run(
                command, env={"PATH": os.defpath}, stdout=file, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=True
            )
        took_kib.append(int(done.stderr))
    assert (home / "records.jsonl").read_bytes().count(b"\n") == 3000
    assert took_kib[1] < took_kib[0] + 1000
