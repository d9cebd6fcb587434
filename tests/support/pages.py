"""A statement's page in one piece."""

from __future__ import annotations

from shocpp.ledger.statement import Statement
from shocpp.report.formats import write
from shocpp.report.words import Words


def page(statement: Statement, form: str, language: str, locale: str = "", has_bom: bool = False) -> str:
    """Write a statement in a format; numbers and dates by default as in its language."""
    return "".join(write(statement, form, Words(language), locale or language, has_bom))
