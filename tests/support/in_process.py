"""
The backend in process as a ``transcripts.Transport``: as it is, with a store, and behind envelopes of OCPP over SOAP.
"""

from __future__ import annotations

from collections import deque
from urllib.parse import unquote

from shocpp.admission.identity import identity_of
from shocpp.log import Log
from shocpp.spool.accounting.months import folder_of
from shocpp.spool.files import durable
from shocpp.stores.accounting_at import accounting_at
from tests.support import soaped
from tests.support.in_place import InPlace
from tests.support.postgresql import server
from tests.support.scratch import Scratch

NOW = 1_773_576_000  # 2026-03-15T12:00:00Z, for those that are not told the time by the system


class InProcess:
    """The pure core and its backend in this process: a fixed clock, no pipe, no signal."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.answers: deque[str] = deque()

    def open(self, path: str) -> None:
        """Make a backend."""
        self.identity = identity_of(unquote(path))
        log = Log(str(self.scratch.home / "log"), clock=lambda: NOW)
        self.backend = InPlace(self.identity, self.scratch.settings, log, clock=lambda: NOW)
        self.backend.open()

    def send(self, message: bytes) -> None:
        """Hand over the lines of a message."""
        for line in message.split(b"\n"):
            self.answers += self.backend.receive(line)
        self.backend.do_deferred(is_idle=True)

    def receive(self) -> str:
        """Give the next answer."""
        assert self.answers, "there is no answer"
        return self.answers.popleft()

    def pause(self) -> None:
        """Say that a second has gone by."""
        self.answers += self.backend.finish()

    def command(self, frame: str) -> None:
        """Put the frame there and wake the backend."""
        durable.replace(str(self.scratch.folder(self.identity) / "request.json"), frame.encode())
        self.wake()

    def wake(self) -> None:
        """Have the backend look into its mailbox."""
        self.answers += filter(None, [self.backend.request()])

    def confirmation(self) -> str:
        """Read what the backend put there."""
        return (self.scratch.folder(self.identity) / "confirmation.json").read_text()

    def close(self) -> None:
        """End the connection; nothing may be left unsaid."""
        self.answers += self.backend.finish()
        self.backend.close()
        assert not self.answers, "an answer too many"

    def restart(self) -> None:
        """Do nothing: every connection has a backend of its own."""


class Stored(InProcess):
    """The same, with records and open charges in PostgreSQL; at the end the records are put where others have them."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        scratch.environ["SHOCPP_STORE"] = server().new_store()

    def close(self) -> None:
        """End the connection; copy what was booked."""
        super().close()
        store = accounting_at(self.scratch.settings.store)
        for month in store.months():
            for name in store.names(month):
                path = self.scratch.home / "accounting" / folder_of(month) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(store.read(month, name))


class Soaped(InProcess):
    """The same, and each message and each answer goes through an envelope of OCPP 1.6 over SOAP."""

    version = "1.6"

    def open(self, path: str) -> None:
        """Make a backend."""
        super().open(path)
        self._envelopes = soaped.Envelopes(self.version, self.identity)

    def send(self, message: bytes) -> None:
        """Hand over what comes of a message's envelope, and take what comes of its answer's."""
        soap_call, line = self._envelopes.up(message)
        for answer in self.backend.receive(line):
            assert soap_call is not None
            self.answers.append(self._envelopes.down(soap_call, answer))
        self.backend.do_deferred(is_idle=True)

    def wake(self) -> None:
        """Have the backend look into its mailbox."""
        self.answers += map(self._envelopes.command, filter(None, [self.backend.request()]))


class Soaped15(Soaped):
    """The same in OCPP 1.5."""

    version = "1.5"
