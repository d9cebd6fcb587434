"""Something that a backend notes, in a thread, after the messages before it; its bytes are in memory until then."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.backend.lines import Lines

    Note = Callable[[Lines], object]


class Noting:
    """
    One task of it.

    Args:
        backend: Gives the backend, which is there once the task is done.
        note: Has it note something.
        size: How many bytes that is.
    """

    __slots__ = ("_backend", "_note", "_size")

    def __init__(self, backend: Callable[[], Lines | None], note: Note, size: int) -> None:
        self._backend = backend
        self._note = note
        self._size = size

    def __call__(self) -> float:
        """Have it noted; give the seconds after which the journal wants to be written."""
        backend = self._backend()
        assert backend is not None  # noqa: S101 - nothing is done before there is one
        self._note(backend)
        return 0.0

    def __len__(self) -> int:
        """Give how many bytes are held."""
        return self._size
