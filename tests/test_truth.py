"""
What the ledger promises over any history: no Wh on a wrong account, no charge twice, none lost, no wrong "exact".

Charge points start, stop, repeat, reboot, lose power and change their clocks; what serves them is killed at any touch
of the disk, loses run/ or has it restored, and is several machines whose accounting is merged by copying. What is
billed in the end is held against a ledger that knows the truth (``tests.support.truth``).
"""

from __future__ import annotations

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.support.history import DRAWN_STEPS, METERS_WH, MOST, PLACES, WORLDS, History, Step

LENGTH = 200  # steps of a history, a few of them rests
EXAMPLES = 55  # so more than 10 000 steps
TIMES_MORE = 100  # with --thorough: a million and some

STEP = st.tuples(st.sampled_from(DRAWN_STEPS), st.sampled_from(PLACES), st.integers(0, MOST - 1))


@settings(max_examples=EXAMPLES * (TIMES_MORE if settings().max_examples > 100 else 1))
@given(
    world=st.sampled_from(WORLDS),
    unit=st.sampled_from(["kwh", "wh"]),
    meter_wh=st.sampled_from(METERS_WH),
    steps=st.lists(STEP, min_size=LENGTH, max_size=LENGTH),
)
def test_whatever_happens_the_right_account_is_billed_once(
    world: str, unit: str, meter_wh: int, steps: list[Step]
) -> None:
    """Over any history what is billed is what was drawn: by the right account, once, and to the Wh where it says so."""
    note(f"{world}, {[step for step in steps if step[0] != 'rest']}")
    History(world, unit, meter_wh).run(steps)
