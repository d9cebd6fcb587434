"""Documents in a file of SQLite: a table for each collection, with the id as its primary key."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager

from shocpp.errors import TryAgainError, WriteError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shocpp.feeds.documents import Row

_PATIENCE_S = 5.0  # with others that write


class SqliteFile:
    """
    A file.

    Args:
        path: The file's; it is made when it is first needed.

    Attributes:
        where: The same.
    """

    def __init__(self, path: str) -> None:
        self.where = path

    def reach(self) -> None:
        """See that it can be opened, and is a file of SQLite; see ``documents.Sink``."""
        with self._opened() as connection:
            connection.execute("PRAGMA schema_version")

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """
        Store what is not there yet; see ``documents.Sink``.

        Raises:
            TryAgainError: Somebody else writes into it for too long.
            WriteError: It cannot be made or written, or is no file of SQLite.
        """
        with self._opened() as connection, connection:
            connection.execute(
                f'CREATE TABLE IF NOT EXISTS "{collection}" (_id TEXT PRIMARY KEY, document TEXT NOT NULL)'
            )
            connection.executemany(
                f'INSERT INTO "{collection}" VALUES (?, ?) ON CONFLICT DO NOTHING',  # noqa: S608 - a word of ours
                [(key, json.dumps(fields)) for key, fields in rows],
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open it for a while; what SQLite says of it is one of our errors."""
        try:
            with closing(sqlite3.connect(self.where, timeout=_PATIENCE_S)) as connection:
                yield connection
        except sqlite3.Error as error:
            kind = TryAgainError if "locked" in str(error) else WriteError
            raise kind(f"{self.where}: {error}") from None
