"""
Frames that a charge point's firmware has broken, mended where they can be (quirk 17).

A frame over several lines, several frames in one line, a BOM, bytes that are no UTF-8, missing outer brackets. What
cannot be mended becomes ``Garbage``, and the next good frame is served. Nothing takes more than linear time. Imported
where the first line needs it: most connections have none, and its patterns are slow to compile.
"""

from __future__ import annotations

import json
import re

from shocpp.ocpp import lenient_json
from shocpp.ocpp.frames import MOST_GARBAGE, FrameError, Garbage, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ocpp.frames import Frame, Piece

MOST_FRAMES = 32  # of one line or message
_TOO_MANY = f"more than {MOST_FRAMES} frames or lines in one message"

_HEADER = re.compile(r'(?:\s*\[)?\s*"?2"?\s*,\s*("[^"\\]{0,255}"|-?\d{1,20}(?:\.\d{1,20})?)\s*,')
_BLANK = " \t\r\n\x00\ufeff"
_BETWEEN = f"{_BLANK},"
# between two frames; the one before may have a bracket too many
_GAP = re.compile(f"[{_BETWEEN}]*+(?:\\][{_BETWEEN}]*+)?")
_BARE = re.compile(r'"?[234]"?\s*,')
_MOST_FAILURES = 2  # documents of a message that break off, before it is read by lines


class Mending:
    """
    Puts together what came in pieces, and takes apart what came at once.

    Args:
        longest: Bytes of a frame; at most one that is unfinished is held.
        read: Reads a line that is one frame as it should be; gives None for all else.
    """

    def __init__(self, longest: int, read: Callable[[bytes], Frame | None]) -> None:
        self._longest = longest
        self._read = read
        self._unfinished: list[str] = []  # the lines of a frame whose end has not come
        self._size = 0
        self._depth = 0

    @property
    def unfinished(self) -> int:
        """Count the characters that are held of a frame that has begun and not ended; 0 for none."""
        return self._size

    def mend(self, line: bytes) -> list[Piece]:
        """Take a line that is no frame as it should be; give what is complete with it."""
        if len(line) > self._longest:
            head = line[:512].decode("utf-8", "replace")
            return [*self.finish(), _garbage(head, f"longer than {self._longest} bytes")]
        text = line.decode("utf-8", "replace").strip(_BLANK)
        if self._unfinished:
            return self._continue(text) if text else []
        text = text.lstrip(_BETWEEN)
        return self._begin(text) if text else []

    def pieces_of(self, message: bytes) -> Iterator[Piece]:
        """Give the pieces of a message that is not just one frame; what is unfinished ends with it."""
        for number, piece in enumerate(self._all_of(message)):
            if number == MOST_FRAMES:
                self._clear()
                yield Garbage(_TOO_MANY)
                return
            yield piece

    def finish(self) -> list[Piece]:
        """Give up waiting for the end of an unfinished frame: close its bracket or drop it."""
        text, depth = "\n".join(self._unfinished), self._depth
        self._clear()
        if not text:
            return []
        value = _value_of(f"{text.rstrip(_BETWEEN)}]") if depth == 1 else None
        return [_piece(value, text)] if isinstance(value, list) else [_garbage(text)]

    def _clear(self) -> None:
        self._unfinished.clear()
        self._size = self._depth = 0

    def _all_of(self, message: bytes) -> Iterator[Piece]:
        """Give all its pieces, however many they are."""
        lines = message.split(b"\n", MOST_FRAMES)
        if len(lines) == 1:
            yield from self.mend(message)
        elif len(lines) > MOST_FRAMES:
            yield from self._documents_of(message.decode("utf-8", "replace").strip(_BLANK))
        else:
            for line in lines:
                yield from self._feed(line)
        yield from self.finish()

    def _feed(self, line: bytes) -> list[Piece]:
        frame = self._read(line)
        return self.mend(line) if frame is None else [*self.finish(), frame]

    def _documents_of(self, text: str) -> Iterator[Piece]:
        """Give the pieces of many lines: documents over any number of them, in between what is none, line by line."""
        at, failures = 0, 0
        for _ in range(MOST_FRAMES):
            if at == len(text):
                return
            if text[at] == "[" and not self._unfinished and failures < _MOST_FAILURES:
                value, end = lenient_json.document(text, at)
                if value is not None:
                    yield _piece(value, text[at : at + 400])
                    at = _end_of_gap(text, end)
                    continue
                if end == len(text):  # cut off
                    yield from self._begin(text[at:])
                    return
                failures += 1
            end = text.find("\n", at)
            end = end if end >= 0 else len(text)
            yield from self._feed(text[at:end].encode())
            at = _end_of_gap(text, end)
        yield Garbage(_TOO_MANY, None, text[at : at + MOST_GARBAGE])

    def _begin(self, text: str) -> list[Piece]:
        if _BARE.match(text):
            text = text.rstrip(_BETWEEN)
            text = text if text.endswith("]]") else text.removesuffix("]")
            return [_piece(_value_of(f"[{text}]"), text)]
        depth = lenient_json.depth_of(text)
        if text.startswith("[") and depth is not None and depth > 0:
            self._unfinished.append(text)
            self._size, self._depth = len(text), depth
            return []
        return _several(text)

    def _continue(self, text: str) -> list[Piece]:
        depth = lenient_json.depth_of(text)
        self._size += len(text)
        if depth is None or self._size > self._longest or _HEADER.match(text):
            return [*self.finish(), *self._begin(text)]
        self._unfinished.append(text)
        self._depth += depth
        if self._depth > 0:
            return []
        whole = "\n".join(self._unfinished)
        self._clear()
        return _several(whole)


def _several(text: str) -> list[Piece]:
    """Read the frames that follow each other in a text; what cannot be read and all behind it are one ``Garbage``."""
    pieces: list[Piece] = []
    at = 0
    for _ in range(MOST_FRAMES):
        if at == len(text):
            return pieces
        try:
            value, end = lenient_json.read(text, at)
        except (ValueError, RecursionError):
            _add(pieces, _garbage(text[at : at + MOST_GARBAGE]))
            return pieces
        _add(pieces, _piece(value, text[at : at + 400]))
        at = _end_of_gap(text, end)
    if at < len(text):
        _add(pieces, Garbage(_TOO_MANY, None, text[at : at + MOST_GARBAGE]))
    return pieces


def _end_of_gap(text: str, at: int) -> int:
    """Give where something begins again after a frame that ends at a place."""
    gap = _GAP.match(text, at)
    assert gap is not None  # noqa: S101 - it may be empty
    return gap.end()


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Add a piece, but no second ``Garbage`` in a row: it says nothing new, and a line can hold half a million."""
    last = pieces[-1] if pieces else None
    if not (isinstance(last, Garbage) and isinstance(piece, Garbage) and last.unique_id is piece.unique_id is None):
        pieces.append(piece)


def _value_of(text: str) -> object:
    try:
        value, end = lenient_json.read(text, 0)
    except (ValueError, RecursionError):
        return None
    return value if end == len(text) else None


def _piece(value: object, text: str = "") -> Piece:
    try:
        return parse(value)
    except FrameError as error:
        return Garbage(str(error), error.unique_id, text) if value is not None else _garbage(text)


def _garbage(text: str, reason: str = "not JSON") -> Garbage:
    """Make ``Garbage`` of a text, with the unique id if it begins as a CALL, so that the CALL can be refused."""
    found = _HEADER.match(text)
    try:
        return Garbage(reason, json.loads(found[1]) if found else None, text)
    except ValueError:
        return Garbage(reason, None, text)
