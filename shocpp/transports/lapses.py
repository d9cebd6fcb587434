"""
Why a charge point is served no longer, on every transport: it is silent for too long, or not listed any more.

Knows the rule; who is served, when each was heard, and how that ends is known to whoever asks.
"""

from __future__ import annotations

from shocpp.transports.idle import longest_silence_s

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge_points import ChargePoints


class Lapses:
    """
    Judges those that are served, all of them once in a while.

    Args:
        heartbeat_interval_s: How often a charge point that is there says so, in seconds.
        listed: Gives who may connect; None for everybody.

    Attributes:
        longest_silence_s: Seconds after which one that says nothing is gone.
        has_changed: The list is another one than at the last ``look``.
    """

    def __init__(self, heartbeat_interval_s: int, listed: Callable[[], ChargePoints | None]) -> None:
        self.longest_silence_s = longest_silence_s(heartbeat_interval_s)
        self.has_changed = False
        self._listed = listed
        self._in_force = listed()

    def look(self) -> None:
        """Read the list that is in force from now on; call this before a round of ``unlisted``."""
        listed = self._listed()
        self.has_changed, self._in_force = listed is not self._in_force, listed

    def silent(self, quiet_s: float) -> str:
        """Say that so many seconds of silence are too many; empty if they are not."""
        return f"silent for {int(quiet_s)} s" if quiet_s > self.longest_silence_s else ""

    def unlisted(self, identity: str) -> str:
        """Say that a charge point is not listed any more; empty if it is, or if the list is the same as before."""
        is_gone = self.has_changed and self._in_force is not None and self._in_force.get(identity) is None
        return "not listed any more" if is_gone else ""
