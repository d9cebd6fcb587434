"""
A card that shall be forgotten: found in lines of JSON by the fields that hold cards, and replaced by a pseudonym.

Where a text in such a line is XML, elements are found like fields.

Everything else in a line stays byte for byte: a reading that has the digits of the card is no card. Pure.
"""

from __future__ import annotations

import json
import re
from html import unescape

from shocpp.ledger.accounts import normal

# a field that holds a card, its value, and the quotes around both: with backslashes where JSON stands in a text
_FIELD = re.compile(rb'((\\*)"(?:parent_?)?id_?tag\2"\s*:\s*\2")((?:[^"\\]|\\.)*?)(?=\2")', re.IGNORECASE)
# an element that does, in XML that stands in a text
_ELEMENT = re.compile(rb"(<(?:[\w.-]{1,64}:)?(?:parent)?idtag(?:\s[^<>]{0,256})?>)([^<>]{0,256})(?=<)", re.IGNORECASE)


class ForgottenCard:
    """
    A card, and what takes its place.

    Args:
        id_tag: The card's id; compared as cards are, without case.
        pseudonym: What takes its place: letters, digits and ``-``.
    """

    def __init__(self, id_tag: str, pseudonym: str) -> None:
        self._id_tag = normal(id_tag)
        self._pseudonym = pseudonym.encode()

    def taken_out(self, line: bytes) -> tuple[bytes, int]:
        """
        Give a line without the card, and how often it had it.

        >>> ForgottenCard("04a2", "gone").taken_out(b'{"idTag":"04A2","value":"04A2"}')
        (b'{"idTag":"gone","value":"04A2"}', 1)
        >>> ForgottenCard("04a2", "gone").taken_out(b'{"xml":"<m:idTag>04A2</m:idTag><value>04A2</value>"}')
        (b'{"xml":"<m:idTag>gone</m:idTag><value>04A2</value>"}', 1)
        """
        count = 0

        def replaced(found: re.Match[bytes]) -> bytes:
            nonlocal count
            if not self._is_written(found[found.re.groups]):
                return found[0]
            count += 1
            return found[1] + self._pseudonym

        return _ELEMENT.sub(replaced, _FIELD.sub(replaced, line)), count

    def is_called(self, id_tag: str) -> bool:
        """Tell whether an id is the card's."""
        return normal(id_tag) == self._id_tag

    def _is_written(self, text: bytes) -> bool:
        """Tell whether the card stands in a text, as JSON writes it, and maybe XML before that."""
        try:
            said: str = json.loads(b'"%s"' % text)
        except ValueError:
            return False
        return self.is_called(said) or self.is_called(unescape(said).strip())
