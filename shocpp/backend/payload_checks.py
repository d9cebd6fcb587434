"""
What the charge point of one connection sends, held against the schemas: what does not fit is a quirk.

Lenient as it is, a request that does not fit is answered all the same; then it is looked at when the answer has left.
"""

from __future__ import annotations

from shocpp.backend import own_faults
from shocpp.ocpp.unread import UnreadMeterValues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.versions import Version
    from shocpp.ocpp.v16.violation import Violation


class PayloadChecks:
    """
    Holds requests against the schemas.

    Args:
        version: The protocol's: its actions and its rules.
        quirk: Is told of what does not fit: its kind, and what it is in words.
        say: Writes a line of the log: level and text.
    """

    def __init__(self, version: Version, quirk: Callable[[str, str], None], say: Callable[[str, str], None]) -> None:
        self._version = version
        self._quirk = quirk
        self._say = say
        self._later: list[tuple[str, object]] = []

    def violation(self, action: str, payload: object) -> Violation | None:
        """Hold a request against its schema; give what is wrong, as a quirk: None for what fits or is unknown."""
        if isinstance(payload, UnreadMeterValues):
            return None  # it was held against it when it came
        if action not in self._version.actions or self._version.rules.fits(action, "request", payload):
            return None
        found = self._version.rules.explain(action, "request", payload)
        if found is not None:
            self._quirk(f"{action}{found.pointer}", found.message)
        return found

    def check_later(self, action: str, payload: object) -> None:
        """Keep a request that was answered leniently, to be held against its schema by ``check``."""
        if payload.__class__ is not UnreadMeterValues:
            self._later.append((action, payload))

    def check(self) -> None:
        """Hold what was answered leniently against the schemas; a fault of ours stops nothing."""
        while self._later:
            action, payload = self._later.pop(0)  # what cannot be checked is not tried again with each message
            try:
                self.violation(action, payload)
            except Exception as error:
                own_faults.report(self._say, "checking a payload", error)
