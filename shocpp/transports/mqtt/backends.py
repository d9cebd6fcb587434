"""
The backends of the charge points that were heard of: one each, made with its first message, closed when it is silent.

A broker does not say who is connected to its gateway. So a charge point counts as connected from its first message on,
until it has said nothing for as long as on any transport, or a gateway does not take what is for it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import partial

from shocpp.backend import charge_modules
from shocpp.backend.lines import Lines
from shocpp.errors import ShocppError
from shocpp.spool.run.held_mailbox import REQUEST, folder_of
from shocpp.spool.run.open_charges import OpenCharges
from shocpp.texts import clean
from shocpp.transports.lapses import Lapses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.ledger.start import Seen
    from shocpp.log import Log
    from shocpp.ocpp.rpc import FrameReading
    from shocpp.settings import Settings


class Backends:
    """
    The backends of one worker.

    Args:
        settings: The settings in force.
        accounts: Gives the accounts in force.
        listed: Gives who may connect; None for everybody.
        most: How many there may be; for one more, the one that is silent for the longest time is closed.
        log: The log.
        now: Gives seconds that go on whatever is done to the clock.
        reading: How frames are read.
        busy: Those whose backend waits for a record to be booked: nothing else may be asked of it meanwhile.
        told_open: Is told of each change to the charges that are open: identity, id, what is kept of it or None.
    """

    def __init__(
        self,
        settings: Settings,
        accounts: Callable[[], Accounts],
        listed: Callable[[], ChargePoints | None],
        most: int,
        log: Log,
        now: Callable[[], float],
        reading: FrameReading,
        busy: Container[str] = (),
        told_open: Callable[[str, int, Seen | None], object] = lambda *_: None,
    ) -> None:
        charge_modules.import_them()
        self._settings = settings
        self._accounts = accounts
        self._listed = listed
        self._most = most
        self._log = log
        self._now = now
        self._reading = reading
        self._busy = busy
        self._told_open = told_open
        self._lapses = Lapses(settings.heartbeat_interval_s, listed)
        self._open: OrderedDict[str, Lines] = OrderedDict()  # the one that was heard last is the last
        self._heard: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def __iter__(self) -> Iterator[str]:
        """Give the identities of all that are open."""
        return iter(list(self._open))

    def hear(self, identity: str) -> Lines | None:
        """Give the backend of a charge point that has just been heard; None for one that may not connect."""
        now = self._now()
        lines = self._open.get(identity)
        if lines is None:
            lines = self._make(identity)
            if lines is None:
                return None
        self._heard[identity] = self._due[identity] = now
        self._open.move_to_end(identity)
        return lines

    def get(self, identity: str) -> Lines | None:
        """Give the backend of a charge point, if it is open."""
        return self._open.get(identity)

    def open_charges(self) -> Iterator[tuple[str, int, Seen]]:
        """Give what is kept of the charges that are open at those that are connected: identity, id, what was seen."""
        for identity, lines in self._open.items():
            for transaction_id, seen in lines.charges.seen.items():
                yield identity, transaction_id, seen

    def mailbox(self, identity: str) -> str:
        """Give the path of a charge point's request.json."""
        return os.path.join(folder_of(self._settings.run_dir, identity), REQUEST)

    def learn(self, identity: str, transaction_id: int, seen: Seen | None) -> None:
        """Take over what another process has seen of a charge's start; None when it is no longer open there."""
        lines = self._open.get(identity)
        folder = folder_of(self._settings.run_dir, identity)
        charges = lines.charges if lines is not None else OpenCharges(folder, lambda *_: False)
        try:
            charges.learn(transaction_id, seen)
        except ShocppError as error:
            self._log.line("WARNING", f"{clean(identity, 80)} transaction {transaction_id}: {clean(error)}")

    def do_deferred(self, is_idle: bool) -> float | None:
        """
        Have the backends do what may be late, where that is due.

        Args:
            is_idle: No more messages are waiting.

        Returns:
            Seconds after which this wants to be called again, None if there is no need.
        """
        now = self._now()
        for identity in [each for each, due in self._due.items() if due <= now and each not in self._busy]:
            again = self._open[identity].do_deferred(is_idle)
            if again is None:
                del self._due[identity]
            else:
                self._due[identity] = now + again
        due = [due for each, due in self._due.items() if each not in self._busy]
        return max(0.0, min(due) - now) if due else None

    def look(self) -> None:
        """Close those that are silent for too long, or are not listed any more; call this once a second."""
        now = self._now()
        self._lapses.look()
        for identity in [each for each in self._open if each not in self._busy]:
            reason = self._lapses.silent(now - self._heard[identity]) or self._lapses.unlisted(identity)
            if reason:
                self.close(identity, reason)

    def close(self, identity: str, reason: str) -> None:
        """Close a charge point's backend, if it is open, and say why."""
        lines = self._open.pop(identity, None)
        if lines is not None:
            self._log.line("INFO", f"{clean(identity, 80)} {reason}")
            lines.close()
            self._heard.pop(identity, None)
            self._due.pop(identity, None)

    def close_all(self) -> None:
        """Close all: the worker ends."""
        while self._open:
            self._open.popitem()[1].close()

    def _make(self, identity: str) -> Lines | None:
        listed = self._listed()
        charge_point = listed.get(identity) if listed is not None else None
        if listed is not None and charge_point is None:
            return None
        if len(self._open) >= self._most:
            silent = next((each for each in self._open if each not in self._busy), "")
            self.close(silent, "makes room: as many are served as may be")
        lines = Lines(
            identity,
            self._settings,
            self._accounts,
            self._log.about(identity),
            charge_point=charge_point,
            reading=self._reading,
        )
        lines.charges.told = partial(self._told_open, identity)
        lines.open()
        self._open[identity] = lines
        return lines
