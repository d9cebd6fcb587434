"""What judges the house finds what is planted in it, and the README has its rooms in the order that they have."""

from __future__ import annotations

import re

import pytest

from tests.support import house
from tests.support.backend import ROOT
from tests.test_layers import ROOMS, graph


@pytest.mark.parametrize("impure", [
    "import socket", "import os.path", "from time import monotonic", "def late():\n    import random",
    "from pathlib import Path", "__import__('os')", "import posix", "import zoneinfo", "import urllib.request",
    "from uuid import uuid4", "import gzip", "import a_package_of_tomorrow", "open('x')", "opened = open", "print()",
    "datetime.now(UTC)", "date.today()", "now = datetime.now", "clock.now()", "datetime.fromtimestamp(0)",
    "datetime.fromtimestamp(0, None)", "time.astimezone()", "time.astimezone(None)", "time.astimezone(tz=None)",
])  # fmt: skip
def test_planted_impurity_is_found(impure: str) -> None:
    """A clock, chance, a file, a socket, this machine's zone are told, in whatever way they come in."""
    assert len(house.impurities(impure)) == 1


@pytest.mark.parametrize("pure", [
    "if TYPE_CHECKING:\n    from socket import socket", "import json, urllib.parse", "from uuid import uuid5",
    "datetime.fromtimestamp(0, UTC)", "datetime.fromtimestamp(0, tz=UTC)", "time.astimezone(zone)", "context.now",
])  # fmt: skip
def test_what_is_pure_is_let_through(pure: str) -> None:
    """A type, a value, a zone and a time that came in are none of these."""
    assert house.impurities(pure) == []


def test_other_planted_faults_are_found() -> None:
    """The environment read, a file written, a circle of types: each is told where it is planted."""
    for source in ("os.environ['A']", "from os import getenv", "Settings.from_environ()", "os.putenv('A', 'B')"):
        assert house.looks_into_environment(source)
    for source in (
        *("open('x', 'w')", "open('x', mode=mode)", "path.write_text('')", "open('x', 'r+')", "import tempfile"),
        *("os.open('x', os.O_WRONLY | os.O_CREAT)", "os.rename('x', 'y')", "move = shutil.move", "os.ftruncate(5, 0)"),
    ):
        assert house.writes(source), source
    assert not house.writes("open('x', 'rb'), os.open('x', os.O_RDONLY), shutil.which('x')")
    back = {**graph(), "ocpp/frames.py": {"ocpp/rpc.py"}}
    assert "ocpp/frames.py imports ocpp/rpc.py" in house.circle(back)
    assert house.circle(house.rooms_of({"a/x.py": {"b/x.py"}, "b/y.py": {"a/y.py"}})) == "a imports b imports a"


def test_the_readme_has_the_top_floor_first() -> None:
    """Each folder of the house is there once, and what it imports from comes after it."""
    drawn = (ROOT / "README.md").read_text().partition("## The house\n")[2].partition("*.py")[0]
    names = [name for line in drawn.splitlines() for name in re.findall(r"(\w+)/(?= |$)", line[:26])]
    folders = {room.partition("/")[0] for room in ROOMS if (house.PACKAGE / room).is_dir()}
    order = [name for name in names if name in folders]
    assert sorted(order) == sorted(folders)
    upwards = [
        (room, other)
        for room, others in ROOMS.items()
        for other in others
        if {upper := room.partition("/")[0], lower := other.partition("/")[0]} <= folders
        and order.index(lower) < order.index(upper)
    ]
    assert upwards == []
