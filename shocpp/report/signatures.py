"""The signed meter values of a statement's sessions: judged once, when it is made."""

from __future__ import annotations

from shocpp.installation import installing
from shocpp.ocmf.signature import NO_PACKAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement

    Keys = Mapping[str, tuple[str, ...]]


def judge(items: Iterable[Item], read_keys: Callable[[], Keys] | None) -> Keys:
    """
    Judge the signed values of items that have some.

    Args:
        items: The items; each that has signed values gets its verdict.
        read_keys: Gives the public keys of meters, by charge point; asked only where there is something to verify.

    Returns:
        The keys of the charge points that signed.
    """
    signed = [item for item in items if item.charge.signed]
    if not signed:
        return {}
    from shocpp.ocmf.judging import verdict

    keys = read_keys() if read_keys else {}
    for item in signed:
        charge = item.charge
        booked_wh = charge.consumed_kwh * 1000 if charge.consumed_wh is None else charge.consumed_wh
        billed_wh = None if charge.anomaly else booked_wh
        item.signature = verdict(charge.signed, keys.get(charge.charge_point, ()), billed_wh, charge.is_exact)
    return {name: keys[name] for name in sorted({item.charge.charge_point for item in signed}) if name in keys}


def advice(statement: Statement) -> str:
    """Say how signed values come to be verified, if only the package for it is missing; empty otherwise."""
    if not any(item.signature and item.signature.why == NO_PACKAGE for item in statement.items):
        return ""
    return f"signed meter values are not verified: {installing('signed')}"
