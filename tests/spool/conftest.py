"""What tests of the mailbox share: a home, a charge point, and commands whose every look is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.spool.run import mailbox
from shocpp.spool.run.mailbox import Mailbox
from tests.support.scratch import Scratch
from tests.support.wallbox import Wallbox


@pytest.fixture
def is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command look only when it is woken: one that is not waits in vain."""
    monkeypatch.setattr(mailbox, "_LOOK_ANYWAY_S", 1000.0)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Give a home."""
    return Scratch(tmp_path)


@pytest.fixture
def wallbox(scratch: Scratch) -> Iterator[Wallbox]:
    """Give a connected charge point."""
    box = Wallbox(scratch)
    with box.process:
        yield box
        box.process.kill()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the ids of the commands that have looked for an answer, one for each look: after it only a wake-up helps."""
    looked: list[str] = []
    real = Mailbox._answer

    def noting(box: Mailbox, unique_id: str) -> list[object] | None:
        found = real(box, unique_id)
        looked.append(unique_id)
        return found

    monkeypatch.setattr(Mailbox, "_answer", noting)
    return looked
