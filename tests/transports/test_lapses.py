"""When a charge point is served no longer: the one rule of all transports."""

from __future__ import annotations

from shocpp.ledger.charge_points import ChargePoints
from shocpp.transports.lapses import Lapses

LISTED = ChargePoints.from_list([{"identity": "A"}])


def test_silence() -> None:
    """As many seconds as three heartbeats take are put up with, and not one more."""
    lapses = Lapses(200, lambda: None)
    assert (lapses.silent(600), lapses.silent(601.5)) == ("", "silent for 601 s")


def test_list() -> None:
    """Who has vanished from the list is told once it is in force; without a list nobody is."""
    listed = [None, LISTED, LISTED, None]
    lapses = Lapses(200, lambda: listed.pop(0))
    rounds = []
    while listed:
        lapses.look()
        rounds.append([lapses.unlisted(identity) for identity in ("A", "B")])
    assert rounds == [["", "not listed any more"], ["", ""], ["", ""]]
