"""
What a backend costs: its start, its memory, its CPU per frame, as ratios to plain Python measured side by side.

Run it from the checkout, after a command of bin/ has set up the .venv: ``python -m tests.bench.backend [ROUNDS]``.
Whatever is compared runs in turns (A B A B …), so that both meet the same machine; printed are medians, and ratios.

- Start: from spawning ``bin/shocpp-backend`` to its first confirmation, against ``python3 -c "import json"``.
- Memory: the most that was resident (VmHWM) at the first confirmation.
- CPU: user and system time of a whole run from stdin to stdout, against a loop of ``json.loads`` and ``json.dumps``
  over the same frames. The mix is that of charges: Heartbeat, StatusNotification, Authorize, StartTransaction, three
  MeterValues with eight sampled values each, StopTransaction; each charge is another one, and each stop is on disk
  before it is confirmed. Accounting is once on /dev/shm and once on the disk of the folder for temporary files (a
  tenth as many charges); "no charges" leaves begins and ends out, whose cost is that of their files.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python3"
# what the launcher runs, without the launcher
DIRECT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from shocpp.cli.{} import main; sys.exit(main())"
LOOP = """
import json, sys
for line in sys.stdin.buffer:
    frame = json.loads(line)
    sys.stdout.write(json.dumps([3, frame[1], {}]) + "\\n")
