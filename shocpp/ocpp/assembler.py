"""
From lines of bytes to frames, whatever a charge point's firmware makes of the wire.

One line is one frame: that is the fast path. Everything else is mended where it can be (quirk 17): a
frame over several lines, several frames in one line, a BOM, bytes that are no UTF-8, missing outer
brackets. What cannot be mended becomes ``Garbage``, and the next good frame is served.
"""

from __future__ import annotations

import json
import re

from shocpp.ocpp.frames import Frame, FrameError, UniqueId, parse

LONGEST = 1 << 20  # bytes of one frame

# NaN and Infinity are read as None, which is what ``append`` returns; one in the list says that the text was no JSON
_constants: list[str] = []
# ``decode`` would look for blanks around it, too, which takes half of its time
_scan = json.JSONDecoder(parse_constant=_constants.append).raw_decode


def _int(digits: str) -> int | None:
    """Read an integer; None if it has more digits than Python converts."""
    try:
        return int(digits)
    except ValueError:
        return None


_lenient = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_int, strict=False)
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{}]', re.DOTALL)
_HEADER = re.compile(r'(?:\s*\[)?\s*"?2"?\s*,\s*("[^"\\]{0,255}"|-?\d{1,20}(?:\.\d{1,20})?)\s*,')
_BLANK = " \t\r\n\x00\ufeff"
_BETWEEN = f"{_BLANK},"
_BARE = re.compile(r'"?[234]"?\s*,')
_MOST_GARBAGE = 4096


class Garbage:
    """
    Input that is no frame.

    Attributes:
        reason: Why, in words.
        unique_id: The id of the CALL that it was meant to be, so that it can be refused; else None.
        text: What came, cut where it is long.
    """

    __slots__ = ("reason", "text", "unique_id")

    def __init__(self, reason: str, unique_id: UniqueId | None = None, text: str = "") -> None:
        self.reason = reason
        self.unique_id = unique_id
        self.text = text[:_MOST_GARBAGE]


Piece = Frame | Garbage


class Assembler:
    """
    Puts frames together from lines; holds at most one unfinished frame of at most ``longest`` bytes.

    Attributes:
        is_verbatim: The line fed last was one frame as it stands, and JSON, so that its text can be used again.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.is_verbatim = False
        self._longest = longest
        self._lines: list[str] = []
        self._size = 0
        self._depth = 0

    @property
    def unfinished(self) -> bool:
        """Tell whether a frame has begun whose end has not come: call ``finish`` when nothing follows."""
        return bool(self._lines)

    def feed(self, line: bytes) -> list[Piece]:
        """Take one line, with or without its end; give what is complete with it."""
        self.is_verbatim = False
        if _constants:
            _constants.clear()
        try:
            text = line.decode()
            value, end = _scan(text)
            if end != len(text) and not text[end:].isspace():
                return self._mend(line)
            frame = parse(value)
        except (ValueError, RecursionError, FrameError):
            return self._mend(line)
        if self._lines:
            return [*self.finish(), frame]
        self.is_verbatim = not _constants
        return [frame]

    def finish(self) -> list[Piece]:
        """Give up waiting for the end of an unfinished frame: close its bracket or drop it."""
        self.is_verbatim = False
        text = "\n".join(self._lines)
        self._lines.clear()
        self._size = self._depth = 0
        if not text:
            return []
        value = _value_of(f"{text.rstrip(_BETWEEN)}]")
        return [_piece(value, text)] if isinstance(value, list) else [_garbage(text)]

    def _mend(self, line: bytes) -> list[Piece]:
        if len(line) > self._longest:
            head = line[:512].decode("utf-8", "replace")
            return [*self.finish(), _garbage(head, f"longer than {self._longest} bytes")]
        text = line.decode("utf-8", "replace").strip(_BLANK)
        if self._lines:
            return self._continue(text) if text else []
        text = text.lstrip(_BETWEEN)
        return self._begin(text) if text else []

    def _begin(self, text: str) -> list[Piece]:
        if _BARE.match(text):
            text = text.rstrip(_BETWEEN)
            text = text if text.endswith("]]") else text.removesuffix("]")
            return [_piece(_value_of(f"[{text}]"), text)]
        depth = _depth_of(text)
        if text.startswith("[") and depth is not None and depth > 0:
            self._lines, self._size, self._depth = [text], len(text), depth
            return []
        return _several(text)

    def _continue(self, text: str) -> list[Piece]:
        depth = _depth_of(text)
        self._size += len(text)
        if depth is None or self._size > self._longest or _HEADER.match(text):
            return [*self.finish(), *self._begin(text)]
        self._lines.append(text)
        self._depth += depth
        if self._depth > 0:
            return []
        whole = "\n".join(self._lines)
        self._lines.clear()
        self._size = self._depth = 0
        return _several(whole)


def _several(text: str) -> list[Piece]:
    """Read the frames that follow each other in a text; what cannot be read and all behind it are one ``Garbage``."""
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        try:
            value, end = _lenient.raw_decode(text, at)
        except (ValueError, RecursionError):
            _add(pieces, _garbage(text[at:]))
            break
        _add(pieces, _piece(value, text[at : at + 400]))
        at = end
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        if text[at : at + 1] == "]":
            at += 1
    return pieces


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Add a piece, but no second ``Garbage`` in a row: it says nothing new, and a line can hold half a million."""
    last = pieces[-1] if pieces else None
    if not (isinstance(last, Garbage) and isinstance(piece, Garbage) and last.unique_id is piece.unique_id is None):
        pieces.append(piece)


def _value_of(text: str) -> object:
    try:
        return _lenient.decode(text)
    except (ValueError, RecursionError):
        return None


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


def _depth_of(text: str) -> int | None:
    """Count the brackets that a text opens and does not close; None when it ends within a string."""
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        elif mark == '"':
            return None
    return depth
