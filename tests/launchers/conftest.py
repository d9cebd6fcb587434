"""What tests of launchers share: scratch checkouts, before and after their first start."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import Checkout


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """Give a scratch checkout that other users may read, which pytest's own temporary folders are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Checkout(Path(folder))


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Give a scratch checkout that was started once; it is only copied from."""
    made = Checkout(tmp_path_factory.mktemp("started"))
    assert made.run().returncode == 3
    return made


@pytest.fixture
def ready(checkout: Checkout, started: Checkout) -> Checkout:
    """Give a scratch checkout whose .venv is set up."""
    checkout.set_up_as(started)
    return checkout
