"""
The versions of the protocol that a backend can serve: for each, where its knowledge is.

Here alone it is said which modules belong to which version. The message layer is handed a ``Version``; another one
stands beside ``V16``.
"""

from __future__ import annotations

from shocpp.central_system.v16 import answers
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import OPERATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from typing import Any, Protocol

    from shocpp.central_system.context import Context
    from shocpp.central_system.effects import Effect
    from shocpp.ocpp.frames import Payload
    from shocpp.ocpp.v16.violation import Violation

    class Rules(Protocol):
        """What a payload has to be like."""

        def fits(self, action: str, kind: str, payload: object, /) -> bool:
            """Tell whether it is exactly as specified."""

        def explain(self, action: str, kind: str, payload: object, /) -> Violation | None:
            """Say what is wrong with it."""


class Version:
    """
    A version of the protocol.

    Args:
        answer: Finds out what a request means: action, payload and context in, effects out.
        about_accounts: The actions whose meaning depends on the accounts.
        about_transactions: The actions whose meaning depends on the open transactions.
        booked: The actions of which records may come.
        actions: All that the version knows, of either side.
        rules: Judge payloads.
        read_meter: Reads what meter values say that is worth a sighting.
    """

    __slots__ = ("about_accounts", "about_transactions", "actions", "answer", "booked", "read_meter", "rules")

    def __init__(
        self,
        answer: Callable[[str, Payload, Context], list[Effect]],
        about_accounts: Container[str],
        about_transactions: Container[str],
        booked: Container[str],
        actions: Container[str],
        rules: Rules,
        read_meter: Callable[[object], dict[str, Any]],
    ) -> None:
        self.answer = answer
        self.about_accounts = about_accounts
        self.about_transactions = about_transactions
        self.booked = booked
        self.actions = actions
        self.rules = rules
        self.read_meter = read_meter


def _read_meter_v16(values: object) -> dict[str, Any]:
    from shocpp.ocpp.v16.meter_values import sighting  # a connection without a charge has no need of it

    return sighting(values)


V16 = Version(
    answers.answer,
    answers.ABOUT_ACCOUNTS,
    answers.ABOUT_TRANSACTIONS,
    answers.BOOKED,
    OPERATIONS,
    payloads,
    _read_meter_v16,
)
