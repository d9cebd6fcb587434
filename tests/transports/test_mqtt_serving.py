"""What is done with messages of charge points, with a bookkeeper and a broker of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.backend.lines import Lines
from shocpp.log import Log
from shocpp.ocpp.topics import Layout
from shocpp.transports.mqtt.serving_messages import ServingMessages
from shocpp.transports.mqtt.task import Task
from tests.support.backend import stop_payload
from tests.support.scratch import Scratch


class Around:
    """A worker's messages, and what is around them: it notes what is published, and what is to be booked."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.published: list[str] = []
        self.booking: list[Callable[[Any], None]] = []
        self.done: list[str] = []
        bookkeeper: Any = SimpleNamespace(take=lambda _, done: self.booking.append(done))
        settings = Scratch(home, SHOCPP_TRANSACTION_ID="kwh").settings
        broker: Any = self
        self.serving = ServingMessages(settings, Task(Layout("emqx5")), 10, broker, bookkeeper, Log(str(home / "log")))

    def publish(self, topic: str, message: str, *_: object, retain: bool = False) -> int:  # noqa: ARG002
        self.published.append(json.loads(message)["UniqueId"] if message else "")
        return len(self.published)

    def come(self, unique_id: str, action: str, payload: dict[str, object]) -> None:
        """Have a message of CP001 come."""
        frame = json.dumps([2, unique_id, action, payload]).encode()
        message: Any = SimpleNamespace(topic="ocpp/cp/CP001", payload=frame, properties=None)
        self.serving.serve(message, lambda: self.done.append(unique_id))


def test_a_fault_in_what_waited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that fails after it has waited for a record is dealt with, and so is the next one."""
    around = Around(tmp_path / "home")
    around.come("1", "StopTransaction", stop_payload(10_009_042))
    around.come("2", "Heartbeat", {})
    around.come("3", "Heartbeat", {})
    assert around.done == [] and len(around.booking) == 1
    right = Lines.answer

    def wrong_once(*_: object) -> None:
        monkeypatch.setattr(Lines, "answer", right)
        raise ZeroDivisionError

    monkeypatch.setattr(Lines, "answer", wrong_once)
    around.booking[0](("2026/03/a.json", True))
    assert around.done == ["1", "2", "3"]
    assert around.published == ["1", "3"]
    around.serving.close()
