"""
One backend for each connection: it performs effects in order, and every CALL gets exactly one answer.

Owns the clock, the accounts in force, the mailbox, the sightings and the log of one charge point. Reads no
socket and writes none: a transport brings lines and takes lines away. After each batch of answers has left, the
transport calls ``settle``, where all that may be late is done: validation of what was lenient, log, sightings.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from shocpp.backend.commands import Courier
from shocpp.backend.observer import Witness
from shocpp.central_system import effects
from shocpp.central_system.v16 import answers
from shocpp.errors import ShocppError
from shocpp.ocpp import frames
from shocpp.ocpp.assembler import Garbage
from shocpp.ocpp.frames import Call, CallError, CallResult
from shocpp.ocpp.rpc import Answer, Peer, Stray
from shocpp.spool.accounting import Accounting
from shocpp.spool.configuration import watched_tags
from shocpp.spool.held_mailbox import HeldMailbox
from shocpp.spool.sightings import OpenTransactions, Sightings
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, TypeVar

    from shocpp.backend.journal import Journal
    from shocpp.central_system.effects import Effect
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.ledger.record import Record
    from shocpp.log import Log
    from shocpp.ocpp.rpc import Event
    from shocpp.settings import Settings
    from shocpp.spool.accounting import Booked

    Result = TypeVar("Result")
    Steps = Generator[Record, Booked, Result]

_WITNESSED: dict[type, Callable[[Witness, Any], None]] = {
    effects.Close: Witness.close,
    effects.Notice: Witness.notice,
    effects.Open: Witness.open,
    effects.See: Witness.see,
    effects.SeeMeter: Witness.see_meter,
}
_LARGE = 1 << 14  # bytes of a line whose meter values are read at once


class Backend:
    """
    Serves one charge point over one connection.

    Args:
        identity: The charge point's; empty for the anonymous one.
        settings: The settings in force.
        log: Takes the log's lines.
        clock: Gives seconds since the epoch.
        accounts: Gives the accounts in force, where many backends of one process share them.
        accounting: Where they book, likewise.
        charge_point: What is listed of the charge point, if anything is.
    """

    def __init__(
        self,
        identity: str,
        settings: Settings,
        log: Log,
        clock: Callable[[], float] = time.time,
        accounts: Callable[[], Accounts] | None = None,
        accounting: Accounting | None = None,
        charge_point: ListedChargePoint | None = None,
    ) -> None:
        self.identity = identity
        self._settings = settings
        self._log = log
        self._clock = clock
        self._name = clean(identity, 80) or "-"
        self._peer = Peer()
        self._connection = HeldMailbox(settings.run_dir, identity)
        sightings = Sightings(self._connection.folder)
        self._accounting = accounting or Accounting(settings.accounting_dir)
        self._accounts = accounts or watched_tags(settings.tags_file, self._say)
        self._context = answers.Context(
            identity,
            self._accounts(),
            self._now(),
            OpenTransactions(sightings),
            settings.transaction_unit,
            settings.heartbeat_interval_s,
            settings.parent_id_tag,
            charge_point=charge_point,
        )
        self._is_strict, self._is_lenient = (settings.validation == word for word in ("strict", "lenient"))
        self._second = int(clock())
        self._witness = Witness(identity, self._connection, sightings, self._context.wh, self._say, clock)
        self._courier = Courier(self._connection, self._peer, self._witness, self._say)
        self._journal = self._open_journal() if settings.journal_dir else None

    # --- what a transport calls

    def open(self) -> None:
        """Take the connection over from whoever had it; without a mailbox it is served all the same."""
        try:
            self._connection.hold()
        except ShocppError as error:
            self._say("ERROR", f"no commands on this connection: {clean(error)}")
        self._witness.connected()
        self._say("INFO", "connected")

    def receive(self, line: bytes) -> list[str]:
        """Take a line from the charge point; give the lines that answer it, in order."""
        return self._book_along(self.serve(line))

    def finish(self) -> list[str]:
        """Give up waiting for the rest of a frame that was begun; give the lines that this answers."""
        return self._book_along(self.serve_rest())

    def serve(self, line: bytes) -> Steps[list[str]]:
        """
        Do as ``receive`` does, but leave the waiting for the disk to the caller.

        Yields:
            A record that is to be booked; wants what ``Accounting.book`` returns or raises. Until then nothing else
            may be asked of this backend.
        """
        events = self._peer.receive(line)
        if self._journal is None:
            replies = yield from self._handle(events)
        else:
            arrived, verbatim = self._clock(), line if self._peer.is_verbatim else None
            replies = yield from self._handle(events)
            self._journal.note(arrived, verbatim, events, replies)
        if len(line) > _LARGE:
            self._guard("reading meter values", self._witness.read_meters)  # else a few of them would fill the memory
        return replies

    def serve_rest(self) -> Steps[list[str]]:
        """Do as ``finish`` does, but leave the waiting for the disk to the caller as ``serve`` does."""
        arrived, events = self._clock(), self._peer.finish()
        replies = yield from self._handle(events)
        if self._journal is not None:
            self._journal.note(arrived, None, events, replies)
        return replies

    def _book_along(self, steps: Steps[list[str]]) -> list[str]:
        """Take steps to their end, waiting for the disk in between."""
        try:
            record = next(steps)
            while True:
                try:
                    booked = self._accounting.book(record)
                except Exception as error:
                    record = steps.throw(error)
                else:
                    record = steps.send(booked)
        except StopIteration as end:
            lines: list[str] = end.value
            return lines

    @property
    def unfinished(self) -> bool:
        """Tell whether a frame has begun that has not ended."""
        return self._peer.unfinished

    def request(self) -> str | None:
        """
        Take a new request out of the mailbox; give the line to be sent, None if there is none.

        A new one says that whoever sent the one before has stopped waiting for its answer.
        """
        line = self._guard("taking request.json", self._courier.fetch)
        if line is not None and self._journal is not None:
            self._journal.note_call(line)
        return line

    def check(self) -> None:
        """Hold what was answered leniently against the schemas, once the answers have left."""
        self._guard("checking a payload", self._witness.check)

    def settle(self, is_idle: bool) -> float | None:
        """
        Do what may be late, once the answers have left.

        Args:
            is_idle: No more input is waiting.

        Returns:
            Seconds after which this wants to be called again, None if there is no need.
        """
        self.check()
        if self._journal is not None:
            self._guard("keeping the journal", self._journal.settle)
        self._second = -1
        now = self._clock()
        if self._witness.is_due(now, is_idle):
            self._guard("writing sightings", self._witness.flush, now)
        self._log.flush()
        return self._witness.wait(now)

    def close(self) -> None:
        """Tidy up: write what was seen, let go of the connection."""
        self.check()
        if self._journal is not None:
            self._guard("keeping the journal", self._journal.close)
        self._guard("writing sightings", self._witness.flush, self._clock())
        self._connection.release()
        self._say("INFO", "disconnected")
        self._log.flush()

    # --- events

    def _handle(self, events: list[Event]) -> Steps[list[str]]:
        replies: list[str] = []
        for event in events:
            if isinstance(event, Call):
                replies.append((yield from self._answer(event)))
            else:
                self._guard("taking an answer", self._take, event, replies)
        return replies

    def _take(self, event: Answer | Garbage | Stray, replies: list[str]) -> None:
        """Deal with what is no CALL: an answer to ours, or something that cannot be read."""
        if isinstance(event, Answer):
            self._courier.deliver(event)
        elif isinstance(event, Garbage):
            self._witness.quirk("garbage", event.reason)
            if event.unique_id is not None:
                replies.append(CallError(event.unique_id, frames.FORMATION_VIOLATION, event.reason).encode())
                self._say("WARNING", f"id={clean(event.unique_id)} refused {frames.FORMATION_VIOLATION}")
        else:
            self._say("WARNING", f"answer id={clean(event.frame.unique_id)} that nobody waits for")

    def _answer(self, call: Call) -> Steps[str]:
        """Serve a CALL: its answer's line. Whatever fails on the way, there is one."""
        try:
            frame = yield from self._perform(call)
            line = frame.encode()
        except ShocppError as error:
            self._say("ERROR", f"{clean(call.action)} id={clean(call.unique_id)} failed: {clean(error, 500)}")
            return CallError(call.unique_id, frames.INTERNAL_ERROR, "try again").encode()
        except Exception:
            self._say_traceback(f"{clean(call.action)} id={clean(call.unique_id)}")
            return CallError(call.unique_id, frames.INTERNAL_ERROR, "try again").encode()
        self._log.line("INFO", f"{self._name} {clean(f'{call.action} id={call.unique_id}')} {_outcome(frame)}")
        return line

    def _perform(self, call: Call) -> Steps[CallResult | CallError]:
        action = call.action
        self._witness.arrived(action)
        fault = self._refusal(call) if self._is_strict else None
        if fault is not None and action != "StopTransaction":
            return fault
        if int(self._clock()) != self._second:
            self._look_around()
        *todo, reply = answers.answer(action, call.payload, self._context)
        for effect in todo:
            if isinstance(effect, effects.Book):
                yield from self._book(effect)
            else:
                _WITNESSED[effect.__class__](self._witness, effect)
        return fault or self._frame(call, reply)

    def _look_around(self) -> None:
        """See what time it is and which accounts are in force: once a second, and once after each rest."""
        self._second = int(self._clock())
        self._context.at(self._now(), self._accounts())

    def _frame(self, call: Call, reply: Effect) -> CallResult | CallError:
        if isinstance(reply, effects.Refuse):
            return CallError(call.unique_id, reply.code, reply.description)
        assert isinstance(reply, effects.Reply)  # noqa: S101 - the last effect is the answer
        if self._is_lenient:
            self._witness.check_later(call.action, call.payload)
        return CallResult(call.unique_id, reply.payload)

    # --- effects

    def _book(self, effect: effects.Book) -> Steps[None]:
        began = time.perf_counter()
        path, is_new = yield effect.record
        self._witness.booking(time.perf_counter() - began)
        fields = effect.record.fields
        self._say(
            "INFO",
            f"{'booked' if is_new else 'booked before'} {os.path.basename(path)} "
            f"account={clean(fields['account'])} consumed_kwh={fields['consumed_kwh']}"
            + (f" anomaly={fields['anomaly']}" if "anomaly" in fields else ""),
        )
        self._witness.booked(is_new)

    def _open_journal(self) -> Journal:
        from shocpp.backend.journal import Journal

        return Journal(self._settings.journal_dir, self.identity, self._say, self._clock)

    def _refusal(self, call: Call) -> CallError | None:
        """Give the CALLERROR that refuses a payload against the schema; None for what fits or is unknown."""
        violation = self._witness.violation(call.action, call.payload)
        if violation is None:
            return None
        return CallError(call.unique_id, violation.error_code, violation.message)

    # --- words

    def _say(self, level: str, text: str) -> None:
        self._log.line(level, f"{self._name} {text}")

    def _guard(self, what: str, do: Callable[..., Result], *values: object) -> Result | None:
        """Do something whose failing by our own fault must not end the connection."""
        try:
            return do(*values)
        except Exception:
            self._say_traceback(what)
            return None

    def _say_traceback(self, what: str) -> None:
        import traceback

        self._say("ERROR", f"{what} failed by our own fault:")
        for line in traceback.format_exc(-20).splitlines()[-60:]:
            self._say("ERROR", clean(line, 500))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _outcome(frame: CallResult | CallError) -> str:
    """Say what became of a CALL, and of the card in it."""
    if isinstance(frame, CallError):
        return f"refused {frame.code}"
    info = frame.payload.get("idTagInfo")
    return f"answered, card {info['status']}" if isinstance(info, dict) else "answered"
