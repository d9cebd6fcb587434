"""What tests of a connection share: its backend, with a clock of the test's own, and one that keeps a journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.connection_bench import Bench
from tests.support.journalled import Place


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Give a backend that has just been connected."""
    (tmp_path / "home").mkdir()
    return Bench(tmp_path / "home")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Make a place."""
    return Place(tmp_path)
