"""docs/fleet.md: the smallest fleet, typed as it is printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.support.ports import held_port, is_listening
from tests.support.readme import Command, Reader, commands, fresh_checkout

PAGE = Path(__file__).resolve().parents[1] / "docs/fleet.md"
PRINTED = "1883"
# what the commands that print something show, in order
SHOWN = [
    '{"MessageTypeId":3,"UniqueId":"1","Payload":{"transactionId":20001000,"idTagInfo":{"status":"Accepted"}}}\n',
    '{"MessageTypeId":3,"UniqueId":"2","Payload":{}}\n',
    '{"MessageTypeId":3,"UniqueId":"1","Payload":{}}\n',
    "1\n",
    "2\n",
]


def test_the_smallest_fleet(tmp_path: Path) -> None:
    """Each command works as printed; both workers book what falls to them, and the books can be brought together."""
    home, port = fresh_checkout(tmp_path / "shocpp"), held_port()
    (home / "conf/tags.json").write_text((home / "conf/tags.json.example").read_text())
    log = home / "forever.log"

    def are_serving(count: int) -> bool:
        return log.read_text().count("serving charge points") == count

    forever: dict[str, Callable[[], bool]] = {
        "mosquitto -p": partial(is_listening, port),
        "bin/shocpp-mqtt": partial(are_serving, 1),
        "env SHOCPP_HOME": partial(are_serving, 2),
    }
    environ = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    reader = Reader(home, environ, {}, forever)
    try:
        said = [reader.do(Command(line, text.replace(PRINTED, str(port)))) for line, text in commands(PAGE.read_text())]
    finally:
        reader.leave()
    assert list(filter(None, said)) == SHOWN
