"""What keeps a process that serves all: another one in its place when it dies, but not for ever."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from shocpp.transports.core import keep


@pytest.fixture
def told(tmp_path: Path) -> Callable[[], list[str]]:
    """Give what processes have told so far."""
    return lambda: (tmp_path / "told").read_text().split()


def dying(tmp_path: Path, lives: int) -> Callable[[], None]:
    """Give what dies so many times, then ends by itself."""

    def serve() -> None:
        with (tmp_path / "told").open("a") as file:
            file.write(f"{os.getpid()}\n")
        if len((tmp_path / "told").read_text().split()) <= lives:
            os.kill(os.getpid(), signal.SIGKILL) if lives % 2 else os._exit(70)

    return serve


@pytest.mark.parametrize("lives", [0, 1, 2])
def test_another_one_serves_until_it_ends_by_itself(tmp_path: Path, told: Callable[[], list[str]], lives: int) -> None:
    """However it dies there is a next one, each time a process of its own."""
    said: list[str] = []
    keep(dying(tmp_path, lives), lambda _, text: said.append(text), (0.0, 0.0))
    assert len({*told(), str(os.getpid())}) == lives + 2
    assert said == ["the process that serves all has died; another one starts in 0 s"] * lives


def test_not_for_ever(tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """Behind the last pause there is none, and the log says what that means."""
    said: list[str] = []
    keep(dying(tmp_path, 99), lambda _, text: said.append(text), (0.0, 0.0))
    assert len(told()) == 3
    assert said[-1] == "one process that serves all after another has died: each connection has one of its own now"
