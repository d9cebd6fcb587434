"""The statement of one account, which is no share of anything, and one whose period has not begun."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report.words import LANGUAGES
from tests.support.invented_month import make, statement
from tests.support.pages import page
from tests.support.records import BERLIN

OF_ALL = ("Summe der Konten", "Total of the accounts", "Anteile", "Shares", "100,0", "100.0")


@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_has_no_shares_and_no_total_of_accounts(tmp_path: Path, form: str, language: str) -> None:
    """What would compare or sum up accounts is in the statement of all, and not in that of one."""
    make(tmp_path)
    whole, own = statement(tmp_path), statement(tmp_path, account="company-x")
    assert [each for each in OF_ALL if each in page(whole, form, language)]
    assert not [each for each in OF_ALL if each in page(own, form, language)]
    assert ("61,150" if language == "de" else "61.150") in page(own, form, language)


def test_has_its_sum_once(tmp_path: Path) -> None:
    """Text has a line with the account's sum, and no rule below it."""
    make(tmp_path)
    lines = page(statement(tmp_path, account="company-x"), "text", "en").splitlines()
    top = next(number for number, line in enumerate(lines) if line.startswith("Account  ") and "kWh" in line)
    assert lines[top + 2].split() == ["company-x", "3", "61.150", "19.43"] and lines[top + 3] == ""


def not_begun(first_day: datetime) -> Statement:
    """Make a statement of October without any record, on a day."""
    return Statement(Header(Span.of_month(2026, 10), first_day, "1.2.3", BERLIN, "Europe/Berlin"), [])


@pytest.mark.parametrize(("created", "has_begun"), [
    (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), False),
    (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), True),
])  # fmt: skip
def test_a_period_that_has_not_begun_says_so(created: datetime, has_begun: bool) -> None:
    """Until its first midnight, of its own zone, a month has not begun; from then on it is not over."""
    made = not_begun(created)
    text, html = page(made, "text", "de"), page(made, "html", "en")
    assert json.loads(page(made, "json", "en"))["has_begun"] is has_begun
    assert ("Der Zeitraum hat noch nicht begonnen." in text) is not has_begun
    assert ("noch nicht begonnen)" in text) is not has_begun and ("vorläufig)" in text) is has_begun
    assert ("The period has not begun yet." in html) is not has_begun and ("No sessions." in html) is has_begun
