"""That the journal has when a connection begins and ends, through each listener."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.listening import is_served, listening
from tests.support.patience import until


@pytest.mark.parametrize("kind", ["embedded", "websocketd", "alone"])
def test_connections_are_told(tmp_path: Path, kind: str) -> None:
    """A charge point that connects, speaks and hangs up is told of, in this order."""

    def told() -> list[str]:
        """Give what the journal says: an event by the last of its tags, a frame by its direction."""
        lines = [json.loads(line) for path in tmp_path.glob("journal/*/*/*") for line in path.read_text().splitlines()]
        return [each["tags"][-1] if "tags" in each else each["direction"] for each in lines]

    with listening(tmp_path, kind, SHOCPP_JOURNALDIR=str(tmp_path / "journal")) as listener:
        with listener.connect("/CP1") as connection:
            assert is_served(connection)
        until(lambda: told()[-1:] == ["disconnected"], "the end to be in the journal")
        assert told() == ["connected", "in", "out", "disconnected"]
