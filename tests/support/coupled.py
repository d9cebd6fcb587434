"""
A charge point and a central system coupled in memory: no disk, no clock, no network.

The central system's effects are performed on dictionaries; the coupling can lose answers and refuse bookings.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, Protocol

from shocpp.central_system import effects
from shocpp.central_system.context import Context
from shocpp.central_system.v16 import answers
from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.outputs import HangUp, Output, Return, Send
from shocpp.charge_point.script.player import Player
from shocpp.ledger.accounts import Accounts
from shocpp.ocpp.codes import CODES
from shocpp.ocpp.frames import Call, CallError, CallResult, Payload
from shocpp.ocpp.rpc import Answer, Peer

ACCOUNTS = [
    {"index": 1, "account": "company-x", "ids": ["1111", {"id": "2222", "status": "Blocked"}]},
    {"index": 2, "account": "family-y", "ids": ["3333", "Abc4"]},
]
BEGAN_S = 1_767_225_600.0  # 2026-01-01T00:00:00Z


class CentralSystem:
    """
    Performs what ``central_system`` wants done, on dictionaries.

    Attributes:
        records: The fields of what was booked, by what tells one stop from another.
        answers: What came back for our own commands.
        fail: Is asked before each booking whether it shall fail.
    """

    def __init__(self, unit: str = "wh", identity: str = "CP001", heartbeat_s: int = 7200) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.answers: list[CallResult | CallError] = []
        self.transactions: dict[int, dict[str, Any]] = {}
        self.seen: list[Call] = []
        self.fail: Callable[[], bool] = lambda: False
        accounts = Accounts.from_list(ACCOUNTS)
        self._context = Context(
            identity, accounts, datetime.fromtimestamp(BEGAN_S, UTC), self.transactions, unit, heartbeat_s, zone=UTC
        )
        self._peer = Peer()
        self._count = 0

    def connect(self) -> None:
        """Forget what was half said on the connection before."""
        self._peer = Peer()

    def receive(self, data: bytes, now_s: float) -> list[str]:
        """Take a message; give the lines that answer it."""
        replies = []
        for event in self._peer.receive(data):
            if isinstance(event, Call):
                self.seen.append(event)
                replies.append(self._answer(event, now_s).encode())
            elif isinstance(event, Answer):
                self.answers.append(event.frame)
        return replies

    def command(self, action: str, payload: Payload) -> str:
        """Give the line of a command."""
        self._count += 1
        self._peer.abandon()
        return self._peer.call(Call(f"command-{self._count}", action, payload))

    def _answer(self, call: Call, now_s: float) -> CallResult | CallError:
        context = self._context.at(datetime.fromtimestamp(now_s, UTC), self._context.accounts)
        *todo, reply = answers.answer(call.action, call.payload, context)
        for effect in todo:
            if isinstance(effect, effects.Book):
                if self.fail():
                    return CallError(call.unique_id, "InternalError", "try again")
                self.records.setdefault(effect.record.digest_source, effect.record.fields)
            elif isinstance(effect, effects.Open):
                self.transactions[effect.transaction_id] = effect.seen
            elif isinstance(effect, effects.Close | effects.End):
                self.transactions.pop(effect.transaction_id, None)
        if isinstance(reply, effects.Refuse):
            return CallError(call.unique_id, CODES[reply.kind], reply.description)
        assert isinstance(reply, effects.Reply)
        return CallResult(call.unique_id, reply.payload)


class OtherEnd(Protocol):
    """What a coupling needs of a central system."""

    def connect(self) -> None:
        """Begin a new connection."""

    def receive(self, data: bytes, now_s: float) -> list[str]:
        """Take a message; give the lines that answer it."""

    def command(self, action: str, payload: Payload) -> str:
        """Give the line of a command."""


class Coupling:
    """
    Lets a charge point and a central system talk, as fast as can be.

    Args:
        charge_point: The one end.
        central: The other.
        player: What happens at the charge point.
        rng: Decides which answers are lost.
        losses: The chance that the connection breaks before an answer arrives.
    """

    def __init__(
        self,
        charge_point: SimulatedChargePoint,
        central: OtherEnd,
        player: Player,
        rng: Random | None = None,
        losses: float = 0.0,
    ) -> None:
        self.charge_point = charge_point
        self.central = central
        self.player = player
        self.now_s = charge_point.now_s
        self._rng = rng or Random(0)
        self._losses = losses
        self._back_s: float | None = self.now_s
        self._later: list[tuple[float, int, Callable[[], tuple[str, Payload]]]] = []

    def order(self, at_s: float, command: Callable[[], tuple[str, Payload]]) -> None:
        """Have a command sent at a time: ``command`` gives action and payload then."""
        heapq.heappush(self._later, (at_s, len(self._later), command))

    def run(self, until_s: float) -> None:
        """Run until a time, or until the script is over and all is said."""
        while self.now_s <= until_s:
            self._connect()
            self._perform(self.player.advance(self.now_s))
            self._command()
            if self.player.is_over and self.charge_point.state.is_idle and not self._later:
                return
            times = [self.player.due(), self._back_s]
            times += [self._later[0][0]] if self._later else []
            due_s = min((time_s for time_s in times if time_s is not None), default=until_s + 1)
            self.now_s = max(self.now_s, due_s)

    def _connect(self) -> None:
        if self._back_s is not None and self._back_s <= self.now_s:
            self._back_s = None
            self.central.connect()
            self._perform(self.charge_point.connected(self.now_s))

    def _command(self) -> None:
        while self._later and self._later[0][0] <= self.now_s:
            _, _, command = heapq.heappop(self._later)
            if self.charge_point.state.is_connected:
                line = self.central.command(*command())
                self._perform(self.charge_point.receive(line.encode(), self.now_s))

    def _perform(self, wanted: list[Output]) -> None:
        waiting = list(reversed(wanted))
        while waiting:
            effect = waiting.pop()
            if isinstance(effect, Return):
                self._back_s = self.now_s if self._back_s is not None else None
            elif isinstance(effect, HangUp):
                self._hang_up(effect.away_s)
                waiting = []
            elif isinstance(effect, Send):
                for reply in self.central.receive(effect.data, self.now_s):
                    if self._losses and self._rng.random() < self._losses:
                        self._hang_up(self._rng.uniform(1, 900))
                        return
                    waiting += reversed(self.charge_point.receive(reply.encode(), self.now_s))

    def _hang_up(self, away_s: float) -> None:
        self._back_s = self.now_s + away_s
        self._perform(self.charge_point.disconnected(self.now_s))
