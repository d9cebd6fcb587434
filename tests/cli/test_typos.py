"""What is typed wrong: an empty answer is no answer, the nearest right name is said, and the status tells scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import BOTH_WAYS
from tests.support.programs import Program
from tests.support.records import exact, put

TAGS = [{"index": 1, "account": "company-x", "ids": ["1111"]}, {"index": 2, "account": "family-y", "ids": ["2222"]}]
MONTH = ("2026", "9")
NOT_YET = datetime.now(UTC).year + 2


@pytest.fixture(autouse=True)
def _books(home: Path) -> None:
    """Two accounts, one of which has charged; an old one that is no longer listed; a charge point that is listed."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    (home / "conf/charge-points.json").write_text('[{"identity": "hof"}]')
    put(home / "accounting", exact(account="family-y", charge_point="garage"))
    put(home / "accounting", exact(account="tenant-z", local="2026-01-03 10:00:00"))


@BOTH_WAYS
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((*MONTH, "--account", "Company-X"), "no account is called 'Company-X'; did you mean company-x?"),
        ((*MONTH, "--charge-point", "gargae"), "did you mean garage?"),
        ((*MONTH, "--charge-point", "nix"), "there are garage, hof"),
        ((str(NOT_YET), "1"), f"{NOT_YET}-01 has not begun"),
    ],
)
def test_a_name_that_means_nothing(run: Program, words: tuple[str, ...], hint: str) -> None:
    """A statement about nobody is none: 66, and a word on who may have been meant."""
    assert hint in run("summary", *words).refusal(66)


@pytest.mark.parametrize(
    "words",
    [("--account", "company-x"), ("--account", "tenant-z"), ("--charge-point", "hof"), ("--account", "family-y")],
)
def test_a_name_that_is_known_somewhere(run: Program, words: tuple[str, ...]) -> None:
    """Who is listed, or was billed in another month, may have charged nothing in this one."""
    assert run("summary", *MONTH, *words).status == 0


@pytest.mark.parametrize("command", [("summary", *MONTH), ("records",)])
def test_a_folder_that_is_not_there(home: Path, run: Program, command: tuple[str, ...]) -> None:
    """A home or accounting folder that is named has to be there; those that nobody named come with the first charge."""
    said = run(*command, SHOCPP_ACCOUNTINGDIR=str(home / "acounting")).refusal(66)
    assert "SHOCPP_ACCOUNTINGDIR" in said and "did you mean accounting?" in said
    assert "which is not there\n" in run(*command, SHOCPP_ACCOUNTINGDIR="/nix").refusal(66)
    assert "SHOCPP_HOME is /nix, which is not there\n" in run(*command, SHOCPP_HOME="/nix").refusal(66)
    for path in sorted((home / "accounting").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (home / "accounting").rmdir()
    assert run(*command).status == 0
