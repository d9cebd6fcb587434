"""
The starts that were seen of charges that are open: transactions/ below a charge point's folder in run/, and ended/.

For people, tools and the extras of a record; deleting them loses no billing. Each is a file at once, not synced, and
gone at once: so a process that is killed leaves none of a charge whose stop was confirmed. What others wrote, or we
before a power cut, is only believed when no record can be of it. What is seen of several at once is in one file first,
so that after a kill it holds for all of them or for none.
"""

from __future__ import annotations

import os
from itertools import count

from shocpp.errors import MissingError, ShocppError
from shocpp.readable_json import document
from shocpp.spool.files import durable
from shocpp.spool.run.sightings import MOST, bounded, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ledger.start import Seen

    _Marking = tuple[int | None, str]  # a connector, None for all; when it was seen that their charges seem to be over

TRANSACTIONS, ENDED = "transactions", "ended"
# With it begins the name of the file of the charge that was closed last: the next one of the same connection is written
# over it, and gets its own name then. To make a file takes ext4 up to ten times as long where many were removed in the
# last minutes, since it passes over their inodes one by one
SPARE = ".spare"
# What is being written into several files: that their charges are presumed over. Until all have it, this says so
MARKING = ".presumed_over"
KEPT_S = 400 * 86_400
MOST_ENDED = 1000  # files in ended/, whatever a charge point does

_numbers = count()


def read_transactions(folder: str) -> dict[int, Seen]:
    """Read the starts of the charges that are open at a charge point: by transaction id."""
    found, marking = _read(folder)
    return {**found, **_presumed_over(found, *marking)} if marking else found


def _read(folder: str) -> tuple[dict[int, Seen], _Marking | None]:
    """Read the files of open charges as they are, and which mark was being put on them, if one was."""
    path = os.path.join(folder, TRANSACTIONS)
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return {}, None
    ids = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    found = {int(each): read(path, f"{each}.json") for each in ids if each.isdecimal()}
    # after a power cut the file of a charge that was closed may hold the next one, which was written over it
    found = {each: seen for each, seen in found.items() if seen and seen.get("transaction_id", each) == each}
    said = read(path, MARKING) if MARKING in names else {}
    return found, (said.get("connector_id"), str(said["at"])) if "at" in said else None


def read_ended(folder: str, since: float) -> Iterator[tuple[int, Seen]]:
    """Give what ended without a stop from a time on (seconds since the epoch): when, and what was kept of its start."""
    path = os.path.join(folder, ENDED)
    for name in _ended_names(path):
        if _ended_at(name) >= since and (seen := read(path, name)):
            yield _ended_at(name), seen


