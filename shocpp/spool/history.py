"""Whether anything has been charged here before: records, or charges that are open."""

from __future__ import annotations

from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import seen
from shocpp.spool.run.open_charges import read_transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.accounting.accounting import Accounting


def has_history(accounting: Accounting, run_dir: str) -> bool:
    """Tell whether there are records of charges, or starts of open ones."""
    if accounting.months() or accounting.open_transactions():
        return True
    return any(read_transactions(folder_of(run_dir, identity)) for identity in seen(run_dir))
