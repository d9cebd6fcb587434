"""
What the worst lines of a MiB cost: processor time, and its ratio to that of plain JSON, read in turns with them.

    python -m tests.bench.lines [ROUNDS]

First what is no frame, taken by the assembler as one line and as one message; then frames served by a connection that
keeps a journal and knows a key: the longest at one go in the loop, all in the loop, and all, what is done after the
answer included. 100 ms of a quiet core is what anything may take.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from shocpp.ocpp.assembler import Assembler
from shocpp.ocpp.frames import Piece
from tests.bench.backend import in_turns, ratio_of
from tests.support.cost_of_a_message import Cost, collected, connected, cost_of
from tests.support.hostile_lines import FRAMES, GARBAGE, MIB, line

PLAIN = b"[" + b"1," * (MIB // 2 - 1) + b"1]"


def taken(data: bytes, is_message: bool = False) -> tuple[float, list[Piece]]:
    """
    Take a line and its end, or a message; give the seconds of processor time, and what came of it.

    No garbage is collected meanwhile: that takes as long as there are objects of others.
    """
    assembler = Assembler()
    gc.disable()
    try:
        began = time.process_time()
        pieces = [*assembler.feed_message(data)] if is_message else [*assembler.feed(data), *assembler.finish()]
        return time.process_time() - began, pieces
    finally:
        gc.enable()


def _plain_s() -> float:
    began = time.process_time()
    json.loads(PLAIN)
    return time.process_time() - began


def _taken_s(data: bytes, is_message: bool) -> float:
    return taken(data, is_message)[0]


def main(rounds: int = 5) -> None:
    """Print a line for each."""
    for name, parts in GARBAGE.items():
        for is_message in (False, True):
            ours, plain = in_turns(rounds, partial(_taken_s, line(parts), is_message), _plain_s)
            print(_row(f"{name}, {'message' if is_message else 'line'}", ours, plain))
    with tempfile.TemporaryDirectory() as home:
        charge_point = connected(Path(home))
        serve = partial(cost_of, charge_point, book=lambda _record: ("/1.json", True))
        for name, parts in FRAMES.items():
            costs: list[Cost] = []

            def total_s(message: bytes = line(parts), costs: list[Cost] = costs) -> float:
                costs.append(collected(partial(serve, message)))
                return costs[-1].total_s

            ours, plain = in_turns(rounds, total_s, _plain_s)
            longest, in_loop = (statistics.median(each) * 1000 for each in list(zip(*costs, strict=True))[:2])
            print(f"{_row(name, ours, plain)}   at one go {longest:6.1f}, in the loop {in_loop:6.1f} ms")


def _row(name: str, ours: list[float], plain: list[float]) -> str:
    return f"{name:40} {statistics.median(ours) * 1000:7.1f} ms   ratio to plain JSON {ratio_of(ours, plain):6.2f}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
