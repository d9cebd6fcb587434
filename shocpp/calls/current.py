"""
The charge that is under way at a charge point, for calls that mean it and do not say its transaction id.

A sighting is what was seen, not what is: an answer that would only be a guess is refused with a sentence for whoever
types the command or holds the phone.
"""

from __future__ import annotations

from shocpp.errors import UsageError
from shocpp.ledger.start import Start
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.open_charges import read_transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class ConflictError(UsageError):
    """What is asked for has no meaning at present, or several; the text is fit for a phone."""


def find(run_dir: str, identity: str, connector_id: int | None) -> int:
    """
    Find the transaction that is under way at a charge point.

    Args:
        run_dir: The folder run/.
        identity: The charge point's; empty for the anonymous one.
        connector_id: The connector; None for the only one on which a transaction is open.

    Raises:
        ConflictError: None is open, or more than one.
    """
    return current_transaction(read_transactions(folder_of(run_dir, identity)), connector_id)


def current_transaction(transactions: Mapping[int, Mapping[str, Any]], connector_id: int | None) -> int:
    """
    Find the open transaction that is meant.

    A connector has one at a time: of several that were seen to begin on it the last one counts, since the ends of the
    others were reported elsewhere, or never. One that is presumed over is only meant where none runs.

    Args:
        transactions: The open ones by id, as sighted.
        connector_id: The connector; None for the only one on which a transaction is open.

    Raises:
        ConflictError: None is open, or more than one.
    """
    starts = {transaction_id: Start.from_sighting(seen) for transaction_id, seen in transactions.items()}
    if any(start.is_ambiguous for start in starts.values()):
        raise ConflictError("Two open charges have the same transaction id; stop them at the charge point.")
    here = {each: start for each, start in starts.items() if connector_id in (None, start.connector_id)}
    running = {each: start for each, start in here.items() if not start.presumed_over}
    latest: dict[int | None, tuple[str, int]] = {}
    for transaction_id, start in (running or here).items():
        begun = (start.received or "", transaction_id)
        latest[start.connector_id] = max(latest.get(start.connector_id, begun), begun)
    if not latest:
        raise ConflictError("No charge is under way.")
    if len(latest) > 1:
        where = ", ".join(sorted("?" if each is None else str(each) for each in latest))
        raise ConflictError(
            f"{len(latest)} charges are under way, at connectors {where}; say which connector is meant."
        )
    return next(iter(latest.values()))[1]
