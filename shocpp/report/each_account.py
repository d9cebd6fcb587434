"""A statement for each account, each in a file of its own, and how the files are called."""

from __future__ import annotations

import os

from shocpp.report import formats
from shocpp.spool.files.durable import make_folder, replace
from shocpp.spool.files.names import folder_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.span import Span
    from shocpp.ledger.statement import Statement
    from shocpp.report.words import Words

_ENDINGS = {"text": "txt", "safe": "xml"}


def write_each(
    statement: Statement, folder: str, form: str, words: Words, locale: str, has_bom: bool = False
) -> Iterator[str]:
    """
    Write the statement of each account into a folder; one of the same name gives way to it.

    Args:
        statement: The statement of all accounts.
        folder: The folder; made if need be.
        form: A format of ``formats.ALL``.
        words: Its language.
        locale: How numbers and dates are written, ``"de"`` or ``"en"``.
        has_bom: CSV begins with a byte order mark.

    Yields:
        The path of each file, once it is there, in the order in which their names sort.

    Raises:
        ShocppError: One cannot be written, or the package of its format is not there.
    """
    make_folder(folder)
    names = {name: folder_name(name) for name in statement.accounts()}
    for name in sorted(names, key=names.__getitem__):
        own = statement.of_account(name)
        if form in formats.FILES:
            data = formats.document(own, form, words, locale)
        else:
            data = "".join(formats.write(own, form, words, locale, has_bom)).encode()
        path = os.path.join(folder, f"{span_name(own.header.span)}_{names[name]}.{_ENDINGS.get(form, form)}")
        replace(path, data)
        yield path


def span_name(span: Span) -> str:
    """
    Name a span so that names sort by time: a month, a year, or its first and last day.

    >>> from shocpp.ledger.span import Span
    >>> span_name(Span.of_month(2026, 9)), span_name(Span.of_year(2026))
    ('2026-09', '2026')
    """
    if span.is_month:
        return span.first.isoformat()[:7]
    return str(span.first.year) if span.is_year else f"{span.first}_{span.last}"
