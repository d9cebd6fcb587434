"""
Who waits for which answer: one end of an OCPP-J conversation.

``Peer`` takes lines and gives events, takes a CALL and gives a line. It serves both ends, so that a
simulated charge point and the central system can talk in memory. It has no clock: its owner decides when
a CALL of ours has waited too long, and says so (``abandon``).
"""

from __future__ import annotations

from shocpp.errors import TryAgainError
from shocpp.ocpp.assembler import LONGEST, Assembler, decode
from shocpp.ocpp.frames import Call, CallError, CallResult, Garbage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shocpp.ocpp.assembler import Decode


class Answer:
    """The answer to our CALL ``call``: ``frame`` is a CallResult or a CallError."""

    __slots__ = ("call", "frame")

    def __init__(self, call: Call, frame: CallResult | CallError) -> None:
        self.call = call
        self.frame = frame


class Stray:
    """An answer that nobody waits for: it is too late, or its id was never that of a CALL of ours."""

    __slots__ = ("frame",)

    def __init__(self, frame: CallResult | CallError) -> None:
        self.frame = frame


Event = Call | Answer | Stray | Garbage


class FrameReading:
    """
    How frames are read.

    Args:
        decode: Reads the document of a frame as it should be.
        read_call: Reads a line or message that is one CALL as it should be; gives None for all else. By default
            whatever is read with ``decode``.
    """

    __slots__ = ("decode", "read_call")

    def __init__(self, decode: Decode = decode, read_call: Callable[[bytes], Call | None] | None = None) -> None:
        self.decode = decode
        self.read_call = read_call


PLAIN = FrameReading()


class Peer:
    """
    One end of a conversation.

    Args:
        longest: Bytes of a frame.
        reading: How frames are read.

    Source: OCPP-J 1.6 §4.1.1 (one CALL of ours at a time; any number of theirs).
    """

    def __init__(self, longest: int = LONGEST, reading: FrameReading = PLAIN) -> None:
        self._assembler = Assembler(longest, reading.decode)
        self._read_call = reading.read_call or self._assembler.read_call
        self.waiting_for: Call | None = None

    @property
    def unfinished(self) -> int:
        """Count the characters that are held of a frame that has begun and not ended; 0 for none."""
        return self._assembler.unfinished

    @property
    def is_verbatim(self) -> bool:
        """Tell whether the line received last was one frame as it stands."""
        return self._assembler.is_verbatim

    def read_call(self, data: bytes) -> Call | None:
        """Read a line or message that is one CALL as it should be; None, and nothing has happened, for all else."""
        return None if self._assembler.unfinished else self._read_call(data)

    def receive(self, line: bytes) -> list[Event]:
        """Take a line from the other end; give what happened, in order."""
        pieces = self._assembler.feed(line)
        if len(pieces) == 1 and isinstance(pieces[0], Call):
            return [pieces[0]]
        return [self._sort(piece) for piece in pieces]

    def receive_message(self, message: bytes) -> Iterator[list[Event]]:
        """Take a message, which is whole, from the other end; give what happened, one frame at a time, in order."""
        for piece in self._assembler.feed_message(message):
            yield [piece if isinstance(piece, Call) else self._sort(piece)]

    def finish(self) -> list[Event]:
        """Stop waiting for the rest of an unfinished frame."""
        return [self._sort(piece) for piece in self._assembler.finish()]

    def call(self, call: Call) -> str:
        """
        Send a CALL of ours: give its line.

        Raises:
            TryAgainError: An earlier one has neither been answered nor abandoned.
        """
        if self.waiting_for is not None:
            raise TryAgainError(f"a {self.waiting_for.action} waits for its answer")
        self.waiting_for = call
        return call.encode()

    def abandon(self) -> None:
        """Stop waiting for the answer to our CALL; should it still come, it is a ``Stray``."""
        self.waiting_for = None

    def awaits(self, unique_id: object) -> bool:
        """Tell whether our CALL has this id, as a text or as a number, and is not answered yet."""
        return self.waiting_for is not None and str(self.waiting_for.unique_id) == str(unique_id)

    def _sort(self, piece: Call | CallResult | CallError | Garbage) -> Event:
        if isinstance(piece, (Call, Garbage)):
            return piece
        call = self.waiting_for
        if call is None or not self.awaits(piece.unique_id):
            return Stray(piece)
        self.waiting_for = None
        return Answer(call, piece)
