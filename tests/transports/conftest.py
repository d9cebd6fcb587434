"""What tests of the embedded listener share: one with limits that are soon reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.listening import Listener, listening


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Run a listener with limits that a test can reach."""
    limits = {"MESSAGE_LIMIT": "4096", "CONNECTION_LIMIT": "20", "HANDSHAKE_TIMEOUT": "2", "PING_INTERVAL": "1"}
    with listening(tmp_path, None, None, **{f"SHOCPP_{name}": value for name, value in limits.items()}) as running:
        yield running
