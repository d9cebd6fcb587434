"""
Passwords that wait to be compared with hashes: one at a time, in a thread; what was found is remembered.

A comparison takes 25 ms of CPU on purpose. So that many wrong passwords keep nobody out: who was verified before
passes at once as long as the hash is the same, the thread gives way to everything else, and of those who wait the
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
from shocpp.admission.verdict import ADMITTED, resolve
from shocpp.transports.embedded.workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.admission.claims import Claim
    from shocpp.admission.verdict import Verdict

_MOST_WAITING = 256
_MOST_REMEMBERED = 4096
_FORGET_S = 30.0  # after so long, half of the failures of an address are forgotten
_NICE = 10


class _Waiting:
    """A password that waits to be compared."""

    __slots__ = ("address", "answer", "claim", "digest", "is_wanted", "verdict")

    def __init__(
        self,
        claim: Claim,
        verdict: Verdict,
        address: str,
        digest: bytes,
        is_wanted: Callable[[], bool],
        answer: Callable[[Verdict], None],
    ) -> None:
        self.claim = claim
        self.verdict = verdict
        self.address = address
        self.digest = digest
        self.is_wanted = is_wanted
        self.answer = answer


class PasswordQueue:
    """
    Resolves verdicts that depend on a password.

    Args:
        loop: Where answers are given.
        say: Takes a level and a line for the log: what keeps passwords from being compared.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, say: Callable[[str, str], None]) -> None:
        self._now = loop.time
        self._say = say
        self._workers = Workers(loop, 1, "password")
        self._key = secrets.token_bytes(32)
        self._verified: dict[str, tuple[tuple[str, ...], bytes]] = {}
        self._refused: dict[tuple[str, bytes], None] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._waiting: list[_Waiting] = []
        self._is_busy = False
        self._forgot = 0.0

    def resolve(
        self,
        claim: Claim,
        verdict: Verdict,
        address: str,
        is_wanted: Callable[[], bool],
        answer: Callable[[Verdict], None],
    ) -> None:
        """
        Find out what a verdict comes to.

        Args:
            claim: Who connects.
            verdict: What the rules say; depends on the claim's password.
            address: Where the connection comes from.
            is_wanted: Tells whether anybody still waits for the answer.
            answer: Is called with the verdict that no longer depends on anything, perhaps at once.
        """
        assert claim.password is not None  # noqa: S101 - else nothing would depend on it
        digest = blake2b(
            b"\n".join((claim.password, (claim.user or "").encode("utf-8", "replace"), *_bytes(verdict))),
            key=self._key,
            digest_size=16,
        ).digest()
        hashes, known = self._verified.get(claim.identity, ((), b""))
        if hashes == verdict.hashes and compare_digest(known, digest) and not verdict.is_hopeless:
            answer(resolve(verdict, True))
        elif (claim.identity, digest) in self._refused:
            answer(resolve(verdict, False))
        else:
            self._waiting.append(_Waiting(claim, verdict, address, digest, is_wanted, answer))
            if len(self._waiting) > _MOST_WAITING:
                last = self._take(max)
                last.answer(resolve(last.verdict, None))
            self._next()

    def _next(self) -> None:
        while self._waiting and not self._is_busy:
            first = self._take(min)
            if first.is_wanted():
                self._is_busy = True
                self._workers.submit(lambda first=first: _compare(first), self._done(first))  # type: ignore[misc]

    def _take(self, choose: Callable[..., int]) -> _Waiting:
        """Take out of the queue what ranks lowest (``min``) or highest (``max``); of equals the earliest."""
        ranks = [self._rank(each) for each in self._waiting]
        return self._waiting.pop(choose(range(len(ranks)), key=ranks.__getitem__))

    def _rank(self, waiting: _Waiting) -> tuple[bool, int, int]:
        """Give what the order depends on: the lowest is compared first, the highest is refused if too many wait."""
        identity, address = waiting.claim.identity, waiting.address
        failures = self._failures
        return waiting.verdict.is_hopeless, failures.get((address, identity), 0), failures.get((address, ""), 0)

    def _done(self, compared: _Waiting) -> Callable[[object, BaseException | None], None]:
        def done(is_match: object, error: BaseException | None) -> None:
            self._is_busy = False
            verdict = resolve(compared.verdict, bool(is_match))
            if error is not None:
                self._say("ERROR", str(error))
            elif verdict.status == ADMITTED:
                self._verified[compared.claim.identity] = (compared.verdict.hashes, compared.digest)
            else:
                self._fail(compared)
            compared.answer(verdict)
            self._next()

        return done

    def _fail(self, compared: _Waiting) -> None:
        """Remember who failed."""
        if self._now() - self._forgot > _FORGET_S:
            self._forgot = self._now()
            self._failures = {key: count // 2 for key, count in self._failures.items() if count > 1}
        for identity in (compared.claim.identity, ""):
            key = (compared.address, identity)
            self._failures[key] = self._failures.get(key, 0) + 1
        self._refused[compared.claim.identity, compared.digest] = None
        for remembered in (self._failures, self._refused):
            while len(remembered) > _MOST_REMEMBERED:
                del remembered[next(iter(remembered))]  # type: ignore[arg-type]


def _compare(waiting: _Waiting) -> bool:
    """Compare, in a thread that gives way to all others."""
    with suppress(OSError):  # a sandbox may forbid it
        if os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < _NICE:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    verdict = waiting.verdict
    return passwords.matches(verdict.hashes, waiting.claim.password or b"", verdict.at_least)


def _bytes(verdict: Verdict) -> list[bytes]:
    """Give what a verdict depends on besides the password, so that a new hash makes old answers void."""
    return [each.encode() for each in verdict.hashes]
