"""
Which of several workers serves a charge point: each has a share of them, by their identities alone.

Pure: whoever knows the identity and the number of workers comes to the same result, and no broker has to.
"""

from __future__ import annotations

from hashlib import sha256

from shocpp.errors import UsageError

_MOST = 1000


class Partition:
    """
    One worker's share.

    Args:
        number: The worker's, from 1.
        of: How many workers there are.
    """

    def __init__(self, number: int = 1, of: int = 1) -> None:
        self.number = number
        self.of = of

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def from_text(cls, text: str) -> Partition:
        """
        Read a share as it is typed.

        Raises:
            UsageError: It is none.

        >>> Partition.from_text("2/5").of
        5
        """
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= _MOST):
            raise UsageError(f"{text[:20]!r} is no share of the charge points; the second of five workers has 2/5")
        return cls(int(number), int(of))

    def takes(self, identity: str) -> bool:
        """
        Tell whether a charge point is this worker's: the hash of its identity, modulo their number, is its own.

        >>> [number for number in (1, 2, 3) if Partition(number, 3).takes("CP001")]
        [2]
        """
        digest = sha256(identity.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1
