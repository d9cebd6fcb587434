"""
What the worst lines of a MiB cost: time of the processor to take them and their end, beside that of plain JSON.

    python -m tests.bench.lines [ROUNDS]

The plain line is an array of numbers, read by ``json.loads``; it is read in turns with the others. What counts are
the ratios.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time

from shocpp.ocpp.assembler import Assembler, Piece
from tests.bench.backend import in_turns, ratio_of

MIB = 1 << 20
LONG_LINES = {
    "vertical tabs": b"\x0b" * MIB,
    "blanks": b"[" + b" " * MIB,
    "quotes": b'"' * MIB,
    "numbers": b"1 " * (MIB // 2),
    "empty arrays": b"[] " * (MIB // 3),
    "backslashes": b'[2,"' + b"\\" * MIB,
    "brackets": b"[" * MIB,
    "commas": b"," * MIB,
    "headers": b'[2,"1",' * (MIB // 7),
    "digits": b'[2,"1","A",{"a":' + b"9" * MIB + b"}]",
    "wide blanks": "\u2003".encode() * (MIB // 3),
}
PLAIN = b"[" + b"1," * (MIB // 2 - 1) + b"1]"


def taken(line: bytes) -> tuple[float, list[Piece]]:
    """
    Take a line and its end; give the seconds of processor time, and what came of it.

    No garbage is collected meanwhile: that takes as long as there are objects of others.
    """
    assembler = Assembler()
    gc.disable()
    try:
        began = time.process_time()
        pieces = [*assembler.feed(line), *assembler.finish()]
        return time.process_time() - began, pieces
    finally:
        gc.enable()


def _plain_s() -> float:
    began = time.process_time()
    json.loads(PLAIN)
    return time.process_time() - began


def main(rounds: int = 5) -> None:
    """Print a line for each."""
    for name, line in LONG_LINES.items():
        ours, plain = in_turns(rounds, lambda line=line: taken(line[:MIB])[0], _plain_s)  # type: ignore[misc]
        print(f"{name:15} {statistics.median(ours) * 1000:7.1f} ms   ratio to plain JSON {ratio_of(ours, plain):6.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
