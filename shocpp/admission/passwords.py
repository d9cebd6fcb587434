"""
Passwords of charge points: hashes are made and compared here, by argon2-cffi.

An extra (``pip install 'shocpp[auth]'``): whoever asks no passwords needs none of it. One comparison takes
some 25 ms of CPU and 19 MiB, on purpose; the library compares in constant time.
"""

from __future__ import annotations

from shocpp.admission.rules import candidates, canonical
from shocpp.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argon2 import PasswordHasher

# argon2id with the least memory that is recommended for it: a Raspberry Pi serves other things, too
_TIME_COST, _MEMORY_KIB, _LANES = 2, 19_456, 1


def require() -> None:
    """
    See that the library is there.

    Raises:
        ConfigError: It is not; says how to get it.
    """
    _hasher()


def make(password: str) -> str:
    """
    Hash a password for charge-points.json; a hex key of 16 to 20 bytes also matches when its raw bytes are sent.

    Raises:
        ConfigError: argon2-cffi is not installed.
    """
    return _hasher().hash(canonical(password))


def matches(hashes: tuple[str, ...], password: bytes, at_least: int = 0) -> bool:
    """
    Tell whether a password as it came over the wire matches one of the hashes.

    Args:
        hashes: As listed; one that is broken matches nothing.
        password: The bytes that came.
        at_least: Compare so many times at least when nothing matches, so that the time tells nothing of how many
            hashes there are.

    Raises:
        ConfigError: argon2-cffi is not installed.
    """
    hasher = _hasher()
    from argon2.exceptions import InvalidHash, VerificationError

    for candidate in candidates(password):
        wanted = [*hashes, *hashes[:1] * (at_least - len(hashes))]
        for each in wanted:
            try:
                return hasher.verify(each, candidate)
            except (VerificationError, InvalidHash):
                continue
    return False


def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        import sys

        raise ConfigError(
            f"passwords need argon2-cffi, which is not there; install it: {sys.executable} -m pip install argon2-cffi"
        ) from None
    return PasswordHasher(_TIME_COST, _MEMORY_KIB, _LANES)
