"""
What accounting bills for a whole history, held against the truth: on one machine, or on several that are merged.

What is true of a charge is ``truth``'s.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from tests.support.books import Bill, Books, exported_wh, overwritten
from tests.support.truth import TrueCharge


def compare_merged(machines: list[Books], folder: Path, charges: list[TrueCharge]) -> None:
    """
    Hold what machines bill together against the truth: their accounting copied and merged, in either order.

    Args:
        machines: Their accounting; the first one settles.
        folder: Where it may be put together.
        charges: What is true.

    Raises:
        AssertionError: Something is wrong in what is billed, or depends on the order.
    """
    settling, merged = machines[0], []
    for number, order in enumerate([machines, machines[::-1]][: len(machines)]):
        copied, together = folder / f"copied-{number}", Books(folder / f"merged-{number}")
        for each in order:
            shutil.copytree(each.folder, copied, copy_function=shutil.copyfile, dirs_exist_ok=True)
            together.take(each)
        bill = compare(copied, charges)
        settling.check(bill)
        compare_exported(copied, bill)
        merged.append(_contents(together.folder))
        if number == 0 and len(machines) > 1:
            bill = compare(together.folder, charges)
            settling.check(bill)
            compare_exported(together.folder, bill)
    assert settling.settled or all(contents == merged[0] for contents in merged), "merging depends on the order"


def compare(accounting: Path, charges: list[TrueCharge]) -> Bill:
    """
    Hold what an accounting folder bills against the truth; give what it bills.

    A charge that drew nothing may be billed any number of times. Of charges that are alike (``is_like``) one may be
    billed in the place of another, and an account that somebody gave to one of them may be another's: what has to be
    right is how many of them are billed, and how many to which account.

    Raises:
        AssertionError: Wh on a wrong account, a charge billed twice or lost, a wrong figure; says which.
    """
    faults: list[str] = []
    by_reason = {charge.reason: charge for charge in charges}
    alike = {charge.reason: [each for each in charges if each.is_like(charge)] for charge in charges}
    count, found, accounts = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    bill = Bill(accounting)
    for billed in bill.charges:
        true = by_reason.get(billed.reason)
        if true is None or true.stopped_s is None:
            faults.append(f"billed though it did not end: {billed.ref} {billed.reason}")
            continue
        found[billed.reason] += 1
        if not true.is_nothing(billed, charges):
            count[billed.reason] += 1
            accounts[alike[billed.reason][0].reason, billed.account] += 1
            faults += true.faults_in(billed, [each for each in charges if each.is_twin_of(true)])
    for charge in charges:
        too_few = sum(each.is_confirmed and not found[each.reason] for each in alike[charge.reason])
        too_many = sum(max(0, count[each.reason] - 1) for each in alike[charge.reason])
        if charge.is_confirmed and not found[charge.reason] and too_few > too_many and not charge.is_covered(charges):
            faults.append(f"lost: {charge}")
        if charge.drawn_wh and count[charge.reason] > 1 and too_many > too_few:
            faults.append(f"billed {count[charge.reason]} times: {charge}")
    faults += (
        f"{energy_wh} Wh of {reason} are billed to {account}"
        for (reason, account), energy_wh in bill.energy_wh.items()
        if energy_wh and all(each.account != account for each in alike[reason])
    )
    for (reason, account), number in accounts.items():
        true_number = sum(each.account == account for each in alike[reason])
        if not true_number or (number > true_number < len(alike[reason]) and by_reason[reason].drawn_wh):
            faults.append(f"{number} of {alike[reason]} are billed to {account}")
    assert not faults, "\n".join(faults)
    return bill


def compare_exported(accounting: Path, bill: Bill) -> None:
    """
    Hold what an accounting folder bills against what is exported of it, but for what was overwritten by copying.

    Raises:
        AssertionError: Statements bill something else than the exported records say.
    """
    exported, billed = exported_wh(accounting), bill.by_record()
    faults = [
        f"{place}: {exported.get(place)} Wh are exported, and {billed.get(place)} billed"
        for place in sorted((exported.keys() | billed.keys()) - overwritten(accounting))
        if exported.get(place) != billed.get(place)
    ]
    assert not faults, "\n".join(faults)


def _contents(folder: Path) -> dict[str, bytes]:
    """Give all files below a folder but the lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
