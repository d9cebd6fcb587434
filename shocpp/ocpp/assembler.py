"""
From lines of bytes to frames, whatever a charge point's firmware makes of the wire.

One line is one frame: that is the fast path. Everything else is mended where it can be, in ``mending``.

Where the wire has messages, a frame is a JSON document over any number of lines of one, and what is no document counts
by lines. A line or message holds at most ``mending.MOST_FRAMES``; the rest is one ``Garbage``. Nothing takes more than
linear time.
"""

from __future__ import annotations

from shocpp.json_reading import LONG, Rules, make_scan, without_collection
from shocpp.ocpp.frames import Call, Frame, FrameError, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ocpp.frames import Piece
    from shocpp.ocpp.mending import Mending

    Decode = Callable[[bytes], object]

LONGEST = 1 << 20  # bytes of one frame

# NaN and Infinity are read as None, which is what ``append`` returns; one in the list says that the text was no JSON
_constants: list[str] = []
# ``json.loads`` would look for blanks around it, too, which takes half of its time
_scan = make_scan(Rules(parse_constant=_constants.append))


def decode(data: bytes) -> object:
    """
    Read a document that begins at once, with nothing but blanks behind it.

    Raises:
        ValueError: It is none.
        RecursionError: It is nested too deeply.
    """
    text = data.decode()
    value, end = _scan(text, 0) if len(text) < LONG else without_collection(_scan, text)
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
    """

    def __init__(self, longest: int = LONGEST, decode: Decode = decode) -> None:
        self.is_verbatim = False
        self._decode = decode
        self._longest = longest
        self._made: Mending | None = None

    @property
    def unfinished(self) -> int:
        """Count the characters of a frame that has begun and not ended, 0 for none: ``finish`` when nothing follows."""
        return self._made.unfinished if self._made is not None else 0

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
            return self._mending.mend(line)
        return [*self.finish(), frame] if self.unfinished else [frame]

    def feed_message(self, message: bytes) -> Iterator[Piece]:
        """Take a message, which is whole: give what is in it, piece by piece, so that others can go on in between."""
        frame = self.read(message)
        if frame is not None:
            yield frame
            return
        for piece in self._mending.pieces_of(message):
            self.is_verbatim = False  # a line may have been; the message is not
            yield piece

    def finish(self) -> list[Piece]:
        """Give up waiting for the end of an unfinished frame: close its bracket or drop it."""
        self.is_verbatim = False
        return self._made.finish() if self._made is not None else []

    @property
    def _mending(self) -> Mending:
        """What mends: most connections have no need of it."""
        if self._made is None:
            from shocpp.ocpp.mending import Mending

            self._made = Mending(self._longest, self.read)
        return self._made
