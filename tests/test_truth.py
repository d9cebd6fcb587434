"""
What the ledger promises over any history: no Wh on a wrong account, no charge twice, none lost, no wrong "exact".

Charge points start, stop, repeat, reboot, lose power and change their clocks; what serves them is killed at any touch
of the disk, loses run/ or has it restored, and is several machines whose accounting is merged by copying. What is
billed in the end is held against a ledger that knows the truth (``tests.support.truth``).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.support.killed import Killer
from tests.support.served import BEGAN_S, CARDS, Box, Machine
from tests.support.truth import TrueCharge, compare

STEPS = 200
EXAMPLES = 25
TIMES_MORE = 220  # with --thorough: a million steps and some
DRAWN_WH = st.one_of(st.integers(1, 90), st.integers(0, 900), st.integers(0, 90_000))
TAGS = st.sampled_from(["1111", "1111", *CARDS])
SPELLINGS = st.integers(0, 3)
METERS_WH = (0, 995_000, 999_950_000)  # the latter are about to leave the part that an id has, in Wh and in kWh
CONNECTORS = st.integers(0, 1)

ONE, TWO, ELEVENTH, FORGETFUL = "one machine", "two machines", "connectors 1 and 11", "ids are forgotten"


class History(RuleBasedStateMachine):
    """
    A history of one or two charge points, in one of four worlds.

    In the first there is one machine, whose run/ may be lost or restored. Across machines that share nothing, two
    charges with one id cannot be told apart, so with two of them each charge takes its meter into another kWh. Slots
    that were moved are only known as long as run/ is: where connectors 1 and 11 compete for one, it stays; so it does
    where stops come without an id, and there each connector has an account of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(dir=memory))
        self.now_s = float(BEGAN_S)
        self.killer = Killer()
        self.is_on = self.killer.on()
        self.is_on.__enter__()

    @initialize(
        world=st.sampled_from([ONE, TWO, ELEVENTH, FORGETFUL]),
        unit=st.sampled_from(["kwh", "wh"]),
        meter_wh=st.sampled_from(METERS_WH),
    )
    def begin_world(self, world: str, unit: str, meter_wh: int) -> None:
        """Set up machines and charge points."""
        self.world = world
        self.connectors = (1, 11) if world == ELEVENTH else (1, 2)
        names = ("a", "b") if world == TWO else ("a",)
        self.machines = [Machine(self.folder / name, unit, self.killer, lambda: self.now_s) for name in names]
        self.boxes = [
            Box(name, dict.fromkeys(self.connectors, meter_wh), self.machines[0], lambda: self.now_s)
            for name in (("CP1",) if world in (ONE, ELEVENTH) else ("CP1", "CP2"))
        ]

    def box(self, number: int) -> Box:
        """Give a charge point; where there is one, it is that."""
        return self.boxes[number % len(self.boxes)]

    # --- at the charge points

    @rule(box=CONNECTORS, nth=CONNECTORS, id_tag=TAGS)
    def begin(self, box: int, nth: int, id_tag: str) -> None:
        """Begin a charge."""
        if self.world == FORGETFUL:
            id_tag = ("1111", "2222")[nth]
        self.now_s += 1
        self.box(box).begin(self.connectors[nth], id_tag)
        self.box(box).deliver()

    @rule(box=CONNECTORS, nth=CONNECTORS, wh=DRAWN_WH)
    def draw(self, box: int, nth: int, wh: int) -> None:
        """Let energy flow."""
        self.box(box).draw(self.connectors[nth], wh)

    @rule(
        box=CONNECTORS,
        nth=CONNECTORS,
        wh=DRAWN_WH,
        spelling=SPELLINGS,
        is_early=st.booleans(),
        with_begin=st.booleans(),
    )
    def end(self, box: int, nth: int, wh: int, spelling: int, is_early: bool, with_begin: bool) -> None:
        """End a charge; some say first that the connector is available."""
        self.now_s += 1
        there, connector_id = self.box(box), self.connectors[nth]
        if connector_id in there.running:
            there.draw(connector_id, wh + 1000 * (self.world == TWO))
            if is_early:
                there.say_status(connector_id, "Available")
            there.end(connector_id, spelling, with_begin)
            if not is_early:
                there.say_status(connector_id, "Available")
        there.deliver()

    @rule(box=CONNECTORS, does_go_on=st.booleans())
    def lose_power(self, box: int, does_go_on: bool) -> None:
        """Lose power and boot; the charges go on, or end with the boot."""
        self.now_s += 1
        there = self.box(box)
        there.hang_up(is_left=True)
        there.say("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "One"})
        for connector_id in () if does_go_on else self.connectors:
            if self.world == TWO:
                there.draw(connector_id, 1000)
            there.end(connector_id)
        there.deliver()

    @precondition(lambda self: self.world == ONE)
    @rule(box=CONNECTORS, nth=CONNECTORS)
    def abandon(self, box: int, nth: int) -> None:
        """Lose a charge for good: no stop will come, and no backup of run/ from before may hide that."""
        self.box(box).abandon(self.connectors[nth])
        self.machines[0].drop_backup()

    @precondition(lambda self: self.world == FORGETFUL)
    @rule(box=CONNECTORS, nth=CONNECTORS)
    def forget(self, box: int, nth: int) -> None:
        """Lose the id of a charge."""
        self.box(box).forget(self.connectors[nth])

    @rule(box=CONNECTORS, nth=CONNECTORS)
    def start_again(self, box: int, nth: int) -> None:
        """Repeat a start."""
        self.box(box).start_again(self.connectors[nth])
        self.box(box).deliver()

    @rule(box=CONNECTORS, nth=st.integers(0, 20), spelling=SPELLINGS)
    def stop_again(self, box: int, nth: int, spelling: int) -> None:
        """Repeat a stop."""
        self.box(box).stop_again(nth, spelling)
        self.box(box).deliver()

    @rule(box=CONNECTORS, seconds=st.sampled_from([-86_400 * 365, -3600, 0, 0, 7200, 3600 * 20]))
    def set_clock(self, box: int, seconds: int) -> None:
        """Set the clock of a charge point, days after its last charge: what overlaps by its times may be one charge."""
        self.now_s += 2 * 86_400
        self.box(box).ahead_s = seconds

    # --- at the central system

    @rule(seconds=st.one_of(st.integers(1, 90), st.sampled_from([3600, 86_400, 86_400 * 31])))
    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.now_s += seconds

    @rule(at=st.integers(1, 25))
    def kill_at(self, at: int) -> None:
        """Have the next message cut off at a touch of the disk, at the latest before its confirmation leaves."""
        self.killer.arm(at)

    @rule(is_busy=st.booleans())
    def be_busy(self, is_busy: bool) -> None:
        """Have no time, or time again, for what may be late."""
        for box in self.boxes:
            box.is_busy = is_busy

    @rule(box=CONNECTORS)
    def kill(self, box: int) -> None:
        """Kill what serves a charge point."""
        self.box(box).kill()

    @rule(box=CONNECTORS, is_left=st.booleans())
    def hang_up(self, box: int, is_left: bool) -> None:
        """Connect again; the backend from before learns of it at once or later."""
        self.box(box).hang_up(is_left)
        self.box(box).deliver()

    @rule(box=CONNECTORS)
    def drop_left(self, box: int) -> None:
        """Have backends of lost connections go."""
        self.box(box).drop_left()

    @precondition(lambda self: self.world == TWO)
    @rule(box=CONNECTORS, machine=st.integers(0, 1))
    def move(self, box: int, machine: int) -> None:
        """Have a charge point served by another machine."""
        self.box(box).move(self.machines[machine])

    @precondition(lambda self: self.world == ONE)
    @rule()
    def keep_run(self) -> None:
        """Make a backup of run/."""
        self.machines[0].keep_run()

    @precondition(lambda self: self.world == ONE)
    @rule()
    def restore_run(self) -> None:
        """Restore run/ from the backup, or lose it."""
        for box in self.boxes:
            box.kill()
        self.machines[0].restore_run()

    # --- the end

    def teardown(self) -> None:
        """Have everything delivered; hold what the merged machines bill against the truth."""
        try:
            if hasattr(self, "world"):
                self._finish()
        finally:
            self.is_on.__exit__(None, None, None)
            for box in getattr(self, "boxes", ()):
                box.kill()
            shutil.rmtree(self.folder)

    def _finish(self) -> None:
        for box in self.boxes:
            for _ in range(2):  # the first time it may be killed
                box.deliver()
            assert not box.waiting
        charges: list[TrueCharge] = [charge for box in self.boxes for charge in box.charges]
        for number, order in enumerate((self.machines, self.machines[::-1])):
            merged = self.folder / f"merged-{number}"
            for machine in order:
                shutil.copytree(machine.accounting, merged, dirs_exist_ok=True)
            compare(merged, charges)


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=EXAMPLES * (TIMES_MORE if settings().max_examples > 100 else 1), stateful_step_count=STEPS
)
