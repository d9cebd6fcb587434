"""shocpp-summary: what was charged, by whom, in a month or any other span."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime

import click

from shocpp import __version__
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import DataError, UsageError
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.ledger.summary import Session
from shocpp.report import data, text
from shocpp.report.forms import Forms
from shocpp.report.plain import plain
from shocpp.report.words import LANGUAGES, Words, language_of
from shocpp.settings import Settings
from shocpp.spool import records
from shocpp.spool.zone import local_zone

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


@click.command(context_settings=HELP)
@click.argument("year", required=False)
@click.argument("month", required=False)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language; default: LC_ALL, LC_MESSAGES or LANG, else de.")
@click.option("--json", "is_json", is_flag=True, help="One JSON document instead of text.")
@version_option
def summary(year: str | None, month: str | None, lang: str | None, is_json: bool) -> None:
    """
    Sum up the charges booked in a month: by account, in all, and one by one.

    Without YEAR and MONTH it is the month before this one.
    """
    now = datetime.now(UTC)
    zone, zone_name = local_zone(os.environ)
    span = _span(year, month, now.astimezone(zone))
    words = Words(lang or language_of(os.environ))
    unread: list[str] = []
    entries = records.read(Settings.from_environ().accounting_dir, lambda *what: _tell(unread, *what), *span.months)
    sessions = (
        Session(each.charge, each.month, os.path.basename(each.path))
        for each in entries
        if span.has(each.charge, each.month)
    )
    statement = Statement(Header(span, now, __version__, zone, zone_name), sessions)
    if is_json:
        click.echo(data.document(statement, words))
    else:
        page = "\n".join(text.lines(statement, words, Forms(words.language)))
        # what an old terminal's alphabet lacks becomes a question mark
        click.echo(page.encode(sys.stdout.encoding, "replace"))
    if unread:
        raise DataError(f"not in the sums: {len(unread)} of the files; correct them or move them away")


main = entry_point(summary)


def _span(year: str | None, month: str | None, today: date) -> Span:
    if year is None or month is None:
        if year is not None:
            raise UsageError(f"which month of {year[:40]!r}? Give YEAR and MONTH, such as 2026 9")
        return Span.of_month_before(today)
    if not (year.isdecimal() and len(year) == 4 and int(year) and month.isdecimal() and 1 <= int(month) <= 12):
        raise UsageError(f"{year[:40]!r} {month[:40]!r} is no month; give YEAR and MONTH, such as 2026 9")
    return Span.of_month(int(year), int(month))


def _tell(unread: list[str], path: str, why: str) -> None:
    """Name a file that is not summed."""
    unread.append(path)
    click.echo(f"shocpp-summary: {plain(path, 4096)}: {why}", err=True)