class OpenCharges:
    """
    The open charges of one charge point, as its backend knows and changes them.

    Args:
        folder: The charge point's below run/.
        is_booked: Tells of an id and what was seen whether there is a record of it, or may be: None. None where a store
            tells.

    Attributes:
        told: Is called with each change of ours: an id, and what is kept of it; None when that is no longer open.
    """

    def __init__(self, folder: str, is_booked: Callable[[int, Seen], bool | None] | None) -> None:
        self._folder = folder
        self._spare = f"{folder}/{TRANSACTIONS}/{SPARE}-{os.getpid()}-{next(_numbers)}"  # nobody else writes over it
        self._marking = f"{folder}/{TRANSACTIONS}/{MARKING}"
        self._is_booked = is_booked or (lambda *_: False)
        self.told: Callable[[int, Seen | None], object] = _tell_nobody
        self._seen: dict[int, Seen] | None = None
        self._unchecked: list[int] = []
        self._doubtful: set[int] = set()  # of those that were found on the disk what may be booked
        self._ended: list[str] | None = None  # the names in ended/, the oldest first

    @property
    def seen(self) -> dict[int, Seen]:
        """What was seen of each, by transaction id: read from the disk when first asked for."""
        if self._seen is None:
            self._seen, marking = _read(self._folder)
            self._unchecked = list(self._seen)
            _remove_spares(f"{self._folder}/{TRANSACTIONS}")
            if marking:
                try:
                    self.presume_over(*marking)
                except ShocppError:
                    pass  # the next connection tries again
        return self._seen

    def believed(self) -> dict[int, Seen]:
        """
        Give those that are open.

        What was found on the disk is looked up among the records: what is booked is removed; of what may be booked, the
        sighting says ``MAY_BE_BOOKED``.
        """
        seen = self.seen
        while self._unchecked:
            transaction_id = self._unchecked.pop()
            is_booked = transaction_id in seen and self._is_booked(transaction_id, seen[transaction_id])
            if is_booked is None:
                self._doubtful.add(transaction_id)
            elif is_booked:
                try:
                    self.close(transaction_id)
                except ShocppError:
                    pass  # it is not believed, and the next connection finds it again
        return _with_doubts(seen, self._doubtful)

    def is_booked(self, transaction_id: int) -> bool:
        """Tell whether there is a record of an open charge; of one that is not open there is none to look for."""
        seen = self.seen.get(transaction_id)
        return seen is not None and bool(self._is_booked(transaction_id, seen))

    def open(self, transaction_id: int, seen: Seen) -> None:
        """
        Keep what was seen of a start; of too many open ones the oldest is forgotten.

        Raises:
            ShocppError: It cannot be written; it is known all the same.
        """
        self.told(transaction_id, seen)
        self._keep(transaction_id, seen)

    def learn(self, transaction_id: int, seen: Seen | None) -> None:
        """
        Take over what another process keeps of a charge.

        Args:
            transaction_id: Its id.
            seen: What was seen of its start; None when it is no longer open there.

        Raises:
            ShocppError: It cannot be written, or its file not removed.
        """
        if seen is None:
            self._drop(transaction_id)
        elif self.seen.get(transaction_id) != bounded(seen):
            self._keep(transaction_id, seen)
            self._unchecked.append(transaction_id)

    def _keep(self, transaction_id: int, seen: Seen) -> None:
        known = self.seen
        known.pop(transaction_id, None)
        self._doubtful.discard(transaction_id)
        known[transaction_id] = seen = bounded(seen)
        while len(known) > MOST:
            self.close(next(iter(known)))
        self._write(transaction_id, seen)

    def _write(self, transaction_id: int, seen: Seen) -> None:
        self._replace(self._path(transaction_id), document(seen), self._spare)

    def _replace(self, path: str, data: bytes, beside: str = "") -> None:
        """Put a file in its place; its folder may be missing, and another connection may remove what is beside."""
        try:
            durable.replace(path, data, beside=beside)
        except MissingError:
            durable.make_folder(os.path.dirname(path), is_lasting=False)
            durable.replace(path, data, beside=beside)

    def presume_over(self, connector_id: int | None, at: str) -> None:
        """
        Mark the charges that seem to be over: all of them or none, whenever we are killed.

        Args:
            connector_id: The connector that is free; None for a charge point that has booted.
            at: When that was seen, by our clock.

        Raises:
            ShocppError: It cannot be written; it is known all the same.
        """
        marked = _presumed_over(self.seen, connector_id, at)
        self.seen.update(marked)
        for transaction_id, seen in marked.items():
            self.told(transaction_id, seen)
        if len(marked) > 1:
            self._replace(self._marking, document({"connector_id": connector_id, "at": at}))
        try:
            for transaction_id, seen in marked.items():
                self._write(transaction_id, seen)
        except ShocppError:
            durable.remove(self._marking)  # else the charges that begin from now on would be marked, too
            raise
        if len(marked) > 1:
            durable.remove(self._marking)

    def close(self, transaction_id: int) -> None:
        """
        Forget a charge that has been booked.

        Raises:
            ShocppError: Its file cannot be put away.
        """
        if transaction_id in self.seen:
            self.told(transaction_id, None)
            self._drop(transaction_id)

    def _drop(self, transaction_id: int) -> None:
        self._doubtful.discard(transaction_id)
        if self.seen.pop(transaction_id, None) is not None:
            durable.rename(self._path(transaction_id), self._spare)

    def end(self, transaction_id: int, seen: Seen, unixtime: int) -> None:
        """
        Put a charge aside that ended without a stop, and remove what has been kept for long enough, or is too much.

        Args:
            transaction_id: Its id.
            seen: What is kept of it.
            unixtime: When it ended, seconds since the epoch.

        Raises:
            ShocppError: It cannot be written.
        """
        folder = os.path.join(self._folder, ENDED)
        if self._ended is None:
            durable.make_folder(folder, is_lasting=False)
            self._ended = sorted(_ended_names(folder), key=_ended_at)
        name = f"{transaction_id}-{unixtime}.json"
        durable.replace(os.path.join(folder, name), document(bounded(seen)))
        self._ended.append(name)
        self.close(transaction_id)
        while len(self._ended) > MOST_ENDED or _ended_at(self._ended[0]) < unixtime - KEPT_S:
            durable.remove(os.path.join(folder, self._ended.pop(0)))

    def _path(self, transaction_id: int) -> str:
        return f"{self._folder}/{TRANSACTIONS}/{transaction_id}.json"


def _presumed_over(opened: dict[int, Seen], connector_id: int | None, at: str) -> dict[int, Seen]:
    """Give what is to be kept of those that seem to be over: without a charge, ``ledger`` is not even imported."""
    if not opened:
        return {}
    from shocpp.ledger.open_charges import presumed_over

    return presumed_over(opened, connector_id, at)


def _with_doubts(opened: dict[int, Seen], doubtful: set[int]) -> dict[int, Seen]:
    """Say of open charges which may be booked, so that they are not believed: mostly there is none."""
    if not doubtful:
        return opened
    from shocpp.ledger.start import MAY_BE_BOOKED

    return {each: {**seen, MAY_BE_BOOKED: True} if each in doubtful else seen for each, seen in opened.items()}


def _tell_nobody(transaction_id: int, seen: Seen | None) -> None:
    """Keep a change to ourselves."""


def _remove_spares(path: str) -> None:
    """Remove what earlier connections left to be written over; one that is still there makes itself another file."""
    try:
        for name in os.listdir(path):
            if name.startswith(SPARE):
                durable.remove(f"{path}/{name}")
    except (OSError, ShocppError):
        pass  # the folder is not there, or closed to us


def _ended_names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".json") and _ended_at(name))
    except OSError:
        return []


def _ended_at(name: str) -> int:
    """Give the time in the name of a file in ended/; 0 if it is another file."""
    stamp = name.removesuffix(".json").rpartition("-")[2]
    return int(stamp) if stamp.isdecimal() else 0
