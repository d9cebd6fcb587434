"""Which store an address means; what a store needs is only imported where it is meant."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from shocpp.errors import ConfigError, DataError, UnavailableError, UsageError
from shocpp.feeds.documents import RECORD, SETTLEMENT
from shocpp.installation import installing
from shocpp.store_address import POSTGRESQL, checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shocpp.feeds.documents import Row, Sink

_KINDS = "file, sqlite, postgresql, mongodb, firebase+https or influx+https"


def sink_at(url: str, credentials: str, with_collections: bool) -> Sink:
    """
    Give the store that an address means.

    Args:
        url: The address.
        credentials: What is shown to it, from a file; empty for nothing.
        with_collections: Records go where all else goes, and not where accounting is kept.

    Raises:
        UsageError: It means none.
        UnavailableError: What it needs is not installed.
    """
    try:
        checked(url, "the address")
    except ConfigError as error:
        raise UsageError(str(error)) from None
    parts = urlsplit(url)
    kind, _, carried = parts.scheme.partition("+")
    if kind in ("file", "sqlite"):
        return _in_file(kind, unquote(parts.path), parts.netloc)
    try:
        if kind in POSTGRESQL:
            return _Postgresql(url, with_collections)
        if kind == "mongodb":
            from shocpp.feeds.mongodb import MongoDb

            return MongoDb(url, credentials)
    except ImportError as error:
        how = installing("postgres" if kind in POSTGRESQL else "mongodb")
        raise UnavailableError(f"a store at {kind}:// needs what is not installed ({error}): {how}") from None
    if kind in ("firebase", "influx") and carried:
        return _over_http(kind, url.partition("+")[2], credentials)
    raise UsageError(f"{parts.scheme[:40] or url[:40]!r} is no store; an address begins with {_KINDS}, and ://")


class _Postgresql:
    """Puts records and settlements where accounting is kept, and all else into tables of its own."""

    def __init__(self, url: str, with_collections: bool) -> None:
        from shocpp.stores.accounting_at import accounting_at
        from shocpp.stores.accounting_sink import AccountingSink
        from shocpp.stores.postgresql_documents import PostgresqlDocuments

        self._documents: Sink = PostgresqlDocuments(url)
        self._accounting: Sink = self._documents if with_collections else AccountingSink(accounting_at(url))
        self.where = self._documents.where

    def reach(self) -> None:
        """See that the server answers; see ``Sink``."""
        self._documents.reach()

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """Store what is not there yet; see ``Sink``."""
        (self._accounting if collection in (RECORD, SETTLEMENT) else self._documents).put(collection, rows)


def _in_file(kind: str, path: str, host: str) -> Sink:
    if host or not path.strip("/"):
        raise UsageError(f"{kind}:// takes an absolute path, with three slashes: {kind}:///srv/shocpp")
    if kind == "sqlite":
        from shocpp.feeds.sqlite_file import SqliteFile

        return SqliteFile(path)
    from shocpp.spool.files import durable
    from shocpp.stores.accounting_at import accounting_at
    from shocpp.stores.accounting_sink import AccountingSink

    if os.path.exists(path) and not os.path.isdir(path):
        raise DataError(f"{path} is no folder; for a file of SQLite take sqlite://")
    durable.make_folder(path)
    return AccountingSink(accounting_at(path))


def _over_http(kind: str, url: str, credentials: str) -> Sink:
    if kind == "firebase":
        from shocpp.feeds.firebase import Firebase

        return Firebase(url, credentials)
    from shocpp.feeds.influx import Influx

    return Influx(url, credentials)
