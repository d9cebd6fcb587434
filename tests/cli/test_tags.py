"""shocpp-tags: what is typed, what becomes of tags.json and of charge points' lists, and the exit status."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BOTH_WAYS, Connect
from tests.support.programs import InProcess, Program

LISTED: list[dict[str, Any]] = [
    {
        "index": 1,
        "account": "company-x",
        "note": "car",
        "ids": ["1111", {"id": "2222", "status": "Blocked", "note": "lost"}],
    }
]


@pytest.fixture
def tags(home: Path) -> Path:
    """Give a tags.json."""
    path = home / "conf/tags.json"
    path.write_text(json.dumps(LISTED))
    return path


def ids(tags: Path) -> list[list[object]]:
    """Give the cards of each account."""
    return [entry["ids"] for entry in json.loads(tags.read_text())]


@BOTH_WAYS
def test_a_day_of_edits(tags: Path, run: Program) -> None:
    """Cards come and go, and what is listed shows it; each command that is done is silent, but for a new account."""
    for words, said in (
        (["add", "family-y", "3333", "4444"], "shocpp-tags: family-y is a new account\n"),
        (["remove", "4444"], ""),
        (["block", "3333"], ""),
        (["add", "COMPANY-X", "5"], ""),
    ):
        done = run("tags", *words)
        assert (done.status, done.out, done.err) == (0, "", said), words
    assert ids(tags) == [[*LISTED[0]["ids"], "5"], [{"id": "3333", "status": "Blocked"}]]
    assert json.loads(tags.read_text())[1]["index"] == 2
    listed = run("tags", "list").out.splitlines()
    assert [line.split() for line in listed][:3] == [
        ["account", "index", "card", "now", "expires", "note"],
        ["company-x", "1", "1111", "Accepted"],
        ["company-x", "1", "2222", "Blocked", "lost"],
    ]
    assert [json.loads(line) for line in run("tags", "list", "--json").out.splitlines()] == json.loads(tags.read_text())


def test_an_account_that_never_charged_is_removed(tags: Path, run: Program) -> None:
    """It is shown no more, and its index goes to nobody else; the file is one that every command takes."""
    for words in (["add", "tenant-z", "6"], ["remove", "tenant-z"], ["add", "garage", "6"]):
        assert run("tags", *words).status == 0
    assert [each.get("account") for each in json.loads(tags.read_text())] == ["company-x", None, "garage"]
    assert [entry["index"] for entry in json.loads(tags.read_text())] == [1, 2, 3]
    for words in (["list"], ["list", "--json"]):
        assert "tenant-z" not in (said := run("tags", *words).out) and "garage" in said
    assert run("tags", "list", "--json").out.count("\n") == 2
    assert "tags file: 2 accounts" in run("check").out


def test_a_first_account(home: Path, run: Program) -> None:
    """Without a tags.json the first account makes one; nothing else does."""
    assert "tags.json is not there" in run("tags", "block", "1111").refusal(66)
    assert run("tags", "add", "family-y").status == 0
    assert json.loads((home / "conf/tags.json").read_text()) == [{"index": 1, "account": "family-y", "ids": []}]
    assert stat.S_IMODE((home / "conf/tags.json").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "garage", "9"], "garage is a new account"),
        (["add", "company-y", "9"], "company-y is a new account; did you mean company-x?"),
        (["add", "company-x"], "company-x is there already, and no card was named: nothing has changed"),
        (["add", "Company-X", "9"], ""),
    ],
)
@pytest.mark.usefixtures("tags")
def test_what_add_did(run: Program, words: list[str], said: str) -> None:
    """A new account is named, since its name may be another one's, misspelt; one more card is no news."""
    done = run("tags", *words)
    assert (done.status, done.out, done.err) == (0, "", f"shocpp-tags: {said}\n" if said else "")


@pytest.mark.parametrize(
    ("words", "status", "hint"),
    [
        ([], 64, "Missing command. (see shocpp-tags --help)"),
        (["add"], 64, "ACCOUNT"),
        (["block"], 64, "CARD"),
        (["push", "--all", "--charge-point", "x"], 64, "exclude"),
        (["add", "a", "--charge-point", "x"], 64, "--learn"),
        (["add", "a", "--learn", "--timeout", "nan"], 64, "--timeout"),
        (["add", "family-y", "1111"], 65, "company-x already"),
        (["add", "family-y", "7" * 21], 65, "7… has 21 characters, and OCPP's cards have at most 20"),
        (["add", "y" * 65], 65, "nothing is written: entry 2"),
        (["add", "a\u202eb"], 65, "nobody sees"),
        (["add", "a", ""], 65, "at least one letter"),
        (["block", "9999"], 66, "no card 9999"),
        (["remove", "company-Z"], 66, "no card company-Z"),
        (["push"], 69, "no charge point is connected"),
        (["push", "--all"], 69, "no charge point is connected"),
        (["add", "b", "--learn", "--timeout", "0.001"], 75, "no card was refused"),
    ],
)
def test_what_is_refused(tags: Path, run: Program, words: list[str], status: int, hint: str) -> None:
    """What cannot be done ends with its status and a sentence, and leaves the file as it was."""
    done = run("tags", *words)
    assert (done.status, done.out) == (status, "")
    assert hint in done.err.splitlines()[-1]
    assert json.loads(tags.read_text()) == LISTED


@pytest.mark.usefixtures("tags")
def test_a_file_that_may_not_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder is root's, 77 says with which sudo it can be done."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.rename", refuse)
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    assert "run this with sudo -u " in InProcess(home)("tags", "add", "b").refusal(77)


def test_a_card_is_learned(tags: Path, connect: Connect, run: Program) -> None:
    """The card that is held to the charge point while the command waits is added, and printed."""
    charge_point = connect("CP001")
    stop = threading.Event()

    def hold() -> None:
        while not stop.wait(0.5):
            charge_point.call("Authorize", {"idTag": "04A2B3C4"})

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        learned = run("tags", "add", "company-x", "--learn", "--charge-point", "CP001")
    finally:
        stop.set()
        holding.join()
    assert (learned.status, learned.out) == (0, "04A2B3C4\n")
    assert ids(tags)[0][-1] == "04A2B3C4"


@pytest.mark.usefixtures("tags")
def test_lists_are_pushed_and_told_of(home: Path, connect: Connect, run: Program) -> None:
    """A list gets into each charge point that keeps one; one that has an old one is named when a card is blocked."""
    held: dict[str, int] = {}

    def answers(name: str) -> dict[str, Any]:
        def take(request: Any) -> Any:
            held[name] = request["listVersion"]
            return {"status": "Accepted"}

        return {
            "GetLocalListVersion": lambda _: {"listVersion": held.get(name, 0)},
            "GetConfiguration": {"configurationKey": []},
            "SendLocalList": take,
        }

    connect("CP001", answers("CP001"))
    connect("CP002", {"GetLocalListVersion": "NotImplemented"})
    pushed = run("tags", "push", "--all")
    assert pushed.status == 76 and "CP002 refused GetLocalListVersion" in pushed.err
    assert pushed.out == f"CP001 version {held['CP001']} sent\n"
    assert run("tags", "push", "--charge-point", "CP001").out.endswith("was there\n")
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001"}, {"identity": "CP009"}]')
    said = run("tags", "block", "1111").err.splitlines()
    assert [line.split()[1] for line in said] == ["CP001", "CP009"]
    assert "shocpp-tags push" in said[0] and "not connected" in said[1]
    assert run("tags", "push", "--charge-point", "CP001").out.endswith("sent\n")
