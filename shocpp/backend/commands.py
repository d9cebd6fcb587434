"""
Commands to the charge point: out of the mailbox onto the connection, and the answers back into the mailbox.

Knows frames and the mailbox's two files; what a command means is between whoever sent it and the charge point.
"""

from __future__ import annotations

from shocpp.errors import NoLocksError, ShocppError
from shocpp.ocpp import frames
from shocpp.ocpp.frames import Call, CallError, CallResult, FrameError
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.observer import Observer
    from shocpp.ocpp.rpc import Answer, Peer
    from shocpp.ocpp.sent_keys import SentKeys
    from shocpp.spool.run.held_mailbox import HeldMailbox
    from shocpp.spool.run.key_marks import KeyMarks


class Commands:
    """
    The commands of one connection: takes requests out of its mailbox, puts their answers there.

    Args:
        connection: The mailbox.
        peer: Our end of the conversation.
        observer: Counts what was sent.
        keys: Is told of the keys that are sent.
        marks: Knows them again on the next connection.
        say: Writes a line of the log: level and text.
        say_once: The same for what holds for all charge points, and is said of none.
    """

    __slots__ = ("_connection", "_keys", "_marks", "_observer", "_peer", "_say", "_say_once")

    def __init__(
        self,
        connection: HeldMailbox,
        peer: Peer,
        observer: Observer,
        keys: SentKeys,
        marks: KeyMarks,
        say: Callable[[str, str], None],
        say_once: Callable[[str, str], None],
    ) -> None:
        self._connection = connection
        self._peer = peer
        self._observer = observer
        self._keys = keys
        self._marks = marks
        self._say = say
        self._say_once = say_once

    def open(self) -> None:
        """Take the mailbox over from whoever had it; without one the charge point is served all the same."""
        try:
            self._connection.hold()
        except NoLocksError as error:
            self._say_once("ERROR", f"no commands on any connection: {clean(error)}")
        except ShocppError as error:
            self._say("ERROR", f"no commands on this connection: {clean(error)}")

    def fetch(self) -> str | None:
        """Take a new request out of the mailbox; give the line to be sent, None if there is none that can be sent."""
        value = self._connection.request()
        if value is None:
            return None
        try:
            call = frames.parse(value)
        except FrameError as error:
            self._say("WARNING", f"request.json: {clean(error)}")
            return None
        if not isinstance(call, Call):
            self._say("WARNING", "request.json holds no CALL")
            return None
        if self._peer.waiting_for is not None:
            self._say("WARNING", f"{clean(self._peer.waiting_for.action)} was never answered")
            self._peer.abandon()
        self._say("INFO", f"{clean(call.action)} id={clean(call.unique_id)} sent")
        self._observer.commanded()
        self._note_keys(call)
        return self._peer.call(call)

    def deliver(self, event: Answer) -> None:
        """Hand the answer to a command over to whoever waits for it, under the id that was used."""
        frame = event.frame
        frame.unique_id = event.call.unique_id
        outcome = "confirmed" if isinstance(frame, CallResult) else f"refused {clean(self._keys.hide(frame.code), 50)}"
        try:
            line = frame.encode()
        except RecursionError:
            outcome = "confirmed by what nests too deeply to be handed on"
            line = CallError(event.call.unique_id, frames.FORMATION_VIOLATION, outcome).encode()
        try:
            self._connection.confirm(line)
        except ShocppError as error:
            outcome = f"{outcome}, but: {clean(error)}"
        self._say("INFO", f"{clean(event.call.action)} id={clean(event.call.unique_id)} {outcome}")

    def _note_keys(self, call: Call) -> None:
        """Have the keys in a command known: the charge point may say them again, under any name, also later."""
        from shocpp.ocpp.secrets import keys_in  # its patterns take a millisecond, which few connections need

        new = self._keys.note(keys_in(call.payload))
        try:
            if new:
                self._marks.add(new)
        except ShocppError as error:
            self._say("WARNING", f"after a reconnect a key that is sent now is not known any more: {clean(error)}")
