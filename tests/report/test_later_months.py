"""Statements of what becomes of a month later, byte for byte: settled, with a late record, corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from shocpp.ledger.statement import Statement
from shocpp.report.formats import FORMATS
from shocpp.report.words import LANGUAGES
from tests.support.invented_month import golden, golden_page
from tests.support.later_months import STORIES, statement
from tests.support.pages import page as page_of


@pytest.fixture(params=STORIES)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Statement]:
    """A story's name and its statement."""
    return request.param, statement(tmp_path, request.param)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_stays_as_it_was(story: tuple[str, Statement], form: str, language: str) -> None:
    """It is the same bytes, today and whenever this is run, whatever prices have become."""
    name, made = story
    is_same = page_of(made, form, language).encode() == golden_page(form, language, name)
    assert is_same, (
        f"not {golden(form, language, name).name}: `python -m tests.support.invented_month`, then `git diff`"
    )


def test_has_what_it_is_there_for(story: tuple[str, Statement]) -> None:
    """Each story has what it tells of."""
    name, made = story
    wanted = {"settled": "repeated", "late": "late", "corrected": "withdrawn", "taxed": "unpriced", "letter": "late"}
    assert wanted[name] in made.flags()
    assert made.header.is_settled == (name not in ("late", "corrected"))
    assert len(made.taxed()) == {"taxed": 3, "letter": 2}.get(name, 0)
    assert bool(made.header.parties.of(made.header.account)) == (name == "letter")
