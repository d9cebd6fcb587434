"""
Passwords that wait to be compared with hashes: one at a time, in a thread; what was found is remembered.

A comparison takes much CPU on purpose (``admission.passwords``). So that many wrong passwords keep nobody out: who was
verified before passes at once as long as the hash is the same, the thread gives way to everything else, and of those
who wait first come addresses from which a right password came lately, in turn with others, then the networks with the
fewest failures: neither a stranger behind the address of charge points nor one with thousands of addresses keeps the
others out. Nothing of that order depends on whether a name is listed. Passwords are remembered as digests under a key
that dies with the process.
"""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest
from ipaddress import ip_address, ip_network

from shocpp.admission import passwords
from shocpp.admission.verdict import ADMITTED, Verdict, resolve
from shocpp.transports.background.workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.admission.claims import Claim

_MOST_WAITING = 256
_MOST_REMEMBERED = 4096
_FORGET_S = 30.0  # after so long, half of the failures of a network are forgotten
_LATELY_S = 86_400.0
_NICE = 10


class _Waiting:
    """A password that waits to be compared."""

    __slots__ = ("address", "answer", "claim", "digest", "is_wanted", "network", "verdict")

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
        self.network = network_of(address)
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
        self._right: dict[str, float] = {}  # when a right password last came from an address, the oldest first
        self._failures: dict[str, int] = {}  # by network
        self._waiting: list[_Waiting] = []  # in the order in which they came, one for each identity
        self._is_busy = False
        self._is_right_ones_turn = True
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
            self._wait(_Waiting(claim, verdict, address, digest, is_wanted, answer))
            self._next()

    def _wait(self, newest: _Waiting) -> None:
        """Queue a password; where that is one too many, of its identity or in all, one is turned away."""
        self._waiting = [each for each in self._waiting if each.is_wanted()]
        same = [each for each in self._waiting if each.claim.identity == newest.claim.identity]
        self._waiting.append(newest)
        if same:
            self._turn_away([*same, newest])
        elif len(self._waiting) > _MOST_WAITING:
            self._turn_away(self._waiting)

    def _turn_away(self, among: list[_Waiting]) -> None:
        """Tell the one that ranks last to come again; of equals the newest."""
        last = max(reversed(among), key=self._rank)
        self._waiting.remove(last)
        last.answer(resolve(last.verdict, None))

    def _next(self) -> None:
        while self._waiting and not self._is_busy:
            first = self._first()
            self._is_right_ones_turn = not self._was_right(first)
            self._waiting.remove(first)
            if first.is_wanted():
                self._is_busy = True
                self._workers.submit(lambda first=first: _compare(first), self._done(first))  # type: ignore[misc]

    def _first(self) -> _Waiting:
        """Choose who is compared next: by turns an address that was right lately and another, as far as both wait."""
        is_turn = self._is_right_ones_turn
        return min(self._waiting, key=lambda each: (self._was_right(each) != is_turn, self._failed(each)))

    def _rank(self, waiting: _Waiting) -> tuple[bool, int]:
        """Give what decides on who is turned away if too many wait: the highest."""
        return not self._was_right(waiting), self._failed(waiting)

    def _was_right(self, waiting: _Waiting) -> bool:
        """Tell whether a right password came from its address lately."""
        return self._now() - self._right.get(waiting.address, -_LATELY_S) < _LATELY_S

    def _failed(self, waiting: _Waiting) -> int:
        """Count the failures of its network."""
        return self._failures.get(waiting.network, 0)

    def _done(self, compared: _Waiting) -> Callable[[object, BaseException | None], None]:
        def done(found: object, error: BaseException | None) -> None:
            self._is_busy = False
            verdict = found if isinstance(found, Verdict) else resolve(compared.verdict, False)
            if error is not None:
                self._say("ERROR", str(error))
            elif verdict.status == ADMITTED:
                self._succeed(compared)
            else:
                self._fail(compared)
            compared.answer(verdict)
            self._next()

        return done

    def _succeed(self, compared: _Waiting) -> None:
        """Remember who was verified, and from where."""
        self._verified[compared.claim.identity] = (compared.verdict.hashes, compared.digest)
        self._right.pop(compared.address, None)
        self._right[compared.address] = self._now()
        _shorten(self._right)

    def _fail(self, compared: _Waiting) -> None:
        """Remember who failed."""
        if self._now() - self._forgot > _FORGET_S:
            self._forgot = self._now()
            self._failures = {key: count // 2 for key, count in self._failures.items() if count > 1}
        self._failures[compared.network] = self._failures.get(compared.network, 0) + 1
        if not passwords.lacking(compared.verdict.hashes):  # else it may be right, and the log says each time why not
            self._refused[compared.claim.identity, compared.digest] = None
        _shorten(self._failures)
        _shorten(self._refused)


def network_of(address: str) -> str:
    """
    Give the network that one sender is likely to have: /24, or /64 of IPv6; what is no address stays as it is.

    >>> network_of("192.0.2.17"), network_of("2001:db8::1:2"), network_of("::ffff:192.0.2.17"), network_of("")
    ('192.0.2.0/24', '2001:db8::/64', '192.0.2.0/24', '')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, 24 if found.version == 4 else 64), strict=False))


def _shorten(remembered: dict[str, float] | dict[str, int] | dict[tuple[str, bytes], None]) -> None:
    """Forget the oldest of what is too much."""
    while len(remembered) > _MOST_REMEMBERED:
        del remembered[next(iter(remembered))]  # type: ignore[arg-type]


def _compare(waiting: _Waiting) -> Verdict:
    """Compare, in a thread that gives way to all others."""
    with suppress(OSError):  # a sandbox may forbid it
        if os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < _NICE:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    return passwords.compare(waiting.verdict, waiting.claim.password or b"")


def _bytes(verdict: Verdict) -> list[bytes]:
    """Give what a verdict depends on besides the password, so that a new hash makes old answers void."""
    return [each.encode() for each in verdict.hashes]
