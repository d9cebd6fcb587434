"""Lines into a store, many at once, wherever they come from; what is not taken is told, and passed over."""

from __future__ import annotations

from shocpp.errors import DataError
from shocpp.feeds.documents import as_in_ocpp_js, document_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shocpp.feeds.documents import Row, Sink

_MOST_TOLD = 20


class Batches:
    """
    Puts lines into a store, those that come together with one call for each collection.

    Args:
        sink: The store.
        with_collections: They go where ocpp-js has them.
        tell: Is told in words what is not stored, and why.
    """

    def __init__(self, sink: Sink, with_collections: bool, tell: Callable[[str, str], object]) -> None:
        self.where = sink.where
        self._sink = sink
        self._with_collections = with_collections
        self._tell = tell
        self._refused = 0
        self._has_put = False

    def put(self, lines: Iterable[bytes]) -> None:
        """
        Put lines; what is none of ours, or is not taken, is told and passed over.

        Raises:
            ShocppError: The store is not reached, or does not work; the same may be put again.
        """
        found: dict[str, list[Row]] = {}
        for line in filter(bytes.strip, lines):
            try:
                document = document_of(line)
            except DataError as error:
                self._refuse(f"{error}: {line[:60].decode('utf-8', 'replace')}")
                continue
            wanted = as_in_ocpp_js(document) if self._with_collections else document
            if wanted is not None:
                found.setdefault(wanted.collection, []).append(wanted.row)
        for collection, rows in found.items():
            self._put(collection, rows)

    def finish(self) -> None:
        """
        Say how it went; where nothing was put, see that the store is there.

        Raises:
            DataError: Something was passed over.
            ShocppError: The store is not reached.
        """
        if not self._has_put:
            self._sink.reach()
        if self._refused:
            raise DataError(f"{self._refused} {'line is' if self._refused == 1 else 'lines are'} not stored")

    def _put(self, collection: str, rows: list[Row]) -> None:
        """Put rows; where one of them is not taken, each by itself."""
        self._has_put = True
        try:
            self._sink.put(collection, rows)
        except DataError as error:
            if len(rows) == 1:
                self._refuse(f"{rows[0][0]}: {error}")
                return
            for row in rows:
                self._put(collection, [row])

    def _refuse(self, what: str) -> None:
        self._refused += 1
        if self._refused <= _MOST_TOLD:
            self._tell("not stored", what)
