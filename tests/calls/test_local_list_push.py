"""Local lists: what is in one, in which pieces it goes out, and which version says that it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls import learning, local_list_push
from shocpp.calls.ask import Confirmation
from shocpp.central_system.v16.local_list import pieces
from shocpp.errors import DataError, RefusedError, TryAgainError
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge_points import ChargePoints
from shocpp.spool.files import durable

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ACCOUNTS = Accounts.from_list([
    {"index": 1, "account": "company-x", "ids": ["aB11", {"id": "2222", "status": "Blocked"}, "x" * 21]},
    {"index": 2, "account": "family-y", "ids": [{"id": "3333", "expires": "2026-06-01T00:00:00Z"}]},
])  # fmt: skip
ENTRIES = [{"idTag": str(number), "idTagInfo": {"status": "Accepted"}} for number in range(5)]


class Charger:
    """A charge point that takes lists as OCPP 1.6 §5.15 says, and does nothing else."""

    def __init__(self, at_once: int | None = 2, room: int = 100, version: int = 0, **statuses: str) -> None:
        self.version = version
        self.cards: dict[str, Any] = {}
        self.sent: list[str] = []
        self._sizes = {"SendLocalListMaxLength": at_once, "LocalAuthListMaxLength": room}
        self._statuses = statuses

    def __call__(self, identity: str | None, action: str, payload: dict[str, Any]) -> Confirmation:
        """Answer a call."""
        answer: dict[str, object] = {"listVersion": self.version}
        if action == "GetConfiguration":
            known = [{"key": key, "value": str(value)} for key, value in self._sizes.items() if value is not None]
            answer = {"configurationKey": known}
        if action == "SendLocalList":
            answer = {"status": self._take(payload)}
        return Confirmation(identity or "", action, answer, "")

    def _take(self, payload: dict[str, Any]) -> str:
        kind, version = payload["updateType"], payload["listVersion"]
        self.sent.append(kind)
        if kind in self._statuses:
            return self._statuses[kind]
        if kind == "Full":
            self.cards = {}
        elif version <= self.version:
            return "VersionMismatch"
        self.cards |= {each["idTag"]: each["idTagInfo"] for each in payload["localAuthorizationList"]}
        self.version = version
        return "Accepted"


def test_a_list_says_what_authorize_would_be_answered() -> None:
    """Each card is there with its status and end, as it is spelled; one that no message can carry is not."""
    made = local_list_push.Lists(ACCOUNTS, None, True, NOW, 9).entries_for("CP001")
    assert made == [
        {"idTag": "aB11", "idTagInfo": {"status": "Accepted", "parentIdTag": "company-x"}},
        {"idTag": "2222", "idTagInfo": {"status": "Blocked", "parentIdTag": "company-x"}},
        {
            "idTag": "3333",
            "idTagInfo": {"status": "Accepted", "expiryDate": "2026-06-01T00:00:00Z", "parentIdTag": "family-y"},
        },
    ]


def test_who_may_not_charge_there_is_not_listed() -> None:
    """Where only some accounts may charge, the others' cards are as unknown there as they are to Authorize."""
    listed = ChargePoints.from_list([{"identity": "CP001", "accounts": ["family-y"]}])
    lists = local_list_push.Lists(ACCOUNTS, listed, False, NOW, 9)
    assert [each["idTag"] for each in lists.entries_for("CP001")] == ["3333"]
    assert len(lists.entries_for("CP002")) == 3


@pytest.mark.parametrize("most", [1, 2, 5, 9])
def test_pieces_make_the_whole(most: int) -> None:
    """A full list comes first, then differences whose versions rise to the last; no piece is too long, none is lost."""
    made = list(pieces(ENTRIES, 1000, most))
    assert [each["updateType"] for each in made] == ["Full", *["Differential"] * (len(made) - 1)]
    assert [each["listVersion"] for each in made] == list(range(1001 - len(made), 1001))
    assert [card for each in made for card in each["localAuthorizationList"]] == ENTRIES
    assert all(len(each["localAuthorizationList"]) <= most for each in made)
    assert [each["updateType"] for each in pieces([], 9, 5)] == ["Full"], "an empty list empties theirs"


