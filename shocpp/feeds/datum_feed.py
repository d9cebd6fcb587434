"""Datums to SolarNetwork: what the journal has more than at the last time, posted in batches, each once."""

from __future__ import annotations

from datetime import date, timedelta

from shocpp.feeds.credentials import credentials_in
from shocpp.feeds.solar_din import Endpoint
from shocpp.history.datums import line
from shocpp.spool.journal import feed_position
from shocpp.spool.run.command_lock import held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.errors import Report
    from shocpp.history.datums import Datums

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
    endpoint = Endpoint(url, credentials_in(credentials, needs_user=True))
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
