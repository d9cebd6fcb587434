"""
One connection that speaks OCPP-J: lines with frames in, lines with frames out, commands in between.

JSON frames are one dress of what ``serving`` does: here are unique ids, CALLRESULT and CALLERROR, what is no frame at
all, the mailbox and the journal. Reads no socket and writes none: a transport brings lines and takes lines away. After
each batch of answers has left, the transport calls ``do_deferred``, where all that may be late is done (``deferred``).
Lines of the log are handed to ``say``; when they are written is not known here.
"""

from __future__ import annotations

import time

from shocpp.backend import own_faults
from shocpp.backend.answer_lines import line_of, refusal_of
from shocpp.backend.commands import Commands
from shocpp.backend.deferred import Deferred
from shocpp.backend.observer import Observer
from shocpp.backend.serving import Backend
from shocpp.backend.versions import V16
from shocpp.central_system.context import Context
from shocpp.ocpp.frames import Call, Garbage
from shocpp.ocpp.rpc import PLAIN, Answer, Peer, Stray
from shocpp.ocpp.sent_keys import SentKeys
from shocpp.spool.run.held_mailbox import HeldMailbox
from shocpp.spool.run.key_marks import KeyMarks
from shocpp.spool.run.open_charges import OpenCharges
from shocpp.spool.run.sightings import Sightings
from shocpp.texts import clean
from shocpp.times import from_epoch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from shocpp.backend.connection_journal import Journal
    from shocpp.backend.own_faults import Result
    from shocpp.backend.shared_starts import SharedStarts
    from shocpp.backend.steps import Steps
    from shocpp.backend.versions import Version
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.ocpp.rpc import Event, FrameReading
    from shocpp.settings import Settings

_LARGE = 1 << 14  # bytes of a line of which nothing is kept that can be noted at once


