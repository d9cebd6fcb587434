"""
A card taken out of what lies on the disk: days of the journal, and what was seen of charge points.

Records and settlements are the books, and stay. What somebody may be writing at this moment stays, too, and is named.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from datetime import datetime

from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal.journal_reader import day_files, first_unfinished_day, open_day
from shocpp.spool.run import mailbox, sightings
from shocpp.spool.run.held_mailbox import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.forgotten_card import ForgottenCard


class Found:
    """
    A file that has the card.

    Attributes:
        path: The file.
        count: How often it had it.
        why_not: Why it still has it; empty if it has it no more.
    """

    __slots__ = ("count", "path", "why_not")

    def __init__(self, path: str, count: int, why_not: str = "") -> None:
        self.path = path
        self.count = count
        self.why_not = why_not


def in_journal(folder: str, card: ForgottenCard, now: datetime) -> Iterator[Found]:
    """
    Take a card out of the journal, a day after another; each that has it is put in its own place, whole.

    Args:
        folder: The journal's folder.
        card: The card.
        now: The time, aware: the day that is being written is not touched.

    Raises:
        ShocppError: A day cannot be read or written; it is as it was then.
    """
    written_to = first_unfinished_day(now.timestamp())
    for day, path in day_files(folder):
        is_written_to = day >= written_to and not path.endswith(".gz")
        try:
            count = _count(path, card)
            if count and not is_written_to:
                _rewrite(path, card)
        except (EOFError, zlib.error):
            yield Found(path, 0, "it is broken, and cannot be read to its end")
            continue
        except OSError as error:
            raise explained(error, path, "write") from error
        if count:
            yield Found(path, count, "its day is not over; do it again tomorrow" if is_written_to else "")


def _count(path: str, card: ForgottenCard) -> int:
    with open_day(path) as lines:
        return sum(card.taken_out(line)[1] for line in lines)


def _rewrite(path: str, card: ForgottenCard) -> None:
    """Put a day without the card in its own place; owner, permissions and time stay, by which cron jobs go."""
    before = os.stat(path)
    owner, mode = (before.st_uid, before.st_gid), stat.S_IMODE(before.st_mode)
    durable.replace_lasting(path, _without(path, card), owner, mode, before.st_mtime_ns)


def _without(path: str, card: ForgottenCard) -> Iterator[bytes]:
    """Give a day without the card, piece by piece, gzipped if it is."""
    pack = zlib.compressobj(wbits=31) if path.endswith(".gz") else None  # 31: as gzip has it
    with open_day(path) as lines:
        for line in lines:
            kept, _ = card.taken_out(line)
            yield pack.compress(kept) if pack else kept
    if pack:
        yield pack.flush()


def in_sightings(run_dir: str, card: ForgottenCard) -> Iterator[Found]:
    """
    Take a card out of what was seen of charge points: refused cards, and charges that never had a stop.

    Args:
        run_dir: The folder of all mailboxes.
        card: The card.

    Raises:
        ShocppError: A file cannot be written; it is as it was then.
    """
    connected = set(mailbox.connected(run_dir))
    for identity in mailbox.seen(run_dir):
        folder = folder_of(run_dir, identity)
        yield from _in_status(folder, card, identity in connected)
        yield from _in_ended(os.path.join(folder, "ended"), card)


def _in_status(folder: str, card: ForgottenCard, is_connected: bool) -> Iterator[Found]:
    """Take the card off the list of those that were refused; a process that holds the connection has it in memory."""
    status = sightings.read(folder, sightings.STATUS)
    refused = status.get("refused_tags")
    cards = [name for name in refused if card.is_called(name)] if isinstance(refused, dict) else []
    if not cards or not isinstance(refused, dict):
        return
    path = os.path.join(folder, sightings.STATUS)
    if is_connected:
        yield Found(path, len(cards), "it is connected, and its list of refused cards is in use")
        return
    for name in cards:
        del refused[name]
    durable.replace(path, json.dumps(status, indent=2).encode())
    yield Found(path, len(cards))


def _in_ended(folder: str, card: ForgottenCard) -> Iterator[Found]:
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            text, count = card.taken_out(file.read())
        if count:
            durable.replace(path, text)
            yield Found(path, count)
