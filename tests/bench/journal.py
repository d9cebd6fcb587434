"""
What the journal costs: CPU per frame of a backend that keeps one, and of one that does not, side by side.

Run it from the checkout: ``python tests/bench/journal.py [ROUNDS]``. Two real backends get the same frames in turns,
one frame at a time and in bursts; printed is the median CPU per frame of each, and their ratio. All run on one
processor: else it is chance whether a backend has to wake up another one, which costs more than a frame does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRAMES = 600  # of a round


def frames() -> list[bytes]:
    """Give the frames of a round: mostly meter values, as from a charge point that charges."""
    phases = [
        {"value": str(16 + n / 10), "measurand": "Current.Import", "phase": f"L{n}", "unit": "A"} for n in (1, 2, 3)
    ]
    sampled = [{"value": "9042.7", "unit": "kWh", "context": "Sample.Periodic"}, *phases]
    values = {"timestamp": "2026-05-01T12:00:00Z", "sampledValue": sampled}
    meter = [2, "1", "MeterValues", {"connectorId": 1, "transactionId": 10_009_042, "meterValue": [values]}]
    mixed = [meter, meter, meter, [2, "2", "Heartbeat", {}]]
    return [json.dumps(mixed[n % len(mixed)]).encode() + b"\n" for n in range(FRAMES)]


class Backend:
    """A backend over pipes, and what CPU it has used."""

    def __init__(self, folder: str, journal: str) -> None:
        (Path(folder) / "conf").mkdir(parents=True)
        (Path(folder) / "conf" / "tags.json").write_text('[{"index": 1, "account": "a", "ids": ["1111"]}]')
        environ = {"SHOCPP_HOME": folder, "PATH_INFO": "/CP001", "PYTHONPATH": str(ROOT), "SHOCPP_JOURNALDIR": journal}
        environ["SHOCPP_LOGFILE"] = f"{folder}/log"
        command = [sys.executable, "-c", "from shocpp.cli.backend import main; main([])"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)

    def serve(self, lines: list[bytes], burst: int) -> float:
        """Send frames, a burst at a time, and wait for the answers; CPU per frame in µs."""
        assert self.process.stdin
        assert self.process.stdout
        before = self._cpu_ns()
        for at in range(0, len(lines), burst):
            self.process.stdin.write(b"".join(lines[at : at + burst]))
            self.process.stdin.flush()
            for _ in lines[at : at + burst]:
                self.process.stdout.readline()
        return (self._cpu_ns() - before) / len(lines) / 1000

    def close(self) -> None:
        """End the backend."""
        self.process.communicate()

    def _cpu_ns(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0])


def measure(burst: int, rounds: int) -> tuple[float, float, float]:
    """Give the median CPU per frame in µs without and with a journal, and the median of the rounds' ratios."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    with tempfile.TemporaryDirectory() as folder:
        without, kept = Backend(f"{folder}/a", ""), Backend(f"{folder}/b", f"{folder}/journal")
        lines = frames()
        try:
            for backend in (without, kept):
                backend.serve(lines, burst)
            pairs = [(without.serve(lines, burst), kept.serve(lines, burst)) for _ in range(rounds)]
        finally:
            without.close()
            kept.close()
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[1] / pair[0] for pair in pairs),
    )


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for burst in (1, 20):
        plain, kept, ratio = measure(burst, int(sys.argv[1]) if len(sys.argv) > 1 else 21)
        print(f"{burst:3} at a time: {plain:6.1f} µs without, {kept:6.1f} µs with a journal, ratio {ratio:.2f}")
