"""
What the embedded listener costs beside other central systems: makes the tables of docs/performance.md.

    python -m tests.bench.performance BENCH BUILD            print the tables, five minutes
    python -m tests.bench.performance BENCH BUILD --write    put them into docs/performance.md
    python -m tests.bench.performance BENCH BUILD --rounds 1

BENCH is a folder with a ``peers.py`` that measures servers side by side, ours among them (``--add``), and writes each
run as JSON (``--json``); BUILD is where its load generator (``bin/``), ``node_modules/`` and a Python with the peers'
packages (``v/``) are. Neither is part of this repository. Records and run/ are in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
OURS, PEER, SLOW_PEER = "shocpp", "ocpp-rpc", "mh-ocpp"
ADDED = f"{OURS}={ROOT}/bin/shocpp-listener --embedded --address 127.0.0.1 --port {{port}}"
# scenarios, and the servers that are measured in them
RUNS = (
    ("long,idle", (OURS, PEER)),
    ("fifty,herd", (OURS, PEER, SLOW_PEER)),
)
TITLES = {
    "long": "50 charge points, 1600 frames each",
    "fifty": "50 charge points, 160 frames each",
    "herd": "50 charge points at once, 8 frames each",
    "idle": "500 charge points, 8 frames each",
}
COLUMNS = (
    ("CPU a frame, us", "cpu_us_per_frame", "{:.0f}"),
    ("first answer, p50, ms", "first_reply_ms_p50", "{:.1f}"),
    ("memory of a connection, KiB", "mem_kib_per_connection", "{:.0f}"),
    ("memory before any, MiB", "pss_base_mib", "{:.1f}"),
)

Results = dict[str, dict[str, list[dict[str, Any]]]]


def main() -> None:
    """Measure, and print the tables or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("build", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    results: Results = {}
    for scenarios, servers in RUNS:
        for name, found in measured(options.bench, options.build, scenarios, servers, options.rounds).items():
            results.setdefault(name, {}).update(found)
    text = f"{conditions(results)}\n{tables(results)}"
    if options.write:
        PAGE.write_text(filled(PAGE.read_text(), text))
    else:
        sys.stdout.write(text)


def measured(bench: Path, build: Path, scenarios: str, servers: tuple[str, ...], rounds: int) -> Results:
    """Have servers measured side by side in some scenarios: for each of both the runs."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        environ = {**os.environ, "SHOCPP_RUNDIR": f"{folder}/run"}
        empty = Path(folder, "empty/conf")
        empty.mkdir(parents=True)
        (empty / "tags.json.example").write_bytes((ROOT / "conf/tags.json.example").read_bytes())
        command: list[str | Path] = [sys.executable, bench / "peers.py", "--bin", build / "bin"]
        command += ["--node-modules", build / "node_modules", "--python", build / "v/bin/python"]
        command += ["--shocpp", empty.parent, "--json", f"{folder}/out.json"]
        command += ["--scenarios", scenarios, "--rounds", str(rounds), "--only", ",".join(servers), "--add", ADDED]
        subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
        found: Results = json.loads(Path(folder, "out.json").read_text())
        return found


def conditions(results: Results) -> str:
    """Say how the figures were made."""
    runs = min(len(runs) for found in results.values() for runs in found.values())
    return f"Medians of {runs} rounds side by side, Python {platform.python_version()}, {os.cpu_count()} CPUs.\n"


def tables(results: Results) -> str:
    """Write a table for each scenario: medians, and how much CPU a frame takes beside the peer's."""
    return "\n".join(
        table(scenario, results) for scenario in TITLES if any(scenario in each for each in results.values())
    )


def table(scenario: str, results: Results) -> str:
    """Write the table of a scenario; a server that made a mistake has no figures."""
    rows = {name: found[scenario] for name, found in results.items() if scenario in found}
    lines = [f"### {TITLES[scenario]}\n", f"| | {' | '.join(title for title, _, _ in COLUMNS)} | CPU beside {PEER} |"]
    lines.append("|---" * (len(COLUMNS) + 2) + "|")
    of_peer = median(rows[PEER], "cpu_us_per_frame") if PEER in rows else None
    for name, runs in rows.items():
        cells = [words.format(median(runs, field)) for _, field, words in COLUMNS]
        cells.append(f"{median(runs, 'cpu_us_per_frame') / of_peer:.2f}" if of_peer else "")
        if any(run["errors"] or run["records_missing"] > 0 for run in runs):
            cells = ["answers or records are missing"] + [""] * len(COLUMNS)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def median(runs: list[dict[str, Any]], field: str) -> float:
    """Give the median of a field over runs."""
    return statistics.median(float(run[field]) for run in runs)


def filled(page: str, text: str) -> str:
    """Put a text between the marks of the page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


if __name__ == "__main__":
    main()
