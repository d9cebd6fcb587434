"""
What charge points do to their SOAP envelopes, done to ours: headers that are missing, damaged or another message's.

Knows how envelopes look that ``ocpp.soap`` writes; the message in them stays as it is.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_DECLARED = re.compile(rb' xmlns:a="[^"]*"')
_HEADER = re.compile(rb"<s:Header>.*?</s:Header>", re.DOTALL)
_LEFT_OUT = {
    "soap-undeclared-prefix": _DECLARED,
    "soap-no-action": re.compile(rb"<a:Action>.*?</a:Action>"),
    "soap-no-message-id": re.compile(rb"<a:MessageID>.*?</a:MessageID>"),
    "soap-no-from": re.compile(rb"<a:From>.*?</a:From>"),
}
_END_OF_IDENTITY = b"</m:chargeBoxIdentity>"


class Envelopes:
    """
    The envelopes of one charge point.

    Args:
        names: The switches that are on.
    """

    def __init__(self, names: AbstractSet[str]) -> None:
        self._names = names
        self._before = b"<s:Header></s:Header>"

    def request(self, data: bytes) -> bytes:
        """Give what is sent in a request's place."""
        for name, pattern in _LEFT_OUT.items():
            if name in self._names:
                data = pattern.sub(b"", data)
        return data

    def answer(self, data: bytes) -> bytes:
        """Give what is sent in the place of an answer to a command."""
        if "soap-headers-of-before" in self._names:
            header = _HEADER.search(data)
            data = _HEADER.sub(lambda _: self._before, data)
            self._before = header[0] if header is not None else self._before
        if "soap-broken-header" in self._names:
            data = data.replace(_END_OF_IDENTITY, b"")
        return self.request(data)
