"""Where work waits for the disk: what books is opened with the first record, and once."""

from __future__ import annotations

from typing import Any, cast

from shocpp.backend.steps import LateBooking, book_in_place


class Booking:
    """Says what was asked of it."""

    def book(self, record: Any) -> tuple[str, bool]:
        """Book anything."""
        return str(record), True

    def open_charges(self, starts: Any) -> dict[int, dict[str, Any]]:  # noqa: ARG002
        """Keep nothing."""
        return {}


def test_what_books_is_opened_late_and_once() -> None:
    """Steps without a record open nothing; the first record does, for all that follow."""
    opened: list[Booking] = []

    def open_one() -> Booking:
        opened.append(Booking())
        return opened[-1]

    def steps(*records: str) -> Any:
        outcomes = []
        for record in records:
            outcomes.append((yield cast("Any", record)))
        return outcomes

    late = LateBooking(open_one)
    assert book_in_place(steps(), late) == [] and not opened
    assert book_in_place(steps("a", "b"), late) == [("a", True), ("b", True)]
    assert [late.open()] == opened
