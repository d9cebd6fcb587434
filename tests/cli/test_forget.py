"""shocpp-journal --forget as it is typed: what it says, and with which status."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.cli.journal import main
from tests.cli.conftest import Connect
from tests.support.journals import Talk, put
from tests.support.patience import until
from tests.support.records import exact
from tests.support.records import put as put_record


@pytest.fixture
def kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a journal of a charge, in May."""
    monkeypatch.setenv("SHOCPP_HOME", str(home))
    monkeypatch.setenv("SHOCPP_JOURNALDIR", str(home / "journal"))
    talk = Talk("CP001", datetime(2026, 5, 1, 12, tzinfo=UTC))
    talk.start(20_009_042, 9_042_700, "3333")
    talk.stop(20_009_042, 9_075_100)
    put(home / "journal", talk.lines)
    put_record(home / "accounting", exact(id_tag="3333"))
    return home


def test_a_card_is_forgotten(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each file is named with how often it had it; the session stays together under a pseudonym; the books stay."""
    (day,) = (kept / "journal").glob("*/*/*")
    record = next((kept / "accounting").glob("*/*/*.json")).read_bytes()
    assert b'"3333"' in day.read_bytes()
    assert main(["--forget", "3333"]) == 0
    out, err = capfd.readouterr()
    assert re.fullmatch(re.escape(str(day)) + r": \d+\n", out) and err == ""
    assert b'"3333"' not in day.read_bytes()
    assert len(set(re.findall(rb"forgotten-[0-9a-f]{8}", day.read_bytes()))) == 1
    assert next((kept / "accounting").glob("*/*/*.json")).read_bytes() == record
    assert main(["--forget", "3333"]) == 0
    assert capfd.readouterr() == ("", "")


def test_what_is_in_use_is_named(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A day that is not over keeps the card, is named, and the status says: try again."""
    talk = Talk("CP001", datetime.now(UTC))
    talk.start(20_009_042, 9_042_700, "3333")
    put(kept / "journal", talk.lines)
    assert main(["--forget", "3333"]) == 75
    out, err = capfd.readouterr()
    assert out.count("\n") == 1 and "still has it: its day is not over; do it again tomorrow\n" in err


def test_a_connected_charge_point(kept: Path, connect: Connect, capfd: pytest.CaptureFixture[str]) -> None:
    """Whose backend has the list of refused cards in memory would write it back: it is named."""
    point = connect("CP001")
    status = kept / "run/CP001/status.json"
    until(lambda: "boot" in json.loads(status.read_text()), "what it has seen so far to be written")
    status.write_text(json.dumps({"identity": "CP001", "refused_tags": {"9999": {}}}))
    assert main(["--forget", "9999"]) == 75
    assert f"{status} still has it: it is connected" in capfd.readouterr().err
    point.close()
    status.write_text(json.dumps({"identity": "CP001", "refused_tags": {"9999": {}}}))
    assert main(["--forget", "9999"]) == 0
    assert json.loads(status.read_text())["refused_tags"] == {}


@pytest.mark.parametrize("words", [
    ["--forget", ""],
    ["--forget", "3333", "--follow"],
    ["--forget", "3333", "--from", "2026-05"],
    ["--forget", "3333", "--charge-point", "CP001"],
])  # fmt: skip
def test_makes_no_sense(kept: Path, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """No card, or only a part of what there is, is refused; nothing is changed."""
    before = [path.read_bytes() for path in (kept / "journal").glob("*/*/*")]
    assert main(words) == 64
    assert capfd.readouterr().out == "" and before == [path.read_bytes() for path in (kept / "journal").glob("*/*/*")]


def test_without_a_journal(kept: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is kept run/ is cleared all the same."""
    monkeypatch.delenv("SHOCPP_JOURNALDIR")
    (kept / "run/CP001").mkdir(parents=True)
    (kept / "run/CP001/status.json").write_text(json.dumps({"identity": "CP001", "refused_tags": {"9999": {}}}))
    assert main(["--forget", "9999"]) == 0
    assert capfd.readouterr().out.endswith("/run/CP001/status.json: 1\n")
