"""Documents in MongoDB: collections of its own, with the id as ``_id``, each inserted once and never changed."""

from __future__ import annotations

import json

from bson.errors import InvalidDocument
from pymongo import MongoClient, UpdateOne, errors

from shocpp.errors import DataError, TryAgainError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from shocpp.feeds.documents import Fields, Row

_PATIENCE_MS = 5000
_DATABASE = "shocpp"  # where the address names none


class MongoDb:
    """
    A database of a server.

    Args:
        url: Its address, without a password.
        credentials: User and password, a colon between; empty without.

    Attributes:
        where: The address.

    Raises:
        UsageError: It is no address of one.
    """

    def __init__(self, url: str, credentials: str = "") -> None:
        self.where = url
        user, _, password = credentials.partition(":")
        shown: dict[str, Any] = {"username": user, "password": password} if credentials else {}
        try:
            client: MongoClient[dict[str, Any]] = MongoClient(
                url,
                serverSelectionTimeoutMS=_PATIENCE_MS,
                connectTimeoutMS=_PATIENCE_MS,
                socketTimeoutMS=_PATIENCE_MS,
                w="majority",
                **shown,
            )
            self._database = client.get_default_database(_DATABASE)
        except errors.PyMongoError as error:
            raise UsageError(f"{url[:200]!r} is no address of a MongoDB: {error}") from None

    def reach(self) -> None:
        """See that the server answers; see ``documents.Sink``."""
        try:
            self._database.command("ping")
        except errors.PyMongoError as error:
            raise self._away(error) from None

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """
        Store what is not there yet; see ``documents.Sink``.

        Raises:
            TryAgainError: The server is not reached, or cannot take anything now.
            DataError: It does not take this.
        """
        inserts = [UpdateOne({"_id": key}, {"$setOnInsert": _storable(fields)}, upsert=True) for key, fields in rows]
        try:
            self._database[collection].bulk_write(inserts, ordered=False)
        except (InvalidDocument, errors.DocumentTooLarge, errors.BulkWriteError, OverflowError) as error:
            raise DataError(f"{self.where}: {str(error)[:300]}") from None
        except errors.PyMongoError as error:
            raise self._away(error) from None

    def _away(self, error: errors.PyMongoError) -> TryAgainError:
        return TryAgainError(f"{self.where} is not reached: {str(error)[:300]}")


def _storable(fields: Fields) -> Fields:
    """Give a document with question marks for halves of characters, which are no text there."""
    whole: Fields = json.loads(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"))
    return whole
