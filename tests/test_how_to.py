"""The pages that say how something is done: their commands, typed in order beside a listener with a wallbox at work."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import until, until_the_month_stays
from tests.support.ports import held_port, is_listening
from tests.support.readme import Command, Reader, commands, fresh_checkout

DOCS = Path(__file__).resolve().parents[1] / "docs"
PORT_OF_THE_PAGES = ":8080/"
CHARGER = "bin/shocpp-charger --connect"
STARTS = ("command start", "RemoteStartTransaction")
STOPS = ("command stop", "RemoteStopTransaction")
OPEN_CHARGES = "run/CP001/transactions/*.json"
# what the wallbox has done when the reader begins, and which files that come in their own time tell that it has
SCRIPTS = {
    "starting-and-stopping": ("plug, wait forever", {"run/CP001/status.json": '"Preparing"'}),
    "surplus": ("plug, wait forever", {"run/CP001/status.json": '"Preparing"'}),
    "troubleshooting": (
        "plug, card 9999, card 3333, wait charging, card 3333, wait finishing, unplug, wait forever",
        {"run/CP001/status.json": '"9999"', "accounting/*/*/*.json": '"family-y"'},
    ),
}
# what a reader shall see of a command that begins so
SEEN = {
    "starting-and-stopping": {
        "bin/shocpp-command start": '{"status": "Accepted"}',
        "bin/shocpp-status\n": "family-y, connector 1",
        "bin/shocpp-command stop": '{"status": "Accepted"}',
        "bin/shocpp-command RemoteStartTransaction": '{"status": "Accepted"}',
        "bin/shocpp-command RemoteStopTransaction": '{"status": "Accepted"}',
        "bin/shocpp-status --json": '["CP001",1,"family-y",2000',
        "bin/shocpp-records": '"account":"family-y"',
        "bin/shocpp-summary": "family-y",
    },
    "surplus": {
        "bin/shocpp-command start": '{"status": "Accepted"}',
        "printf": '{"status": "Accepted"}\n{"status": "Accepted"}\n{"status": "Accepted"}\n',
    },
    "troubleshooting": {
        "bin/shocpp-check\n": "tags file: 3 accounts",
        "bin/shocpp-check --all": "accounting: ",
        "bin/shocpp-status\n": "CP001",
        "bin/shocpp-charger": '"status": "Accepted"',
        "bin/shocpp-status --seen-tags": "CP001  Invalid  9999",
        "bin/shocpp-command GetConfiguration": '"AuthorizationCacheEnabled"',
        "bin/shocpp-command ClearCache": '{"status": "Accepted"}',
        "bin/shocpp-summary $(date": "family-y",
        "bin/shocpp-records": '"account":"family-y"',
        "bin/shocpp-summary --verify": "Nothing found.",
    },
}


class Household:
    """A checkout with tags.json, a listener, and a wallbox that does what a script says."""

    def __init__(self, home: Path, script: str, done: dict[str, str]) -> None:
        self._home = home
        self._port = held_port()
        environ = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "LANG": "C.UTF-8"}
        environ |= {"WS_ADDRESS": "127.0.0.1", "WS_PORT": str(self._port)}
        forever = {
            "bin/shocpp-listener": lambda: is_listening(self._port),
            CHARGER: lambda: all(self._has(*file) for file in done.items()),
        }
        self._stage = Reader(home, environ, {}, forever)
        self._reader = Reader(home, environ, {}, {})
        self._script = script

    def begin(self) -> None:
        """Start the listener and the wallbox; return when what the page tells of has happened."""
        self._reader.do(Command(0, "cp conf/tags.json.example conf/tags.json"))
        self._stage.do(Command(0, "bin/shocpp-listener --embedded"))
        self._stage.do(Command(0, f"{CHARGER} ws://127.0.0.1:{self._port}/CP001 {self._script}"))

    def type(self, command: Command) -> str:
        """Type a command; give what it shows, once what it sets going is done."""
        shown = self._reader.do(Command(command.line, command.text.replace(PORT_OF_THE_PAGES, f":{self._port}/")))
        if any(start in command.text for start in STARTS):
            until(lambda: self._has(OPEN_CHARGES), "the charge begins")
        if any(stop in command.text for stop in STOPS):
            until(lambda: not self._has(OPEN_CHARGES), "the charge ends")
            # two stops of one second at one reading are one stop that was sent twice
            second = int(time.time())
            until(lambda: int(time.time()) > second, "the next second")
        return shown or ""

    def _has(self, pattern: str, text: str = "") -> bool:
        return any(not text or text in file.read_text() for file in self._home.glob(pattern))

    def leave(self) -> None:
        """Send the wallbox away and end the listener."""
        self._stage.leave()


@pytest.fixture(params=sorted(SCRIPTS))
def page(request: pytest.FixtureRequest) -> str:
    """Name each page in turn."""
    return str(request.param)


@pytest.fixture
def household(page: str, tmp_path: Path) -> Iterator[Household]:
    """Give a household in which what the page tells of has happened."""
    until_the_month_stays()
    made = Household(fresh_checkout(tmp_path / "shocpp"), *SCRIPTS[page])
    try:
        made.begin()
        yield made
    finally:
        made.leave()


def test_commands(page: str, household: Household) -> None:
    """Each command line works as printed, and shows what the text says of it."""
    unseen = dict(SEEN[page])
    for command in commands((DOCS / f"{page}.md").read_text()):
        shown = household.type(command)
        for begin, wanted in SEEN[page].items():
            if f"{command.text}\n".startswith(begin):
                assert wanted in shown, f"line {command.line}: {command.text}\n{shown}"
                unseen.pop(begin, None)
    assert unseen == {}, "the page does not print these any more"
