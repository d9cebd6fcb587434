"""The formats that a statement has, by name: pages of text, and files of which a terminal can show nothing."""

from __future__ import annotations

from shocpp.report.forms import Forms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.statement import Statement
    from shocpp.report.words import Words

FORMATS = ("text", "csv", "json", "html")
FILES = ("xlsx", "pdf", "safe")
ALL = (*FORMATS, *FILES)


def write(statement: Statement, form: str, words: Words, locale: str, has_bom: bool = False) -> Iterator[str]:
    """
    Write a statement piece by piece: of a year the whole page would be as large as all that it is made of.

    Args:
        statement: The statement.
        form: Of ``FORMATS``.
        words: Its language.
        locale: How numbers and dates are written, ``"de"`` or ``"en"``.
        has_bom: CSV begins with a byte order mark, by which spreadsheets know UTF-8.

    Yields:
        Pieces of any size; the last one ends with a line end.

    Raises:
        UnavailableError: HTML is asked for, and Jinja2 is not there.
    """
    if form == "json":
        from shocpp.report import data

        yield from data.document(statement, words)
    elif form == "csv":
        from shocpp.report import table

        forms = Forms(locale, is_grouped=False)
        yield table.BOM if has_bom else ""
        yield from table.table(statement, words, forms, ";" if locale == "de" else ",")
    elif form == "html":
        from shocpp.report import html

        yield from html.page(statement, words, Forms(locale))
    else:
        from shocpp.report import text

        for line in text.lines(statement, words, Forms(locale)):
            yield f"{line}\n"


def document(statement: Statement, form: str, words: Words, locale: str) -> bytes:
    """
    Write a statement as a file.

    Args:
        statement: The statement.
        form: Of ``FILES``.
        words: Its language.
        locale: How numbers and dates are written, ``"de"`` or ``"en"``.

    Raises:
        UnavailableError: The package that writes it is not there.
    """
    if form == "pdf":
        from shocpp.report import pdf

        return pdf.document(statement, words, Forms(locale))
    if form == "safe":
        from shocpp.report import transparency

        return transparency.document(statement)
    from shocpp.report import workbook

    return workbook.document(statement, words, Forms(locale))