@pytest.mark.parametrize(("at_once", "sent"), [(2, 3), (5, 1), (None, 1), (0, 1)])
def test_a_list_is_sent_once(at_once: int | None, sent: int) -> None:
    """It goes out in pieces of the size that the charge point has said; one that has it is sent nothing."""
    charger = Charger(at_once)
    assert local_list_push.push(charger, "CP001", ENTRIES, 1000) == sent
    assert (list(charger.cards), charger.version) == (["0", "1", "2", "3", "4"], 1000)
    assert local_list_push.push(charger, "CP001", ENTRIES, 1000) == 0
    assert len(charger.sent) == sent


def test_a_list_that_came_in_part_is_sent_again() -> None:
    """After a cut between two pieces the version says that it is not whole; the next push begins anew."""
    charger = Charger(Differential="Failed")
    with pytest.raises(RefusedError, match="did not accept SendLocalList: Failed"):
        local_list_push.push(charger, "CP001", ENTRIES, 1000)
    whole = Charger(version=charger.version)
    assert local_list_push.push(whole, "CP001", ENTRIES, 1000) == 3


def test_what_a_charge_point_cannot_do_is_said() -> None:
    """One that keeps no list, or has no room for ours, is told in a sentence, and sent nothing."""
    with pytest.raises(RefusedError, match="LocalAuthListEnabled"):
        local_list_push.push(Charger(version=-1), "CP001", ENTRIES, 1000)
    small = Charger(room=4)
    with pytest.raises(DataError, match="room for 4 cards"):
        local_list_push.push(small, "CP001", ENTRIES, 1000)
    assert small.sent == []


def test_other_lists_are_found() -> None:
    """A list of any version but ours is another one; without a list, and with ours, there is nothing to say."""
    chargers: dict[str | None, Charger] = {
        name: Charger(version=version)
        for name, version in {"new": 9, "old": 8, "theirs": 77, "off": -1, "none": 0}.items()
    }

    def asking(identity: str | None, action: str, payload: dict[str, object]) -> Confirmation:
        if identity == "dumb":
            raise TryAgainError("no answer")
        return chargers[identity](identity, action, payload)

    there = ["new", "old", "theirs", "off", "none", "dumb"]
    assert local_list_push.have_another(asking, there, 9) == (["old", "theirs"], ["dumb"])


def test_the_version_is_the_last_change(tmp_path: Path) -> None:
    """Whichever file was changed last gives the version; it fits into what the protocol has for it."""
    tags, other = tmp_path / "tags.json", tmp_path / "charge-points.json"
    for path, seconds in ((tags, 1_800_000_000), (other, 1_700_000_000)):
        path.touch()
        os.utime(path, (seconds, seconds))
    paths = [str(tags), str(other), str(tmp_path / "none")]
    assert local_list_push.version_of(paths) == 1_800_000_000 - 1_577_836_800 < 2**31
    os.utime(other, (1_900_000_000, 1_900_000_000))
    assert local_list_push.version_of(paths) == 1_900_000_000 - 1_577_836_800
    assert local_list_push.version_of([]) == 1


def refuse(folder: Path, **cards: str) -> None:
    """Let cards have been refused, each at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    seen = {card: {"status": "Blocked" if card == "lost" else "Invalid", "at": at} for card, at in cards.items()}
    durable.replace(str(folder / "status.json"), json.dumps({"refused_tags": seen}).encode())


def test_the_next_refused_card_is_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that was refused before does not count until it is refused again, nor does one that is blocked."""
    folder = tmp_path / "CP001"
    refuse(folder, old="1", lost="1")
    steps: list[Callable[[], None]] = [
        lambda: refuse(folder, old="1", lost="2"),
        lambda: refuse(tmp_path / "CP002", other="1"),
        lambda: refuse(folder, old="2", lost="2"),
    ]
    monkeypatch.setattr("time.sleep", lambda _: steps.pop(0)())
    assert learning.next_refused(str(tmp_path), "CP001", 1000) == "old"
    assert steps == []
    with pytest.raises(TryAgainError, match="no card was refused in 1e-09 s"):
        learning.next_refused(str(tmp_path), None, 1e-9)
