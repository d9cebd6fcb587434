"""
By what a key is known again that was sent to a charge point, without having it: salted digests below run/.

A process that takes a connection over (websocketd starts one for each; a listener is started anew) was not told what
was sent before. It reads the marks, and finds a key in a text by trying. Knows texts and the file; what is a key is
said by whoever sent it.
"""

from __future__ import annotations

import os
import time

from shocpp.json_reading import loads
from shocpp.spool.files import durable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FILE = "sent_keys.json"
_MODE = 0o600  # a short key can be guessed from its digest
_MOST = 4  # for each length a text is tried anew
_SALT = 16  # bytes
_LASTING_S = 30 * 86400
_SEARCHED = 4096  # characters of a text in which a key is found wherever a word may begin; in a longer one as a word
# compiled when they are first used: few connections ever need them
_BEGIN = r"(?<!\w)(?=\S)"
_WORD = r"[^\s\"'`,;()\[\]{}<>]+"


class KeyMarks:
    """
    The marks of the keys that were sent to one charge point lately.

    Args:
        folder: The charge point's below run/.
        clock: Gives seconds since the epoch.

    Attributes:
        marks: By digest: the key's length, and when it was sent.
    """

    __slots__ = ("_clock", "_path", "_salt", "marks")

    def __init__(self, folder: str, clock: Callable[[], float] = time.time) -> None:
        self._path = os.path.join(folder, FILE)
        self._clock = clock
        self._salt = b""
        self.marks: dict[str, tuple[int, float]] = {}

    def read(self) -> None:
        """Read the marks that are not too old; what cannot be read is none."""
        try:
            with open(self._path, "rb") as file:
                value = loads(file.read(1 << 14))
            oldest = self._clock() - _LASTING_S
            salt = bytes.fromhex(value["salt"])[:_SALT]
            marks = {str(digest): (int(length), float(at)) for digest, length, at in value["marks"]}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return
        self._salt = salt
        self.marks = {digest: mark for digest, mark in marks.items() if mark[1] > oldest and mark[0] > 0}

    def add(self, keys: Iterable[str]) -> None:
        """
        Keep the marks of keys that are sent now.

        Raises:
            ShocppError: They cannot be written.
        """
        import json  # few connections are ever sent a key

        self._salt = self._salt or os.urandom(_SALT)
        now = self._clock()
        for key in keys:
            digest = self._digest(key)
            self.marks.pop(digest, None)
            self.marks[digest] = (len(key), now)
        self.marks = dict(list(self.marks.items())[-_MOST:])
        marks = [[digest, length, int(at)] for digest, (length, at) in self.marks.items()]
        data = json.dumps({"salt": self._salt.hex(), "marks": marks}).encode()
        durable.replace(self._path, data, _MODE)

    def found_in(self, text: str) -> set[str]:
        """Give what stands in a text and is one of the keys, in any letter case."""
        lengths = {length for length, _ in self.marks.values()}
        return {each for each in _candidates(text, lengths) if self._digest(each) in self.marks}

    def _digest(self, key: str) -> str:
        from hashlib import blake2b  # few connections ever need it

        return blake2b(key.casefold().encode("utf-8", "surrogatepass"), digest_size=16, salt=self._salt).hexdigest()


def _candidates(text: str, lengths: set[int]) -> Iterator[str]:
    """Give what may be a key by its length: in a short text from the begin of any word on, of a long one the words."""
    import re  # the same

    if len(text) > _SEARCHED:
        yield from (word for word in re.findall(_WORD, text) if len(word) in lengths)
        return
    if len(text) >= min(lengths, default=1):
        for begin in re.finditer(_BEGIN, text):
            at = begin.start()
            yield from (text[at : at + length] for length in lengths if at + length <= len(text))
