"""
When to forget charge points that nobody listed: after some of them have connected, in a thread.

What is removed, and what stays, is known to ``spool.run.unlisted_folders``.
"""

from __future__ import annotations

from functools import partial

from shocpp.spool.files.names import folder_name
from shocpp.spool.run import unlisted_folders
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shocpp.transports.background.workers import Workers

_EVERY = 64  # connections of unlisted charge points
_AT_A_TIME = 16  # before it is another job's turn


class UnlistedLimit:
    """
    Keeps the folders of unlisted charge points few.

    Args:
        run_dir: The folder run/.
        most: How many may stay.
        named: Gives the identities of all that are listed or connected.
        workers: Run what waits for the disk.
        say: Takes a level and a line for the log.
    """

    def __init__(
        self,
        run_dir: str,
        most: int,
        named: Callable[[], Iterable[str]],
        workers: Workers,
        say: Callable[[str, str], None],
    ) -> None:
        self._run_dir = run_dir
        self._most = most
        self._named = named
        self._workers = workers
        self._say = say
        self._came = _EVERY - 1  # the first one shows what earlier listeners left
        self._is_looking = False
        self._forgotten = 0

    def came(self) -> None:
        """Take note that an unlisted charge point has connected."""
        self._came += 1
        if self._came >= _EVERY and not self._is_looking:
            self._came = 0
            self._look()

    def _look(self) -> None:
        self._is_looking = True
        self._workers.submit(partial(self._forget, list(self._named())), self._looked)

    def _forget(self, named: list[str]) -> int:
        kept = {folder_name(identity) for identity in named}
        return unlisted_folders.forget_oldest(self._run_dir, self._most, kept, _AT_A_TIME)

    def _looked(self, count: object, error: BaseException | None) -> None:
        """Go on while there is more to forget; say how many it were."""
        self._is_looking = False
        if error is not None:
            self._say("ERROR", f"forgetting unlisted charge points failed: {clean(repr(error), 300)}")
        elif isinstance(count, int):
            self._forgotten += count
            if count == _AT_A_TIME:
                self._look()
                return
        if self._forgotten:
            self._say("INFO", f"{self._forgotten} unlisted charge points forgotten: more than {self._most} were known")
            self._forgotten = 0
