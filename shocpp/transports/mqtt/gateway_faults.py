"""
What a gateway says of a message for a charge point that comes to nothing: written by the gateway, read by who sent it.

Each is a message at ``ocpp/error/<identity>``, which nobody keeps.
"""

from __future__ import annotations

import json

from shocpp.compact_json import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import UniqueId

FILTER = "ocpp/error/+"
PREFIX = FILTER.removesuffix("+")


class GatewayFault:
    """
    What became of a message.

    Attributes:
        identity: The charge point's that it was for.
        unique_id: The message's; empty if it had none.
        reason: What was wrong, in words.
        is_passing: Nothing was wrong with the message: sent again, it may do.
    """

    __slots__ = ("identity", "is_passing", "reason", "unique_id")

    def __init__(self, identity: str, unique_id: str, reason: str, is_passing: bool) -> None:
        self.identity = identity
        self.unique_id = unique_id
        self.reason = reason
        self.is_passing = is_passing


def topic_of(identity: str) -> str:
    """Give where it is said for a charge point."""
    return PREFIX + identity


def say(reason: str, unique_id: UniqueId | None, is_passing: bool) -> str:
    """
    Say what became of a message.

    >>> say("a CALL without an action", "19", False)
    '{"UniqueId":"19","Error":"a CALL without an action"}'
    >>> say("8 calls wait already", "19", True)
    '{"UniqueId":"19","Error":"8 calls wait already","TryAgain":true}'
    """
    return encode({"UniqueId": unique_id, "Error": reason, **({"TryAgain": True} if is_passing else {})})


def read(topic: str, message: bytes) -> GatewayFault | None:
    """
    Read what was said; None if the topic is another, or nothing was said that makes sense.

    >>> read("ocpp/error/CP001", b'{"UniqueId":"19","Error":"8 calls wait already","TryAgain":true}').reason
    '8 calls wait already'
    >>> read("ocpp/error/CP001", b"[]"), read("ocpp/cp/CP001", b'{"UniqueId":"19","Error":"x"}')
    (None, None)
    """
    if not topic.startswith(PREFIX):
        return None
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("Error"), str):
        return None
    unique_id = said.get("UniqueId")
    identity = topic.removeprefix(PREFIX)
    return GatewayFault(
        identity, "" if unique_id is None else str(unique_id), said["Error"], said.get("TryAgain") is True
    )
