"""What the digest in a record's name is made of: what a stop says, in whatever spelling, and nothing else."""

from __future__ import annotations

import pytest

from shocpp.ledger.record import Stop
from shocpp.ledger.stop_identity import legacy_source

IDENTITY, AT = "CP001", "2023-09-03T07:52:10"
AS_SENT, PARSED = ("20009042", "9075000"), (20_009_042, 9_075_000)
SOURCE = "CP001\n20009042\n9075000\n1693727530"


def source(identity: str, as_sent: tuple[str, str], parsed: tuple[int | None, int | None], stopped: str | None) -> str:
    """Give what the digest of a stop is made of."""
    return Stop(identity, None, 0, stopped, as_sent, parsed=parsed).digest_source()


@pytest.mark.parametrize(
    "as_sent", [AS_SENT, ("20009042.0", "9075000"), (" 20009042", "9075000.0"), ("2.0009042e7", " 9075000 ")]
)
def test_another_spelling_of_a_number_is_the_same_stop(as_sent: tuple[str, str]) -> None:
    """What can be read counts as the number that it is."""
    assert source(IDENTITY, as_sent, PARSED, f"{AT}Z") == SOURCE


@pytest.mark.parametrize("stopped", [f"{AT}Z", f"{AT}.000Z", f"{AT}.999Z", f"{AT}+00:00", "2023-09-03T09:52:10+02:00"])
def test_another_spelling_of_a_time_is_the_same_stop(stopped: str) -> None:
    """What can be read counts as the second that it is in, whatever its zone and its fraction."""
    assert source(IDENTITY, AS_SENT, PARSED, stopped) == SOURCE


@pytest.mark.parametrize(
    ("identity", "parsed", "stopped"),
    [
        ("CP002", PARSED, f"{AT}Z"),
        ("", PARSED, f"{AT}Z"),
        (IDENTITY, (20_009_043, 9_075_000), f"{AT}Z"),
        (IDENTITY, (20_009_042, 9_075_001), f"{AT}Z"),
        (IDENTITY, PARSED, "2023-09-03T07:52:11Z"),
        (IDENTITY, PARSED, None),
    ],
)
def test_what_differs_is_another_stop(identity: str, parsed: tuple[int, int], stopped: str | None) -> None:
    """Charge point, transaction, reading or second: another one of them is another stop."""
    assert source(identity, AS_SENT, parsed, stopped) != SOURCE


def test_what_cannot_be_read_counts_as_it_was_sent() -> None:
    """Texts that are no number and no time still tell two stops apart."""
    assert source(IDENTITY, ("?", "x"), (None, None), "now") == "CP001\n?\nx\nnow"
    assert source(IDENTITY, ("?", "x"), (None, 5), None) == "CP001\n?\n5\nNone"


def test_what_older_versions_made_it_of() -> None:
    """Before version 0.2 it was charge point, numbers and time as they were sent: names made then still count."""
    assert legacy_source(IDENTITY, (" 20009042", "9075000.0"), f"{AT}.000Z") == (
        "CP001\n 20009042\n9075000.0\n2023-09-03T07:52:10.000Z"
    )
