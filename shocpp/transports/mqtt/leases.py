"""
Whose turn it is: one call to a charge point may be outstanding, whoever of several processes makes it.

Who wants to call publishes a claim, which the broker keeps, at ``ocpp/command/<identity>``. All see the claims in the
broker's order, so that all know whose is the first one; an empty message ends it, and its time does. Pure: who hears a
message and what time it is comes in.

Source: OCPP-J 1.6 §4.1.1 (one CALL at a time)
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FILTER = "ocpp/command/+"
PREFIX = FILTER.removesuffix("+")
_LONGEST_S = 600.0


def topic_of(identity: str) -> str:
    """Give where the claims for a charge point are."""
    return PREFIX + identity


class Leases:
    """
    The claims of all, and those that this process wants to have.

    Args:
        process: Names this process.
        publish: Has the broker keep a message at a topic; an empty one clears it.
        granted: Is told of a charge point whose turn is ours.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self,
        process: str,
        publish: Callable[[str, str], object],
        granted: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._process = process
        self._publish = publish
        self._granted = granted
        self._clock = clock
        self._holders: dict[str, tuple[str, float]] = {}
        self._wanted: dict[str, float] = {}

    def want(self, identity: str, for_s: float) -> None:
        """Ask for a turn that may take so many seconds; ``granted`` is called once it is ours."""
        self._wanted[identity] = for_s
        self._begin_or_claim(identity)

    def release(self, identity: str) -> None:
        """Give a turn back; that of another process stays."""
        self._wanted.pop(identity, None)
        if self._holder(identity) == self._process:
            del self._holders[identity]
            self._publish(topic_of(identity), "")

    def look(self) -> None:
        """Claim what others have held for too long; call this once a second."""
        for identity in list(self._wanted):
            self._begin_or_claim(identity)

    def hear(self, topic: str, message: bytes) -> bool:
        """Take a message; False if its topic is another. What is no claim says nothing."""
        if not topic.startswith(PREFIX):
            return False
        identity = topic.removeprefix(PREFIX)
        if not message:
            self._holders.pop(identity, None)
        else:
            self._take_claim(identity, message)
        if self._holder(identity) in (None, self._process):
            self._begin_or_claim(identity)
        return True

    def _take_claim(self, identity: str, message: bytes) -> None:
        """Note a claim, if nobody's is before it."""
        try:
            said = json.loads(message)
            process, until = str(said["process"]), float(said["until"])
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            return
        if self._holder(identity) in (None, process):
            self._holders[identity] = (process, min(until, self._clock() + _LONGEST_S))

    def _begin_or_claim(self, identity: str) -> None:
        """Have a turn that is ours begin, and claim one that nobody has."""
        for_s = self._wanted.get(identity)
        if for_s is None:
            return
        holder = self._holder(identity)
        if holder == self._process:
            del self._wanted[identity]
            self._granted(identity)
        elif holder is None:
            claim = {"process": self._process, "until": round(self._clock() + for_s, 3)}
            self._publish(topic_of(identity), json.dumps(claim))

    def _holder(self, identity: str) -> str | None:
        """Give whose turn it is; None if it is nobody's any more."""
        process, until = self._holders.get(identity, ("", 0.0))
        return process if until > self._clock() else None
