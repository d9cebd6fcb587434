"""What a statement costs: each record is opened once, and twice as many at twice as many charge points cost twice."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import pytest

from shocpp.report.formats import FORMATS
from tests.support.invented_month import statement
from tests.support.pages import page as page_of
from tests.support.records import exact, put

FEW = 100


def calls(function: Callable[[], object]) -> int:
    """Count the calls that a function makes in all: as a measure of time they are the same on any machine."""
    count = 0

    def see(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def make(home: Path, count: int) -> Path:
    """Write an October of so many sessions, with a charge point for each two of them; give the home."""
    first = datetime(2026, 10, 1, 12, 0)
    for number in range(count):
        local = (first + timedelta(minutes=100 * number)).isoformat(" ")
        begin_wh = number // (count // 2) * 10_000
        put(
            home / "accounting",
            exact("tenant-1", local, begin_wh, begin_wh + 9000, charge_point=f"CP{number % (count // 2)}"),
        )
    return home


def test_each_record_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement reads a record once, whatever it says of it."""
    home, opened, real = make(tmp_path, FEW), Counter[str](), os.open

    def counted(path: str, *args: int) -> int:
        opened[os.path.basename(path)] += 1
        return real(path, *args)

    monkeypatch.setattr(os, "open", counted)
    made = statement(home)
    assert len(made.items) == FEW and made.unaccounted
    assert sorted(opened.values()) == [1] * FEW


@pytest.mark.parametrize("form", ["read", *FORMATS])
def test_twice_as_many_cost_twice(tmp_path: Path, form: str) -> None:
    """Neither to read sessions, find gaps and add up, nor to write a page takes more a session where there are more."""

    def cost(count: int) -> int:
        home = make(tmp_path / str(count), count)
        if form == "read":
            return calls(lambda: statement(home))
        made = statement(home)
        return calls(lambda: page_of(made, form, "en"))

    cost(FEW)  # what is made once in a process
    few, twice, most = (cost(FEW * times) for times in (1, 2, 4))
    assert most - twice < 2.2 * (twice - few)
