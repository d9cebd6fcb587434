"""Names that anybody may connect under, at a real listener: few are remembered below run/."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.listening import is_served, listening
from tests.support.patience import until

BOOT = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'


def folders(home: Path) -> set[str]:
    """Give the names of the folders below run/."""
    return {each.name for each in (home / "run").iterdir() if each.is_dir()}


def test_a_name_is_kept_from_its_first_request_on(tmp_path: Path) -> None:
    """Who connects, and says nothing or garbage, leaves no folder; who is answered has a mailbox at once."""
    with listening(tmp_path) as listener, listener.connect("/CP1") as connection:
        until(lambda: listener.has_said("for the first time"), "the connection to be served")
        connection.send('[2,"1"')
        connection.send("neither")
        assert json.loads(connection.recv())[0] == 4
        assert folders(tmp_path) == set()
        connection.send(BOOT)
        assert json.loads(connection.recv())[0] == 3
        assert listener.scratch.is_held("CP1")


def test_a_list_names_whom_to_remember(tmp_path: Path) -> None:
    """A charge point that is listed can be sent commands as soon as it is connected, though it was never here."""
    listed = tmp_path / "listed.json"
    listed.write_text('[{"identity": "CP1"}]')
    with listening(tmp_path, SHOCPP_CHARGEPOINTSFILE=str(listed)) as listener, listener.connect("/CP1"):
        until(lambda: listener.scratch.is_held("CP1"), "the mailbox to be held")


def test_of_too_many_names_the_oldest_are_forgotten(tmp_path: Path) -> None:
    """The listener removes what earlier strangers left, and says so; who is connected stays."""
    for number in range(40):
        folder = tmp_path / "run" / f"OLD{number}"
        folder.mkdir(parents=True)
        (folder / "status.json").write_text("{}")
    with listening(tmp_path, SHOCPP_UNLISTED_LIMIT="3") as listener, listener.connect("/CP1") as connection:
        until(lambda: listener.has_said("37 unlisted charge points forgotten"), "the oldest to be forgotten")
        assert is_served(connection)
        assert len(folders(tmp_path)) == 4
