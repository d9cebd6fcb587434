"""
What the ledger promises over any history: no Wh on a wrong account, no charge twice, none lost, no wrong "exact".

Charge points start, stop, repeat, reboot, lose power, change their clocks and get new meters; what serves them is
killed at any touch of the disk, loses run/ or has it restored, and is several machines whose accounting is merged;
people settle months and correct charges. What is billed in the end is held against a ledger that knows the truth
(``tests.support.truth``). A million steps, cheaper and counted: ``python -m tests.histories``.
"""

from __future__ import annotations

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.support.history import DRAWN_STEPS, REST, History, Step
from tests.support.worlds import METERS_WH, MOST, PLACES, UNITS, WORLDS

LENGTH = 200  # steps of a history, a few of them rests
EXAMPLES = 57
LEAST_STEPS = 10_000
TIMES_MORE = 100 if settings().max_examples > 100 else 1  # with --thorough

STEP = st.tuples(st.sampled_from(DRAWN_STEPS), st.sampled_from(PLACES), st.integers(0, MOST - 1))


def test_whatever_happens_the_right_account_is_billed_once() -> None:
    """Over any history what is billed is what was drawn: by the right account, once, and to the Wh where it says so."""
    taken = 0

    @settings(max_examples=EXAMPLES * TIMES_MORE)
    @given(
        world=st.sampled_from(WORLDS),
        unit=st.sampled_from(UNITS),
        meter_wh=st.sampled_from(METERS_WH),
        steps=st.lists(STEP, min_size=LENGTH, max_size=LENGTH),
    )
    def holds(world: str, unit: str, meter_wh: int, steps: list[Step]) -> None:
        nonlocal taken
        steps = [step for step in steps if step[0] != REST]
        note(f"{world}, {steps}")
        History(world, unit, meter_wh).run(steps)
        taken += len(steps)

    holds()
    assert taken > LEAST_STEPS * TIMES_MORE, f"{taken} steps are too few to tell"
