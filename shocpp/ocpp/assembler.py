"""
From lines of bytes to frames, whatever a charge point's firmware makes of the wire.

One line is one frame: that is the fast path. Everything else is mended where it can be (quirk 17): a
frame over several lines, several frames in one line, a BOM, bytes that are no UTF-8, missing outer
brackets. What cannot be mended becomes ``Garbage``, and the next good frame is served.

Where the wire has messages, a frame is a JSON document over any number of lines of one, and what is no document counts
by lines. A line or message holds at most ``MOST_FRAMES``; the rest is one ``Garbage``. Nothing takes more than linear
time.
"""

from __future__ import annotations

import json
import re

from shocpp.ocpp import lenient_json
from shocpp.ocpp.frames import Call, Frame, FrameError, UniqueId, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Decode = Callable[[bytes], object]

LONGEST = 1 << 20  # bytes of one frame
MOST_FRAMES = 32  # of one line or message

# NaN and Infinity are read as None, which is what ``append`` returns; one in the list says that the text was no JSON
_constants: list[str] = []
# ``decode`` would look for blanks around it, too, which takes half of its time
_scan = json.JSONDecoder(parse_constant=_constants.append).raw_decode
_HEADER = re.compile(r'(?:\s*\[)?\s*"?2"?\s*,\s*("[^"\\]{0,255}"|-?\d{1,20}(?:\.\d{1,20})?)\s*,')
_BLANK = " \t\r\n\x00\ufeff"
_BETWEEN = f"{_BLANK},"
# between two frames; the one before may have a bracket too many
_GAP = re.compile(f"[{_BETWEEN}]*+(?:\\][{_BETWEEN}]*+)?")
_BARE = re.compile(r'"?[234]"?\s*,')
_MOST_GARBAGE = 4096
_MOST_FAILURES = 2  # documents of a message that break off, before it is read by lines
_TOO_MANY = f"more than {MOST_FRAMES} frames or lines in one message"


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


def decode(data: bytes) -> object:
    """
    Read a document that begins at once, with nothing but blanks behind it.

    Raises:
        ValueError: It is none.
        RecursionError: It is nested too deeply.
    """
    text = data.decode()
    value, end = _scan(text) if len(text) < lenient_json.LONG else lenient_json.without_collection(_scan, text)
    if end != len(text) and not text[end:].isspace():
        raise ValueError("something stands behind it")
    return value


class Assembler:
    """
    Puts frames together from lines.

    Args:
        longest: Bytes of a frame; at most one that is unfinished is held.
        decode: Does what ``decode`` of this module does, perhaps faster.

    Attributes:
        is_verbatim: The line or message fed last was one frame as it stands, and JSON: its text can be used again.
        unfinished: The lines of a frame whose end has not come, if one has begun: call ``finish`` when nothing follows.
    """

    def __init__(self, longest: int = LONGEST, decode: Decode = decode) -> None:
        self.is_verbatim = False
        self._decode = decode
        self._longest = longest
        self.unfinished: list[str] = []
        self._size = 0
        self._depth = 0

    def read(self, data: bytes) -> Frame | None:
        """Read a line or message that is one frame as it should be, as nearly all are; None for all else."""
        self.is_verbatim = False
        if _constants:
            _constants.clear()
        try:
            frame = parse(self._decode(data))
        except (ValueError, RecursionError, FrameError):
            return None
        self.is_verbatim = not _constants
        return frame

    def read_call(self, data: bytes) -> Call | None:
        """Read a line or message that is one CALL as it should be; None for all else."""
        frame = self.read(data)
        return frame if isinstance(frame, Call) else None

    def feed(self, line: bytes) -> list[Piece]:
        """Take one line, with or without its end; give what is complete with it."""
        frame = self.read(line)
        if frame is None:
            return self._mend(line)
        return [*self.finish(), frame] if self.unfinished else [frame]

    def feed_message(self, message: bytes) -> Iterator[Piece]:
        """Take a message, which is whole: give what is in it, piece by piece, so that others can go on in between."""
        frame = self.read(message)
        if frame is not None:
            yield frame
            return
        for number, piece in enumerate(self._pieces_of(message)):
            if number == MOST_FRAMES:
                self._clear()
                yield Garbage(_TOO_MANY)
                return
            self.is_verbatim = False  # a line may have been; the message is not
            yield piece

    def finish(self) -> list[Piece]:
        """Give up waiting for the end of an unfinished frame: close its bracket or drop it."""
        self.is_verbatim = False
        text, depth = "\n".join(self.unfinished), self._depth
        self._clear()
        if not text:
            return []
        value = _value_of(f"{text.rstrip(_BETWEEN)}]") if depth == 1 else None
        return [_piece(value, text)] if isinstance(value, list) else [_garbage(text)]

    def _pieces_of(self, message: bytes) -> Iterator[Piece]:
        """Give the pieces of a message that is not just one frame; what is unfinished ends with it."""
        lines = message.split(b"\n", MOST_FRAMES)
        if len(lines) == 1:
            yield from self._mend(message)
        elif len(lines) > MOST_FRAMES:
            yield from self._documents_of(message.decode("utf-8", "replace").strip(_BLANK))
        else:
            for line in lines:
                yield from self.feed(line)
        yield from self.finish()

    def _documents_of(self, text: str) -> Iterator[Piece]:
        """Give the pieces of many lines: documents over any number of them, in between what is none, line by line."""
        at, failures = 0, 0
        for _ in range(MOST_FRAMES):
            if at == len(text):
                return
            if text[at] == "[" and not self.unfinished and failures < _MOST_FAILURES:
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
            yield from self.feed(text[at:end].encode())
            at = _end_of_gap(text, end)
        yield Garbage(_TOO_MANY, None, text[at : at + _MOST_GARBAGE])

    def _mend(self, line: bytes) -> list[Piece]:
        if len(line) > self._longest:
            head = line[:512].decode("utf-8", "replace")
            return [*self.finish(), _garbage(head, f"longer than {self._longest} bytes")]
        text = line.decode("utf-8", "replace").strip(_BLANK)
        if self.unfinished:
            return self._continue(text) if text else []
        text = text.lstrip(_BETWEEN)
        return self._begin(text) if text else []

    def _begin(self, text: str) -> list[Piece]:
        if _BARE.match(text):
            text = text.rstrip(_BETWEEN)
            text = text if text.endswith("]]") else text.removesuffix("]")
            return [_piece(_value_of(f"[{text}]"), text)]
        depth = lenient_json.depth_of(text)
        if text.startswith("[") and depth is not None and depth > 0:
            self.unfinished, self._size, self._depth = [text], len(text), depth
            return []
        return _several(text)

    def _continue(self, text: str) -> list[Piece]:
        depth = lenient_json.depth_of(text)
        self._size += len(text)
        if depth is None or self._size > self._longest or _HEADER.match(text):
            return [*self.finish(), *self._begin(text)]
        self.unfinished.append(text)
        self._depth += depth
        if self._depth > 0:
            return []
        whole = "\n".join(self.unfinished)
        self._clear()
        return _several(whole)

    def _clear(self) -> None:
        self.unfinished.clear()
        self._size = self._depth = 0


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
            _add(pieces, _garbage(text[at : at + _MOST_GARBAGE]))
            return pieces
        _add(pieces, _piece(value, text[at : at + 400]))
        at = _end_of_gap(text, end)
    if at < len(text):
        _add(pieces, Garbage(_TOO_MANY, None, text[at : at + _MOST_GARBAGE]))
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
