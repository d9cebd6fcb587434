"""Another home's accounting brought in, in both directions."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.merging import Merging
from shocpp.spool.accounting.months import SETTLEMENT
from tests.support.cuts import is_cut
from tests.support.patience import PATIENCE_S
from tests.support.records import exact, legacy, put, unseen

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "0326fd891def"
OCTOBER: dict[str, Any] = {"local": "2026-10-03 09:52:10"}


def contents(folder: Path) -> dict[str, bytes]:
    """Give all files below a folder but the lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def merge(into: Path, other: Path) -> tuple[Merging, list[str]]:
    """Merge; give what was counted, and the names of the files that were left out."""
    left_out: list[str] = []
    merging = Merging(str(into), lambda path, _: left_out.append(str(Path(path).relative_to(other))))
    merging.take(str(other))
    return merging, left_out


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """Two accounting folders: of one stop the first saw the start; each has a charge of its own, and both one more."""
    one, two = tmp_path / "one", tmp_path / "two"
    put(one, exact(), digest=DIGEST)
    put(two, unseen(exact()), digest=DIGEST)
    for folder in (one, two):
        put(folder, legacy(local="2026-09-05 12:00:00"))
    put(one, exact(local="2026-09-06 12:00:00", charge_point="one"))
    put(two, exact(local="2026-10-01 00:10:00", charge_point="two"))
    put(two, unseen(exact(local="2026-09-30 23:59:00", charge_point="late")), digest="8c1b2d3e4f50")
    put(one, exact(local="2026-09-30 23:59:00", charge_point="late"), month="2026/10", digest="8c1b2d3e4f50")
    return one, two


def test_the_recipe_of_the_manual_in_both_orders(homes: tuple[Path, Path], tmp_path: Path) -> None:
    """One into the other or the other into the one, by the manual's own line: the same bytes, and again no change."""
    manual = (ROOT / "docs/shocpp-records.md").read_text()
    line = re.search(r"```sh\n(shocpp-records --merge .*)\n```", manual)
    assert line
    results = []
    for number, (into, other) in enumerate((homes, homes[::-1])):
        home, mounted = tmp_path / f"home{number}", tmp_path / f"mounted{number}"
        shutil.copytree(into, home / "accounting")
        shutil.copytree(other, mounted / "accounting")
        before = contents(mounted)
        command = (
            line[1].replace("/srv/other", str(mounted)).replace("shocpp-records", str(ROOT / "bin/shocpp-records"))
        )
        for _ in range(2):
            subprocess.run(["/bin/sh", "-c", command], env={"SHOCPP_HOME": str(home)}, check=True, timeout=PATIENCE_S)
            results.append(contents(home / "accounting"))
        assert contents(mounted) == before
    assert all(result == results[0] for result in results)
    assert results[0][f"2026/09/1788421930-{DIGEST}.json"] == contents(homes[0])[f"2026/09/1788421930-{DIGEST}.json"]


def test_nothing_twice(homes: tuple[Path, Path]) -> None:
    """What both have counts once, to the Wh, and of a stop in two months the earlier one bills."""
    merging, left_out = merge(*homes)
    assert (merging.brought, merging.enriched, merging.known, left_out) == (2, 0, 2, [])
    charges = list(record_reader.read(AccountingFolder(str(homes[0])), print))
    assert len(charges) == 5
    assert {charge.month for charge in charges if charge.charge_point == "late"} == {(2026, 9)}


def test_the_richer_is_kept(homes: tuple[Path, Path]) -> None:
    """The record that says more takes the place of the other one, and nothing half-written stays."""
    merging, _ = merge(homes[1], homes[0])
    assert merging.enriched == 1
    assert not list(homes[1].rglob(".*.new"))
    assert {
        charge.consumed_wh
        for charge in record_reader.read(AccountingFolder(str(homes[1])), print)
        if charge.digest == DIGEST
    } == {32_400}


def test_a_settled_month_is_untouched(homes: tuple[Path, Path]) -> None:
    """What is new for it is booked in the next month that is not settled; what says something else is left out."""
    one, two = homes
    put(one, exact(**OCTOBER))
    for month in ("2026/09", "2026/10"):
        (one / month / SETTLEMENT).write_text("{}")
    before = contents(one)
    new = put(two, exact(local="2026-09-07 12:00:00", charge_point="two"))
    for _ in range(2):
        merging, left_out = merge(one, two)
        assert left_out == [f"2026/09/1788421930-{DIGEST}.json"]
    assert merging.brought == merging.late == 0
    after = contents(one)
    assert {path: after[path] for path in before} == before
    assert sorted(path[:7] for path in after.keys() - before.keys()) == ["2026/11", "2026/11"]
    assert after[f"2026/11/{new.name}"] == new.read_bytes()


@pytest.mark.parametrize("ours", ["[]", None])
def test_what_was_settled_there(homes: tuple[Path, Path], ours: str | None) -> None:
    """A month that they settled and we did in another way, or not at all, is named, and neither is changed."""
    one, two = homes
    (two / "2026/09" / SETTLEMENT).write_text("{}")
    if ours is not None:
        (one / "2026/09" / SETTLEMENT).write_text(ours)
    before = contents(one / "2026/09"), contents(two)
    _, left_out = merge(one, two)
    assert left_out == [f"2026/09/{SETTLEMENT}"]
    assert (contents(one / "2026/09"), contents(two)) == before


def test_a_settled_month_that_we_have_nothing_of(homes: tuple[Path, Path], tmp_path: Path) -> None:
    """A home that moves to another machine keeps what it has settled."""
    _, two = homes
    (two / "2026/09" / SETTLEMENT).write_text("{}")
    merge(tmp_path / "new", two)
    assert contents(tmp_path / "new") == contents(two)


@pytest.mark.parametrize("torn", [False, True])
def test_a_kill_leaves_whole_files_and_a_second_run_completes_them(
    homes: tuple[Path, Path], tmp_path: Path, torn: bool
) -> None:
    """Killed at any touch of the disk each file is as it was, or as it shall be; the next run makes the same of it."""
    one, two = homes
    before, wanted = contents(two), tmp_path / "wanted"
    (one / "2026/11").mkdir()
    put(one, legacy(local="2026-11-02 12:00:00"))
    (one / "2026/11" / SETTLEMENT).write_text("{}")
    shutil.copytree(two, wanted)
    merge(wanted, one)
    whole = contents(wanted)
    at, found = 1, set()
    while True:
        into = tmp_path / f"into-{at}"
        shutil.copytree(two, into)
        was_cut = is_cut(partial(merge, into, one), at, torn)
        there = {path: data for path, data in contents(into).items() if not path.endswith(".new")}
        assert before.keys() <= there.keys() <= whole.keys()
        assert all(data in (before.get(path), whole[path]) for path, data in there.items())
        assert f"2026/11/{SETTLEMENT}" not in there or there.keys() >= {path for path in whole if "2026/11" in path}
        found.add(there == whole)
        merge(into, one)
        assert contents(into) == whole
        if not was_cut:
            break
        at += 1
    assert at > 30 and found == {False, True}


def test_strangers(homes: tuple[Path, Path]) -> None:
    """What is no record, and another record under a name of somebody's own, is named; the rest is brought in."""
    one, two = homes
    put(one, legacy(local="2026-09-08 12:00:00"), name="garage.json")
    put(two, legacy(local="2026-09-09 12:00:00"), name="garage.json")
    (two / "2026/09/half.json").write_text("{")
    merging, left_out = merge(one, two)
    assert left_out == ["2026/09/garage.json", "2026/09/half.json"]
    assert merging.brought == 2
