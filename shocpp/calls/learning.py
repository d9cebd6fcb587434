"""
The next card that is refused: held to a charge point by somebody who wants it to be listed.

Knows the sightings of refused cards, which the backends write; only those count that are listed nowhere.
"""

from __future__ import annotations

import time

from shocpp.errors import TryAgainError
from shocpp.ledger.accounts import INVALID
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import seen
from shocpp.spool.run.sightings import STATUS, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    Refusals = dict[tuple[str, str], str]

_LOOK_S = 0.2


def next_refused(run_dir: str, identity: str | None, timeout_s: float) -> str:
    """
    Wait for a card that is refused from now on because it is listed nowhere.

    Args:
        run_dir: The folder run/.
        identity: The charge point that counts; None for any.
        timeout_s: How long to wait, in seconds.

    Returns:
        The card's id, as it was read.

    Raises:
        TryAgainError: None came in time.
    """
    deadline, before = time.monotonic() + timeout_s, _refusals(run_dir, identity)
    while True:
        for (where, id_tag), at in _refusals(run_dir, identity).items():
            if before.get((where, id_tag)) != at:
                return id_tag
        if time.monotonic() > deadline:
            raise TryAgainError(f"no card was refused in {timeout_s:g} s; try again")
        time.sleep(_LOOK_S)


def _refusals(run_dir: str, identity: str | None) -> Refusals:
    """Give when each unlisted card was refused last, by charge point and id."""
    found: Refusals = {}
    for each in seen(run_dir) if identity is None else [identity]:
        refused = read(folder_of(run_dir, each), STATUS).get("refused_tags")
        for id_tag, said in (refused if isinstance(refused, dict) else {}).items():
            if isinstance(said, dict) and said.get("status") == INVALID:
                found[each, id_tag] = str(said.get("at"))
    return found
