"""What takes longest is started first: the list of it is not let rot."""

from __future__ import annotations

import pytest

from tests import conftest


def test_a_name_that_nothing_has(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of tests that is renamed keeps all tests from running until the list has its new name."""
    monkeypatch.setattr(conftest, "FIRST", (*conftest.FIRST, "tests/test_truths.py"))
    with pytest.raises(pytest.UsageError, match=r"names tests/test_truths\.py, which is not there; correct it there"):
        conftest.pytest_configure(pytestconfig)
