"""Lines of a wire that has no messages: websocketd cuts a message at each line's end, so a frame may be several."""

from __future__ import annotations

from shocpp.backend.lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.backend.steps import Steps

FINISH = b""  # comes instead of a line when a frame has begun and its rest is not waited for any longer


class SplitLines(Lines):
    """Serves one charge point over one connection, which brings lines."""

    def receive_message(self, message: bytes) -> Iterator[Steps[list[str]]]:
        """Take a line, or ``FINISH``; yields what ``Lines.receive_message`` does."""
        yield self.receive(message) if message else self.finish()
