"""
The protocol as transcripts: the same conversations through every transport, with the same answers and records.

Knows that the transcripts agree among the transports; what they say is in tests/transcripts/.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import brokered, transcript_shares, transcripts, transports

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _rows() -> list[Any]:
    """Pair each transport with each transcript that it can carry; what a dear one leaves out is for --thorough."""
    loaded = {name: transcripts.load(name) for name in transcripts.names()}
    shares = transcript_shares.shares(loaded)
    return [
        pytest.param(transport, loaded[name], marks=[pytest.mark.thorough] * is_left, id=f"{transport}-{name}")
        for transport in transports.TRANSPORTS
        for name in loaded
        if transcript_shares.is_carried(transport, loaded[name])
        for is_left in [transport in transcript_shares.DEAR and (transport, name) not in shares]
    ]


@pytest.mark.parametrize(("transport", "transcript"), _rows())
def test_transcript(transport: str, transcript: transcripts.Transcript, tmp_path: Path) -> None:
    """Every answer is the one that stands there, and so are the records and the quirks that are counted."""
    records = _converse(transport, transcript, tmp_path)
    if transport != "core":
        assert records == _converse("core", transcript, tmp_path)


def _converse(transport: str, transcript: transcripts.Transcript, folder: Path) -> list[dict[str, Any]]:
    carrier = transports.make(transport, folder / transport, transcript.environ)
    try:
        transcripts.converse(carrier, transcript)
    finally:
        if isinstance(carrier, transports.Websocketd | brokered.Brokered):
            carrier.end()
    transcripts.check_traces(carrier.scratch, transcript)
    records = [_timeless(name, record) for name, record in carrier.scratch.records().items()]
    return sorted(records, key=lambda record: str(record["digest"]))


def _timeless(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what depends on our own clock: the month, the time of receipt, and all times if theirs is no good."""
    ours = {"received"} | ({"localtime", "unixtime"} if record.get("clock_suspect") else set())
    digest = re.sub(r".*-", "", name)
    return {"digest": digest, **{key: value for key, value in record.items() if key not in ours}}


def test_operators_are_told_of_every_quirk() -> None:
    """docs/quirks.md names each transcript of a quirk under its number, and nothing that is not there."""
    rows = [line.split(" | ") for line in (ROOT / "docs/quirks.md").read_text().splitlines() if line.startswith("| ")]
    named = {shown: int(row[0].strip("| ")) for row in rows[1:] for shown in re.findall(r"`([^`]+)`", row[-1])}
    quirks = {name: int(name.split("-")[1]) for name in transcripts.names() if name.startswith("quirk-")}
    assert {name: number for name, number in named.items() if not name.endswith(".py")} == quirks
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert {name for name in named if name.endswith(".py")} <= tests
