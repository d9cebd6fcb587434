"""Wrong links, counted by who tries them: whoever tries many is told to wait."""

from __future__ import annotations

from collections import OrderedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MOST, WITHIN_S = 10, 60.0
_MOST_REMEMBERED = 1000  # addresses; of more, the one that was quiet for longest is forgotten


class Guesses:
    """
    The wrong links of the last minute, by address.

    Args:
        clock: Gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def add(self, address: str) -> bool:
        """Note a wrong link; tell whether there were too many from there, this one included."""
        network, now = _network(address), self._clock()
        recent = [at for at in self._seen.pop(network, []) if at > now - WITHIN_S]
        self._seen[network] = [*recent, now][-MOST - 1 :]
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return len(self._seen[network]) > MOST


def _network(address: str) -> str:
    """
    Give what one who guesses has of addresses: an IPv6 line has 2⁶⁴ of them.

    >>> _network("192.0.2.7"), _network("2001:db8:1:2:3:4:5:6"), _network("2001:db8:1:2::9")
    ('192.0.2.7', '2001:db8:1:2', '2001:db8:1:2')
    """
    return ":".join(address.split(":")[:4])
