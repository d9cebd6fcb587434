"""Keys of earlier connections are known again by salted digests, which tell nobody else what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.spool.run.key_marks import FILE, KeyMarks

KEY = "0a1b2c3d4e5f60718293"  # the test's own
NOW = 1_777_636_800.0
DAY = 86400.0


def read(folder: Path, now: float = NOW) -> KeyMarks:
    """Read the marks as another process."""
    marks = KeyMarks(str(folder), lambda: now)
    marks.read()
    return marks


def keep(folder: Path, *keys: str, now: float = NOW) -> None:
    """Keep the marks of keys."""
    marks = read(folder, now)
    marks.add(keys)


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        KEY.upper(),
        f"set to {KEY}.",
        f"key={KEY}&x=1",
        f'{{"any":"{KEY}"}}',
        f"{'x ' * 5000}{KEY} y",
        f'[2,"1","X",{{"data":"{"x" * 5000}","any":"{KEY}"}}]',
    ],
)
def test_known_again(tmp_path: Path, text: str) -> None:
    """A key is found where a word begins, in any letter case; in a long text where it is a word."""
    keep(tmp_path, KEY)
    assert {each.lower() for each in read(tmp_path).found_in(text)} == {KEY}


def test_what_is_none(tmp_path: Path) -> None:
    """Nothing else is found, and nothing where no key was sent."""
    assert not read(tmp_path).marks and read(tmp_path).found_in(KEY) == set()
    keep(tmp_path, KEY)
    for text in ("", "x", KEY[:-1], KEY[::-1], "0" * 20, f"x{KEY}"):
        assert read(tmp_path).found_in(text) == set()


@given(st.text(min_size=8, max_size=40), st.text(max_size=20))
def test_any_key(tmp_path_factory: pytest.TempPathFactory, key: str, around: str) -> None:
    """Whatever letters a key is made of: where it stands alone it is found, and what stands around it fails nothing."""
    folder = tmp_path_factory.mktemp("marks")
    keep(folder, key)
    marks = read(folder)
    marks.found_in(around + key + around)
    if not key[0].isspace():
        assert key in marks.found_in(key)


def test_the_file_tells_no_key(tmp_path: Path) -> None:
    """The file is the owner's alone, has no key in it, and of the same key another digest for each charge point."""
    other = tmp_path / "other"
    other.mkdir()
    for folder in (tmp_path, other):
        keep(folder, KEY)
    texts = [(folder / FILE).read_text() for folder in (tmp_path, other)]
    assert all(KEY not in text for text in texts)
    assert json.loads(texts[0])["marks"][0][0] != json.loads(texts[1])["marks"][0][0]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_lately(tmp_path: Path) -> None:
    """A key is known for thirty days, and the latest four are."""
    keep(tmp_path, KEY)
    assert read(tmp_path, NOW + 29 * DAY).marks and not read(tmp_path, NOW + 31 * DAY).marks
    for number in range(4):
        keep(tmp_path, f"{number}-swordfish", now=NOW + DAY)
    assert not read(tmp_path).found_in(KEY) and read(tmp_path).found_in("0-swordfish")


LONG_SALT = f'{{"salt":"{"00" * 40}","marks":[["ab",20,{NOW}]]}}'
BROKEN = [
    "",
    "[",
    "[]",
    "{}",
    '{"salt":5,"marks":[]}',
    '{"salt":"00","marks":[[1]]}',
    '{"salt":"zz","marks":[]}',
    LONG_SALT,
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    """A broken file stops nothing, and the next key takes its place."""
    (tmp_path / FILE).write_text(text)
    assert read(tmp_path).found_in(KEY) == set()
    keep(tmp_path, KEY)
    assert read(tmp_path).found_in(KEY)
