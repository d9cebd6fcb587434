"""
What it takes to read a year of a hundred thousand records: ``python -m tests.bench.records [COUNT]``.

Writes them into a scratch folder and has ``shocpp-records`` print them and ``shocpp-summary`` make a statement in each
format; prints wall time, CPU and peak memory, and how many times the CPU of jq, which adds up the same files, that is.
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
FORMATS = ("text", "csv", "json", "html")
YEAR, FIRST, SECONDS = "2025", 1_735_700_000, 31_000_000
JQ = (
    "find accounting -name '*.json' -print0 | xargs -0 cat | "
    "jq -n 'reduce inputs as $r ({}; .[$r.account] += $r.consumed_wh)'"
)


def main(count: int = 100_000) -> None:
    """Write the records, read them in each way, print what it took."""
    with tempfile.TemporaryDirectory() as home:
        for number in range(count):
            put_record(Path(home) / "accounting", FIRST + SECONDS * number // count, number)
        print(f"{count} records")
        jq_s = _run("jq", ["/bin/sh", "-c", JQ], home)
        _run("records", [str(ROOT / "bin/shocpp-records")], home, jq_s)
        for form in FORMATS:
            _run(form, [str(ROOT / "bin/shocpp-summary"), "--year", YEAR, "--format", form], home, jq_s)


def _run(name: str, command: list[str], home: str, jq_s: float = 0) -> float:
    """Run a command and print what it took; give its CPU in seconds."""
    environ, began = {"PATH": os.defpath, "SHOCPP_HOME": home}, time.monotonic()
    with subprocess.Popen(command, cwd=home, env=environ, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took, cpu_s = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    ratio = f", {cpu_s / jq_s:.1f} times jq" if jq_s else ""
    print(f"  {name:8} {took:6.1f} s, CPU {cpu_s:6.1f} s, {usage.ru_maxrss / 1024:5.0f} MiB{ratio}")
    return cpu_s


def put_record(accounting: Path, ended: int, number: int) -> None:
    """Write the record of a charge that ended then; the number tells whose and where it was."""
    local = time.gmtime(ended)
    folder = accounting / time.strftime("%Y/%m", local)
    folder.mkdir(parents=True, exist_ok=True)
    begin_wh = number // 50 * 7_100
    fields = {
        "localtime": time.strftime("%Y-%m-%d %H:%M:%S", local),
        "unixtime": str(ended),
        "account": f"tenant-{number % 20 + 1}",
        "begin_kwh": str(begin_wh // 1000),
        "end_kwh": str((begin_wh + 7_100) // 1000),
        "consumed_kwh": str((begin_wh + 7_100) // 1000 - begin_wh // 1000),
        "charge_point": f"CP{number % 50:03}",
        "connector_id": 1,
        "transaction_id": (number % 20 + 1) * 10_000_000 + begin_wh // 1000 % 1_000_000,
        "account_index": number % 20 + 1,
        "id_tag": f"04A2B3C4D5{number % 100:04}",
        "reason": "Local",
        "begin_wh": begin_wh,
        "end_wh": begin_wh + 7_100,
        "consumed_wh": 7_100,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ended - 3600)),
        "stopped": time.strftime("%Y-%m-%dT%H:%M:%SZ", local),
        "duration_s": 3600,
        "received": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ended + 2)),
    }
    (folder / f"{ended}-{number:012x}.json").write_text(json.dumps(fields, indent=2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