class Lines:
    """
    Serves one charge point over one connection.

    Args:
        identity: The charge point's; empty for the anonymous one.
        settings: The settings in force.
        accounts: Gives the accounts in force.
        say: Writes a line of the charge point's log: level and text.
        clock: Gives seconds since the epoch.
        charge_point: What is listed of the charge point, if anything is.
        version: That of the protocol.
        monotonic: Gives seconds that go on whatever is done to the clock: by them sightings are due.
        reading: How frames are read.
        say_once: Writes what holds for all charge points, the first time; ``say`` by default.

    Attributes:
        charges: The charges that are open.
        peer: Our end of the conversation.
        check, do_deferred, due_in: What may be late, and when: see ``Deferred``.
        look_again: What is done at least where that is put off: see ``Backend``.
    """

    protocol = ""  # for people, where it is not OCPP-J

    def __init__(
        self,
        identity: str,
        settings: Settings,
        accounts: Callable[[], Accounts],
        say: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
        charge_point: ListedChargePoint | None = None,
        version: Version = V16,
        monotonic: Callable[[], float] = time.monotonic,
        reading: FrameReading = PLAIN,
        say_once: Callable[[str, str], None] | None = None,
    ) -> None:
        self.identity = identity
        self._clock = clock
        self.peer, self._connection = Peer(reading=reading), HeldMailbox(settings.run_dir, identity)
        self._marks = KeyMarks(self._connection.folder, clock)
        self._keys = SentKeys(self._marks)
        self._say = say = self._keys.hidden_from(say)
        self._unwanted = "" if settings.log_level == "debug" else "DEBUG"  # a line for each heartbeat is not even made
        context = _context(identity, settings, accounts(), clock(), charge_point)
        sightings = Sightings(self._connection.folder, self._keys.hide_in)
        is_booked = None if settings.store else _booked_in(settings.accounting_dir, identity)
        self.charges = charges = OpenCharges(self._connection.folder, is_booked)
        self._shared: SharedStarts | None = None
        if settings.store:
            from shocpp.backend.shared_starts import SharedStarts

            self._shared = SharedStarts(identity, charges, say)
        self._observer = Observer(version, identity, self._connection, sightings, charges, context.wh, say, clock)
        self._backend = Backend(version, context, accounts, self._observer, settings.validation, say, clock, monotonic)
        self._commands = Commands(
            self._connection, self.peer, self._observer, self._keys, self._marks, say, say_once or say
        )
        self._journal: Journal | None = None
        if settings.journal_dir:
            from shocpp.backend.connection_journal import Journal

            self._journal = Journal(settings.journal_dir, identity, say, self._keys, clock)
            self._observer.told = self._journal.note_quirk
        self._deferred = Deferred(self._backend, self._observer, self._journal, say, self._connection, monotonic)
        self.check, self.do_deferred, self.due_in = self._deferred.check, self._deferred.do, self._deferred.due_in
        self.look_again = self._backend.look_again
        self._about_transactions = version.about_transactions
        self._waiting = version.about_transactions if settings.store else version.booked

    def open(self) -> None:
        """Take the connection over from whoever had it; without a mailbox it is served all the same."""
        self._marks.read()
        self._commands.open()
        self._observer.connected(self.protocol)
        if self._journal is not None:
            self._journal.begin()
        self._say("INFO", "connected")

    def open_if_known(self) -> bool:
        """Open if the charge point has a folder; else leave none before ``open`` is called, and give False."""
        if self._connection.has_folder:
            self.open()
            return True
        self._say("INFO", "connected for the first time: nothing is kept of it before its first request")
        return False

    @property
    def has_served(self) -> bool:
        """Tell whether a CALL has come that is not written down yet: nothing is, before it is opened."""
        return self._observer.has_counted

    def answer(self, data: bytes) -> list[str] | Steps[list[str]] | None:
        """
        Answer a line or message that is one CALL as it should be: so are nearly all.

        Returns:
            The line that answers it; where that waits for a record, steps that yield and return what those of
            ``receive`` do; None, and nothing has happened, for what ``receive`` is for.
        """
        call = None if self._journal is not None or len(data) > _LARGE else self.peer.read_call(data)
        if call is None:
            return None
        if call.action in self._waiting:
            return self._serve(call)
        answer = self._backend.serve_at_once(call.action, call.payload, call.unique_id)
        return [line_of(self._say, self._unwanted, call, answer, self._backend.is_quiet)]

    def receive(self, line: bytes) -> Steps[list[str]]:
        """
        Take a line from the charge point.

        Yields:
            A record that is to be booked, or ``Starts``; wants what ``Accounting.book``, or ``open_charges``, returns
            or raises. Until then nothing else may be asked of this connection.

        Returns:
            The lines that answer it, in order.
        """
        return self._answers(line, self.peer.receive(line))

    def receive_message(self, message: bytes) -> Iterator[Steps[list[str]]]:
        """
        Take a message from the charge point, on a wire that has messages: it is whole, and may hold several frames.

        Yields:
            For each frame what ``receive`` returns, to be run to its end before the next one is asked for.
        """
        for events in self.peer.receive_message(message):
            yield self._answers(message, events)

    def finish(self) -> Steps[list[str]]:
        """Give up waiting for the rest of a frame that was begun; yields and returns what ``receive`` does."""
        arrived, events = self._clock(), self.peer.finish()
        replies = yield from self._handle(events)
        if self._journal is not None:
            self._journal.note(arrived, None, events, replies)
        return replies

    @property
    def unfinished(self) -> int:
        """Count the characters that are held of a frame that has begun and not ended; 0 for none."""
        return self.peer.unfinished

    def request(self) -> str | None:
        """
        Take a new request out of the mailbox; give the line to be sent, None if there is none.

        A new one says that whoever sent the one before has stopped waiting for its answer.
        """
        line = self._attempt("taking request.json", self._commands.fetch)
        if line is not None and self._journal is not None:
            self._journal.note_call(line)
        return line

    def close(self, is_hasty: bool = False) -> None:
        """Tidy up: write what was seen lately, unless there is no time for that; let go of the connection."""
        self._deferred.finish(is_hasty)
        self._connection.release()
        self._say("INFO", "disconnected")

    def _attempt(self, what: str, do: Callable[..., Result], *values: object) -> Result | None:
        return own_faults.attempt(self._say, what, do, *values)

    # --- events

    def _answers(self, data: bytes, events: list[Event]) -> Steps[list[str]]:
        """Answer what was made of a line or message, and note both."""
        arrived, verbatim = self._clock(), data if self.peer.is_verbatim else None
        replies = yield from self._handle(events)
        if self._journal is not None:
            self._journal.note(arrived, verbatim, events, replies)
            if any(isinstance(event, Call) and event.action in self._about_transactions for event in events):
                self._attempt("keeping the journal", self._journal.write)  # it says no less than run/ if we are killed
        if len(data) > _LARGE:
            self._attempt("noting what was seen", self._observer.read_kept)  # else a few would fill the memory
        return replies

    def _handle(self, events: list[Event]) -> Steps[list[str]]:
        replies: list[str] = []
        for event in events:
            if isinstance(event, Call):
                replies += yield from self._serve(event)
            else:
                self._attempt("taking an answer", self._take, event, replies)
        return replies

    def _serve(self, call: Call) -> Steps[list[str]]:
        """Serve a CALL; gives the line that answers it."""
        steps = self._backend.serve(call.action, call.payload, call.unique_id)
        if self._shared is not None and call.action in self._about_transactions:
            steps = self._shared.around(steps)
        answer = yield from steps
        return [line_of(self._say, self._unwanted, call, answer, self._backend.is_quiet)]

    def _take(self, event: Answer | Garbage | Stray, replies: list[str]) -> None:
        """Deal with what is no CALL: an answer to ours, or something that cannot be read."""
        if isinstance(event, Answer):
            self._commands.deliver(event)
        elif isinstance(event, Garbage):
            self._observer.quirk("garbage", event.reason)
            if event.unique_id is not None:
                replies.append(refusal_of(event.unique_id, event.reason, self._say))
        else:
            self._say("WARNING", f"answer id={clean(event.frame.unique_id)} that nobody waits for")


def _booked_in(accounting_dir: str, identity: str) -> Callable[[int, dict[str, Any]], bool | None]:
    """Give what tells whether a charge has been booked: asked of those that an earlier connection left open."""

    def is_booked(transaction_id: int, seen: dict[str, Any]) -> bool | None:
        from shocpp.spool.accounting.accounting_folder import AccountingFolder
        from shocpp.spool.accounting.booked_charges import has_record

        return has_record(AccountingFolder(accounting_dir), identity, transaction_id, seen)

    return is_booked


def _context(
    identity: str, settings: Settings, accounts: Accounts, now: float, charge_point: ListedChargePoint | None
) -> Context:
    """Give what the meaning of the first message depends on."""
    return Context(
        identity,
        accounts,
        from_epoch(now),
        unit=settings.transaction_unit,
        heartbeat_interval_s=settings.heartbeat_interval_s,
        parent_id_tag=settings.parent_id_tag,
        charge_point=charge_point,
        most_kwh=settings.most_kwh,
    )
