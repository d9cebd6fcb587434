"""
The verdict on the signed meter values of a charge: each signature, and whether begin and end belong together.

Values that are each signed well prove nothing if they are of two meters, if pages between them are missing, if the
meter flags an error, or if what they measured is not what was billed.
"""

from __future__ import annotations

from itertools import pairwise

from shocpp.ledger.signature_verdict import INVALID, NONE, UNKNOWN, VALID, SignatureVerdict
from shocpp.ocmf.signature import GOOD, WRONG, verify
from shocpp.ocmf.value import SignedValue, is_ocmf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from shocpp.ocmf.value import Reading

_BEGIN, _ENDS = "B", "ELRAP"
_NO_BEGIN = "begin"


def verdict(
    signed: Iterable[Mapping[str, object]], keys: tuple[str, ...], billed_wh: int | None, is_exact: bool
) -> SignatureVerdict:
    """
    Judge the signed values of a charge.

    Args:
        signed: The sampled values as they were sent, in order.
        keys: The public keys of the charge point's meters.
        billed_wh: What the charge was booked with; None where that says nothing, as with readings that cannot be
            believed.
        is_exact: That is known to the Wh; else to the kWh.

    Returns:
        The first reason against it; unknown where nothing can be said.
    """
    texts = [str(each.get("value", "")) for each in signed]
    if not texts:
        return SignatureVerdict(NONE)
    if not all(map(is_ocmf, texts)):
        return SignatureVerdict(UNKNOWN, "format")
    try:
        values = [SignedValue(text) for text in texts]
    except ValueError:
        return SignatureVerdict(INVALID, "format")
    outcomes = [verify(value, keys) for value in values]
    if WRONG in outcomes:
        return SignatureVerdict(INVALID, "signature")
    if unknown := next((each for each in outcomes if each != GOOD), ""):
        return SignatureVerdict(UNKNOWN, unknown)
    why = _disagreement(values, billed_wh, 1 if is_exact else 999)
    # a begin may have come in a MeterValues while the charge was under way, and no record has those
    return SignatureVerdict({"": VALID, _NO_BEGIN: UNKNOWN}.get(why, INVALID), why)


def _disagreement(values: list[SignedValue], billed_wh: int | None, most_wh: int) -> str:
    """Say why values that are each signed well prove nothing together; empty if they do."""
    readings = [reading for value in values for reading in value.readings]
    drawn = list(_drawn(readings))
    if len({value.meter for value in values}) > 1:
        return "meter"
    if any(not _follows(one, other) for one, other in pairwise(values)):
        return "pages"
    if not all(reading.is_good for reading in readings):
        return "flags"
    if not drawn:
        kinds = {reading.kind for reading in readings}
        return "incomplete" if _BEGIN in kinds else _NO_BEGIN
    if billed_wh is not None and all(abs(wh - billed_wh) > most_wh for wh in drawn):
        return "energy"
    return ""


def _follows(one: SignedValue, other: SignedValue) -> bool:
    """Tell whether a page comes right after another; a value that was sent twice is its own page again."""
    if one.page is None or other.page is None:
        return False
    return one.page[0] == other.page[0] and other.page[1] - one.page[1] in (0, 1)


def _drawn(readings: list[Reading]) -> Iterable[Decimal]:
    """Give what each register measured between the begin and the end."""
    begins = {each.register: each.wh for each in readings if each.kind == _BEGIN and each.wh is not None}
    ends = {each.register: each.wh for each in readings if each.kind in _ENDS and each.kind and each.wh is not None}
    return [ends[register] - begin for register, begin in begins.items() if register in ends]
