"""Hostile minutes from the command line."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import tests.hostile
from tests.hostile import hostile


def main() -> None:
    """Run them and print what was done, and what the good ones felt of it."""
    parser = argparse.ArgumentParser(
        description=tests.hostile.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(hostile(Path(folder), options.seconds, is_encrypted=not options.plain), indent=2))


if __name__ == "__main__":
    main()
