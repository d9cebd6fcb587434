"""
A run of charges that is killed at each touch of the disk and each answer in turn; a program of its own.

    python -m tests.support.hundred FOLDER CHARGES STEP [FIRST]

For each charge a backend in the middle of its run is forked, and the child is killed with SIGKILL at one place: at
every STEP-th from FIRST on (1: at every place). Then a new backend, as after a restart, gets the stop again.
Prints as JSON: the places, the cuts, how often a place of a charge was cut at least, and what was cut how often.
Whatever does not hold is an AssertionError.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

from shocpp.log import Log
from shocpp.settings import Settings
from tests.support.backend import make_home
from tests.support.cuts import Cut
from tests.support.forker import in_child
from tests.support.in_place import InPlace

CALLS = ("write", "fsync", "link", "mkdir", "rename", "unlink")
CLOCK = 1_693_727_534.0


def backend_in(home: Path, run: str) -> InPlace:
    """Make a backend as the command does, with a run folder that is its own."""
    environ = {"SHOCPP_HOME": str(home), "SHOCPP_RUNDIR": str(home / run), "SHOCPP_LOGFILE": str(home / "log")}
    settings = Settings.from_environ(environ)
    backend = InPlace("CP001", settings, Log(settings.log_file), lambda: CLOCK)
    backend.open()
    backend.do_deferred(is_idle=True)
    return backend


class Charge:
    """One of the run's charges: the frames that it consists of and what its record says."""

    def __init__(self, number: int) -> None:
        self.begin_wh, self.end_wh = number * 10_000 + 100, number * 10_000 + 9_300
        self.transaction_id = 10_000_000 + self.begin_wh // 1000

    def frames(self) -> list[list[object]]:
        start = {"connectorId": 1, "idTag": "1111", "meterStart": self.begin_wh, "timestamp": "2023-09-03T06:00:00Z"}
        sample = {"value": str(self.end_wh)}
        values = {"connectorId": 1, "meterValue": [{"timestamp": "2023-09-03T07:00:00Z", "sampledValue": [sample]}]}
        stop = {"transactionId": self.transaction_id, "meterStop": self.end_wh, "timestamp": "2023-09-03T07:52:10Z"}
        return [
            [2, "start", "StartTransaction", start],
            [2, "values", "MeterValues", values],
            [2, "stop", "StopTransaction", stop],
        ]


def serve(backend: InPlace, frames: list[list[object]], sink: int) -> None:
    """Do with frames what the pipe does: answer, write, settle."""
    for frame in frames:
        for line in backend.receive(json.dumps(frame).encode()):
            os.write(sink, line.encode() + b"\n")
        backend.do_deferred(is_idle=True)


class Run:
    """The run: a backend in its middle, and the records of the charges so far."""

    def __init__(self, folder: Path) -> None:
        self.home = make_home(folder)
        self.accounting = folder / "accounting"
        self.backend = backend_in(self.home, "run")
        self.booked: set[Path] = set()
        self.cut: Counter[str] = Counter()
        self.cut_places: Counter[int] = Counter()
        self.places = 0

    def names_of(self, charge: Charge) -> list[str]:
        """Find out where a charge can be cut: serve it in a child that counts."""
        read, write = os.pipe()

        def count() -> None:
            raw, cut, null = os.write, Cut(0, calls=CALLS), os.open(os.devnull, os.O_WRONLY)
            cut.install()
            serve(self.backend, charge.frames(), null)
            raw(write, " ".join(cut.names).encode())

        assert in_child(count) == 0
        os.close(write)
        with open(read, encoding="utf-8") as pipe:
            names = pipe.read().split()
        self.forget(charge)
        return names

    def cut_at(self, charge: Charge, at: int, torn: bool) -> None:
        """Kill a backend at one place of a charge, restart, repeat the stop, and look."""
        read, write = os.pipe()

        def die() -> None:
            Cut(at, torn, CALLS).install()
            serve(self.backend, charge.frames(), write)

        assert in_child(die) == 9
        os.close(write)
        with open(read, "rb") as pipe:
            said = pipe.read()
        is_confirmed = b'"stop"' in said
        new = self.new_records(charge)
        if is_confirmed:
            assert not self.starts(), (at, "a start is left of a charge whose stop was confirmed")
        elif b'"start"' in said and not new:
            assert [path.stem for path in self.starts()] == [str(charge.transaction_id)], (at, "no start on disk")
        assert len(new) == 1 if is_confirmed else len(new) <= 1, (at, is_confirmed, new)
        shutil.rmtree(self.home / "restarted", ignore_errors=True)
        shutil.copytree(self.home / "run", self.home / "restarted")
        assert in_child(lambda: self.repeat(charge)) == 0
        assert len(self.new_records(charge)) == 1
        self.forget(charge)

    def repeat(self, charge: Charge) -> None:
        """Send the stop to a new backend; it must be confirmed."""
        read, write = os.pipe()
        backend = backend_in(self.home, "restarted")
        serve(backend, charge.frames()[-1:], write)
        backend.close()
        assert json.loads(os.read(read, 4096)) == [3, "stop", {}]

    def new_records(self, charge: Charge) -> list[Path]:
        """Read what was booked besides the earlier charges: whole, and this charge's, to the Wh."""
        there = set(self.accounting.glob("*/*/*.json"))
        assert self.booked <= there
        new = sorted(there - self.booked)
        for path in new:
            record = json.loads(path.read_text())
            assert (record["transaction_id"], record["end_wh"]) == (charge.transaction_id, charge.end_wh)
            assert (record["consumed_kwh"], record["account"], record["received"][-1]) == ("9", "family-y", "Z")
            assert record.get("consumed_wh", 9_200) == 9_200
        return new

    def starts(self) -> list[Path]:
        """Give the files of open charges."""
        return sorted((self.home / "run/CP001/transactions").glob("*.json"))

    def forget(self, charge: Charge) -> None:
        """Let a charge not have been: the next cut begins where this one did."""
        for path in self.new_records(charge):
            path.unlink()
        for path in self.starts():
            path.unlink()
        if not self.booked:  # the first charge is the one that makes the folders
            shutil.rmtree(self.accounting, ignore_errors=True)
            shutil.rmtree(self.home / "run" / "CP001" / "transactions", ignore_errors=True)

    def finish(self, charge: Charge) -> None:
        """Serve a charge to its end, uncut."""
        serve(self.backend, charge.frames(), os.open(os.devnull, os.O_WRONLY))
        self.booked |= set(self.new_records(charge))


def main(folder: str, charges: int, step: int, first: int = 1) -> None:
    """Cut a run of charges."""
    run = Run(Path(folder))
    due = first
    for number in range(1, charges + 1):
        charge = Charge(number)
        names = run.names_of(charge)
        for at, name in enumerate(names, 1):
            run.places += 1
            due -= 1
            if due == 0:
                run.cut_at(charge, at, torn=name == "write" and at % 2 == 0)
                run.cut[name] += 1
                run.cut_places[at] += 1
                due = step
        run.finish(charge)
        assert len(run.booked) == number
    least = min(run.cut_places[at] for at in range(1, len(names) + 1))
    print(json.dumps({"places": run.places, "cuts": sum(run.cut.values()), "least": least, **run.cut}))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