"""
BOOT = b'[2,"1","BootNotification",{"chargePointVendor":"acme","chargePointModel":"one"}]\n'
FRAMES_OF_A_CHARGE = 8
FILED = (b'"StartTransaction"', b'"StopTransaction"')  # what a file is written for


class Start(NamedTuple):
    """What a start took: seconds until the first confirmation, and KiB of memory there."""

    seconds: float
    kib: float


def frames(charges: int) -> bytes:
    """Make the frames of as many charges, one after another."""
    begun = 1_767_225_600  # 2026-01-01
    return b"".join(_charge(number, begun + number * 600) for number in range(charges))


def _charge(number: int, begun: int) -> bytes:
    start_wh = 1_000_000 + number * 1_000

    def at(seconds: int) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begun + seconds))

    def reading(minute: int) -> dict[str, Any]:
        phases = ("L1", "L2", "L3")
        sampled = [
            {"value": str(start_wh + minute * 60), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "11040.0", "measurand": "Power.Active.Import", "unit": "W", "context": "Sample.Periodic"},
            *({"value": "16.0", "measurand": "Current.Import", "unit": "A", "phase": phase} for phase in phases),
            *({"value": "230.1", "measurand": "Voltage", "unit": "V", "phase": f"{phase}-N"} for phase in phases),
        ]
        meter_value = [{"timestamp": at(minute * 60), "sampledValue": sampled}]
        return {"connectorId": 1, "transactionId": transaction_id, "meterValue": meter_value}

    transaction_id = 10_000_000 + start_wh // 1000
    start = {"connectorId": 1, "idTag": "1111", "meterStart": start_wh, "timestamp": at(0)}
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": at(0)}
    stop = {"transactionId": transaction_id, "meterStop": start_wh + 1000, "timestamp": at(599), "reason": "Local"}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("Heartbeat", {}),
        ("StatusNotification", status),
        ("Authorize", {"idTag": "1111"}),
        ("StartTransaction", start),
        *(("MeterValues", reading(minute)) for minute in (1, 5, 9)),
        ("StopTransaction", stop),
    ]
    lines = [json.dumps([2, f"{number}-{place}", *call]) for place, call in enumerate(calls)]
    return "".join(f"{line}\n" for line in lines).encode()


class Bench:
    """Runs backends in a scratch home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": os.defpath, "PATH_INFO": "/CP001", "SHOCPP_HOME": str(folder)}
        (folder / "conf").mkdir()
        (folder / "conf/tags.json").write_text('[{"index": 1, "account": "family-y", "ids": ["1111"]}]')

    # --- start

    def start(self, command: list[str]) -> Start:
        """Start a backend, and measure at its first confirmation."""
        began = time.perf_counter()
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(command, env=self.environ, stdin=pipe, stdout=pipe, stderr=null, bufsize=0) as process:
            assert process.stdin and process.stdout
            process.stdin.write(BOOT)
            answer = process.stdout.readline()
            seconds = time.perf_counter() - began
            assert b"Accepted" in answer
            status = Path(f"/proc/{process.pid}/status").read_text()
        return Start(seconds, _most_resident(status))

    def start_of_json(self) -> Start:
        """Run Python that does no more than import json; its memory is asked in a run of its own."""
        began = time.perf_counter()
        subprocess.run([PYTHON, "-c", "import json"], env=self.environ, check=True)
        seconds = time.perf_counter() - began
        asking = [str(PYTHON), "-c", "import json; print(open('/proc/self/status').read())"]
        status = subprocess.run(asking, env=self.environ, check=True, capture_output=True, text=True).stdout
        return Start(seconds, _most_resident(status))

    # --- CPU

    def cpu(self, command: list[str], data: Path, count: int, **environ: str) -> float:
        """Give the CPU in µs that a command needs for each frame of a file."""
        out = self.folder / "out"
        with data.open("rb") as stdin, out.open("wb") as stdout, (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(command, env={**self.environ, **environ}, stdin=stdin, stdout=stdout, stderr=log)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, (self.folder / "log").read_text()[-2000:]
        answers = out.read_bytes()
        assert answers.count(b"\n") == count and b"[4," not in answers
        return (usage.ru_utime + usage.ru_stime) * 1e6 / count

    def cpu_of_backend(self, data: Path, count: int, validation: str, disk: str) -> float:
        """Give the CPU in µs per frame of a backend whose accounting is new and below a folder."""
        with tempfile.TemporaryDirectory(dir=disk) as accounting, tempfile.TemporaryDirectory(dir=disk) as run:
            settings = {"SHOCPP_VALIDATION": validation, "SHOCPP_ACCOUNTINGDIR": accounting, "SHOCPP_RUNDIR": run}
            return self.cpu(without_launcher(), data, count, **settings)


def _most_resident(status: str) -> float:
    return float(status.partition("VmHWM:")[2].split(maxsplit=1)[0])


def without_launcher(command: str = "backend") -> list[str]:
    """Give the command line of a command without the launcher."""
    return [str(PYTHON), "-I", "-c", DIRECT.format(command), str(ROOT)]


def in_turns(rounds: int, *runs: Callable[[], Any]) -> list[list[Any]]:
    """Run each of several in turn, so many times over, and once before that to warm up; what each gave."""
    for run in runs:
        run()
    given: list[list[Any]] = [[] for _ in runs]
    for _ in range(rounds):
        for place, run in enumerate(runs):
            given[place].append(run())
    return given


def ratio_of(some: list[float], others: list[float]) -> float:
    """Give the ratio of two medians."""
    return statistics.median(some) / statistics.median(others)


def print_start(bench: Bench, rounds: int) -> None:
    """Measure starts and memory."""
    launcher = [str(ROOT / "bin/shocpp-backend")]
    launched, direct, plain = in_turns(
        rounds, lambda: bench.start(launcher), lambda: bench.start(without_launcher()), bench.start_of_json
    )

    def ms(starts: list[Start]) -> list[float]:
        return [start.seconds * 1000 for start in starts]

    print(f"start      bin/shocpp-backend to the first confirmation  {statistics.median(ms(launched)):7.1f} ms")
    print(f"           without the launcher                          {statistics.median(ms(direct)):7.1f} ms")
    print(f'           python3 -c "import json" to its end           {statistics.median(ms(plain)):7.1f} ms')
    print(f"  ratio    backend / json                                {ratio_of(ms(launched), ms(plain)):7.2f}")
    print(f"  ratio    launcher / without                            {ratio_of(ms(launched), ms(direct)):7.2f}")
    kib = statistics.median(start.kib for start in launched)
    print(f"memory     at the first confirmation                     {kib / 1024:7.1f} MiB")
    ratio = ratio_of([start.kib for start in launched], [start.kib for start in plain])
    print(f"  ratio    memory of backend / json                      {ratio:7.2f}")


def print_cpu(bench: Bench, rounds: int, charges: int) -> None:
    """Measure CPU per frame: with accounting in memory, on a disk, and of all that neither begins nor ends a charge."""
    memory, disk = "/dev/shm", tempfile.gettempdir()
    whole, some = frames(charges), frames(max(1, charges // 10))
    others = b"".join(line for line in whole.splitlines(keepends=True) if not any(each in line for each in FILED))
    loop = [str(PYTHON), "-c", LOOP]
    for name, lines, where in (("/dev/shm", whole, memory), ("disk", some, disk), ("no charges", others, memory)):
        data, count = bench.folder / "frames", lines.count(b"\n")
        data.write_bytes(lines)
        bare, off, lenient = in_turns(
            rounds,
            partial(bench.cpu, loop, data, count),
            partial(bench.cpu_of_backend, data, count, "off", where),
            partial(bench.cpu_of_backend, data, count, "lenient", where),
        )
        print(f"CPU/frame  {f'json.loads and json.dumps ({count} frames)':45} {statistics.median(bare):7.1f} µs")
        print(f"           {f'SHOCPP_VALIDATION=off, {name}':45} {statistics.median(off):7.1f} µs")
        print(f"           {f'SHOCPP_VALIDATION=lenient, {name}':45} {statistics.median(lenient):7.1f} µs")
        print(f"  ratio    {f'off / json, {name}':45} {ratio_of(off, bare):7.2f}")
        print(f"  ratio    {f'lenient / json, {name}':45} {ratio_of(lenient, bare):7.2f}")
        print(f"  ratio    {f'lenient / off, {name}':45} {ratio_of(lenient, off):7.2f}")


def main(rounds: int = 15, charges: int = 2000) -> None:
    """Print all ratios."""
    if not PYTHON.exists():
        sys.exit(f"{PYTHON} is not there; start any command of bin/ once, such as bin/shocpp-status")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print_start(bench, rounds)
        print_cpu(bench, rounds, charges)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
