"""A card is taken out of the journal and of run/, wholly, and nothing else is changed."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.ledger.forgotten_card import ForgottenCard
from shocpp.spool.forgetting import in_journal, in_sightings

CARD = ForgottenCard("04a2B3", "forgotten-1")
NOW = datetime(2026, 9, 4, 12, 0, tzinfo=UTC)
FRAMES = {
    '[2,"1","Authorize",{"idTag":"04A2B3"}]': 1,
    '[2,"1","StartTransaction",{"idTag" : "04a2b3","meterStart":5}]': 1,
    '[2,"1","SendLocalList",{"localAuthorizationList":[{"idTag":"04A2B3"},{"idTag":"04A2B3F"}]}]': 1,
    '[3,"1",{"idTagInfo":{"parentIdTag":"04A2B3","status":"Accepted"}}]': 1,
    '[2,"1","DataTransfer",{"data":"{\\"idTag\\":\\"04A2B3\\"}"}]': 1,
    r'[2,"1","Authorize",{"idTag":"04\u0041\u0032B3"}]': 1,
    r'[2,"1","Authorize",{"idTag":"04\u00412B3\u0000"}]': 1,
    '[2,"1","MeterValues",{"meterValue":[{"sampledValue":[{"value":"04A2B3"}]}]}]': 0,
    '[2,"1","Authorize",{"idTag":"104A2B3"}]': 0,
}

MANY = sum(FRAMES.values())


def line(frame: str, day: int = 3) -> bytes:
    return f'{{"time":"2026-09-0{day}T07:52:10.123Z","charge_point":"C","direction":"in","frame":{frame}}}\n'.encode()


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame(frame: str) -> None:
    """The card goes wherever a field holds one, in every spelling that is the same card; a reading is no card."""
    kept, count = CARD.taken_out(line(frame))
    assert count == FRAMES[frame]
    assert json.loads(kept) and kept.count(b"forgotten-1") == count
    assert count or kept == line(frame)


@given(st.text(max_size=30), st.text(min_size=1, max_size=20))
def test_any_frame(text: str, other: str) -> None:
    """Whatever stands in a line, it stays JSON, and what is not the card stays as it was."""
    frame = json.dumps([2, text, "X", {"idTag": "04A2B3", "parentIdTag": f"x{other}", "data": text}])
    before = json.loads(line(frame))["frame"]
    kept, _ = CARD.taken_out(line(frame))
    after = json.loads(kept)["frame"]
    assert after[3]["idTag"] == "forgotten-1"
    assert (after[1], after[3]["parentIdTag"]) == (before[1], before[3]["parentIdTag"])


def put_day(folder: Path, day: int, is_gzipped: bool = False) -> Path:
    """Write a day of the journal with all frames in it, and with a line that is none."""
    path = folder / f"2026/09/0{day}.jsonl{'.gz' if is_gzipped else ''}"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = b"".join(line(frame, day) for frame in FRAMES) + b"half a li\n"
    path.write_bytes(gzip.compress(text) if is_gzipped else text)
    path.chmod(0o640)
    os.utime(path, (1_000_000, 1_000_000))
    return path


def test_the_journal(tmp_path: Path) -> None:
    """Days that are over are rewritten, gzipped ones too, with mode and time; today's is named, and left."""
    days = [put_day(tmp_path, 1), put_day(tmp_path, 2, is_gzipped=True), put_day(tmp_path, 4)]
    untouched = days[2].read_bytes()
    found = list(in_journal(str(tmp_path), CARD, NOW))
    assert [(each.path, each.count, bool(each.why_not)) for each in found] == [
        (str(days[0]), MANY, False), (str(days[1]), MANY, False), (str(days[2]), MANY, True),
    ]  # fmt: skip
    assert days[2].read_bytes() == untouched
    texts = [days[0].read_bytes(), gzip.decompress(days[1].read_bytes())]
    for text in texts:
        assert text.count(b"forgotten-1") == MANY and text.count(b"\n") == len(FRAMES) + 1 and b"half a li\n" in text
        assert CARD.taken_out(text)[1] == 0
    for day in days[:2]:
        assert (day.stat().st_mode & 0o777, day.stat().st_mtime) == (0o640, 1_000_000)
    assert sorted(path.name for path in days[0].parent.iterdir()) == ["01.jsonl", "02.jsonl.gz", "04.jsonl"]
    assert [each.path for each in in_journal(str(tmp_path), CARD, NOW)] == [str(days[2])]


def test_shortly_after_midnight(tmp_path: Path) -> None:
    """Another process may still write to the day before; and a day that is broken is named, not rewritten."""
    day, broken = put_day(tmp_path, 3), put_day(tmp_path, 2, is_gzipped=True)
    broken.write_bytes(broken.read_bytes()[:60])
    before = day.read_bytes(), broken.read_bytes()
    found = list(in_journal(str(tmp_path), CARD, datetime(2026, 9, 4, 0, 0, 30, tzinfo=UTC)))
    assert len(found) == 2 and all(each.why_not for each in found)
    assert (day.read_bytes(), broken.read_bytes()) == before


def test_run(tmp_path: Path) -> None:
    """The list of refused cards and charges without a stop lose it; a charge under way, and other cards, stay."""
    folder = tmp_path / "CP001"
    for name in ("ended", "transactions"):
        (folder / name).mkdir(parents=True)
        (folder / name / "5-6.json").write_text(json.dumps({"id_tag": "04A2B3", "account": "a"}))
    status = {"identity": "CP001", "refused_tags": {"04A2B3": {"at": 1}, "9999": {"at": 2}}}
    (folder / "status.json").write_text(json.dumps(status))
    found = list(in_sightings(str(tmp_path), CARD))
    assert [(os.path.basename(each.path), each.count) for each in found] == [("status.json", 1), ("5-6.json", 1)]
    assert json.loads((folder / "status.json").read_text()) == {**status, "refused_tags": {"9999": {"at": 2}}}
    assert json.loads((folder / "ended/5-6.json").read_text()) == {"id_tag": "forgotten-1", "account": "a"}
    assert json.loads((folder / "transactions/5-6.json").read_text())["id_tag"] == "04A2B3"
    assert list(in_sightings(str(tmp_path), CARD)) == []
