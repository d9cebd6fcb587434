"""docs/fleet.md: the smallest fleet, typed as it is printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.support.ports import held_port, is_listening
from tests.support.readme import Command, Reader, commands, fresh_checkout

PAGE = Path(__file__).resolve().parents[1] / "docs/fleet.md"
BROKER, GATEWAY = "1883", "8080"  # as printed
SHOWN = ["1\n", "2\n", "3\n"]  # what the commands that print something show, in order


def test_the_smallest_fleet(tmp_path: Path) -> None:
    """Each command works as printed: both workers book what falls to them, and one takes their place in the end."""
    home, port, gateway_port = fresh_checkout(tmp_path / "shocpp"), held_port(), held_port()
    (home / "conf/tags.json").write_text((home / "conf/tags.json.example").read_text())
    log = home / "forever.log"
    environ = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    printed = [
        Command(line, text.replace(BROKER, str(port)).replace(GATEWAY, str(gateway_port)))
        for line, text in commands(PAGE.read_text())
    ]
    workers = [text for _, text in printed if "shocpp-mqtt worker" in text and "--drain" not in text]

    def are_serving(count: int) -> bool:
        return log.read_text().count("serving charge points") == count

    forever: dict[str, Callable[[], bool]] = {
        "mosquitto -p": partial(is_listening, port),
        "bin/shocpp-listener": partial(is_listening, gateway_port),
        **{text: partial(are_serving, number) for number, text in enumerate(workers, 1)},
    }
    reader = Reader(home, environ, {}, forever)
    try:
        said = [reader.do(command) for command in printed]
        assert list(filter(None, said)) == SHOWN
    finally:
        reader.leave()
