"""
The open charges of one charge point, where a store keeps them for other machines, too: the same here and there.

A store that is not reached keeps nobody from being served: what is known here goes on being known, and the store is
told with the next message about a charge. Knows no store: whoever takes the steps asks it.
"""

from __future__ import annotations

from shocpp.errors import ShocppError
from shocpp.spool.accounting.accounting import Starts
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from shocpp.backend.steps import Steps
    from shocpp.spool.accounting.accounting import Opened
    from shocpp.spool.run.open_charges import OpenCharges

    Result = TypeVar("Result")


class SharedStarts:
    """
    Exchanges the starts of one charge point with a store.

    Args:
        identity: The charge point's; empty for the anonymous one.
        charges: Its open charges, as they are known here. Which of them are booked is the store's to say.
        say: Writes a line of the log: level and text.
    """

    def __init__(self, identity: str, charges: OpenCharges, say: Callable[[str, str], None]) -> None:
        self._identity = identity
        self._charges = charges
        self._say = say
        self._kept: set[int] = set()  # those that are open in the store, as far as we know

    def around(self, steps: Steps[Result]) -> Steps[Result]:
        """
        Serve a message that is about charges: know before what the store knows, and tell it after what has changed.

        Args:
            steps: Serve it.

        Yields:
            ``Starts``, too; wants what ``Accounting.open_charges`` returns or raises.
        """
        yield from self._exchange()
        result = yield from steps
        if self._charges.seen.keys() != self._kept:
            yield from self._exchange()
        return result

    def _exchange(self) -> Steps[None]:
        known = self._charges.seen
        try:
            found: Opened = yield Starts(self._identity, dict(known), sorted(self._kept - known.keys()))
            self._kept = set(found)
            for transaction_id in known.keys() - found.keys():
                self._charges.learn(transaction_id, None)
            for transaction_id, seen in found.items():
                self._charges.learn(transaction_id, seen)
        except ShocppError as error:
            self._say("WARNING", f"open charges are known on this machine alone: {clean(error, 300)}")
