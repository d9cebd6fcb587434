"""What many backends at once promise: every charge is booked once, and the sum is right to the Wh."""

from __future__ import annotations

import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import RunningBackend, make_home, whole_records

PROCESSES_EACH = 5
FEW, MANY = (4, 400), (10, 10_000)  # charge points, charges
SETTINGS = {"SHOCPP_TRANSACTION_ID": "wh"}


class Charge:
    """A charge of the storm: who draws how much where, and to which processes its frames go."""

    def __init__(self, number: int, charge_points: int, dice: random.Random) -> None:
        self.number = number
        nth, self.charge_point = divmod(number, charge_points)
        self.index = dice.choice((1, 2))
        self.begin_wh = nth * 100_000 + dice.randrange(1000)  # modulo 1 MWh, so that some ids come again
        self.drawn_wh = dice.randrange(90_000)
        self.transaction_id = self.index * 10_000_000 + self.begin_wh % 1_000_000
        self.starts_at = dice.randrange(PROCESSES_EACH)
        self.stops_at = dice.sample(range(PROCESSES_EACH), dice.randint(1, 4))

    def start(self) -> list[object]:
        payload = {"connectorId": 1, "idTag": "1111" if self.index == 1 else "2222", "meterStart": self.begin_wh}
        return [2, f"start-{self.number}", "StartTransaction", {**payload, "timestamp": self._time(0)}]

    def stop(self) -> list[object]:
        payload = {"transactionId": self.transaction_id, "meterStop": self.begin_wh + self.drawn_wh}
        return [2, f"stop-{self.number}", "StopTransaction", {**payload, "timestamp": self._time(50)}]

    def _time(self, minute: int) -> str:
        return f"2026-{self.number % 12 + 1:02}-{self.number % 28 + 1:02}T10:{minute:02}:{self.number % 60:02}Z"


def feed(backend: RunningBackend, frames: list[list[object]], answers: list[list[object]]) -> None:
    """Send all frames to a backend from one thread while another takes the answers."""

    def send() -> None:
        assert backend.process.stdin
        backend.send(*frames)
        backend.process.stdin.close()

    sender = threading.Thread(target=send)
    sender.start()
    while answer := backend.receive():
        answers.append(answer)
    sender.join()


@pytest.mark.parametrize(
    ("charge_points", "count"), [FEW, pytest.param(*MANY, marks=pytest.mark.thorough)], ids=["few", "many"]
)
def test_a_storm_books_every_charge_once(tmp_path: Path, charge_points: int, count: int) -> None:
    """So many charges, each stop sent one to four times through different processes: as many records."""
    home = make_home(tmp_path / "home")
    dice = random.Random(1)
    charges = [Charge(number, charge_points, dice) for number in range(count)]
    frames: list[list[list[list[object]]]] = [[[] for _ in range(PROCESSES_EACH)] for _ in range(charge_points)]
    for charge in charges:
        queues = frames[charge.charge_point]
        queues[charge.starts_at].append(charge.start())
        for process in charge.stops_at:
            queues[process].append(charge.stop())
    backends = [
        (RunningBackend(home, f"CP{number:03}", SETTINGS), queue)
        for number, queues in enumerate(frames)
        for queue in queues
    ]
    answers: list[list[list[object]]] = [[] for _ in backends]
    feeders = [
        threading.Thread(target=feed, args=(backend, queue, into))
        for (backend, queue), into in zip(backends, answers, strict=True)
    ]
    for feeder in feeders:
        feeder.start()
    for feeder in feeders:
        feeder.join()
    assert [backend.end() for backend, _ in backends] == [0] * len(backends)

    for (_, queue), received in zip(backends, answers, strict=True):
        assert [answer[:2] for answer in received] == [[3, frame[1]] for frame in queue]
    ids = {charge.number: charge.transaction_id for charge in charges}
    for answer in (answer for received in answers for answer in received):
        what, number = str(answer[1]).split("-")
        said: Any = answer[2]
        # while another charge that is open has the id, it is moved to the next slot
        assert said == {} if what == "stop" else (said["transactionId"] - ids[int(number)]) % 1_000_000 == 0
    records = whole_records(home / "accounting")
    booked = Counter((record["charge_point"], record["transaction_id"]) for record in records)
    assert len(records) == count
    assert booked == Counter((f"CP{charge.charge_point:03}", charge.transaction_id) for charge in charges)
    for index, account in ((1, "family-y"), (2, "company-x")):
        drawn_wh = sum(charge.drawn_wh for charge in charges if charge.index == index)
        assert sum(record["consumed_wh"] for record in records if record["account"] == account) == drawn_wh
    assert not any("anomaly" in record for record in records)
