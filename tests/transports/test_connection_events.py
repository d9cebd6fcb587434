"""That the journal has when a connection begins and ends, through each listener."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.listening import is_served, listening
from tests.support.patience import until


@pytest.mark.parametrize("kind", ["embedded", "websocketd", "alone"])
def test_connections_are_told(tmp_path: Path, kind: str) -> None:
    """
    A charge point that connects, speaks and hangs up is told of, in this order; one that says nothing is not.

    A process of its own may need a second to start, after which a connection has lasted: both its ends are told then.
    """

    def told(identity: str) -> list[str]:
        """Give what the journal says of one: an event by the last of its tags, a frame by its direction."""
        lines = [json.loads(line) for path in tmp_path.glob("journal/*/*/*") for line in path.read_text().splitlines()]
        assert {each["charge_point"] for each in lines} <= {"CP1", "CP2"}
        of_it = (each for each in lines if each["charge_point"] == identity)
        return [each["tags"][-1] if "tags" in each else each["direction"] for each in of_it]

    silent = [[], ["connected", "disconnected"]] if kind == "alone" else [[]]
    with listening(tmp_path, kind, SHOCPP_JOURNALDIR=str(tmp_path / "journal")) as listener:
        with listener.connect("/CP2"):
            pass
        with listener.connect("/CP1") as connection:
            assert is_served(connection)
        until(lambda: told("CP1")[-1:] == ["disconnected"], "the end to be in the journal")
        assert told("CP1") == ["connected", "in", "out", "disconnected"]
        until(lambda: told("CP2") in silent, "nothing, or both ends, of the one that says nothing")
