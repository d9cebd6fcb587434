"""
Histories of charge points and of what serves them: the steps that one is made of, and the truth at its end.

A step is a name, a place (charge point and connector) and a number that says how much, so that a history is plain data
that can be drawn, shrunk and printed. Knows no record: what is billed is held against the truth by ``truth``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.transaction_id import PARTS
from tests.support.audit import compare_merged
from tests.support.killed import Killer
from tests.support.machines import TAGS, Machine
from tests.support.served import ACCOUNTS, BEGAN_S, MOST_METER_WH, Box
from tests.support.truth import TrueCharge
from tests.support.worlds import CARD_IDS, CLOCKS_S, DRAWN_WH, ELEVENTH, FORGETFUL, KEPT, OF_TWO, TWO, WAITS_S

Step = tuple[str, int, int]

REST = "rest"  # what a history is shrunk to


class History:
    """
    One or two charge points, and one or two machines that serve them.

    In a world where ids are forgotten each connector has an account of its own, and no state is lost: what a stop
    without an id means is told by what is open, and by nothing else.

    Args:
        world: One of ``worlds.WORLDS``.
        unit: What transaction ids carry.
        meter_wh: What the meters show at the begin.
    """

    def __init__(self, world: str, unit: str, meter_wh: int) -> None:
        self._folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
        self._now_s = float(BEGAN_S)
        self._killer = Killer()
        self._world, self._unit = world, unit
        self._connectors = (1, 11) if world == ELEVENTH else (1, 2)
        names = ("a", "b") if world in OF_TWO else ("a",)
        self._machines = [Machine(self._folder / name, unit, self._killer, lambda: self._now_s) for name in names]
        self._boxes = [
            Box(name, dict.fromkeys(self._connectors, meter_wh), self._machines[0], lambda: self._now_s)
            for name in ("CP1", "CP2")
        ]
        for box in self._boxes:
            box.is_forgetful, box.is_of_several = world == FORGETFUL, world in OF_TWO

    def run(self, steps: list[Step]) -> None:
        """
        Take the steps, have everything delivered, and hold what the merged machines bill against the truth.

        Raises:
            AssertionError: Something is wrong in what is billed.
        """
        try:
            with self._killer.on():
                for name, place, number in steps:
                    STEPS[name](self, self._boxes[place // 2], self._connectors[place % 2], number)
                self._finish()
        finally:
            for box in self._boxes:
                box.kill()
            shutil.rmtree(self._folder)

    # --- at the charge points

    def rest(self, _box: Box, _connector_id: int, _number: int) -> None:
        """Do nothing: what a history is shrunk to."""

    def begin(self, box: Box, connector_id: int, number: int) -> None:
        """Begin a charge; where one runs, let energy flow."""
        id_tag = CARD_IDS[number % len(CARD_IDS)]
        if self._world == FORGETFUL:
            id_tag = ("1111", "2222")[self._connectors.index(connector_id)]
        self._now_s += 1
        if connector_id in box.running:
            box.draw(connector_id, _drawn(number))
        box.begin(connector_id, id_tag)
        box.deliver()
        if self._world not in OF_TWO and not box.machine.is_restored:
            box.check_ids()

    def end(self, box: Box, connector_id: int, number: int) -> None:
        """End a charge; some say first that the connector is available, some only afterwards."""
        self._now_s += 1
        box.draw(connector_id, _drawn(number))
        if connector_id in box.running:
            if number & 64:
                box.say_status(connector_id, "Available")
            box.end(connector_id, number >> 8, with_begin=bool(number & 32))
            if number & 128:
                box.say_status(connector_id, "Available")
        box.deliver()

    def lose_power(self, box: Box, _connector_id: int, number: int) -> None:
        """Lose power and boot; the charges go on, or end with the boot."""
        self._now_s += 1
        box.hang_up(is_left=bool(number & 2))
        box.say("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "One"})
        for connector_id in self._connectors if number & 4 else ():
            box.end(connector_id, number >> 8)
        box.deliver()

    def abandon(self, box: Box, connector_id: int, _number: int) -> None:
        """Lose a charge for good: no stop will come."""
        if self._world != FORGETFUL:
            box.abandon(connector_id)

    def forget(self, box: Box, connector_id: int, _number: int) -> None:
        """Lose the id of a charge with the power."""
        if self._world == FORGETFUL:
            box.forget(connector_id)
            self.lose_power(box, connector_id, 0)

    def start_again(self, box: Box, connector_id: int, _number: int) -> None:
        """Repeat a start."""
        box.start_again(connector_id)
        box.deliver()

    def stop_again(self, box: Box, _connector_id: int, number: int) -> None:
        """Repeat a stop, one of the last or any, in another spelling or with a later time."""
        self._now_s += 1
        box.stop_again(-1 - number % 3 if number & 8 else number, number >> 8, is_stamped=bool(number & 128))
        box.deliver()

    def set_clock(self, box: Box, _connector_id: int, number: int) -> None:
        """Set the clock of a charge point."""
        box.ahead_s = CLOCKS_S[number % len(CLOCKS_S)]

    # --- at the central system

    def wait(self, _box: Box, _connector_id: int, number: int) -> None:
        """Let time go by."""
        self._now_s += WAITS_S[number % len(WAITS_S)]

    def kill_at(self, _box: Box, _connector_id: int, number: int) -> None:
        """Have the next message cut off at a touch of the disk, at the latest before its confirmation leaves."""
        self._killer.arm(1 + number % 24)

    def kill(self, box: Box, _connector_id: int, number: int) -> None:
        """Kill what serves a charge point; or switch whether it is too busy for what may be late."""
        if number & 1:
            box.is_busy = not box.is_busy
        else:
            box.kill()

    def hang_up(self, box: Box, _connector_id: int, number: int) -> None:
        """Connect again; the backend from before learns of it at once or later."""
        if number & 1:
            box.drop_left()
        box.hang_up(is_left=bool(number & 2))
        box.deliver()

    def move(self, box: Box, _connector_id: int, number: int) -> None:
        """Have a charge point served by another machine."""
        box.move(self._machines[number % len(self._machines)])

    def restore_run(self, _box: Box, _connector_id: int, number: int) -> None:
        """Make a backup of a machine's run/, restore run/ from it, or lose it."""
        machine = self._machines[number // 4 % len(self._machines)]
        if self._world in (FORGETFUL, KEPT):
            return
        if number & 2:
            machine.keep_run()
            return
        self._restore_run(machine)

    def _restore_run(self, machine: Machine) -> None:
        for box in self._boxes:
            if box.machine is machine:
                box.kill()
        machine.restore_run()

    # --- what people do

    def settle(self, _box: Box, _connector_id: int, number: int) -> None:
        """Settle months that are over, always on the same machine; on none of two that are merged in either order."""
        if self._world != TWO:
            self._machines[0].books.settle(self._local_time(), 1 + number % 3)

    def assign(self, _box: Box, _connector_id: int, number: int) -> None:
        """Give a charge to an account, on the machine that settles."""
        account = ACCOUNTS[number % len(ACCOUNTS)]
        books, accounts = self._machines[0].books, Accounts.from_list(TAGS)
        reason = books.assign(number // len(ACCOUNTS), account, accounts, self._local_time())
        for charge in (charge for box in self._boxes for charge in box.charges if charge.reason == reason):
            charge.account = account

    def merge(self, _box: Box, _connector_id: int, number: int) -> None:
        """Bring one machine's accounting into the other's."""
        one, other = self._machines[number % 2 - 1], self._machines[number % 2 - 2 + len(self._machines)]
        if one is not other:
            one.books.take(other.books)

    def change_meter(self, box: Box, connector_id: int, _number: int) -> None:
        """Put in a new meter, also while a charge runs, but not where ids are lost and readings alone have to tell."""
        if not (box.is_forgetful and box.running):
            in_id_alone = self._unit == "wh" and self._world != KEPT
            box.change_meter(connector_id, PARTS if in_id_alone else MOST_METER_WH)

    def _local_time(self) -> datetime:
        return datetime.fromtimestamp(self._now_s).astimezone()

    # --- what is rare by chance

    def restore_between(self, box: Box, connector_id: int, number: int) -> None:
        """Have run/ be restored, while a charge runs, to what it was while the one before it ran."""
        if self._world in (FORGETFUL, KEPT):
            return
        if number & 512:
            self.set_clock(box, connector_id, number >> 4)
        self.begin(box, connector_id, number)
        box.machine.keep_run()
        if number & 512:
            self.set_clock(box, connector_id, number >> 6)
        if number & 1024:
            self.wait(box, connector_id, number)
        self.end(box, connector_id, number)
        self.begin(box, connector_id, number)
        self._restore_run(box.machine)
        self.end(box, connector_id, number & ~32)

    def charge_again(self, box: Box, connector_id: int, number: int) -> None:
        """Charge the same twice, each time from 0, as some meters count; what was seen of the start may be lost."""
        self.end(box, connector_id, number)
        for is_lost in (number & 16, number & 32):
            self.change_meter(box, connector_id, number)
            self.begin(box, connector_id, number)
            self.wait(box, connector_id, number >> 9)
            if is_lost:
                self.restore_run(box, connector_id, number & ~2)
            self.end(box, connector_id, number & ~32)

    def charge_alike(self, _box: Box, connector_id: int, number: int) -> None:
        """Have the same happen at all charge points in the same seconds."""
        for name in ("begin", "end"):
            now_s = self._now_s
            for each in self._boxes:
                self._now_s = now_s
                STEPS[name](self, each, connector_id, number)

    # --- the end

    def _finish(self) -> None:
        for box in self._boxes:
            for _ in range(2):  # the first time it may be killed
                box.deliver()
            assert not box.waiting
            if self._world == KEPT:
                box.check_open()
        charges: list[TrueCharge] = [charge for box in self._boxes for charge in box.charges]
        compare_merged([machine.books for machine in self._machines], self._folder, charges)


STEPS: dict[str, Callable[[History, Box, int, int], None]] = {
    step.__name__: step
    for step in (
        History.rest, History.begin, History.end, History.lose_power, History.abandon, History.forget,
        History.start_again, History.stop_again, History.set_clock,
        History.wait, History.kill_at, History.kill, History.hang_up, History.move, History.restore_run,
        History.settle, History.assign, History.merge, History.change_meter,
        History.restore_between, History.charge_again, History.charge_alike,
    )
}  # fmt: skip
# what is drawn, some of it more often: without charges nothing can go wrong
DRAWN_STEPS = (
    *STEPS,
    *("begin", "end") * 4,
    *("stop_again", "kill_at", "move") * 2,
    *("restore_run",) * 3,
)


def _drawn(number: int) -> int:
    return DRAWN_WH[number % len(DRAWN_WH)]
