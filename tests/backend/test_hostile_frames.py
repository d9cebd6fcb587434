"""A message that was made to be dear costs the others next to nothing, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shocpp.backend.lines import Lines
from shocpp.log import Log
from tests.support.cost_of_a_message import collected, connected, cost_of
from tests.support.hostile_lines import KINDS, MIB, Parts, line
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch
from tests.support.units import least_units

SIZE = MIB // 4  # the whole MiB is measured by tests.bench.lines
MOST_UNITS = 12.0 * SIZE / MIB


@pytest.fixture(scope="module")
def charge_point(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """Connect a charge point that knows a key; its frames are kept in a journal."""
    return connected(tmp_path_factory.mktemp("dear"))


@pytest.mark.parametrize("parts", KINDS.values(), ids=KINDS)
def test_no_frame_is_dear(charge_point: Lines, parts: Parts) -> None:
    """
    A frame costs no more than to read some JSON of its length, what is done after its answer included.

    Found: 400 ms in the loop and a second in a worker for a MiB of braces.
    """
    message = line(parts, SIZE)

    def cost() -> float:
        return collected(lambda: cost_of(charge_point, message, lambda _record: ("/1.json", True))).total_s

    assert least_units(cost, MOST_UNITS) <= MOST_UNITS


@pytest.mark.parametrize("indent", [None, 1])
def test_a_night_is_booked_from_its_ends(tmp_path: Path, indent: int | None) -> None:
    """A stop with a MiB of sampled values is booked with begin and end of the charge, whatever is between them."""
    at, full = "2026-01-01T00:00:00Z", {"value": "1", "measurand": "Voltage", "unit": "V", "phase": "L1"}
    begin, end = (
        {"value": value, "context": f"Transaction.{name}"} for name, value in (("Begin", "1000"), ("End", "9000"))
    )
    count = 7_000 if indent else 12_000
    values = [{"timestamp": at, "sampledValue": each} for each in ([begin], [full] * count, [end])]
    frame = [2, "1", "StopTransaction", {"transactionId": 10_000_001, "timestamp": at, "transactionData": values}]
    message = json.dumps(frame, indent=indent).encode()
    assert MIB // 2 < len(message) < MIB
    scratch = Scratch(tmp_path)
    backend = InPlace("CP001", scratch.settings, Log(str(tmp_path / "log")))
    (answer,) = backend.receive_message(message)
    assert answer == '[3,"1",{}]'
    (record,) = scratch.records().values()
    assert (record["begin_wh"], record["end_wh"]) == (1000, 9000)
