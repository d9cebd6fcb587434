"""
What it takes to read a hundred thousand records: ``python -m tests.bench.records [COUNT]``.

Writes them into a scratch folder and has ``shocpp-records`` print them all; prints wall time, CPU and peak memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(count: int = 100_000) -> None:
    """Write the records, read them, print what it took."""
    with tempfile.TemporaryDirectory() as home:
        for number in range(count):
            _put(Path(home) / "accounting", 1_700_000_000 + 300 * number, number)
        began = time.monotonic()
        command, environ = [ROOT / "bin/shocpp-records"], {"PATH": os.defpath, "SHOCPP_HOME": home}
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - began
    print(
        f"{count} records: {took:.1f} s, CPU {usage.ru_utime + usage.ru_stime:.1f} s, {usage.ru_maxrss / 1024:.0f} MiB"
    )


def _put(accounting: Path, ended: int, number: int) -> None:
    local = time.gmtime(ended)
    folder = accounting / time.strftime("%Y/%m", local)
    folder.mkdir(parents=True, exist_ok=True)
    fields = {
        "localtime": time.strftime("%Y-%m-%d %H:%M:%S", local),
        "unixtime": str(ended),
        "account": "family-y",
        "begin_kwh": str(number),
        "end_kwh": str(number + 7),
        "consumed_kwh": "7",
        "consumed_wh": 7_100,
        "charge_point": "CP001",
    }
    (folder / f"{ended}-{number:012x}.json").write_text(json.dumps(fields, indent=2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
