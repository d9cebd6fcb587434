"""
Documents in Firebase's Realtime Database, over its REST interface: ``/COLLECTION/ID``, many with one request.

Source: Firebase, "Realtime Database REST API": ``PATCH`` with paths updates several places at once; keys are UTF-8, and
have none of ``. $ # [ ] /``
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from shocpp.feeds import posting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shocpp.feeds.documents import Row

_NOT_IN_KEYS = re.compile(r"[.$#\[\]/%\x00-\x1f\x7f]")


class Firebase:
    """
    A database.

    Args:
        url: Its address, ``https://PROJECT.firebaseio.com``, and below it where the collections shall be.
        token: A token or the database's secret; empty where everybody may write.

    Attributes:
        where: The address.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self.where = posting.checked(url, "https://PROJECT.firebaseio.com").rstrip("/")
        self._auth = f"&auth={quote(token, safe='')}" if token else ""

    def reach(self) -> None:
        """See that it answers; see ``documents.Sink`` and ``posting.reach``."""
        posting.reach(f"{self.where}/.json?shallow=true")

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """
        Store documents, each in the place that its id names; see ``documents.Sink`` and ``posting.send``.

        What is there already is written once more, and is the same.
        """
        places = {f"{collection}/{_key(key)}": _storable(fields) for key, fields in rows}
        url = f"{self.where}/.json?print=silent{self._auth}"
        posting.send("PATCH", url, json.dumps(places).encode(), {"Content-Type": "application/json"})


def _storable(value: object) -> object:
    """Give a value with keys that may be; an object without any is not kept there."""
    if isinstance(value, dict):
        return {_key(name): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return value


def _key(name: str) -> str:
    """
    Write a name as a key.

    >>> _key("Energy.Active.Import.Register"), _key("")
    ('Energy%2EActive%2EImport%2ERegister', '%')
    """
    return _NOT_IN_KEYS.sub(lambda found: f"%{ord(found[0]):02X}", name) or "%"
