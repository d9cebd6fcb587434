"""shocpp-summary: what was charged, by whom, in a month or any other span."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from functools import partial

import click

from shocpp.cli import typos
from shocpp.cli.progress import Progress
from shocpp.cli.run import HELP, OK, STATUS, entry_point, version_option
from shocpp.cli.skipped_files import SkippedFiles
from shocpp.cli.spans import span_of
from shocpp.errors import ConfigError, DataError, UsageError
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report import formats, notices
from shocpp.report.forms import LOCALES
from shocpp.report.gather import Source, Wanted
from shocpp.report.inputs import Inputs
from shocpp.report.words import LANGUAGES, Words, language_of
from shocpp.settings import Settings
from shocpp.spool.files.acting_user import owner_of
from shocpp.spool.files.zone import local_zone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shocpp.ledger.statement import Statement


@click.command("summary", context_settings=HELP)
@click.argument("month", nargs=-1, metavar="[YEAR MONTH]")
@click.option("--year", metavar="YEAR", help="A whole year.")
@click.option("--from", "first", metavar="DAY", help="The first day of any span: 2026-09-03, or 2026-09.")
@click.option("--to", "last", metavar="DAY", help="Its last day; default: today.")
@click.option("--account", metavar="NAME", help="Only this account.")
@click.option("--charge-point", metavar="ID", help="Only this charge point.")
@click.option("--format", "form", type=click.Choice(formats.ALL), default="text", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language; default: SHOCPP_LANG, else the locale's.")
@click.option("--locale", type=click.Choice(LOCALES), help="Form of numbers and dates; default: the language's.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for spreadsheets.")
@click.option("--each-account", is_flag=True, help="A file for each account, with --output-dir.")
@click.option("--output-dir", metavar="DIR", help="Where those files go; their paths are printed.")
@click.option("--settle", is_flag=True, help="Settle a month that is over, once: its statement stays as it is.")
@click.option("--verify", is_flag=True, help="List what cannot be right instead; status 65 if there is any.")
@click.option("--power", metavar="KW", type=click.IntRange(1, 4000), default=22, show_default=True,
              help="With --verify: what the strongest connector delivers.")  # fmt: skip
@version_option
def summary(
    month: tuple[str, ...],
    year: str | None,
    first: str | None,
    last: str | None,
    account: str | None,
    charge_point: str | None,
    form: str,
    lang: str | None,
    locale: str | None,
    bom: bool,
    each_account: bool,
    output_dir: str | None,
    settle: bool,
    verify: bool,
    power: int,
) -> int:
    """
    Sum up the charges booked in a month: by account, in all, and one by one.

    Without YEAR and MONTH it is the month before this one.
    """
    settings = Settings.from_environ()
    words = Words(lang or language_of(os.environ, settings.language))
    zone, zone_name = local_zone(os.environ)
    now = datetime.now(UTC)
    _check_output(form, each_account, output_dir, account, verify)
    wanted = Wanted(span_of(now.astimezone(zone).date(), month, year, first, last), account, charge_point)
    progress = Progress("shocpp-summary: {count} records read")
    skipped = SkippedFiles(progress)
    source = Source(settings, skipped.tell, described, progress.watch)
    if verify:
        from shocpp.checks.verifier import Verifier

        findings = Verifier(settings, source, wanted, skipped.tell, zone).findings(power * 1000, words, form == "json")
        return _verified(findings, "" if form == "json" else words["verified"], skipped)
    inputs = Inputs(settings, zone, zone_name, _say, needs_prices=bool(os.environ.get("SHOCPP_PRICESFILE")))
    make = partial(inputs.statement, source, wanted, _created(now))
    if settle:
        from shocpp.report.settling import settle_month

        with owner_of(settings.accounting_dir):
            settle_month(source, wanted, inputs.prices, make, skipped.complain)
    statement = make()
    if not statement.items:
        typos.require_wanted(settings, wanted, _created(now).astimezone(zone).date())
    _write(statement, form, words, locale or words.language, bom, output_dir)
    for said in notices.on(statement, source, inputs, settings.prices_file):
        _say(said)
    skipped.complain()
    return OK


main = entry_point(summary)


def _write(statement: Statement, form: str, words: Words, locale: str, bom: bool, output_dir: str | None) -> None:
    """Write a statement: to stdout, or one for each account into a folder."""
    if output_dir is not None:
        from shocpp.report.each_account import write_each

        for path in write_each(statement, output_dir, form, words, locale, bom):
            click.echo(path)
    elif form in formats.FILES:
        _put_out(formats.document(statement, form, words, locale))
    else:
        _print(formats.write(statement, form, words, locale, bom), is_for_people=form == "text")


def _verified(findings: Iterable[str], otherwise: str, skipped: SkippedFiles) -> int:
    """Print what was found, or what is said if nothing was; the exit status."""
    has_found = False
    for line in findings:
        click.echo(line)
        has_found = True
    if not has_found and otherwise:
        click.echo(otherwise)
    skipped.complain()
    return STATUS[DataError] if has_found else OK


def _check_output(form: str, each: bool, output_dir: str | None, account: str | None, verify: bool) -> None:
    """
    Refuse what can be written nowhere.

    Raises:
        UsageError: The options say nowhere, or two things at once.
    """
    if each != (output_dir is not None):
        raise UsageError("--each-account and --output-dir belong together")
    if each and (account is not None or verify):
        raise UsageError("--each-account has no account of its own, and nothing to do with --verify")
    if form in formats.FILES and not each and not verify and sys.stdout.isatty():
        raise UsageError(f"{form} is nothing for a terminal; put it into a file: shocpp-summary … >statement.{form}")


def _print(pieces: Iterable[str], is_for_people: bool) -> None:
    """
    Print a page as it comes.

    For people what an old terminal's alphabet lacks is a question mark; files are always UTF-8.
    """
    out = getattr(sys.stdout, "buffer", None)
    encoding = sys.stdout.encoding if is_for_people else "utf-8"
    for piece in pieces:
        if out is None:
            sys.stdout.write(piece)
        else:
            out.write(piece.encode(encoding, "replace"))


def _put_out(document: bytes) -> None:
    """Give a file to whoever reads standard output."""
    sys.stdout.buffer.write(document)


def _say(sentence: str) -> None:
    click.echo(f"shocpp-summary: {sentence}", err=True)


def _created(now: datetime) -> datetime:
    """Give the time that the statement bears: ours, or the one that makes two runs alike (SOURCE_DATE_EPOCH)."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not fixed:
        return now
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"SOURCE_DATE_EPOCH is {fixed[:40]!r}; it takes seconds since 1970") from None
