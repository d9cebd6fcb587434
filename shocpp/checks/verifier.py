"""
What cannot be right among records, and between them and other sources: the journal, and charges that ended in run/.

How a finding is written is ``report.verification``'s.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta

from shocpp.ledger.accounts import Accounts
from shocpp.report import verification
from shocpp.spool.conf.configuration import find_charge_points, read_tags
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import seen
from shocpp.spool.run.open_charges import read_ended
from shocpp.stores.accounting_at import accounting_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, tzinfo

    from shocpp.errors import Report
    from shocpp.report.gather import Source, Wanted
    from shocpp.report.words import Words
    from shocpp.settings import Settings


class Verifier:
    """
    Looks for what cannot be right among records, and between them, the journal and run/.

    Args:
        settings: Where everything lies; without a journal only records are checked.
        source: Reads records.
        wanted: Which of them.
        report: Is told of what cannot be read in the journal.
        zone: The zone of local days; None for the system's.
    """

    def __init__(
        self, settings: Settings, source: Source, wanted: Wanted, report: Report, zone: tzinfo | None = None
    ) -> None:
        self._settings = settings
        self._source = source
        self._wanted = wanted
        self._report = report
        self._zone = zone

    def findings(self, most_w: int, words: Words, is_json: bool) -> Iterator[str]:
        """
        Give what is found, a line each.

        Args:
            most_w: What the strongest connector delivers, in W.
            words: The language.
            is_json: Give JSON documents.
        """
        yield from self._of_records(most_w, words, is_json)
        yield from self._of_journal(words, is_json)
        yield from self._of_run(words, is_json)

    def _of_records(self, most_w: int, words: Words, is_json: bool) -> Iterator[str]:
        for each in self._source.findings(self._wanted, most_w):
            yield verification.document(each) if is_json else verification.line(each, words)

    def _of_journal(self, words: Words, is_json: bool) -> Iterator[str]:
        """Compare with the journal; its stops bear no account, so that of a single one nothing can be said."""
        settings = self._settings
        if not settings.journal_dir or self._wanted.account is not None:
            return
        from shocpp.history.reconcile import compare

        begin, end = self._midnight(self._wanted.span.first), self._midnight(self._wanted.span.last, days=1)
        accounts = read_tags(settings.tags_file) if os.path.exists(settings.tags_file) else Accounts()
        listed = find_charge_points(settings.charge_points_file)
        kept = settings.journal_dir, accounting_at(settings.accounting)
        for each in compare(*kept, accounts, settings.transaction_unit, self._report, begin, end, listed):
            if self._wanted.charge_point in (None, each.charge_point):
                where = each.time, each.charge_point, each.digest
                if is_json:
                    yield verification.journal_document(each.kind, where, each.text)
                else:
                    yield verification.journal_line(each.kind, where, each.text, words)

    def _of_run(self, words: Words, is_json: bool) -> Iterator[str]:
        """List the charges that ended in the span without a stop."""
        begin, end = self._midnight(self._wanted.span.first), self._midnight(self._wanted.span.last, days=1)
        run_dir = self._settings.run_dir
        for identity in seen(run_dir):
            if self._wanted.charge_point not in (None, identity):
                continue
            for ended_s, each in read_ended(folder_of(run_dir, identity), begin.timestamp()):
                if ended_s < end.timestamp() and self._wanted.account in (None, each.get("account")):
                    write = verification.no_stop_document if is_json else verification.no_stop_line
                    yield write(identity, datetime.fromtimestamp(ended_s, UTC), each, words)

    def _midnight(self, day: date, days: int = 0) -> datetime:
        """Give the begin of a local day, aware."""
        begin = datetime.combine(day, time())
        return (begin + timedelta(days=days)).replace(tzinfo=self._zone).astimezone()
