"""
One message after another of one charge point, whatever wire it came over: each gets exactly one answer.

Finds out what a message means and has it done, effect by effect, in order. Knows when to look at the clock and at the
accounts; what came in which frame, where the mailbox is and how the log gets out is known above. What waits for the
disk is left to whoever takes the steps.
"""

from __future__ import annotations

import time

from shocpp.backend import own_faults
from shocpp.backend.observer import Observer
from shocpp.backend.unlisted_cards import UnlistedCards
from shocpp.central_system import effects
from shocpp.errors import ShocppError
from shocpp.ocpp import refusals
from shocpp.texts import clean
from shocpp.times import from_epoch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.backend.steps import Steps
    from shocpp.backend.versions import Version
    from shocpp.central_system.context import Context
    from shocpp.central_system.effects import Effect, Refuse, Reply
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.record import Record
    from shocpp.ocpp.frames import Payload
    from shocpp.spool.accounting.accounting import Booked

_OBSERVED: dict[type, Callable[[Observer, Any], None]] = {
    effects.End: Observer.end,
    effects.Notice: Observer.notice,
    effects.Open: Observer.open,
    effects.PresumeOver: Observer.presume_over,
    effects.See: Observer.see,
    effects.SeeMeter: Observer.see_meter,
}
# of a record, in the log: the name there and the record's
_LOGGED = (
    ("account", "account"),
    ("started", "started"),
    ("stopped", "stopped"),
    ("consumed_kwh", "consumed_kwh"),
    ("wh", "consumed_wh"),
    ("anomaly", "anomaly"),
)


class Backend:
    """
    Serves the messages of one charge point in a version of the protocol.

    Args:
        version: Knows what messages mean.
        context: What their meaning depends on, at the begin.
        accounts: Gives the accounts in force.
        observer: Notes what is seen.
        validation: ``"strict"``, ``"lenient"`` or ``"off"``.
        say: Writes a line of the log: level and text.
        clock: Gives seconds since the epoch.
        monotonic: Gives seconds that go on whatever is done to the clock.

    Attributes:
        is_quiet: The message that was served last shall leave no line in the log of what became of it.
    """

    def __init__(
        self,
        version: Version,
        context: Context,
        accounts: Callable[[], Accounts],
        observer: Observer,
        validation: str,
        say: Callable[[str, str], None],
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._version = version
        self._context = context
        self._accounts = accounts
        self._observer = observer
        self._is_strict, self._is_lenient = (validation == word for word in ("strict", "lenient"))
        self._say = say
        self._clock = clock
        self._monotonic = monotonic
        self._unlisted = UnlistedCards()
        self.is_quiet = False
        self._second = int(clock())
        self._must_look = False

    def serve(self, action: str, payload: Payload, message_id: object = "") -> Steps[Reply | Refuse]:
        """
        Serve a message. Whatever fails on the way, it has an answer.

        Args:
            action: What the charge point wants.
            payload: The request.
            message_id: The message's on its wire; for the log.

        Yields:
            A record that is to be booked; wants what ``Accounting.book`` returns or raises. Until then nothing else
            may be asked of this backend.

        Returns:
            The answer: ``Reply``, or ``Refuse`` with a kind that each wire has its own code for.
        """
        try:
            todo, answer = self._meaning_of(action, payload)
            is_new = True
            for effect in todo:
                if isinstance(effect, effects.Book):
                    is_new = yield from self._book(effect)
                elif isinstance(effect, effects.Close):
                    self._observer.close(effect, is_new)
                else:
                    self._perform(effect)
        except Exception as error:
            return self._failed(error, action, message_id)
        return answer

    def serve_at_once(self, action: str, payload: Payload, message_id: object = "") -> Reply | Refuse:
        """
        Serve a message that nothing is booked for: its action is not among the version's ``booked``.

        Args and Returns are those of ``serve``, to which it comes; a generator would cost half as much again.
        """
        try:
            todo, answer = self._meaning_of(action, payload)
            for effect in todo:
                self._perform(effect)
        except Exception as error:
            return self._failed(error, action, message_id)
        return answer

    def look_again(self) -> None:
        """Have the accounts looked at for the next message that is about them, however soon it comes."""
        self._must_look = True

    def _meaning_of(self, action: str, payload: Payload) -> tuple[list[Effect], Reply | Refuse]:
        """Give what shall happen, in order, and the answer; note that the message came."""
        self.is_quiet = False
        self._observer.arrived(action)
        refusal = self._refusal(action, payload) if self._is_strict else None
        if refusal is not None and action not in self._version.booked:
            return [], refusal  # but what was drawn is booked, whatever the payload looks like
        todo = self._version.answer(action, payload, self._context_for(action))
        answer: Any = todo.pop()  # a ``Reply`` or a ``Refuse``
        if refusal is not None:
            return todo, refusal
        if self._is_lenient and answer.__class__ is effects.Reply:
            self._observer.payloads.check_later(action, payload)
        return todo, answer

    def _perform(self, effect: Effect) -> None:
        """Do what does not wait for the disk."""
        if effect.__class__ is effects.SeeUnlisted:
            self._see_unlisted(effect)
        else:
            _OBSERVED[effect.__class__](self._observer, effect)

    def _failed(self, error: Exception, action: str, message_id: object) -> Refuse:
        """Answer a message that could not be served, and say why in the log."""
        what = f"{clean(action)} id={clean(message_id)}"
        if isinstance(error, ShocppError):
            self._say("ERROR", f"{what} failed: {clean(error, 500)}")
        else:
            own_faults.report(self._say, what, error)
        return effects.Refuse(refusals.TRY_AGAIN, "try again")

    def _context_for(self, action: str) -> Context:
        """
        Give what the meaning of a message depends on.

        The clock and the accounts are looked at once a second, and for a message that is about them after
        ``look_again``; the open transactions only for one that is about those.
        """
        now = self._clock()
        if int(now) != self._second or (self._must_look and action in self._version.about_accounts):
            self._second, self._must_look = int(now), False
            self._context = self._context.at(from_epoch(now), self._accounts())
        if action in self._version.about_transactions:
            return self._context.about(self._observer.open_transactions, self._observer.last_boot)
        return self._context

    def _refusal(self, action: str, payload: Payload) -> Refuse | None:
        """Refuse a payload against the schema; None for what fits or is unknown."""
        violation = self._observer.payloads.violation(action, payload)
        return None if violation is None else effects.Refuse(violation.refusal, violation.message)

    def _see_unlisted(self, effect: effects.SeeUnlisted) -> None:
        """Note a card that is not listed; of too many neither status.json nor the log says anything."""
        if self._unlisted.take(self._monotonic()):
            self._observer.see(effects.See("refused_tags", effect.id_tag, effect.value))
        else:
            self.is_quiet = True

    def _book(self, effect: effects.Book) -> Steps[bool]:
        """Have a record booked; tell whether it is new."""
        began = time.perf_counter()
        booked: Booked = yield effect.record
        took_s = time.perf_counter() - began
        path, is_new = booked
        what = "booked" if is_new else "booked before"
        self._say("INFO", f"{what} {path.rpartition('/')[2]} {_said_of(effect.record)}")
        self._observer.booked(is_new, took_s)
        return is_new


def _said_of(record: Record) -> str:
    """Say in the log what a record says, as far as it is known."""
    fields = record.fields
    return " ".join([f"{name}={clean(fields[field])}" for name, field in _LOGGED if fields.get(field) is not None])
