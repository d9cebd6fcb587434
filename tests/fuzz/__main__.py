"""
Fuzz for as long as you like: ``python -m tests.fuzz --cases 1000000 [--first SEED]``, from the checkout's root.

A broken promise ends it with the seed, which ``--first SEED --cases 1`` tries again alone.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

from tests.fuzz.hammer import hammer


def main() -> None:
    """Run and say how it goes on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many messages (default: a million)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    arguments = parser.parse_args()
    began = time.monotonic()
    hammer(arguments.cases, arguments.first, say=lambda words: print(words, file=sys.stderr))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{arguments.cases} messages in {time.monotonic() - began:.0f} s, at most {most} MiB, no promise broken")


if __name__ == "__main__":
    main()
