"""
Records, settlements and open charges in PostgreSQL, or in what speaks its protocol.

Is what ``Accounting`` asks for. A record is a row with the very text of its file, and the digest
of its stop is the primary key: nothing else keeps two machines from booking a stop twice. Rows of records and
settlements are inserted, and never changed.
"""

from __future__ import annotations

import json

from shocpp.errors import DataError, ShocppError
from shocpp.ledger.charge import digest_in
from shocpp.spool.accounting.accounting import Starts, file_of
from shocpp.spool.accounting.booked_charges import has_record
from shocpp.spool.accounting.months import folder_of
from shocpp.stores.server_session import ServerSession
from shocpp.stores.tables import create

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shocpp.ledger.charge import Month
    from shocpp.ledger.record import Record
    from shocpp.ledger.start import Seen
    from shocpp.spool.accounting.accounting import Booked, Opened, Outcome, RecordFile
    from shocpp.stores.server_session import Connection

    Place = tuple[str, str]

_AHEAD = 500  # records that are read at once: whoever reads one reads on

_FIND = "SELECT id, month, name FROM shocpp_record WHERE id = ANY(%s)"
_INSERT = """
INSERT INTO shocpp_record (id, month, name, document)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING RETURNING id
"""
_BOOKED = "DELETE FROM shocpp_start WHERE charge_point = %s AND transaction_id = %s"
_MONTHS = "SELECT month FROM shocpp_record GROUP BY month UNION SELECT month FROM shocpp_settlement"
_NAMES = "SELECT name FROM shocpp_record WHERE month = %s"
_READ = "SELECT name, document FROM shocpp_record WHERE month = %s AND name = ANY(%s)"
_SETTLE = "INSERT INTO shocpp_settlement (month, document) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING month"
_STARTS = "SELECT transaction_id, document FROM shocpp_start WHERE charge_point = %s"
_GONE = "DELETE FROM shocpp_start WHERE charge_point = %s AND transaction_id = ANY(%s)"
_OPEN = """
INSERT INTO shocpp_start (charge_point, transaction_id, document) VALUES (%s, %s, %s)
ON CONFLICT (charge_point, transaction_id) DO UPDATE SET document = excluded.document
"""


