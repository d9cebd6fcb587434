"""
What a process's first stop waits for, where a charge is open that it did not see begin.

    python -m tests.bench.first_stop [COUNT]

It looks whether the charge has a record already, among those of the month. Prints the CPU that takes, the least of some
rounds: where all were booked in the month before the start, and where all were on its day, so that they must be read.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.booked_charges import has_record
from tests.bench.records import put_record

ROUNDS = 5
MONTH_S, DAY_S = 30 * 86_400, 86_400
FIRST = 1_735_776_000  # 2025-01-02


def main(count: int = 10_000) -> None:
    """Write the records, look, print what it took."""
    for name, span_s in (("a month", MONTH_S - 2 * DAY_S), ("a day", DAY_S // 2)):
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home) / "accounting"
            for number in range(count):
                put_record(folder, FIRST + span_s * number // count, number)
            took_s = min(look_s(folder, FIRST + span_s) for _ in range(ROUNDS))
            print(f"{count} records of {name:8} {1000 * took_s:6.1f} ms")


def look_s(folder: Path, ended: int) -> float:
    """Look for the record of a charge that has none and began as the last one ended; the seconds of CPU that took."""
    at = datetime.fromtimestamp(ended, UTC).isoformat()
    seen = {"begin_wh": 5_000, "started": at, "received": at, "connector_id": 1}
    began = time.process_time()
    has_record(AccountingFolder(str(folder)), "CP900", 10_000_005, seen)
    return time.process_time() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
