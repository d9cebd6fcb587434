"""
Which account indexes were ever given: what the records and the open charges know of accounts, removed ones included.

An index is in the ids of transactions that charge points report later, and in the records of years ago: given to
another account it would put the one's energy on the other.
"""

from __future__ import annotations

from shocpp.ledger import transaction_id as ids
from shocpp.spool.accounting import record_reader
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import seen
from shocpp.spool.run.open_charges import read_ended, read_transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.spool.accounting.accounting import Accounting


def used_indexes(accounting: Accounting, run_dir: str, report: Callable[[str, str], None]) -> set[int]:
    """
    Gather all indexes that any account had.

    Args:
        accounting: Keeps the records, and the charges that are open for all machines.
        run_dir: The folder run/, whose open charges are asked, too.
        report: Is told the path and what is wrong of everything that is no record.

    Returns:
        The indexes; without 0, which is nobody's.
    """
    open_anywhere = {index for each in accounting.open_transactions() for index in _index_in(each)}
    return {*_of_records(accounting, report), *_of_open_charges(run_dir), *open_anywhere} - {ids.UNASSIGNED}


def _of_records(accounting: Accounting, report: Callable[[str, str], None]) -> Iterator[int]:
    for charge in record_reader.read(accounting, report):
        index = charge.fields.get("account_index")
        yield from [index] if index.__class__ is int else _index_in(charge.transaction_id)


def _of_open_charges(run_dir: str) -> Iterator[int]:
    for identity in seen(run_dir):
        folder = folder_of(run_dir, identity)
        for transaction_id in read_transactions(folder):
            yield from _index_in(transaction_id)
        for _, start in read_ended(folder, 0):
            yield from _index_in(start.get("transaction_id"))


def _index_in(transaction_id: object) -> Iterator[int]:
    """Give the index that an id begins with, if it can be one of ours."""
    decoded = ids.decode(transaction_id) if isinstance(transaction_id, int) else None
    if decoded is not None and decoded[0] <= ids.LARGEST_INDEX:
        yield decoded[0]
