"""shocpp-datum as it is typed: journal lines in, datum lines out."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import BOTH_WAYS
from tests.support.journals import Talk, put
from tests.support.patience import PATIENCE_S
from tests.support.programs import Program


@pytest.fixture
def talk() -> Talk:
    """Let a charge point charge."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}, {})
    talk.meter(10_009_042, {"value": "9050.10", "unit": "kWh", "phase": "L3"})
    talk.stop(10_009_042, 9_075_100)
    return talk


def text(talk: Talk) -> str:
    """Give a conversation as a journal's text."""
    return b"".join(talk.lines).decode()


@BOTH_WAYS
def test_stdin(run: Program, talk: Talk) -> None:
    """Lines on stdin become datums, of the node that is named, and with the digits that were sent."""
    result = run("datum", "--node-id", "12", stdin=text(talk))
    assert (result.status, result.err) == (0, "")
    first, status, meter, last = map(json.loads, result.out.splitlines())
    assert {each["nodeId"] for each in (first, status, meter, last)} == {12}
    assert status["sourceId"] == "/ocpp/cp/CP001/1/status" and status["sessionId"] == first["sessionId"]
    assert '"wattHours_c":9050100}' in result.out
    assert last["endReason"] == "Local"


def test_nodes(run: Program, talk: Talk) -> None:
    """A charge point's own node goes before that of all; one without is passed over and named once."""
    other = Talk("CP=2")
    other.start(10_009_042, 9_042_700)
    other.stop(10_009_042, 9_042_700)
    both = text(talk) + text(other)
    result = run("datum", "--node-id", "12", "--node-id", "CP=2=13", stdin=both)
    assert [json.loads(each)["nodeId"] for each in result.out.splitlines()] == [12, 12, 12, 12, 13, 13]
    result = run("datum", "--node-id", "CP001=12", stdin=both)
    assert len(result.out.splitlines()) == 4
    assert result.err == "shocpp-datum: charge point 'CP=2' has no node id and is passed over\n"


def test_template(run: Program, talk: Talk) -> None:
    """Source ids follow their template."""
    result = run("datum", "--node-id", "1", "--source-id", "ev/{connectorId}", stdin=text(talk))
    assert {json.loads(each)["sourceId"] for each in result.out.splitlines()} == {"ev/1", "ev/1/status"}


def test_a_source_id_of_its_own(home: Path, run: Program, talk: Talk) -> None:
    """A charge point's own template in charge-points.json goes before that of all; a field that is none is refused."""
    (home / "conf").mkdir(exist_ok=True)
    listed = home / "conf/charge-points.json"
    listed.write_text(json.dumps([{"identity": "CP001", "source_id": "/yard/{connectorId}"}, {"identity": "CP002"}]))
    other = Talk("CP002")
    other.start(10_009_042, 9_042_700)
    result = run("datum", "--node-id", "1", "--source-id", "ev/{connectorId}", stdin=text(talk) + text(other))
    assert [json.loads(each)["sourceId"] for each in result.out.splitlines()] == [
        "/yard/1", "/yard/1/status", "/yard/1", "/yard/1", "ev/1",
    ]  # fmt: skip
    listed.write_text(json.dumps([{"identity": "CP001", "source_id": "/yard/{site}"}]))
    assert "but not {site}" in run("datum", "--node-id", "1").refusal(64)
    listed.write_text(json.dumps([{"identity": "CP001", "source_id": ""}]))
    assert "field source_id" in run("datum", "--node-id", "1").refusal(78)


def test_files(run: Program, talk: Talk, tmp_path: Path) -> None:
    """Days of the journal are read in the order in which they are named, gzipped or not."""
    put(tmp_path, talk.lines[:4])
    one, other = tmp_path / "2026/05/01.jsonl", tmp_path / "later.jsonl.gz"
    other.write_bytes(gzip.compress(b"".join(talk.lines[4:])))
    whole = run("datum", "--node-id", "1", stdin=text(talk))
    assert run("datum", "--node-id", "1", str(one), str(other)).out == whole.out


@pytest.mark.parametrize(
    "words",
    [[], ["--node-id", "x"], ["--node-id", "CP001="], ["--node-id", "-1"], ["--node-id", "1", "--source-id", "{site}"]],
)
def test_refused(run: Program, words: list[str]) -> None:
    """Options that make no sense are one sentence."""
    run("datum", *words).refusal(64)


@BOTH_WAYS
def test_no_file(run: Program, tmp_path: Path) -> None:
    """A file that is not there, or is broken, is one sentence with its path."""
    assert "none.jsonl" in run("datum", "--node-id", "1", str(tmp_path / "none.jsonl")).refusal(66)
    (tmp_path / "broken.gz").write_bytes(b"no gzip")
    assert "broken.gz" in run("datum", "--node-id", "1", str(tmp_path / "broken.gz")).refusal(74)
    (tmp_path / "short.gz").write_bytes(gzip.compress(os.urandom(9999))[:-999])
    assert "short.gz" in run("datum", "--node-id", "1", str(tmp_path / "short.gz")).refusal(74)


def test_hostile(run: Program, talk: Talk) -> None:
    """Broken lines are counted, and what is no property is named without its control characters."""
    talk.meter(10_009_042, {"value": "1", "measurand": "\x1b[2J\n" * 99})
    result = run("datum", "--node-id", "1", stdin="{\nnull\n" + text(talk) + '{"time":')
    assert result.status == 0 and len(result.out.splitlines()) == 4
    lines = result.err.splitlines()
    assert len(lines) == 2 and lines[1] == "shocpp-datum: stdin: 3 broken lines passed over"
    assert "\x1b" not in result.err and len(lines[0]) < 400


def test_as_it_comes(home: Path, talk: Talk) -> None:
    """A datum is there as soon as its line is, and a reader that has enough is no fault."""
    process = subprocess.Popen(
        [home / "bin/shocpp-datum", "--node-id", "1"],
        env={"PATH": os.defpath},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(b"".join(talk.lines[:2]))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["duration"] == 0
    process.stdout.close()
    process.stdin.write(b"".join(talk.lines[2:]))
    process.stdin.close()
    assert (process.wait(PATIENCE_S), process.stderr.read()) == (0, b"")
