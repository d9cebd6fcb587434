"""
Another home's accounting brought into ours: nothing twice, nothing lost, and a settled month stays as it is.

Knows where records go and which of two is kept; what a record says is ``ledger.charge``'s, which of two says more
``ledger.richer``'s. What was settled is only told by the name of its file here.
"""

from __future__ import annotations

import os
from contextlib import suppress

from shocpp.errors import DataError
from shocpp.ledger.charge import digest_in
from shocpp.ledger.richer import rank
from shocpp.spool.accounting.accounting_lock import OneAtATime
from shocpp.spool.accounting.file_content import read_file
from shocpp.spool.accounting.months import SETTLEMENT, booked_months, month_files, record_path
from shocpp.spool.accounting.record_file import parse_record, why
from shocpp.spool.files import durable
from shocpp.spool.files.new_file import write_new

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.errors import Report
    from shocpp.ledger.charge import Month


class Merging:
    """
    Brings other accounting folders into one.

    Args:
        folder: Ours.
        report: Is told path and reason of what is left out.

    Attributes:
        brought, enriched, late, known: How many records were new, said more than ours, were new in a month that is
            settled here and were booked in the next one that is not, were there already.
    """

    def __init__(self, folder: str, report: Report) -> None:
        self._folder = folder
        self._report = report
        self.brought = self.enriched = self.late = self.known = 0

    def take(self, other: str) -> None:
        """
        Bring in another folder; whatever was brought in is durable when this returns.

        Raises:
            ShocppError: Ours cannot be written; what is missing comes when it is done again.
        """
        durable.make_folder(self._folder)
        for month in booked_months(other):
            there, here = _settled(other, month), _settled(self._folder, month)
            path = record_path(other, month, SETTLEMENT)
            if there is not None and here is not None and there != here:
                self._report(path, "differs from ours: the month is left out, neither is changed")
            elif there is not None and here is None and not self._has_no_more_than(other, month):
                self._report(path, "settled there, while our month has other records: the month is left out")
            else:
                with OneAtATime(self._folder):
                    self._take_month(other, month, there if here is None else None)

    def _take_month(self, other: str, month: Month, settled: bytes | None) -> None:
        """Bring in a month, and last of all that it is settled, if it is there and not here."""
        for path in month_files(other, *month):
            try:
                data = read_file(path)
                parse_record(data, month, os.path.basename(path))
            except (OSError, DataError) as error:
                self._report(path, why(error))
            else:
                self._take_record(path, data, month)
        if settled is not None:
            write_new(record_path(self._folder, month, SETTLEMENT), settled)

    def _take_record(self, path: str, data: bytes, month: Month) -> None:
        """Bring in a record that is new here; one of a month that is settled goes into the next that is not."""
        name = os.path.basename(path)
        ours = record_path(self._folder, month, name)
        if os.path.exists(ours):
            self._choose(path, data, ours, month)
        elif digest_in(name) and self._is_settled_elsewhere(name):
            self.known += 1
        else:
            booked = self._next_unsettled(month)
            if booked != month and os.path.exists(record_path(self._folder, booked, name)):
                self.known += 1
                return
            write_new(record_path(self._folder, booked, name), data)
            self.late += booked != month
            self.brought += booked == month

    def _choose(self, path: str, data: bytes, ours: str, month: Month) -> None:
        """Keep the richer of two records under one name; in a settled month ours stays whatever it says."""
        name = os.path.basename(ours)
        kept = read_file(ours)
        if kept == data:
            self.known += 1
        elif not digest_in(name):
            self._report(path, f"another record than {ours}, which has the same name: rename one of them")
        elif _settled(self._folder, month) is not None:
            self._report(path, f"says something else than {ours}, whose month is settled: left out")
        elif rank(parse_record(data, month, name), data) < rank(parse_record(kept, month, name), kept):
            durable.replace_lasting(ours, [data])
            self.enriched += 1
        else:
            self.known += 1

    def _has_no_more_than(self, other: str, month: Month) -> bool:
        """Tell whether all that our month has is in another one, too, byte for byte."""
        for path in month_files(self._folder, *month):
            with suppress(OSError, DataError):
                if read_file(path) == read_file(record_path(other, month, os.path.basename(path))):
                    continue
            return False
        return True

    def _is_settled_elsewhere(self, name: str) -> bool:
        """Tell whether the same stop lies in a month of ours that is settled, and so was billed."""
        return any(
            _settled(self._folder, month) is not None and os.path.exists(record_path(self._folder, month, name))
            for month in booked_months(self._folder)
        )

    def _next_unsettled(self, month: Month) -> Month:
        """Give the month in which a record is booked here: its own, else the next one that is not settled."""
        while _settled(self._folder, month) is not None:
            month = (month[0] + month[1] // 12, month[1] % 12 + 1)
        return month


def _settled(folder: str, month: Month) -> bytes | None:
    """Give what says that a month is settled; None if it is not."""
    try:
        return read_file(record_path(folder, month, SETTLEMENT))
    except FileNotFoundError:
        return None
