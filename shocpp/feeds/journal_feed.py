"""
The journal into a store, from where the last time ended, and on as it grows.

A store that is away stops nothing but this.
"""

from __future__ import annotations

import time

from shocpp.errors import TryAgainError, UnavailableError
from shocpp.spool.journal import feed_position
from shocpp.spool.journal.feed_follower import FeedFollower
from shocpp.spool.run.command_lock import held
from shocpp.store_address import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from shocpp.errors import Report
    from shocpp.feeds.batches import Batches
    from shocpp.spool.journal.feed_position import Position

_MOST, _MOST_BYTES = 500, 1 << 20  # of a batch
_POLL_S = 0.5
_SOON_S, _LATEST_S = 1.0, 60.0  # until a store that is away is tried again: each time twice as long
_PATIENCE_S = 1.0


def follow_journal(
    batches: Batches, journal: str, feed: str, report: Report, wait: Callable[[float], object] = time.sleep
) -> NoReturn:
    """
    Put what the journal has, and what it gets, into a store; how far it came is kept once the store has confirmed.

    Args:
        batches: Put lines into the store.
        journal: The journal's folder.
        feed: What tells this feed from others: where it goes to.
        report: Is told of files that cannot be read, and of a store that is away or back: what it is, and what of it.
        wait: Waits for seconds.

    Raises:
        BusyError: Somebody else follows the journal into the same store.
        ShocppError: The store does not work as it is set up.
    """
    path = feed_position.path_of(journal, feed)
    with held(f"{path}.lock", _PATIENCE_S):
        follower = FeedFollower(journal, feed_position.read(path), report)
        while True:
            lines: list[bytes] = []
            size, reached = 0, None
            for reached, entry in follower.poll():
                lines.append(entry.line)
                size += len(entry.line)
                if len(lines) >= _MOST or size >= _MOST_BYTES:
                    _deliver(batches, lines, path, reached, report, wait)
                    lines, size = [], 0
            if lines and reached is not None:
                _deliver(batches, lines, path, reached, report, wait)
            wait(_POLL_S)


def _deliver(
    batches: Batches,
    lines: list[bytes],
    path: str,
    reached: Position,
    report: Report,
    wait: Callable[[float], object],
) -> None:
    """Put lines, however long the store is away, and then keep how far that is."""
    wait_s = _SOON_S
    while True:
        try:
            batches.put(lines)
            break
        except (TryAgainError, UnavailableError) as error:
            if wait_s == _SOON_S:
                report(shown(batches.where), f"{error}; tried again until it takes them")
            wait(wait_s)
            wait_s = min(2 * wait_s, _LATEST_S)
    if wait_s != _SOON_S:
        report(shown(batches.where), "takes them again")
    feed_position.write(path, reached)
