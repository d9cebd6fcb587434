"""Every command line that the README prints does what it says, in order, as a new user would type them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.charge_point import Answer, ChargePoint, Socket
from tests.support.patience import until_the_month_stays
from tests.support.ports import held_port, is_listening
from tests.support.readme import Command, Reader, commands, fresh_checkout, unfenced

README = Path(__file__).resolve().parents[1] / "README.md"

# beginnings of command lines that are not run here, and why
NOT_RUN = {
    "bin/shocpp-test": "it is what runs this test",
    "git clone": "there is no network; the scratch checkout is what it gives",
    "sudo ": "it would change the machine that runs the tests",
    "apt-get ": "it would change the machine that runs the tests",
    "systemctl ": "there is no systemd where tests run",
}
# what a reader shall see of a command that begins so
SEEN = {
    "PATH_INFO=/CP001 bin/shocpp-backend": '"transactionId":20009042',
    "cat accounting/": '"consumed_kwh": "33"',
    "bin/shocpp-summary\n": "Charging statement",
    "bin/shocpp-summary $(date '+%Y %m')\n": "Charging statement",
    "bin/shocpp-summary $(date": "family-y",
    "bin/shocpp-summary --": "family-y",
    "bin/shocpp-summary --lang de": "Ladeabrechnung",
    "bin/shocpp-status\n": "CP001",
    "bin/shocpp-command start": '{"status": "Accepted"}',
    "bin/shocpp-command stop": '{"status": "Accepted"}',
    "bin/shocpp-tags list": "family-y",
    "bin/shocpp-command Reset": '{"status": "Accepted"}',
    "bin/shocpp-command --charge-point CP001 GetConfiguration": "HeartbeatInterval",
}
NEVER_SEEN = ["[late]", "[spät]"]  # marks that a reader's first charge must not have
ANSWERS: dict[str, Answer] = {
    "RemoteStartTransaction": {"status": "Accepted"},
    "RemoteStopTransaction": {"status": "Accepted"},
    "TriggerMessage": {"status": "Accepted"},
    "ChangeConfiguration": {"status": "Accepted"},
    "Reset": {"status": "Accepted"},
    "UnlockConnector": {"status": "Unlocked"},
    "GetConfiguration": {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "55"}]},
}
# what the wallbox does when it was told to start a charge
START = {"connectorId": 1, "idTag": "3333", "meterStart": 9075000, "timestamp": "2026-10-03T10:00:00Z"}


class User:
    """A new user with a wallbox, which connects when the first command for it is typed."""

    def __init__(self, home: Path) -> None:
        self.port = held_port()
        environ = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "LANG": "C.UTF-8"}
        environ |= {"WS_ADDRESS": "127.0.0.1", "WS_PORT": str(self.port)}
        self._reader = Reader(home, environ, NOT_RUN, {"bin/shocpp-listener": lambda: is_listening(self.port)})
        self._wallbox: ChargePoint | None = None

    def type(self, command: Command) -> None:
        """Type a command, and look at what it shows."""
        if command.text.startswith("bin/shocpp-command") and self._wallbox is None:
            self._wallbox = ChargePoint(Socket(f"ws://127.0.0.1:{self.port}/CP001"), ANSWERS)
        shown = self._reader.do(command)
        if "command start" in command.text and self._wallbox:
            self._wallbox.call("StartTransaction", START)
        for begin, wanted in SEEN.items():
            if shown is not None and f"{command.text.partition('#')[0].rstrip()}\n".startswith(begin):
                assert wanted in shown, f"line {command.line}: {command.text}\n{shown}"
        assert not any(mark in (shown or "") for mark in NEVER_SEEN), f"line {command.line}: {command.text}\n{shown}"

    def leave(self) -> None:
        """Unplug the wallbox and end the listener."""
        if self._wallbox:
            self._wallbox.close()
        self._reader.leave()


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    """Give a new user with a fresh checkout."""
    until_the_month_stays()
    user = User(fresh_checkout(tmp_path / "shocpp"))
    yield user
    user.leave()


def test_readme(user: User) -> None:
    """Each command line works as printed, and shows what the text says of it."""
    typed = commands(README.read_text())
    assert any("<<" in command.text for command in typed), "the dialogue with a backend is among them"
    for command in typed:
        user.type(command)


def test_nothing_else_looks_like_a_command() -> None:
    """Command lines outside sh blocks, which no test types, are those that cannot be run here."""
    assert [line for line in unfenced(README.read_text()) if not line.startswith(tuple(NOT_RUN))] == []


SAMPLE = """
```sh
bin/shocpp-listener   # goes on
cp conf/tags.json.example conf/tags.json
PATH_INFO=/CP001 bin/shocpp-backend <<'END'
[2,"1","Heartbeat",{}]
END
bin/shocpp-command Reset type=Soft |
    grep Accepted
sudo rm -rf /
```

```json
[]
```
"""


def test_sample(user: User) -> None:
    """The runner itself: what is printed is found whole, in order, and done; what cannot be is not."""
    typed = commands(SAMPLE)
    assert [command.line for command in typed] == [3, 4, 5, 8, 10]
    for command in typed[:2] + typed[3:]:
        user.type(command)
    with pytest.raises(AssertionError, match="line 5"):
        user.type(Command(5, f"{typed[2].text}\nfalse"))
    with pytest.raises(AssertionError, match="line 9: bin/shocpp-command NoSuchCall"):
        user.type(Command(9, "bin/shocpp-command NoSuchCall"))


def test_sample_of_what_looks_like_a_command() -> None:
    """Indented command lines are found, and a tree of folders is none."""
    text = "text\n\n    git clone x\n    bin/                 launchers\n    bin/shocpp-status\n\nshocpp-status shows\n"
    assert unfenced(text) == ["git clone x", "bin/shocpp-status"]
