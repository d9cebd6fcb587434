"""What is told of our own faults, also where no file can be opened any more."""

from __future__ import annotations

import sys

import pytest

from shocpp.backend import own_faults


@pytest.mark.parametrize("has_traceback", [True, False])
def test_a_fault_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch, has_traceback: bool) -> None:
    """The log has the error, with its traceback unless Python cannot load what writes one (EMFILE): then it must do."""
    if not has_traceback:
        monkeypatch.setitem(sys.modules, "traceback", None)
    said: list[str] = []
    assert own_faults.guard(lambda _, text: said.append(text), "dividing", lambda: 1 // 0) is None
    assert said[0] == "dividing failed by our own fault:"
    assert "ZeroDivisionError" in said[-1]
    assert any("test_own_faults.py" in line for line in said) == has_traceback
