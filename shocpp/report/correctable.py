"""Which record may be corrected: the one that bills a charge, and as long as no correction of it counts."""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.billed_records import BilledRecords
from shocpp.spool.accounting.corrections import charge_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge
    from shocpp.spool.accounting.accounting import Accounting


def correctable_at(accounting: Accounting, place: str) -> Charge:
    """
    Give the charge of a record that may be corrected.

    Args:
        accounting: Where records are kept.
        place: The record's path, or its place below the accounting folder.

    Raises:
        DataError: Another record is to be corrected in its place; says which one.
        ShocppError: There is no such record, or it cannot be read.
    """
    charge = charge_at(accounting, place)
    records = BilledRecords(accounting)
    known = records.corrections.of(charge.ref)
    if known is not None:
        raise DataError(f"{charge.ref} is corrected already by {known.ref}; correct that one")
    billed = _billed_by(records, charge)
    if billed != charge.ref:
        raise DataError(f"{charge.ref} only repeats {billed}, which bills the charge; correct that one")
    return charge


def _billed_by(records: BilledRecords, charge: Charge) -> str:
    """Give the place of the record that bills a charge: mostly its own."""
    found = records.read(record_reader.ignore, charge.folder, charge.folder)
    return next((each.repeats for each in found if each.ref == charge.ref), "") or charge.ref
