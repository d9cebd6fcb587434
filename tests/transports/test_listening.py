"""What a listener promises of its places: as many as the system allows, and it says how many those are."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from shocpp.transports import ports
from shocpp.transports.embedded import listening
from tests.support.scratch import Scratch

INFINITE = resource.RLIM_INFINITY


class Server:
    """Notes its places, and says that it listens."""

    places: tuple[int, int]

    def __init__(
        self, _: object, __: object, most: int, half_open: int, ready: Callable[[], object], *_more: object
    ) -> None:
        Server.places = (most, half_open)
        self._ready = ready

    def run(self) -> None:
        """Say that it listens, and end."""
        self._ready()


@pytest.mark.parametrize(
    ("limits", "may_raise", "most", "half_open", "files"),
    [
        ((1024, 524_288), True, 20_000, 4096, 44_196),
        ((1024, INFINITE), True, 20_000, 4096, 44_196),
        ((524_288, 524_288), True, 20_000, 4096, 524_288),
        ((1024, 4096), True, 1486, 1024, 4096),
        ((1024, 524_288), False, 334, 256, 1024),
    ],
    ids=["raised", "no end", "enough", "hard", "forbidden"],
)
def test_a_listener_has_as_many_places_as_it_may(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int],
    may_raise: bool,
    most: int,
    half_open: int,
    files: int,
) -> None:
    """Its soft limit of open files is raised to what 20 000 charge points need, or as far as that goes; it says so."""
    now = [limits]

    def raise_to(_: int, wanted: tuple[int, int]) -> None:
        if not may_raise:
            raise PermissionError
        now[0] = wanted

    monkeypatch.setattr(resource, "getrlimit", lambda _: now[0])
    monkeypatch.setattr(resource, "setrlimit", raise_to)
    monkeypatch.setattr(listening, "Server", Server)
    monkeypatch.setattr(ports, "bind", lambda *_: [])
    said: list[str] = []
    listening.serve(Scratch(tmp_path).settings, {}, lambda _, limit: said.append(limit))
    assert Server.places == (most, half_open) and now[0] == (files, limits[1])
    words = f"embedded: at most {most} charge points at a time (SHOCPP_CONNECTION_LIMIT)"
    if most < 20_000:
        words += f", not 20000: no more than {files} files may be open (LimitNOFILE, ulimit -n)"
    assert said == [words]
