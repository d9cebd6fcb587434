"""
What our servers cost beside other central systems: makes the tables of docs/performance.md.

    python -m tests.bench.performance BENCH BUILD            print the tables, six minutes
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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
OURS, ALONE, PEER, SLOW_PEER, FLOOR = "shocpp", "shocpp-backend", "ocpp-rpc", "mh-ocpp", "floor-python"


class Run(NamedTuple):
    """
    Servers that are measured side by side.

    Attributes:
        scenarios: What they are measured in.
        servers: Their names.
        beside: The one that the others' CPU is put beside.
        how: What a title says of all of them.
    """

    scenarios: tuple[str, ...]
    servers: tuple[str, ...]
    beside: str
    how: str = ""


RUNS = (
    Run(("long", "idle"), (OURS, PEER), PEER),
    Run(("fifty", "herd"), (OURS, PEER, SLOW_PEER), PEER),
    Run(("fifty",), (ALONE, FLOOR, SLOW_PEER), FLOOR, ", under websocketd a process for each"),
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
    found = [measured(options.bench, options.build, run, options.rounds) for run in RUNS]
    text = f"{conditions(found)}\n{tables(found)}"
    if options.write:
        PAGE.write_text(filled(PAGE.read_text(), text))
    else:
        sys.stdout.write(text)


def measured(bench: Path, build: Path, run: Run, rounds: int) -> Results:
    """Have servers measured side by side: for each of them, in each scenario, the rounds."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        environ = {**os.environ, "SHOCPP_RUNDIR": f"{folder}/run"}
        empty = Path(folder, "empty/conf")
        empty.mkdir(parents=True)
        (empty / "tags.json.example").write_bytes((ROOT / "conf/tags.json.example").read_bytes())
        command: list[str | Path] = [sys.executable, bench / "peers.py", "--bin", build / "bin"]
        command += ["--node-modules", build / "node_modules", "--python", build / "v/bin/python"]
        command += ["--shocpp", empty.parent, "--json", f"{folder}/out.json"]
        command += ["--scenarios", ",".join(run.scenarios), "--rounds", str(rounds), "--only", ",".join(run.servers)]
        for ours in _ours(environ["SHOCPP_RUNDIR"]):
            command += ["--add", ours]
        subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
        found: Results = json.loads(Path(folder, "out.json").read_text())
        return found


def _ours(run_dir: str) -> tuple[str, str]:
    """Say how ours are started; what websocketd starts has the settings that are given to it there."""
    return (
        f"{OURS}={ROOT}/bin/shocpp-listener --embedded --address 127.0.0.1 --port {{port}}",
        f"{ALONE}={{websocketd}} env SHOCPP_RUNDIR={run_dir} SHOCPP_HANDOVER=0 {ROOT}/bin/shocpp-backend",
    )


def conditions(found: Sequence[Results]) -> str:
    """Say how the figures were made."""
    rounds = min(len(each) for results in found for server in results.values() for each in server.values())
    return f"Medians of {rounds} rounds side by side, Python {platform.python_version()}, {os.cpu_count()} CPUs.\n"


def tables(found: Sequence[Results]) -> str:
    """Write a table for each scenario of each run: medians, and how much CPU a frame takes beside another server's."""
    return "\n".join(
        table(run, scenario, results) for run, results in zip(RUNS, found, strict=True) for scenario in run.scenarios
    )


def table(run: Run, scenario: str, results: Results) -> str:
    """Write the table of a scenario; a server that made a mistake has no figures."""
    rows = {name: each[scenario] for name, each in results.items()}
    lines = [f"### {TITLES[scenario]}{run.how}\n"]
    lines.append(f"| | {' | '.join(title for title, _, _ in COLUMNS)} | CPU beside {run.beside} |")
    lines.append("|---" * (len(COLUMNS) + 2) + "|")
    beside_us = median(rows[run.beside], "cpu_us_per_frame")
    for name, rounds in rows.items():
        cells = [words.format(median(rounds, field)) for _, field, words in COLUMNS]
        cells.append(f"{median(rounds, 'cpu_us_per_frame') / beside_us:.2f}")
        if any(each["errors"] or each["records_missing"] > 0 for each in rounds):
            cells = ["answers or records are missing"] + [""] * len(COLUMNS)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def median(rounds: list[dict[str, Any]], field: str) -> float:
    """Give the median of a field over rounds."""
    return statistics.median(float(each[field]) for each in rounds)


def filled(page: str, text: str) -> str:
    """Put a text between the marks of the page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


if __name__ == "__main__":
    main()
