"""
Holds passwords against hashes, in a thread, one after another, and remembers what it found.

A comparison takes 25 ms of CPU on purpose. So that many wrong ones keep nobody out: who was verified before
passes at once as long as the hash is the same, the threads give way to everything else, and of those who wait the
ones with the fewest failures from their address go first. Passwords are remembered as digests under a key that dies
with the process.
"""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest

from shocpp.admission import passwords
from shocpp.admission.verdict import ADMITTED, UNAUTHORIZED
from shocpp.transports.embedded.workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.admission.rules import Claim
    from shocpp.admission.verdict import Verdict

BUSY = 503

_MOST_WAITING = 256
_MOST_REMEMBERED = 4096
_FORGET_S = 30.0  # after so long, half of the failures of an address are forgotten
_NICE = 10


class _Question:
    """A password that waits to be compared."""

    __slots__ = ("address", "answer", "claim", "digest", "is_wanted", "listed", "verdict")

    def __init__(
        self,
        claim: Claim,
        verdict: Verdict,
        address: str,
        digest: bytes,
        is_wanted: Callable[[], bool],
        answer: Callable[[int], None],
    ) -> None:
        self.claim = claim
        self.verdict = verdict
        self.address = address
        self.digest = digest
        self.is_wanted = is_wanted
        self.answer = answer


class Gate:
    """
    Answers questions of passwords.

    Args:
        loop: Where answers are given.
        matches: Compares hashes and a password.
        report: Is told what keeps passwords from being compared.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        report: Callable[[str, str], None],
        matches: Callable[[tuple[str, ...], bytes, int], bool] = passwords.matches,
    ) -> None:
        self._now = loop.time
        self._report = report
        self._matches = matches
        self._workers = Workers(loop, 1, "password")
        self._key = secrets.token_bytes(32)
        self._verified: dict[str, tuple[tuple[str, ...], bytes]] = {}
        self._refused: dict[tuple[str, bytes], None] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._waiting: list[_Question] = []
        self._is_busy = False
        self._forgot = 0.0

    def ask(
        self,
        claim: Claim,
        verdict: Verdict,
        address: str,
        is_wanted: Callable[[], bool],
        answer: Callable[[int], None],
    ) -> None:
        """
        Find out whether a claim's password matches.

        Args:
            claim: Who connects.
            verdict: What depends on the password.
            address: Where the connection comes from.
            is_wanted: Tells whether anybody still waits for the answer.
            answer: Is called with 101, 401 or 503 (too many wait), perhaps at once.
        """
        assert claim.password is not None  # noqa: S101 - else nothing would depend on it
        digest = blake2b(
            b"\n".join((claim.password, (claim.user or "").encode("utf-8", "replace"), *_bytes(verdict))),
            key=self._key,
            digest_size=16,
        ).digest()
        hashes, known = self._verified.get(claim.identity, ((), b""))
        if hashes == verdict.hashes and compare_digest(known, digest) and not verdict.is_hopeless:
            answer(ADMITTED)
        elif (claim.identity, digest) in self._refused:
            answer(UNAUTHORIZED)
        else:
            self._waiting.append(_Question(claim, verdict, address, digest, is_wanted, answer))
            if len(self._waiting) > _MOST_WAITING:
                self._take(max).answer(BUSY)
            self._next()

    def _next(self) -> None:
        while self._waiting and not self._is_busy:
            question = self._take(min)
            if question.is_wanted():
                self._is_busy = True
                self._workers.submit(lambda asked=question: self._compare(asked), self._done(question))  # type: ignore[misc]

    def _take(self, choose: Callable[..., int]) -> _Question:
        """Take the question out that has the best or the worst claim to be answered; the earliest of equals."""
        ranks = [self._rank(each) for each in self._waiting]
        return self._waiting.pop(choose(range(len(ranks)), key=ranks.__getitem__))

    def _rank(self, question: _Question) -> tuple[bool, int, int]:
        identity, address = question.claim.identity, question.address
        failures = self._failures
        return question.verdict.is_hopeless, failures.get((address, identity), 0), failures.get((address, ""), 0)

    def _compare(self, question: _Question) -> bool:
        """Compare, in a thread that gives way to all others."""
        with suppress(OSError):  # a sandbox may forbid it
            if os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < _NICE:
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        verdict = question.verdict
        is_match = self._matches(verdict.hashes, question.claim.password or b"", verdict.at_least)
        return is_match and not verdict.is_hopeless

    def _done(self, question: _Question) -> Callable[[object, BaseException | None], None]:
        def done(is_match: object, error: BaseException | None) -> None:
            self._is_busy = False
            if error is not None:
                self._report("ERROR", str(error))
            elif is_match:
                self._verified[question.claim.identity] = (question.verdict.hashes, question.digest)
            else:
                self._fail(question)
            question.answer(ADMITTED if is_match else UNAUTHORIZED)
            self._next()

        return done

    def _fail(self, question: _Question) -> None:
        """Remember who failed."""
        if self._now() - self._forgot > _FORGET_S:
            self._forgot = self._now()
            self._failures = {key: count // 2 for key, count in self._failures.items() if count > 1}
        for identity in (question.claim.identity, ""):
            key = (question.address, identity)
            self._failures[key] = self._failures.get(key, 0) + 1
        self._refused[question.claim.identity, question.digest] = None
        for remembered in (self._failures, self._refused):
            while len(remembered) > _MOST_REMEMBERED:
                del remembered[next(iter(remembered))]  # type: ignore[arg-type]


def _bytes(verdict: Verdict) -> list[bytes]:
    """Give what a verdict depends on besides the password, so that a new hash makes old answers void."""
    return [each.encode() for each in verdict.hashes]