class PostgresqlAccounting:
    """
    Keeps records, settlements and open charges on a server.

    Args:
        url: The server's address, without a password.

    Attributes:
        where: The same as it is told to people.
    """

    def __init__(self, url: str) -> None:
        self._session = ServerSession(url, create)
        self.where = self._session.where
        self._names: tuple[Month, list[str]] = ((0, 0), [])
        self._ahead: dict[tuple[Month, str], bytes] = {}

    # --- booking

    def book(self, record: Record) -> Booked:
        """Write a record, unless the same stop was booked before; committed when this returns."""
        (outcome,) = self.book_all([file_of(record)])
        if isinstance(outcome, ShocppError):
            raise outcome
        return outcome

    def book_all(self, files: list[RecordFile]) -> list[Outcome]:
        """Book records together; where one of them is not taken, each by itself."""
        try:
            return list(self._session.run(lambda connection: self._book(connection, files)))
        except DataError as error:
            return [error] if len(files) == 1 else [self.book_all([file])[0] for file in files]
        except ShocppError as error:
            return [error] * len(files)

    def _book(self, connection: Connection, files: list[RecordFile]) -> list[Booked]:
        """Insert what is not there, in an order in which two processes cannot wait for each other."""
        ids = [_id(file.month, file.name) for file in files]
        older = [digest_in(file.legacy_name) for file in files]
        there = _find(connection, [*ids, *filter(None, older)])
        rows = {
            each: (each, file.month, file.name, file.data.decode())
            for each, old, file in zip(ids, older, files, strict=True)
            if each not in there and old not in there
        }
        wanted = [rows[each] for each in sorted(rows)]
        new = {row[0] for row in connection.execute(_INSERT, _columns(wanted))} if wanted else set()
        if len(new) < len(wanted):
            there |= _find(connection, rows)  # another process was faster
        connection.cursor().executemany(_BOOKED, [_charge_in(file.data) for file in files])
        outcomes: list[Booked] = []
        for each, old, file in zip(ids, older, files, strict=True):
            month, name = there.get(each) or there.get(old) or (file.month, file.name)
            outcomes.append((f"{self.where}/{month}/{name}", each in new))
            new.discard(each)  # what came twice is new once
        return outcomes

    def add(self, month: Month, name: str, data: bytes) -> bool:
        """Write what is no stop; committed when this returns. False if the name is taken."""
        row = (_id(folder_of(month), name), folder_of(month), name, data.decode())
        return self._session.run(
            lambda connection: connection.execute(_INSERT, [[each] for each in row]).fetchone() is not None
        )

    # --- reading

    def months(self) -> list[Month]:
        """Give the months that have records, in order."""
        return sorted(_month(row[0]) for row in self._rows(_MONTHS))

    def names(self, month: Month) -> list[str]:
        """Give the names of a month's records, in order."""
        names = sorted(row[0] for row in self._rows(_NAMES, folder_of(month)))
        self._names = (month, names)
        return names

    def path(self, month: Month, name: str) -> str:
        """Give how people know a record."""
        return f"{self.where}/{folder_of(month)}/{name}"

    def has(self, month: Month, name: str) -> bool:
        """Tell whether there is a record."""
        return bool(self._rows(_READ, folder_of(month), [name]))

    def read(self, month: Month, name: str) -> bytes:
        """Read a record, and those that follow it ahead."""
        if (month, name) not in self._ahead:
            self._read_from(month, name)
        try:
            return self._ahead.pop((month, name))
        except KeyError:
            raise FileNotFoundError(2, "there is no such record", self.path(month, name)) from None

    def _read_from(self, month: Month, name: str) -> None:
        listed, names = self._names
        at = names.index(name) if listed == month and name in names else -1
        wanted = names[at : at + _AHEAD] if at >= 0 else [name]
        rows = self._rows(_READ, folder_of(month), wanted)
        self._ahead = {(month, found): document.encode() for found, document in rows}

    # --- settlements

    def settled_months(self) -> list[Month]:
        """Give the months that are settled, in order."""
        return sorted(_month(row[0]) for row in self._rows("SELECT month FROM shocpp_settlement"))

    def settlement(self, month: Month) -> bytes:
        """Read what a month was settled with."""
        rows = self._rows("SELECT document FROM shocpp_settlement WHERE month = %s", folder_of(month))
        if not rows:
            raise FileNotFoundError(2, "the month is not settled", self.path(month, ""))
        return rows[0][0].encode()

    def settle(self, month: Month, data: bytes) -> bool:
        """Write what a month is settled with; committed when this returns. False if it is settled already."""
        return bool(self._rows(_SETTLE, folder_of(month), data.decode()))

    # --- open charges

    def open_charges(self, starts: Starts) -> Opened:
        """Keep which charges are open at a charge point; give those that are, here or anywhere."""
        identity = starts.identity
        there = self._session.run(lambda connection: _after_those_gone(connection, starts))
        known = {each: _joined(seen, there.get(each)) for each, seen in starts.known.items()}
        changed = {each: seen for each, seen in known.items() if seen != there.get(each)}
        new = {each: seen for each, seen in changed.items() if not has_record(self, identity, each, seen)}
        if new:
            rows = [(_text(identity), str(each), json.dumps(seen)) for each, seen in new.items()]
            self._session.run(lambda connection: connection.cursor().executemany(_OPEN, rows))
        return {**there, **new}

    def open_transactions(self) -> list[int]:
        """Give the ids of the charges that are open at any charge point, whichever machine serves it."""
        return [int(row[0]) for row in self._rows("SELECT transaction_id FROM shocpp_start")]

    def _rows(self, query: str, *values: object) -> list[tuple[str, ...]]:
        return self._session.run(lambda connection: connection.execute(query, values).fetchall())


def _id(month: str, name: str) -> str:
    """Give a record's key: the digest of its stop; of one that has none, such as a correction, its place."""
    return digest_in(name) or f"{month}/{name}"


def _find(connection: Connection, ids: Iterable[str]) -> dict[str, Place]:
    """Find where records are, by their keys."""
    return {row[0]: (row[1], row[2]) for row in connection.execute(_FIND, [list(ids)])}


def _columns(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Give rows as a server takes many at once: a list for each column."""
    return [list(column) for column in zip(*rows, strict=True)]


def _after_those_gone(connection: Connection, starts: Starts) -> Opened:
    """Forget the charges that are no longer open; give those that others have said are."""
    identity = _text(starts.identity)
    if starts.gone:
        connection.execute(_GONE, (identity, [str(each) for each in starts.gone]))
    return {int(each): json.loads(document) for each, document in connection.execute(_STARTS, (identity,))}


def _joined(seen: Seen, there: Seen | None) -> Seen:
    """Join what is kept of a start here and there; of two starts with one id it is that of the later one."""
    if there is None or seen.get("received") == there.get("received"):
        return {**(there or {}), **seen}
    return max(seen, there, key=lambda each: str(each.get("received")))


def _month(text: str) -> Month:
    year, month = text.split("/")
    return int(year), int(month)


def _charge_in(data: bytes) -> tuple[str, str]:
    """Give charge point and transaction id of what a record ends, as the table of starts has them."""
    fields = json.loads(data)
    return _text(fields.get("charge_point") or ""), str(fields.get("transaction_id"))


def _text(identity: str) -> str:
    """
    Give an identity as a server takes it, which neither has NUL nor halves of characters.

    >>> _text("CP1"), _text(chr(0)), _text(chr(0xd800))
    ('CP1', '\\\\0', '\\\\ud800')
    """
    return identity.encode("utf-8", "backslashreplace").decode().replace(chr(0), "\\0")
