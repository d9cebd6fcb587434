"""When charge points were heard of, for whoever asks after the listener was killed."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from shocpp.spool.run import last_seen
from shocpp.transports.embedded.last_seen_writer import LastSeen
from tests.support.listening import is_served, listening
from tests.support.patience import until

AT = 1_790_000_000


class Kept:
    """A listener's last seen, by a clock of the test's; the disk is waited for at once, and writes are counted."""

    def __init__(self, run_dir: Path) -> None:
        self.now_s, self.writes = 100.0, 0
        workers: Any = self
        self.kept = LastSeen(str(run_dir), workers, lambda: self.now_s, lambda: AT + self.now_s)

    def submit(self, job: Callable[[], object], done: Callable[[object, BaseException | None], None]) -> None:
        self.writes += 1
        done(job(), None)

    def look(self, after_s: float, **heard: float) -> None:
        self.now_s += after_s
        self.kept.look(self.served(heard))

    @staticmethod
    def served(heard: dict[str, float]) -> Any:
        return {identity: SimpleNamespace(heard=at) for identity, at in heard.items()}


def test_it_is_written_seldom_and_when_there_is_something_new(tmp_path: Path) -> None:
    """At most every five seconds, and only if anybody was heard of: nobody has an SD card written for nothing."""
    kept = Kept(tmp_path)
    for _ in range(20):
        kept.look(1.0, CP1=90.0, CP2=95.0)
    assert kept.writes == 1
    for _ in range(20):
        kept.look(1.0, CP1=90.0, CP2=kept.now_s)
    assert kept.writes in (5, 6)
    assert last_seen.read(str(tmp_path))["CP1"] == AT + 90


def test_who_was_there_before_stays_until_it_comes_back(tmp_path: Path) -> None:
    """A listener that was killed and started again still knows of whom it heard, but not of whom nothing is kept."""
    for name in ("CP1", "CP2"):
        (tmp_path / name).mkdir()
    last_seen.write(str(tmp_path), {"CP1": 1000, "CP2": 2000, "GONE": 3000})
    kept = Kept(tmp_path)
    kept.look(0.0, CP1=0.0, CP2=90.0)  # CP1 has said nothing yet
    assert last_seen.read(str(tmp_path)) == {"CP1": 1000, "CP2": AT + 90}
    kept.look(5.0)
    assert last_seen.read(str(tmp_path)) == {"CP1": 1000}  # CP2's status.json says it
    kept.kept.close(kept.served({"CP2": 92.0}))
    assert last_seen.read(str(tmp_path)) == {"CP1": 1000, "CP2": AT + 92}


def test_where_it_cannot_be_written_it_is_done_without(tmp_path: Path) -> None:
    """No folder, no file, and nobody is kept from anything."""
    kept = Kept(tmp_path / "nowhere")
    kept.look(0.0, CP1=90.0)
    assert kept.writes == 1


def test_after_a_kill_it_is_known_when_a_charge_point_was_heard_of(tmp_path: Path) -> None:
    """A heartbeat is known seconds later, though status.json says nothing of it for ten minutes."""
    with listening(tmp_path) as listener:
        run_dir = str(tmp_path / "run")
        with listener.connect("/CP1") as connection:
            assert is_served(connection)
            until(lambda: "CP1" in last_seen.read(run_dir), "it to be written")
            listener.process.send_signal(signal.SIGKILL)
            listener.process.wait()
        status = tmp_path / "run/CP1/status.json"
        status.write_text(json.dumps({**json.loads(status.read_text()), "last_seen": "2026-01-01T00:00:00Z"}))
        found = last_seen.status_of(run_dir, "CP1", last_seen.read(run_dir))["last_seen"]
        assert abs((datetime.now(UTC) - datetime.fromisoformat(found)).total_seconds()) < 900
