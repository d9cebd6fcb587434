"""
Where frames begin and end: how many bytes are there of one that is not whole.

Knows the heads of masked frames and nothing of what they mean. A length may be written in more bytes than it needs:
no sender may do so, no receiver must refuse it, and what is counted must be right all the same.

Source: RFC 6455 §5.2
"""

from __future__ import annotations

_LENGTH_IN_TWO = 126  # says that the length stands in the next two bytes, a larger one in the next eight
_LONGEST_HEAD = 10  # without the masking key
_KEY = 4


class FrameBounds:
    """
    The frames of one connection, from one that begins to one that ends.

    Attributes:
        begun: How many bytes of all that were taken belong to a frame that is not whole.
    """

    __slots__ = ("_head", "begun")

    def __init__(self) -> None:
        self._head = b""  # of the frame that has begun
        self.begun = 0

    def take(self, data: memoryview, most: int) -> int:
        """Take bytes up to the end of so many frames; give how many bytes that are."""
        taken = 0
        while most and taken < len(data):
            part = data[taken : taken + _size(self._head) - self.begun]
            taken += len(part)
            self.begun += len(part)
            if len(self._head) < _LONGEST_HEAD:
                self._head += part[: _LONGEST_HEAD - len(self._head)]
            if self.begun == _size(self._head):
                self._head, self.begun = b"", 0
                most -= 1
        return taken


def _size(head: bytes) -> int:
    """Give the size of a frame, or, while its head does not tell, how much of the head must come next."""
    if len(head) < 2:
        return 2
    length, end = head[1] & 0x7F, 2
    if length >= _LENGTH_IN_TWO:
        end = 4 if length == _LENGTH_IN_TWO else _LONGEST_HEAD
        if len(head) < end:
            return end
        length = int.from_bytes(head[2:end])
    return end + _KEY + length
