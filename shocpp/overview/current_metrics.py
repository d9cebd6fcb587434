"""The metrics as they are now, read from the disk: the figures that each charge point's sightings and run/ have."""

from __future__ import annotations

import os

from shocpp.overview.seen_now import SeenNow
from shocpp.spool.run import last_seen, mailbox, sightings
from shocpp.spool.run.held_mailbox import PID, folder_of
from shocpp.status import metrics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shocpp.settings import Settings


def current_metrics(
    settings: Settings, say: Callable[[str], object], energy_wh: Mapping[str, int] | None = None
) -> str:
    """
    Write all metrics in the text format of Prometheus.

    Args:
        settings: Where everything lies.
        say: Is told in a sentence when the list of charge points makes no sense.
        energy_wh: What each account has drawn, in Wh; None to leave it out.
    """
    run_dir = settings.run_dir
    times = last_seen.read(run_dir)
    seen = [
        (
            identity,
            mailbox.is_alive(os.path.join(folder_of(run_dir, identity), PID)),
            last_seen.status_of(run_dir, identity, times),
        )
        for identity in mailbox.seen(run_dir)
    ]
    listener = sightings.read(run_dir, "listener.json")
    return metrics.render(seen, listener, energy_wh, SeenNow(settings, say).read())
