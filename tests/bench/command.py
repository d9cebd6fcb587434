"""
What a command costs: CPU and time of ``shocpp-command`` from its start to the confirmation, beside a Python that does
no more than import click, filelock and json.

    python -m tests.bench.command [ROUNDS]

Runs both in turns, so that what else the machine does falls on both. The charge point answers at once. What counts are
the ratios: one for the call as the launcher starts it, one without the launcher.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench import backend
from tests.bench.backend import ROOT, in_turns, ratio_of, without_launcher

IMPORTS = "import click, filelock, json"
CALL = ["Reset", "type=Soft"]


class Cost(NamedTuple):
    """What a process took: milliseconds of CPU, user and system, and of time."""

    cpu_ms: float
    ms: float


@contextmanager
def charge_point(environ: dict[str, str]) -> Iterator[None]:
    """Run a backend whose charge point accepts every call at once."""
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(without_launcher(), env=environ, stdin=pipe, stdout=pipe, stderr=null, bufsize=0) as process:
        assert process.stdin and process.stdout
        process.stdin.write(backend.BOOT)
        assert b"Accepted" in process.stdout.readline()
        answering = threading.Thread(target=_answer, args=(process,))
        answering.start()
        yield
        process.terminate()
        answering.join()


def _answer(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin and process.stdout
    for line in process.stdout:
        answer = [3, json.loads(line)[1], {"status": "Accepted"}]
        process.stdin.write(json.dumps(answer).encode() + b"\n")


def cost(command: list[str], environ: dict[str, str], expected: bytes = b"") -> Cost:
    """Run a command to its end; its output must be as expected."""
    began = time.perf_counter()
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert (process.returncode, said) == (0, expected)
    return Cost((usage.ru_utime + usage.ru_stime) * 1000, (time.perf_counter() - began) * 1000)


def print_costs(launched: list[Cost], bare: list[Cost], plain: list[Cost]) -> None:
    """Print CPU and time side by side."""
    rows = [
        ("bin/shocpp-command to its end", launched),
        ("without the launcher", bare),
        (f'python3 -c "{IMPORTS}"', plain),
    ]
    for unit, place in (("CPU", 0), ("time", 1)):
        for name, costs in rows:
            print(f"{unit:10} {name:45} {statistics.median(each[place] for each in costs):7.1f} ms")
        for name, costs in (("command / imports", launched), ("without launcher / imports", bare)):
            ratio = ratio_of([each[place] for each in costs], [each[place] for each in plain])
            print(f"  ratio    {f'{unit} of {name}':45} {ratio:7.2f}")


def main(rounds: int = 25) -> None:
    """Print all ratios."""
    if not backend.PYTHON.exists():
        sys.exit(f"{backend.PYTHON} is not there; start any command of bin/ once, such as bin/shocpp-status")
    with tempfile.TemporaryDirectory() as folder:
        environ = {"PATH": os.defpath, "PATH_INFO": "/CP001", "SHOCPP_HOME": folder}
        (Path(folder) / "conf").mkdir()
        accepted = b'{"status": "Accepted"}\n'
        with charge_point(environ):
            launched, bare, plain = in_turns(
                rounds,
                lambda: cost([str(ROOT / "bin/shocpp-command"), *CALL], environ, accepted),
                lambda: cost([*without_launcher("command"), *CALL], environ, accepted),
                lambda: cost([str(backend.PYTHON), "-c", IMPORTS], environ),
            )
    print_costs(launched, bare, plain)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
