"""What is wrong with a payload, as a value: below those who find it (``explanation``) and those who are told."""

from __future__ import annotations


class Violation:
    """
    What is wrong with a payload: the first fault that was found.

    Attributes:
        pointer: Where, as a JSON pointer; ``""`` is the payload itself. A missing field is named as if it were there.
        rule: The JSON Schema keyword that is broken, such as ``maxLength``.
        message: The fault in words, safe to log: it shows no value that could be long or secret.
        refusal: What it would be refused for, one of ``ocpp.refusals``.
    """

    __slots__ = ("message", "pointer", "refusal", "rule")

    def __init__(self, pointer: str, rule: str, message: str, refusal: str) -> None:
        self.pointer = pointer
        self.rule = rule
        self.message = message
        self.refusal = refusal

    def __repr__(self) -> str:
        return f"Violation({self.pointer!r}, {self.rule!r}, {self.message!r}, {self.refusal!r})"
