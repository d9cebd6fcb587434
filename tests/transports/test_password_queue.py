"""Who waits for a comparison of passwords, in which order, and what is remembered; the test itself compares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shocpp.admission import passwords
from shocpp.admission.claims import Claim
from shocpp.admission.verdict import DEPENDS, Verdict
from shocpp.transports.background import password_queue
from shocpp.transports.background.password_queue import PasswordQueue


class Loop:
    """A clock that stands still."""

    def time(self) -> float:
        return 0.0


class Workers:
    """Keeps jobs until the test has them done."""

    jobs: list[tuple[Callable[[], object], Callable[[object, BaseException | None], None]]]

    def __init__(self, *_: object) -> None:
        Workers.jobs = []

    def submit(self, job: Callable[[], object], done: Callable[[object, BaseException | None], None]) -> None:
        self.jobs.append((job, done))

    @classmethod
    def work(cls) -> None:
        """Do all jobs, those that come meanwhile, too."""
        while cls.jobs:
            job, done = cls.jobs.pop(0)
            done(job(), None)


class Asked:
    """A queue, what it compared, and what it answered."""

    def __init__(self) -> None:
        loop: Any = Loop()
        self.queue = PasswordQueue(loop, lambda *_: None)
        self.compared: list[bytes] = []
        self.answers: list[tuple[str, int]] = []

    def ask(
        self, name: str, password: bytes, address: str = "192.0.2.1", is_hopeless: bool = False, is_there: bool = True
    ) -> None:
        """Ask for a password; the right one is ``right``."""
        verdict = Verdict(DEPENDS, "wrong password", None, ("$scrypt$",), is_hopeless, ("$scrypt$",))
        self.queue.resolve(
            Claim(name, user=name, password=password),
            verdict,
            address,
            lambda: is_there,
            lambda found: self.answers.append((name, found.status)),
        )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Give a queue without threads and without hashes."""
    monkeypatch.setattr(password_queue, "Workers", Workers)
    made = Asked()

    def matches(_: tuple[str, ...], password: bytes, __: tuple[str, ...]) -> bool:
        made.compared.append(password)
        return password.startswith(b"right")

    monkeypatch.setattr(passwords, "matches", matches)
    monkeypatch.setattr(password_queue.os, "setpriority", lambda *_: None)  # type: ignore[attr-defined]
    return made


def test_what_was_found_is_remembered(asked: Asked) -> None:
    """Who was verified, or refused, with these words is so again without a comparison."""
    for _ in range(2):
        for name, word in (("CP1", b"right"), ("CP2", b"wrong")):
            asked.ask(name, word)
            Workers.work()
    assert asked.answers == [("CP1", 101), ("CP2", 401)] * 2
    assert asked.compared == [b"right", b"wrong"]


def test_the_hopeless_are_refused_and_not_remembered_as_verified(asked: Asked) -> None:
    """A password that matches helps nobody who may not connect, and opens nothing later."""
    asked.ask("CP1", b"right", is_hopeless=True)
    Workers.work()
    assert asked.answers == [("CP1", 401)] and not asked.queue._verified


def test_fewest_failures_first(asked: Asked) -> None:
    """A network that has failed waits for those that have not, whatever name and address in it are used next."""
    asked.ask("CP1", b"wrong", "192.0.2.66")
    Workers.work()
    asked.ask("CP0", b"right 0")  # is being compared while the others come
    asked.ask("CP2", b"right 3", "192.0.2.67")
    asked.ask("CP3", b"right 4", "192.0.2.68")
    asked.ask("CP4", b"right 1", "198.51.100.1")
    asked.ask("CP5", b"right 2", "198.51.100.2")
    Workers.work()
    assert asked.compared == [b"wrong", b"right 0", b"right 1", b"right 2", b"right 3", b"right 4"]


