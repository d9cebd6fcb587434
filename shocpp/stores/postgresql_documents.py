"""Documents in PostgreSQL: a table for each collection, with the id as its primary key and the document as jsonb."""

from __future__ import annotations

import json
import re

from psycopg import sql

from shocpp.stores.server_session import ServerSession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from shocpp.stores.server_session import Connection

_CREATE = sql.SQL("CREATE TABLE IF NOT EXISTS {} (_id text PRIMARY KEY, document jsonb NOT NULL)")
_INSERT = sql.SQL("INSERT INTO {} SELECT * FROM unnest(%s::text[], %s::jsonb[]) ON CONFLICT DO NOTHING")
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # which jsonb does not have


class PostgresqlDocuments:
    """
    Takes documents.

    Args:
        url: The server's address, without a password.

    Attributes:
        where: The same as it is told to people.
    """

    def __init__(self, url: str) -> None:
        self._session = ServerSession(url, lambda _: None)
        self.where = self._session.where
        self._tables: set[str] = set()

    def reach(self) -> None:
        """
        See that the server answers.

        Raises:
            UnavailableError: It is not reached.
        """
        self._session.run(lambda connection: connection.execute("SELECT 1"))

    def put(self, collection: str, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """
        Store what is not there yet; committed when this returns.

        Args:
            collection: Names the table.
            rows: The id and the fields of each.

        Raises:
            UnavailableError: The server is not reached.
            DataError: It does not take this.
            ShocppError: It may not be written.
        """
        documents = dict(sorted((_text(key), _text(json.dumps(fields, ensure_ascii=False))) for key, fields in rows))
        self._session.run(lambda connection: self._insert(connection, collection, documents))
        self._tables.add(collection)

    def _insert(self, connection: Connection, collection: str, documents: dict[str, str]) -> None:
        table = sql.Identifier(collection)
        if collection not in self._tables:
            connection.execute(_CREATE.format(table))
        connection.execute(_INSERT.format(table), (list(documents), list(documents.values())))


def _text(text: str) -> str:
    """Give a text as a server takes it: halves of characters are question marks, and NUL has a sign of its own."""
    return _NUL.sub(r"\1\\ufffd", text.encode("utf-8", "replace").decode())
