"""What tests of the embedded listener share: one with limits that are soon reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.listening import Listener, listening


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Run a listener with limits that a test can reach."""
    with listening(tmp_path, SHOCPP_MESSAGE_LIMIT="4096", SHOCPP_CONNECTION_LIMIT="20") as running:
        yield running