def test_where_a_right_password_came_from_goes_first(asked: Asked) -> None:
    """However many strangers fail from the same network, an address that was right lately is not kept waiting."""
    asked.ask("CP1", b"right", "192.0.2.1")
    for number in range(5):
        asked.ask(f"CP{number}", b"wrong", f"192.0.2.{number + 10}")
    Workers.work()
    asked.ask("CP0", b"right 0", "203.0.113.1")  # is being compared while the others come
    asked.ask("CP3", b"right 2", "198.51.100.1")
    asked.ask("CP2", b"right 1", "192.0.2.1")
    Workers.work()
    assert asked.compared[-3:] == [b"right 0", b"right 1", b"right 2"]


def test_strangers_where_a_right_password_came_from_keep_nobody_out(asked: Asked) -> None:
    """Behind a proxy all have one address: who comes from elsewhere waits for one of them, not for all."""
    asked.ask("CP1", b"right", "192.0.2.1")
    for number in range(2, 6):
        asked.ask(f"CP{number}", b"wrong", "192.0.2.1")
    asked.ask("NEW", b"right 0", "198.51.100.1")
    Workers.work()
    assert asked.compared[:3] == [b"right", b"wrong", b"right 0"]


@pytest.mark.parametrize("is_listed", [True, False])
def test_the_order_does_not_tell_which_names_exist(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, is_listed: bool
) -> None:
    """Whether a name is listed changes neither who is compared first nor who is turned away: the newest."""
    monkeypatch.setattr(password_queue, "_MOST_WAITING", 2)
    asked.ask("CP0", b"right")  # is being compared
    asked.ask("CP1", b"wrong 1", is_hopeless=is_listed)
    asked.ask("CP2", b"wrong 2", is_hopeless=not is_listed)
    asked.ask("CP3", b"wrong 3", is_hopeless=is_listed)
    assert asked.answers == [("CP3", 503)]
    Workers.work()
    assert asked.compared == [b"right", b"wrong 1", b"wrong 2"]


def test_one_waits_for_each_identity(asked: Asked) -> None:
    """Of two for one name the newest is turned away, unless the other one's network has failed more often."""
    asked.ask("CP1", b"wrong", "192.0.2.66")
    Workers.work()
    asked.ask("CP0", b"right")  # is being compared
    asked.ask("CP1", b"wrong 1", "192.0.2.66")
    asked.ask("CP1", b"right 2", "198.51.100.1")
    asked.ask("CP1", b"wrong 3", "203.0.113.1")
    assert asked.answers == [("CP1", 401), ("CP1", 503), ("CP1", 503)]
    Workers.work()
    assert asked.compared == [b"wrong", b"right", b"right 2"]


def test_who_has_gone_takes_no_place(asked: Asked) -> None:
    """A charge point that gave up and came again is not turned away for its own sake."""
    asked.ask("CP0", b"right")  # is being compared
    asked.ask("CP1", b"right 1", is_there=False)
    asked.ask("CP1", b"right 2")
    Workers.work()
    assert asked.answers == [("CP0", 101), ("CP1", 101)]


def test_who_has_gone_is_not_compared(asked: Asked) -> None:
    """No work is done for a connection that is closed by the time it is its turn."""
    asked.ask("CP0", b"right")
    asked.ask("CP1", b"right", is_there=False)
    Workers.work()
    assert asked.answers == [("CP0", 101)]


def test_too_many(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the one that ranks last is told to come again, not the one that came last."""
    monkeypatch.setattr(password_queue, "_MOST_WAITING", 2)
    asked.ask("CP1", b"wrong", "192.0.2.66")
    Workers.work()
    asked.ask("CP0", b"right")  # is being compared
    asked.ask("CP1", b"right 1", "192.0.2.66")
    asked.ask("CP2", b"right 2", "198.51.100.1")
    asked.ask("CP3", b"right 3", "198.51.100.1")
    assert asked.answers == [("CP1", 401), ("CP1", 503)]
    Workers.work()
    assert asked.answers[2:] == [("CP0", 101), ("CP2", 101), ("CP3", 101)]
