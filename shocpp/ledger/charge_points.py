"""
The charge points that may connect, and what bookkeeping must know of each.

Knows what the list means and what a JSON Schema cannot say of it; does not know the file it came from
(``spool.conf.configuration``), how a charge point proves who it is (``admission``), nor the protocol.
"""

from __future__ import annotations

from fractions import Fraction

from shocpp.errors import ConfigError, take_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PASSWORDS = 2
_KINDS = ("$scrypt$", "$argon2")
_LONGEST_IDENTITY = 255
_MOST_KWH = 100_000
_MOST_KEYS = 8
_KEY = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/= ")


class ListedChargePoint:
    """
    A charge point as listed.

    Attributes:
        identity: Its name on the wire, letter case included.
        user: The user name it logs in with; empty for its identity.
        passwords: Hashes of the passwords that are valid: none, one, or two while one is being replaced.
        meter_factor: What its meter readings are multiplied by to be Wh.
        account: Whose charges are that begin without a card; empty for nobody's.
        tenant: What its path must name before it; empty for anything.
        name: What people call it.
        location: Where it is.
        most_kwh: What is drawn in one charge at most; None for what is set for all.
        accounts: The accounts that may charge there; empty for all.
        public_keys: The public keys of its meters, by which signed meter values are verified.
        source_id: What the source ids of its datums look like; empty for what is set for all.
    """

    __slots__ = (
        "account",
        "accounts",
        "identity",
        "location",
        "meter_factor",
        "most_kwh",
        "name",
        "passwords",
        "public_keys",
        "source_id",
        "tenant",
        "user",
    )

    def __init__(
        self,
        identity: str,
        user: str = "",
        passwords: tuple[str, ...] = (),
        meter_factor: Fraction = Fraction(1),
        account: str = "",
        tenant: str = "",
        name: str = "",
        location: str = "",
        most_kwh: int | None = None,
        accounts: tuple[str, ...] = (),
        public_keys: tuple[str, ...] = (),
        source_id: str = "",
    ) -> None:
        self.identity = identity
        self.user = user
        self.passwords = passwords
        self.meter_factor = meter_factor
        self.account = account
        self.tenant = tenant
        self.name = name
        self.location = location
        self.most_kwh = most_kwh
        self.accounts = accounts
        self.public_keys = public_keys
        self.source_id = source_id

    def lets_charge(self, account: str) -> bool:
        """Tell whether an account may charge there."""
        return not self.accounts or account in self.accounts

    def wh(self, reading: int) -> int:
        """
        Give a reading of its meter in Wh, rounded down, so that what one charge loses the next one gains.

        >>> ListedChargePoint("CP001", meter_factor=Fraction("0.1")).wh(12345)
        1234
        """
        return reading * self.meter_factor.numerator // self.meter_factor.denominator


class ChargePoints:
    """
    All charge points that may connect.

    Attributes:
        longest_hashes: Of each kind of hashes as many as any charge point has; empty if nobody has a password.
    """

    def __init__(self) -> None:
        self._listed: dict[str, ListedChargePoint] = {}
        self.longest_hashes: tuple[str, ...] = ()

    @classmethod
    def from_list(cls, entries: object) -> ChargePoints:
        """
        Build the list from parsed JSON.

        Raises:
            ConfigError: It is not of the shape that the JSON Schema describes, or an identity stands there twice; has
                a fault for each entry.
        """
        charge_points = cls()
        if not isinstance(entries, list):
            raise ConfigError("the whole file: not a list of charge points")
        take_all(charge_points._add, ((f"entry {number}", entry) for number, entry in enumerate(entries, 1)))
        return charge_points

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[ListedChargePoint]:
        return iter(self._listed.values())

    def get(self, identity: str) -> ListedChargePoint | None:
        """Give the charge point of that identity; None if it is not listed."""
        return self._listed.get(identity)

    def _add(self, where: str, entry: object) -> None:
        """List a charge point, and note the hashes of its passwords; refuse what makes no sense."""
        if not isinstance(entry, dict) or "identity" not in entry:
            raise ConfigError(f"{where}: not an object with an identity")
        for field, value in entry.items():
            if not _FIELDS.get(field, _never)(value):
                raise ConfigError(f"{where}, field {str(field)[:40]}: unknown, or its value cannot be used")
        identity, passwords = entry["identity"], entry.get("passwords", [])
        if identity in self._listed:
            raise ConfigError(f"{where}, field identity: {identity!r} is listed already")
        account, accounts = entry.get("account", ""), tuple(entry.get("accounts", ()))
        if account and accounts and account not in accounts:
            raise ConfigError(f"{where}, field account: {account!r} is not among its accounts")
        self._listed[identity] = ListedChargePoint(
            identity,
            entry.get("user", ""),
            tuple(passwords),
            Fraction(str(entry.get("meter_factor", 1))),
            account,
            entry.get("tenant", ""),
            entry.get("name", ""),
            entry.get("location", ""),
            entry.get("most_kwh"),
            accounts,
            tuple(entry.get("public_keys", ())),
            entry.get("source_id", ""),
        )
        for kind in _KINDS:
            same = [each for each in passwords if each.startswith(kind)]
            if len(same) > sum(each.startswith(kind) for each in self.longest_hashes):
                others = [each for each in self.longest_hashes if not each.startswith(kind)]
                self.longest_hashes = (*others, *same)


def _never(value: object) -> bool:  # noqa: ARG001
    return False


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_IDENTITY and value.isprintable()


def _is_segment(value: object) -> bool:
    """Tell whether a value can be the last segment of a path."""
    return _is_word(value) and "/" not in str(value)


def _are_hashes(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _MOST_PASSWORDS
        and all(isinstance(each, str) and each.startswith(_KINDS) and each.isascii() for each in value)
    )


def _is_factor(value: object) -> bool:
    return value.__class__ in (int, float) and 1e-6 <= value <= 1e6


def _are_accounts(value: object) -> bool:
    """Tell whether a value is a list of names, each once; none at all would let nobody charge."""
    return isinstance(value, list) and bool(value) and all(map(_is_word, value)) and len(set(value)) == len(value)


def _are_keys(value: object) -> bool:
    """Tell whether a value is a list of keys, as hex or base64; what they are for cryptography is seen when used."""
    return (
        isinstance(value, list)
        and len(value) <= _MOST_KEYS
        and all(isinstance(each, str) and 40 <= len(each) <= 1000 and _KEY.issuperset(each) for each in value)
    )


def _is_limit(value: object) -> bool:
    return value.__class__ is int and 1 <= value <= _MOST_KWH


_FIELDS = {
    "identity": _is_segment,
    "user": _is_word,
    "passwords": _are_hashes,
    "meter_factor": _is_factor,
    "account": _is_word,
    "accounts": _are_accounts,
    "tenant": _is_segment,
    "name": _is_text,
    "location": _is_text,
    "most_kwh": _is_limit,
    "public_keys": _are_keys,
    "source_id": _is_word,
    "note": _is_text,
}
