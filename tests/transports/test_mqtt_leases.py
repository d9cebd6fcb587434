"""Whose turn it is to call a charge point: one process's at a time, whatever order things happen in."""

from __future__ import annotations

import json
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.transports.mqtt.leases import Leases, topic_of

TOPIC = topic_of("CP001")


class Office:
    """Processes at a broker: each publishes when it is its turn to run, and hears all in the broker's order."""

    def __init__(self, count: int) -> None:
        self.now = 1000.0
        self.kept = ""
        self.order: list[str] = []
        self.heard = [0] * count
        self.out: list[deque[str]] = [deque() for _ in range(count)]
        self.turns: list[int] = []
        self.processes = [self._process(number) for number in range(count)]

    def _process(self, number: int) -> Leases:
        def publish(topic: str, message: str) -> None:
            assert topic == TOPIC
            self.out[number].append(message)

        return Leases(str(number), publish, lambda _: self.turns.append(number), lambda: self.now)

    def deliver_out(self, number: int) -> None:
        """Let the broker take one message of a process."""
        if self.out[number]:
            self.order.append(self.out[number].popleft())

    def deliver_in(self, number: int) -> None:
        """Let a process hear one message more."""
        if self.heard[number] < len(self.order):
            message = self.order[self.heard[number]]
            self.heard[number] += 1
            self.processes[number].hear(TOPIC, message.encode())

    def settle(self) -> None:
        """Deliver all that is under way."""
        while any(self.out) or any(heard < len(self.order) for heard in self.heard):
            for number in range(len(self.processes)):
                self.deliver_out(number)
                self.deliver_in(number)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=60))
def test_one_at_a_time(moves: list[tuple[bool, int]]) -> None:
    """However their messages interleave, no second process has its turn before the first one has given it back."""
    office = Office(3)
    for process in office.processes:
        process.want("CP001", 60)
    for is_out, number in moves:
        (office.deliver_out if is_out else office.deliver_in)(number)
        assert len(office.turns) <= 1
    for count in (1, 2, 3):
        office.settle()
        assert len(office.turns) == count
        office.processes[office.turns[-1]].release("CP001")
    office.settle()
    assert sorted(office.turns) == [0, 1, 2], "each has had its turn"
    assert office.order[-1] == "", "nothing is kept of it"


def test_one_that_died() -> None:
    """The turn of a process that has gone ends with its time, and a claim in a far future ends all the same."""
    office = Office(2)
    office.processes[0].want("CP001", 60)
    office.settle()
    office.processes[1].want("CP001", 60)
    office.settle()
    assert office.turns == [0]
    office.now += 61
    office.processes[1].look()
    office.settle()
    assert office.turns == [0, 1]
    office.processes[0].hear(TOPIC, json.dumps({"process": "x", "until": 1e300}).encode())
    office.now += 601
    office.processes[0].want("CP001", 60)
    office.settle()
    assert office.turns == [0, 1, 0]


@pytest.mark.parametrize("message", [b"{}", b"[]", b"\xff", b'{"process":1,"until":"x"}', b"[" * 9999, b"null"])
def test_what_is_no_claim(message: bytes) -> None:
    """Nonsense keeps nobody from having a turn."""
    office = Office(1)
    assert office.processes[0].hear(TOPIC, message)
    assert not office.processes[0].hear("ocpp/cp/CP001", message)
    office.processes[0].want("CP001", 60)
    office.settle()
    assert office.turns == [0]
