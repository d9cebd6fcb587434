"""How much of what came or leaves a process keeps in memory at most, over whatever transport."""

from __future__ import annotations

_MESSAGES = 64


def held_limit(message_limit: int) -> int:
    """
    Give how many bytes of messages are held, for all charge points together.

    Args:
        message_limit: How many one message has at most.
    """
    return _MESSAGES * message_limit
