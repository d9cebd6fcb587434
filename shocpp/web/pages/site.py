"""
Everything that pages are made of: settings, who has a link, what is seen, what a kWh costs, the time.

One for a process; its files are read anew when they have changed. Knows nothing of HTTP.
"""

from __future__ import annotations

import threading

from shocpp.errors import MissingError
from shocpp.overview.seen_now import SeenNow
from shocpp.spool.conf.configuration import read_prices, watched_tags
from shocpp.spool.conf.watched_file import WatchedFile
from shocpp.web.pages import people
from shocpp.web.pages.power_history import PowerHistory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from shocpp.ledger.prices import Prices
    from shocpp.settings import Settings
    from shocpp.status.rows import Row


class Site:
    """
    What all pages have in common.

    Args:
        settings: Where everything lies.
        zone, zone_name: The zone of local times, and what it is called.
        clock: Gives the time.
        say: Writes a line of the log: level and clean text.

    Attributes:
        people, tags, prices: Give what is in force: who has a link, the accounts, the prices or None.
        history: The power of open charges, as far as it was seen.
    """

    def __init__(
        self,
        settings: Settings,
        zone: tzinfo | None,
        zone_name: str,
        clock: Callable[[], datetime],
        say: Callable[[str, str], None],
    ) -> None:
        self.settings = settings
        self.zone = zone
        self.zone_name = zone_name
        self.clock = clock
        self.say = say
        self.seen = SeenNow(settings, lambda sentence: say("WARNING", sentence))
        self.people = people.watched(settings.people_file, say)
        self.tags = watched_tags(settings.tags_file, say)
        self.prices: Callable[[], Prices | None] = _watched_prices(settings.prices_file, say)
        self.history = PowerHistory()
        self._lock = threading.Lock()
        for current in (self.people, self.tags, self.prices):
            current()  # read before there are threads, so that each of them finds something

    def row(self, identity: str) -> Row | None:
        """Read what is seen of one charge point now; None for one that nobody ever heard of."""
        return next(iter(self.seen.read([identity])), None)

    def rows(self) -> list[Row]:
        """Read what is seen of all charge points now, and keep what their curves are drawn of."""
        rows = self.seen.read()
        with self._lock:
            self.history.see(rows)
        return rows


def _watched_prices(path: str, say: Callable[[str, str], None]) -> Callable[[], Prices | None]:
    """Give a function that gives the prices of now; None where there is no file, or never was a good one."""

    def read(path: str) -> list[Prices]:
        try:
            return [read_prices(path)]
        except MissingError:
            return []

    watched = WatchedFile(path, read, [], say, broken="the prices before stay in force", without="nothing has a price")
    return lambda: next(iter(watched.current()), None)
