"""
The one connection of a process to a PostgreSQL server: made when it is needed, made anew once it is lost.

Whatever happens to the server, nobody waits for it for longer than a charge point can be kept waiting: what takes too
long is cut off, and while it does so nobody waits at all. Work must bear being done twice: a server that went away may
have done it, and is asked again. Knows no tables.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress

import psycopg
from psycopg import errors

from shocpp.errors import DataError, NotPermittedError, ShocppError, UnavailableError, WriteError
from shocpp.store_address import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    Connection = psycopg.Connection[tuple[str, ...]]
    Result = TypeVar("Result")

_LONGEST_S = 5.0  # for a piece of work, with all that is tried; the listener gives its bookkeeper 10 s
_CONNECT_S = 3
_SLOW_S, _PAUSE_S = 1.0, 5.0  # a server that has let somebody wait for so long is left alone for a while
_LIMITS = "SET statement_timeout = '4s'; SET lock_timeout = '4s'; SET idle_in_transaction_session_timeout = '10s'"
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)  # said by a server that wants the work done once more


class ServerSession:
    """
    Does work on a server.

    Args:
        url: Its address.
        prepare: Is called with each new connection.

    Attributes:
        where: The address as it is told to people.
    """

    def __init__(self, url: str, prepare: Callable[[Connection], object]) -> None:
        self.where = shown(url)
        self._url = url
        self._prepare = prepare
        self._connection: Connection | None = None
        self._pause_until = 0.0
        self._why = ""

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """
        Do work, in a transaction of its own; committed when this returns.

        Args:
            work: Gets the connection; what it does once more must do no harm.

        Raises:
            UnavailableError: The server is not reached, or does not answer.
            NotPermittedError: It does not permit us to do this.
            DataError: It does not take what it is given.
            WriteError: It fails.
        """
        began = time.monotonic()
        if began < self._pause_until:
            raise UnavailableError(self._why)
        try:
            return self._run(work, began + _LONGEST_S)
        except psycopg.Error as error:
            raise self._failure(error, time.monotonic() - began) from None

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _run(self, work: Callable[[Connection], Result], until: float) -> Result:
        is_new = self._connection is None
        try:
            return self._once(work, until)
        except _AGAIN:
            return self._once(work, until)
        except psycopg.OperationalError:
            # the server was restarted since, or has gone between its commit and its answer
            if is_new or self._connection is not None or time.monotonic() > until - _SLOW_S:
                raise
            return self._once(work, until)

    def _once(self, work: Callable[[Connection], Result], until: float) -> Result:
        """Do work on the connection that there is, or on a new one; one that is lost is let go of."""
        connection = self._connection
        try:
            if connection is None:
                connection = psycopg.connect(self._url, connect_timeout=_CONNECT_S, application_name="shocpp")
            with _cut_off(connection, until):
                if self._connection is None:
                    connection.execute(_LIMITS)
                    connection.commit()
                    self._prepare(connection)
                    self._connection = connection
                with connection.transaction():
                    return work(connection)
        finally:
            if connection is not None and (connection.closed or self._connection is None):
                self._connection = None
                connection.close()

    def _failure(self, error: psycopg.Error, took_s: float) -> ShocppError:
        """Say what has failed; a server that took its time is left alone for a while."""
        said = " ".join(str(error).split())[:300]
        if isinstance(error, errors.InsufficientPrivilege):
            return NotPermittedError(f"{self.where}: {said}")
        if isinstance(error, psycopg.DataError):
            return DataError(f"{self.where}: {said}")
        if not isinstance(error, psycopg.OperationalError):
            return WriteError(f"{self.where}: {said}")
        self._why = f"{self.where} is not reached: {said}"
        if took_s >= _SLOW_S:
            self._pause_until = time.monotonic() + _PAUSE_S
        return UnavailableError(self._why)


@contextmanager
def _cut_off(connection: Connection, until: float) -> Iterator[None]:
    """Shut the connection at a time (of ``monotonic``): who waits for a server that hangs is told that it is lost."""
    wire = socket.socket(fileno=os.dup(connection.fileno()))

    def cut() -> None:
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        wire.close()
