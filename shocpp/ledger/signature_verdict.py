"""
What was found of the signed meter values of a charge: valid, not valid, unknown, or none. No cryptography here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

VALID, INVALID, UNKNOWN, NONE = "valid", "invalid", "unknown", "none"


class SignatureVerdict:
    """
    What was found of the signed values of one charge.

    Args:
        verdict: ``valid``, ``invalid``, ``unknown`` or ``none``.
        why: The reason of a verdict that is not ``valid``, as a word of which there are few; empty for none.
    """

    __slots__ = ("verdict", "why")

    def __init__(self, verdict: str, why: str = "") -> None:
        self.verdict = verdict
        self.why = why

    def entry(self) -> dict[str, str]:
        """Give it as tools read it."""
        return {"verdict": self.verdict, "why": self.why}

    @classmethod
    def from_entry(cls, entry: Mapping[str, str]) -> SignatureVerdict:
        """Read it back."""
        return cls(str(entry["verdict"]), str(entry["why"]))
