"""shocpp-records: accounting as JSON Lines, for jq, databases and spreadsheets."""

from __future__ import annotations

import os
import sys
from datetime import date

import click

from shocpp.cli import typos
from shocpp.cli.moment import moment
from shocpp.cli.progress import Progress
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import DataError, UsageError
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.document import line, renamed
from shocpp.ledger.span import Span, parse_day
from shocpp.report import exported
from shocpp.settings import Settings
from shocpp.spool.conf.configuration import find_charge_points, read_tags
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


@click.command("records", context_settings=HELP)
@click.option("--from", "first", metavar="DAY", help="Booked on this day or in this month, or later.")
@click.option("--to", "last", metavar="DAY", help="Booked on this day or in this month, or earlier.")
@click.option("--fix-tags", metavar="FILE", help="Name the account, by this tags.json, where a record has none.")
@click.option("--assign", nargs=2, metavar="FILE ACCOUNT", help="Give a charge to an account: write a correction.")
@click.option("--accept", metavar="FILE", help="Bill an anomaly that was real: write a correction.")
@click.option("--why", metavar="TEXT", help="Why it is corrected; needed for both.")
@click.option("--by", metavar="NAME", help="Who corrects it; default: the user who runs this.")
@click.option("--with-settlements", is_flag=True, help="Print what months were settled with, too, for shocpp-store.")
@click.option("--from-journal", is_flag=True, help="Make the records anew from the journal, and compare.")
@click.option("--merge", "is_merge", is_flag=True, help="Bring in the accounting of the homes in FOLDER...")
@click.argument("folders", nargs=-1, metavar="[FOLDER...]")
@version_option
def export(
    first: str | None,
    last: str | None,
    fix_tags: str | None,
    assign: tuple[str, str] | None,
    accept: str | None,
    why: str | None,
    by: str | None,
    with_settlements: bool,
    from_journal: bool,
    is_merge: bool,
    folders: tuple[str, ...],
) -> None:
    """
    Print all records as JSON Lines: one object for each, with an _id that stays the same.

    With --with-settlements a line follows for each settled month, so that shocpp-store can take it to other accounting.

    With --from-journal the records are made of the journal alone, with the meter values of each charge. Where they do
    not agree with accounting, stderr says so.

    With --assign or --accept a record is corrected: a second one is written, which takes its place, and its path is
    printed.

    With --merge the accounting of the homes in FOLDER... is brought into this one.
    """
    settings = Settings.from_environ()
    if assign or accept or why or by:
        from shocpp.cli.correct import correct

        correct(settings, assign, accept, why, by)
        return
    _check(is_merge, bool(folders), with_settlements, from_journal, bool(settings.store))
    if is_merge:
        from shocpp.cli.merge import merge

        merge(settings.accounting_dir, folders)
        return
    typos.require_accounting(settings)
    accounts = read_tags(fix_tags) if fix_tags else None
    faults = _Faults()
    if from_journal:
        _print(_rebuilt(settings, first, last, faults), accounts)
    else:
        accounting, span = accounting_at(settings.accounting), _span(first, last)
        _print(exported.records(accounting, span, faults.report), accounts)
        if with_settlements:
            sys.stdout.writelines(exported.settlements(accounting, span))
    faults.complain()


main = entry_point(export, "shocpp-records")


def _check(is_merge: bool, has_folders: bool, with_settlements: bool, from_journal: bool, has_store: bool) -> None:
    """
    Refuse what does not go together.

    Raises:
        UsageError: Two options do not, or one lacks what it needs.
    """
    if is_merge != has_folders:
        raise UsageError("--merge and the folders to merge go together")
    if with_settlements and from_journal:
        raise UsageError("--with-settlements is for what is booked, and not for --from-journal")
    if is_merge and has_store:
        raise UsageError(
            "--merge brings folders into a folder; for a store: shocpp-records --with-settlements | shocpp-store URL"
        )


class _Faults:
    """What is wrong with records and journal: named once all is printed, so that it stands below."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def report(self, path: str, why: str) -> None:
        """Note what cannot be read."""
        self.found.append(f"{path}: {why}")

    def complain(self) -> None:
        """
        Name them.

        Raises:
            DataError: There were some.
        """
        if not self.found:
            return
        sys.stdout.flush()
        for fault in self.found:
            click.echo(f"shocpp-records: {fault}", err=True)
        raise DataError(f"{len(self.found)} {'fault' if len(self.found) == 1 else 'faults'}, named above")


def _print(documents: Iterator[dict[str, Any]], accounts: Accounts | None) -> None:
    """Print records, a line each; by accounts, where there are some, those are named that a record does not name."""
    # where the records themselves pass on the terminal, a count among them would only be in the way
    watched = documents if sys.stdout.isatty() else Progress("shocpp-records: {count} records").watch(documents)
    for each in watched:
        sys.stdout.write(line(renamed(each, accounts) if accounts is not None else each))


def _span(first: str | None, last: str | None) -> Span:
    return Span(parse_day(first) if first else date.min, parse_day(last, is_last=True) if last else date.max)


def _rebuilt(settings: Settings, first: str | None, last: str | None, faults: _Faults) -> Iterator[dict[str, Any]]:
    """Give the records that the journal holds; add where accounting does not agree with them."""
    from shocpp.cli.journal import journal_folder
    from shocpp.history.reconcile import Reconciliation, in_words
    from shocpp.spool.files.zone import local_zone

    begin, end = moment(first), moment(last, is_last=True)
    accounts = read_tags(settings.tags_file) if os.path.exists(settings.tags_file) else Accounts()
    reconciliation = Reconciliation(
        journal_folder(settings),
        accounts,
        settings.transaction_unit,
        faults.report,
        begin,
        end,
        local_zone(os.environ)[0],
        settings.most_kwh,
        find_charge_points(settings.charge_points_file),
    )
    for digest, made in reconciliation.rebuilt():
        yield made.document(digest)
    faults.found += map(in_words, reconciliation.disagreements(accounting_at(settings.accounting)))
