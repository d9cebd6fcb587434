"""Properties are tried with the same examples each time, whatever ran before in the same process."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PLANTED = {f"planted {number}" for number in range(1000)}


def test_no_example_is_made_of_a_module_that_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was imported until then, which on a busy machine is something else, takes no part in what is drawn."""
    module = ModuleType("planted")
    module.__file__ = str(tmp_path / "planted.py")
    (tmp_path / "planted.py").write_text(repr(PLANTED))
    monkeypatch.setitem(sys.modules, "planted", module)
    drawn: set[str] = set()

    @settings(max_examples=30)
    @given(st.lists(st.text(max_size=29), min_size=100, max_size=100))
    def draw(texts: list[str]) -> None:
        drawn.update(texts)

    draw()
    assert len(drawn) > 100 and drawn & PLANTED == set()
