"""What is told of our own faults, also where no file can be opened any more."""

from __future__ import annotations

import errno
import os
import sys

import pytest

from shocpp.backend import own_faults


@pytest.mark.parametrize("has_traceback", [True, False])
def test_a_fault_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch, has_traceback: bool) -> None:
    """The log has the error, with its traceback unless Python cannot load what writes one (EMFILE): then it must do."""
    if not has_traceback:
        monkeypatch.setitem(sys.modules, "traceback", None)
    said: list[str] = []
    assert own_faults.attempt(lambda _, text: said.append(text), "dividing", lambda: 1 // 0) is None
    assert said[0] == "dividing failed by our own fault:"
    assert "ZeroDivisionError" in said[-1]
    assert any("test_own_faults.py" in line for line in said) == has_traceback


def test_what_the_system_lacks_takes_one_line() -> None:
    """An error like EMFILE is told without a traceback: it comes with every message, and says all there is to say."""
    said: list[str] = []

    def read() -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "a file")

    assert own_faults.attempt(lambda _, text: said.append(text), "reading", read) is None
    assert said == ["reading failed: [Errno 24] Too many open files: 'a file'"]
