"""The formats that a statement has, by name."""

from __future__ import annotations

from shocpp.report.forms import Forms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.statement import Statement
    from shocpp.report.words import Words

FORMATS = ("text", "csv", "json", "html")


def write(statement: Statement, form: str, words: Words, locale: str, has_bom: bool = False) -> str:
    """
    Write a statement.

    Args:
        statement: The statement.
        form: Of ``FORMATS``.
        words: Its language.
        locale: How numbers and dates are written, ``"de"`` or ``"en"``.
        has_bom: CSV begins with a byte order mark, by which spreadsheets know UTF-8.

    Returns:
        The whole of it, its last line end included.

    Raises:
        UnavailableError: HTML is asked for, and Jinja2 is not there.
    """
    if form == "json":
        from shocpp.report import data

        return data.document(statement, words) + "\n"
    if form == "csv":
        from shocpp.report import table

        forms = Forms(locale, is_grouped=False)
        return (table.BOM if has_bom else "") + table.table(statement, words, forms, ";" if locale == "de" else ",")
    if form == "html":
        from shocpp.report import html

        return html.page(statement, words, Forms(locale))
    from shocpp.report import text

    return "".join(f"{line}\n" for line in text.lines(statement, words, Forms(locale)))
