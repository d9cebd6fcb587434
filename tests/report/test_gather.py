"""
Whole statements: golden files of an invented month, and what holds for every statement in every format.

A golden file that no longer fits is written anew with ``python -m tests.support.invented_month``, and looked at.
"""

from __future__ import annotations

import json
import random
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.report.formats import FORMATS, document
from shocpp.report.words import LANGUAGES, Words
from tests.support import workbooks
from tests.support.invented_month import golden, golden_page, make, statement
from tests.support.pages import page as page_of
from tests.support.properties import examples
from tests.support.readers import Figures, figures_in, from_json
from tests.support.records import exact, legacy, put


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The invented month on disk."""
    make(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_golden(home: Path, form: str, language: str) -> None:
    """A month that has everything gives the same bytes, today and whenever this is run."""
    page = page_of(statement(home), form, language).encode()
    is_golden = page == golden_page(form, language)
    assert is_golden, f"not {golden(form, language).name}: `python -m tests.support.invented_month`, then `git diff`"


@pytest.mark.parametrize("form", ["text", "csv", "json", "html"])
@pytest.mark.parametrize(("language", "mark", "meaning"), [
    ("de", "fremdes Konto", "darf an diesem Ladepunkt nicht laden"),
    ("en", "foreign account", "may not charge at this charger"),
])  # fmt: skip
def test_a_foreign_account_is_flagged(tmp_path: Path, form: str, language: str, mark: str, meaning: str) -> None:
    """Energy that is nobody's since its account may not charge there has a flag of its own, and what that means."""
    record = exact("unassigned", "2026-10-03 10:00:00", unassigned_because="foreign-account")
    put(tmp_path / "accounting", record)
    page = " ".join(page_of(statement(tmp_path), form, language).split())
    assert meaning in page.replace("&shy;", "")
    if form == "json":
        assert json.loads(page)["sessions"][0]["flags"] == ["unassigned", "foreign-account"]
    else:
        assert mark in page


def test_a_missing_golden_file_says_what_to_do() -> None:
    """Whoever adds a format is told how its golden file is made."""
    with pytest.raises(AssertionError, match=r"no tests/golden/october\.en\.other: .*support\.invented_month other`"):
        golden_page("other", "en")


def test_invented_month_has_everything(home: Path) -> None:
    """The month of the golden files has what they are there for."""
    found = json.loads(page_of(statement(home), "json", "en"))
    assert {flag for session in found["sessions"] for flag in session["flags"]} == {
        "late", "clock", "repeated", "anomaly", "unassigned", "unknown", "unpriced",
    }  # fmt: skip
    assert len(found["accounts"]) == 5 and len(found["charge_points"]) == 3
    assert {gap["kind"] for each in found["unaccounted"] for gap in each["gaps"]} == {"gained", "delivered"}
    assert any(session["energy_wh"] == 0 and not session["flags"] for session in found["sessions"])
    assert any(session["started"][-6:] != session["ended"][-6:] for session in found["sessions"] if session["started"])
    assert len({session["price"] for session in found["sessions"]} - {None}) == 3


FOLD = st.integers(0, 1)
RECORDS = st.lists(
    st.one_of(
        st.builds(
            exact,
            account=st.sampled_from(["family-y", "Gäste", "tenant-z", "unassigned", "unknown-3"]),
            local=st.datetimes().map(lambda time: f"2026-10-{time.day:02} {time.hour:02}:{time.minute:02}:00"),
            begin_wh=st.integers(0, 9_000_000),
            end_wh=st.integers(9_000_000, 9_099_999),
            duration_s=st.integers(0, 90_000),
            charge_point=st.sampled_from(["garage", "hof", None]),
            connector_id=st.sampled_from([1, 2, None]),
            anomaly=st.sampled_from([None, None, None, "implausible"]),
            consumed_wh=st.one_of(st.none(), st.integers(0, 99_999)),
        ),
        st.builds(legacy, local=st.sampled_from(["2026-10-03 10:00:00", "2026-10-25 02:30:00"]), fold=FOLD),
    ),
    max_size=12,
)


