"""
Keys that were sent to a charge point lately, hidden by their value wherever it comes back.

By what name they come back is the charge point's choice: in the words of a CALLERROR, in ``techInfo``. Knows strings;
which of them are keys is told by ``secrets``, and by who knows what was sent over an earlier connection. Imports
nothing while no key is sent: every backend has one of these.
"""

from __future__ import annotations

from shocpp.compact_json import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping
    from typing import Protocol

    class Marks(Protocol):
        """Knows the keys of earlier connections when it sees them."""

        @property
        def marks(self) -> Mapping[str, object]:
            """Something for each of them; empty where there are none, as nearly everywhere."""

        def found_in(self, text: str, /) -> set[str]:
            """Give what in a text is one of them."""


_SHORTEST = 8  # characters; a shorter one would hide what is no secret
_MOST = 16
_MASK = "***"


class SentKeys:
    """
    The keys that were sent to one charge point, the latest sixteen.

    Args:
        marks: Finds those that were sent before; None where nobody knows of any.
    """

    __slots__ = ("_folded", "_marks", "_pattern", "_values")

    def __init__(self, marks: Marks | None = None) -> None:
        self._marks = marks
        self._values: list[str] = []
        self._folded: list[str] = []
        self._pattern: re.Pattern[str] | None = None

    def __bool__(self) -> bool:
        """Tell whether there are any, or may be."""
        return bool(self._values or (self._marks is not None and self._marks.marks))

    def note(self, values: Iterable[str]) -> set[str]:
        """Remember keys that are sent now; give those that are long enough to be hidden."""
        import re

        new = {value for value in values if len(value) >= _SHORTEST}
        self._values = [*(value for value in self._values if value not in new), *new][-_MOST:]
        if self._values:
            spelled = {spelling for value in self._values for spelling in _spellings(value)}
            longest_first = sorted(spelled, key=len, reverse=True)  # one may begin with another
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
            self._folded = [each.casefold() for each in longest_first]
        return new

    def hide(self, text: str) -> str:
        """
        Hide the keys in a text, in any letter case, as they are or as JSON spells them.

        >>> keys = SentKeys()
        >>> _ = keys.note(["0a1b2c3d4e5f"])
        >>> keys.hide("no such key: 0A1B2C3D4E5F")
        'no such key: ***'
        """
        if self._marks is not None and self._marks.marks and (found := self._marks.found_in(text)):
            self.note(found)
        if self._pattern is None:
            return text
        folded = text.casefold()  # to look for each of them is many times as fast as the pattern, which has to be found
        return self._pattern.sub(_MASK, text) if any(each in folded for each in self._folded) else text

    def hidden_from(self, say: Callable[[str, str], None]) -> Callable[[str, str], None]:
        """Give what writes a line of the log, level and text, in which the keys are hidden."""
        return lambda level, text: say(level, self.hide(text))

    def hide_in(self, value: object) -> object:
        """Hide the keys in all texts of a value that was read from JSON, names included."""
        if not self:
            return value
        if isinstance(value, dict):
            return {self.hide(name): self.hide_in(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.hide_in(each) for each in value]
        return self.hide(value) if isinstance(value, str) else value


def _spellings(value: str) -> set[str]:
    """Give a text as it is and as it may stand in JSON: some write a slash with a backslash."""
    quoted = quote(value)[1:-1]
    return {value, quoted, quoted.replace("/", "\\/")}
