"""What tests of commands share: a checkout of their own, and both ways to run a command in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.charge_point import Answer, ChargePoint, Pipes
from tests.support.household import make_home
from tests.support.programs import WAYS, Program

Connect = Callable[..., ChargePoint]
# has a test done with the launcher, too, in the default run: what a command reads, prints and ends with, well or badly
BOTH_WAYS = pytest.mark.parametrize("run", list(WAYS), indirect=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a scratch checkout."""
    return make_home(tmp_path / "checkout")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an accounting folder of its own, in Berlin, in German."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOCPP_LANG", "de")
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.delenv("SHOCPP_ACCOUNTINGDIR", raising=False)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return tmp_path / "accounting"


@pytest.fixture
def connect(home: Path) -> Iterator[Connect]:
    """Connect charge points to the checkout; they hang up at the end."""
    there: list[ChargePoint] = []

    def connect(identity: str = "CP001", answers: Mapping[str, Answer] | None = None) -> ChargePoint:
        there.append(ChargePoint(Pipes(home, identity), answers))
        return there[-1]

    yield connect
    for each in there:
        each.close()


@pytest.fixture(params=["in process", pytest.param("launched", marks=pytest.mark.thorough)])
def run(request: pytest.FixtureRequest, home: Path) -> Program:
    """Run a command of the scratch checkout: in process and, for ``BOTH_WAYS`` or with --thorough, by the launcher."""
    return WAYS[request.param](home)
