"""What tests of commands share: a checkout of their own, and both ways to run a command in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.household import make_home
from tests.support.programs import WAYS, Program


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a scratch checkout."""
    return make_home(tmp_path / "checkout")


@pytest.fixture(params=list(WAYS))
def run(request: pytest.FixtureRequest, home: Path) -> Program:
    """Run a command of the scratch checkout: the test is done in process and with the launcher."""
    program: Program = WAYS[request.param](home)
    return program
