"""How much is done for a message that was made to be dear: counted in calls, whatever else the machine does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from shocpp.backend.lines import Lines
from tests.support.cost_of_a_message import connected, cost_of
from tests.support.hostile_lines import KINDS, Parts, line

SIZE = 34_000  # half of it is a long message, too: its meter values are read at once
MOST_A_BYTE = 16  # calls of functions, Python's own too; the most are for empty texts, each searched for keys
SOME = 3_000  # whatever the length is: the log, the journal, sightings


@pytest.fixture(scope="module")
def charge_point(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    """Connect a charge point that knows a key; its frames are kept in a journal."""
    yield connected(tmp_path_factory.mktemp("work"))


def calls(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes."""
    count = 0

    def note(_frame: object, event: str, _value: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("parts", KINDS.values(), ids=KINDS)
def test_it_grows_with_the_length_alone(charge_point: Lines, parts: Parts) -> None:
    """Twice the message is at most twice the work, and no byte is worth more than some calls."""

    def serve(size: int) -> None:
        cost_of(charge_point, line(parts, size), lambda _record: ("/1.json", True))

    serve(SIZE // 2)  # what is loaded for the first one of its kind is not counted
    half, whole = (calls(partial(serve, size)) for size in (SIZE // 2, SIZE))
    assert whole <= 2.2 * half + SOME
    assert whole <= MOST_A_BYTE * SIZE + SOME