def figures_of(home: Path, form: str, language: str = "en", **wanted: str) -> Figures:
    """Write a statement and read its figures back out of the page."""
    return figures_in(page_of(statement(home, **wanted), form, language), form, language)


@examples(25)
@given(RECORDS, st.sampled_from(LANGUAGES))
def test_formats_agree(records: list[dict[str, Any]], language: str) -> None:
    """The lines of each format add up to its totals, in Wh and in cents, and all formats have the same ones."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for record in records:
            put(home / "accounting", record)
        found = {form: figures_of(home, form, language) for form in FORMATS}
        found["xlsx"] = workbooks.figures_of(document(statement(home), "xlsx", Words(language), language))
    for figures in found.values():
        assert figures.lines == figures.totals == found["json"].totals
        assert figures.total is None or figures.total == sum_of(figures.totals)


@examples(25)
@given(RECORDS, st.randoms(use_true_random=False))
def test_two_machines(records: list[dict[str, Any]], chance: random.Random) -> None:
    """Records split over two machines, some booked by both, then merged: the same bytes as from one machine."""
    with tempfile.TemporaryDirectory() as folder:
        one, merged = Path(folder) / "one", Path(folder) / "merged"
        chance.shuffle(records)
        for number, record in enumerate(records):
            digest = f"{number:012x}"
            put(one / "accounting", record, digest=digest)
            for _ in range(chance.choice([1, 1, 2])):
                put(merged / "accounting", record, digest=digest)
            if chance.random() < 0.3:  # the stop came again in November, to the other machine
                put(merged / "accounting", record, month="2026/11", digest=digest)
        for form in FORMATS:
            ours, theirs = (page_of(statement(home), form, "de") for home in (one, merged))
            assert ours == theirs


@examples(15)
@given(RECORDS)
def test_accounts_make_the_whole(records: list[dict[str, Any]]) -> None:
    """The statements of all accounts together have what the one of all has, and nothing of each other's."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for record in records:
            put(home / "accounting", record)
        whole = figures_of(home, "json")
        parts = {name: figures_of(home, "json", account=name) for name in whole.totals}
    for name, part in parts.items():
        assert part.totals == {name: whole.totals[name]}


OTHERS = ("family-y", "tenant-z", "Mietvertrag", "unknown-7", "0BAD", "CA4D", "7777", "Nicht erf", '"gaps"')


def test_of_one_account(home: Path) -> None:
    """A statement for an employer has nothing of the other accounts: no name, no card, no unaccounted energy."""
    for form in FORMATS:
        for language in LANGUAGES:
            page = page_of(statement(home, account="company-x"), form, language)
            assert "company-x" in page
            for other in OTHERS:
                assert other not in page, (form, other)


def test_of_one_charge_point(home: Path) -> None:
    """A statement of one charge point has its sessions alone, and its unaccounted energy."""
    found = json.loads(page_of(statement(home, charge_point="hof"), "json", "de"))
    assert {each["charge_point"] for each in found["sessions"]} == {"hof"}
    assert [each["charge_point"] for each in found["unaccounted"]] == ["hof"]


def sum_of(totals: dict[str, tuple[int, Decimal | None]]) -> tuple[int, Decimal | None]:
    """Add accounts up."""
    amounts = [amount for _, amount in totals.values() if amount is not None]
    return sum(wh for wh, _ in totals.values()), sum(amounts, Decimal(0)) if amounts else None


def test_reader_of_json_sees_a_wrong_total() -> None:
    """The check above can fail: a document whose total is not that of its lines is told from one that is right."""
    session = {"account": "a", "energy_wh": 5, "amount": None, "flags": []}
    total = {"account": "a", "energy_wh": 6, "amount": None}
    figures = from_json(json.dumps({"sessions": [session], "accounts": [total], "total": total}), "en")
    assert figures.lines != figures.totals
