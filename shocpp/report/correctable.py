"""Which record may be corrected: the one that bills a charge, and as long as no correction of it counts."""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.spool.accounting import corrections, record_reader
from shocpp.spool.accounting.settled import SettledMonths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ledger.charge import Charge
    from shocpp.ledger.correction import Corrections
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
    charge = corrections.charge_at(accounting, place)
    made = corrections.read_corrections(accounting, record_reader.ignore)
    known = made.of(charge.ref)
    if known is not None:
        raise DataError(f"{charge.ref} is corrected already by {known.ref}; correct that one")
    billed = _billed_by(accounting, charge, made)
    if billed != charge.ref:
        raise DataError(f"{charge.ref} only repeats {billed}, which bills the charge; correct that one")
    return charge


def _billed_by(accounting: Accounting, charge: Charge, made: Corrections) -> str:
    """Give the place of the record that bills a charge: mostly its own."""
    settled = SettledMonths(accounting)
    for each in record_reader.read(accounting, record_reader.ignore, charge.folder, charge.folder):
        each.repeats = each.repeats or settled.repeated_by(each)
        made.mark_if_repeated(each)
        if each.ref == charge.ref:
            return each.repeats or each.ref
    return charge.ref
