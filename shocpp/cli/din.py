"""
What ``shocpp-datum --din`` does: post to SolarNetwork what the journal has more than at the last time.

No command itself: an option that is a work of its own, and imported only where it is given.
"""

from __future__ import annotations

import os
import stat
from datetime import date, timedelta

from shocpp.errors import ConfigError
from shocpp.feeds.solar_din import Endpoint
from shocpp.history.datums import line
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.journal import feed_position
from shocpp.spool.run.command_lock import held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.history.datums import Datums
    from shocpp.spool.journal.journal_reader import Report

_MOST, _MOST_BYTES = 100, 1 << 16  # of a batch: the endpoint's limit is not known to us, and is more than that
_DAYS_BACK = timedelta(days=7)  # that are read again, so that a session that goes on is known from its start
_PATIENCE_S = 1.0


def post(datums: Datums, journal: str, url: str, credentials: str, report: Report) -> None:
    """
    Post what is new; how far it came is kept after each batch, so that the next run goes on there.

    Args:
        datums: Makes datums of entries.
        journal: The journal's folder.
        url: The datum endpoint.
        credentials: The file with user and password, a colon between.
        report: Is told of files and lines that cannot be read.

    Raises:
        ShocppError: They were not all taken; those of whole batches before were.
    """
    endpoint = Endpoint(url, _credentials(credentials))
    path = feed_position.path_of(journal, url)
    with held(f"{path}.lock", _PATIENCE_S):
        done = feed_position.read(path)
        first = done[0] - _DAYS_BACK if done[0] > date.min + _DAYS_BACK else date.min
        batch: list[str] = []
        here = done
        for reached, entry in feed_position.numbered(journal, report, first):
            made = datums.take(entry)
            if reached <= done:
                continue
            batch += [line(each).strip() for each in made]
            here = reached
            if len(batch) >= _MOST or sum(map(len, batch)) >= _MOST_BYTES:
                _post(endpoint, batch, path, here)
                batch = []
        if here != done:
            _post(endpoint, batch, path, here)


def _post(endpoint: Endpoint, batch: list[str], path: str, here: feed_position.Position) -> None:
    """Post a batch, if there is anything in it, and keep how far that is."""
    if batch:
        endpoint.post(batch)
    feed_position.write(path, here)


def _credentials(path: str) -> str:
    """
    Read user and password.

    Raises:
        ConfigError: There are none, or any user of this machine may read them.
        ShocppError: The file cannot be read.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(4096).strip()
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise explained(error, path, "read") from error
    if mode & stat.S_IROTH:
        raise ConfigError(f"{path} may be read by any user of this machine: chmod o-r {path}")
    if ":" not in text or "\n" in text:
        raise ConfigError(f"{path} has no line with a user, a colon and a password")
    return text
