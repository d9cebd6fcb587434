"""What a listener counts of itself, in run/listener.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shocpp.transports.connections.counters import FILE, Counters

if TYPE_CHECKING:
    from pathlib import Path


def test_only_ones_own_counts_are_removed(tmp_path: Path) -> None:
    """Of two listeners on one home, the first to end leaves the file to the other, which removes it."""
    first, second = Counters(str(tmp_path)), Counters(str(tmp_path))
    first.write(1)
    second.write(2)
    first.remove()
    assert (tmp_path / FILE).exists()
    second.remove()
    assert not (tmp_path / FILE).exists()
