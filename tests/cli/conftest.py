"""What tests of commands share: a checkout of their own, and both ways to run a command in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.charge_point import Answer, ChargePoint, Pipes
from tests.support.household import make_home
from tests.support.programs import WAYS, Program

Connect = Callable[..., ChargePoint]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a scratch checkout."""
    return make_home(tmp_path / "checkout")


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


@pytest.fixture(params=list(WAYS))
def run(request: pytest.FixtureRequest, home: Path) -> Program:
    """Run a command of the scratch checkout: the test is done in process and with the launcher."""
    return WAYS[request.param](home)
