"""
What keeps records and settlements: what is asked of it, the file of a record before it is booked, and open charges.

A folder of files is one (``spool.accounting.accounting_folder``). Whoever books or reads is handed one, and does not
know which.
"""

from __future__ import annotations

from shocpp.errors import ShocppError, WriteError
from shocpp.readable_json import document
from shocpp.spool.accounting import months

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from shocpp.ledger.charge import Month
    from shocpp.ledger.record import Record
    from shocpp.ledger.start import Seen

    Booked = tuple[str, bool]
    Outcome = Booked | ShocppError
    Opened = dict[int, Seen]

    class Booking(Protocol):
        """Books, and keeps which charges are open, while a charge point waits."""

        def book(self, record: Record) -> Booked:
            """
            Write a record, unless the same stop was booked before; durable when this returns.

            Returns:
                The record's path, and whether it is new.

            Raises:
                ShocppError: It cannot be written; nothing is booked then.
            """

        def open_charges(self, starts: Starts) -> Opened:
            """
            Keep which charges are open at a charge point, where that is kept for other machines, too.

            Returns:
                Those that are: of those that were told, what has no record, and what other machines know.

            Raises:
                ShocppError: That is not to be had.
            """

    class Accounting(Booking, Protocol):
        """
        Keeps records, each once, and what months were settled with.

        A record lies in the month in which it was booked, under a name of that month. One that is kept elsewhere than
        in files raises an ``UnavailableError`` from each of these, if it is not reached.

        Attributes:
            where: How people know it: a folder, or an address.
        """

        where: str

        def book_all(self, files: list[RecordFile]) -> list[Outcome]:
            """Book records as ``book`` does, together; give for each, in order, what that returns or raises."""

        def months(self) -> list[Month]:
            """Give the months that have records, in order; ``OSError`` if they cannot be read."""

        def names(self, month: Month) -> list[str]:
            """Give the names of a month's records, in order; ``OSError`` if they cannot be read."""

        def path(self, month: Month, name: str) -> str:
            """Give how people know a record."""

        def has(self, month: Month, name: str) -> bool:
            """Tell whether there is a record."""

        def read(self, month: Month, name: str) -> bytes:
            """Read a record; ``OSError`` or ``DataError`` if it cannot be read, or can be none."""

        def add(self, month: Month, name: str, data: bytes) -> bool:
            """Write what is no stop, such as a correction; durable when this returns. False if the name is taken."""

        def settled_months(self) -> list[Month]:
            """Give the months that are settled, in order."""

        def settlement(self, month: Month) -> bytes:
            """Read what a month was settled with; ``OSError`` if it cannot be read."""

        def open_transactions(self) -> list[int]:
            """Give the ids of charges that are kept as open for all machines; those below run/ are not among them."""

        def settle(self, month: Month, data: bytes) -> bool:
            """Write what a month is settled with; durable when this returns. False if it is settled already."""


class RecordFile:
    """
    The file of a record before it is written: where it goes and what it holds.

    Args:
        month: Its folder below accounting/: ``YYYY/MM``.
        name: The file's name.
        data: The file's content.
        legacy_name: The name that older versions gave the same stop; empty where it had none.
    """

    __slots__ = ("data", "legacy_name", "month", "name")

    def __init__(self, month: str, name: str, data: bytes, legacy_name: str = "") -> None:
        self.month = month
        self.name = name
        self.data = data
        self.legacy_name = legacy_name


class Starts:
    """
    Which charges are open at a charge point, as one machine knows it.

    Args:
        identity: The charge point's; empty for the anonymous one.
        known: What is kept of the start of each, by transaction id.
        gone: Those that were open, and are no longer.
    """

    __slots__ = ("gone", "identity", "known")

    def __init__(self, identity: str, known: Mapping[int, Seen], gone: Sequence[int] = ()) -> None:
        self.identity = identity
        self.known = known
        self.gone = gone


def file_of(record: Record) -> RecordFile:
    """Give the file that a record is written to."""
    name = record.name(digest_of(record.digest_source))
    legacy_name = record.name(digest_of(record.legacy_digest_source))
    return RecordFile(months.folder_of(record.month), name, document(record.fields), legacy_name)


def digest_of(source: str) -> str:
    """
    Give the 12 hex digits that stand for a stop.

    Raises:
        WriteError: It cannot be reckoned: where no file can be opened, none of Python's can, either.
    """
    try:
        from hashlib import sha256  # takes some milliseconds, which only a connection with a stop needs
    except (OSError, ImportError) as error:
        raise WriteError(f"cannot load hashlib: {error}") from error
    return sha256(source.encode("utf-8", "backslashreplace")).hexdigest()[:12]
