"""
What a kWh costs: prices with a validity, for all accounts or for some, and the amount of one line.

Decimal throughout. An amount is rounded once, at its line, half up to two decimals; sums add up what the lines show.
Pure: knows neither the file nor how an amount is written.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from shocpp.errors import ConfigError, take_all
from shocpp.ledger.vat import Vat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CENT = Decimal("0.01")


class Price:
    """
    A price per kWh.

    Attributes:
        per_kwh: The price itself.
        base_fee_per_kwh: The share of a base fee that comes on top of it; 0 without one.
        first, last: The days from and to which it is in force, both included; None without a limit.
        accounts: The accounts that it is for; empty for all that have none of their own.
        source: Where it comes from: a tariff, a contract.
        vat: The rate of its value added tax; None where none is named.
    """

    __slots__ = ("accounts", "base_fee_per_kwh", "first", "last", "per_kwh", "source", "vat")

    def __init__(self, entry: Mapping[str, Any]) -> None:
        """
        Read one entry that fits the schema.

        Raises:
            ConfigError: A day is none, or the last lies before the first.
        """
        self.per_kwh = Decimal(entry["per_kwh"])
        self.base_fee_per_kwh = Decimal(entry.get("base_fee_per_kwh", "0"))
        self.first = _day(entry, "from")
        self.last = _day(entry, "to")
        self.accounts: tuple[str, ...] = tuple(entry.get("accounts", ()))
        self.source: str = entry.get("source", "")
        self.vat = Vat(entry["vat"]) if "vat" in entry else None
        if self.first and self.last and self.last < self.first:
            raise ConfigError(f"field to: {self.last} lies before {self.first}")

    @property
    def all_in(self) -> Decimal:
        """What a kWh costs, base fee included."""
        return self.per_kwh + self.base_fee_per_kwh

    def entry(self) -> dict[str, Any]:
        """
        Give it as an entry of prices.json with every field that it has, of which the same price can be made again.

        >>> Price({"per_kwh": "0.30", "to": "2026-12-31"}).entry()["to"]
        '2026-12-31'
        """
        return {
            "per_kwh": str(self.per_kwh),
            "base_fee_per_kwh": str(self.base_fee_per_kwh),
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
            "accounts": list(self.accounts),
            "source": self.source,
            **({"vat": self.vat.entry()} if self.vat else {}),
        }

    def is_in_force(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return (self.first or date.min) <= day <= (self.last or date.max)

    def amount(self, wh: int) -> Decimal:
        """
        Give what an amount of energy costs, rounded half up to two decimals.

        >>> Price({"per_kwh": "0.30", "base_fee_per_kwh": "0.05"}).amount(33_100)
        Decimal('11.59')
        """
        return (self.all_in * wh).scaleb(-3).quantize(CENT, ROUND_HALF_UP)

    def overlaps(self, other: Price) -> bool:
        """Tell whether there is a day on which both are in force."""
        return max(self.first or date.min, other.first or date.min) <= min(
            self.last or date.max, other.last or date.max
        )


class Prices:
    """
    All prices, in one currency.

    Attributes:
        currency: Its code by ISO 4217.
        issuer: The lines of the letterhead of who bills; empty where none is given.
    """

    __slots__ = ("_general", "_own", "currency", "issuer")

    def __init__(self, currency: str, entries: list[Price], issuer: tuple[str, ...] = ()) -> None:
        """
        Take prices of which no two are in force for the same account at the same time.

        Raises:
            ConfigError: Two are; names their entries.
        """
        self.currency = currency
        self.issuer = issuer
        self._general: list[Price] = []
        self._own: dict[str, list[Price]] = {}
        numbers = {price: number for number, price in enumerate(entries, 1)}

        def keep(price: Price, account: str | None) -> None:
            kept = self._general if account is None else self._own.setdefault(account, [])
            twice = next((each for each in kept if each.overlaps(price)), None)
            kept.append(price)
            if twice is not None:
                whom = "all accounts" if account is None else f"account {account!r}"
                where = f"field prices, item {numbers[price]}"
                raise ConfigError(f"{where}: for {whom} on the same days as item {numbers[twice]}")

        take_all(keep, ((price, account) for price in entries for account in price.accounts or (None,)))

    @classmethod
    def from_json(cls, parsed: Any) -> Prices:
        """
        Build the prices from a parsed file that fits the schema.

        Raises:
            ConfigError: It makes no sense; has a fault for each entry.
        """
        entries: list[Price] = []

        def add(number: int, entry: Any) -> None:
            try:
                entries.append(Price(entry))
            except ConfigError as error:
                raise ConfigError(f"field prices, item {number}, {error}") from None

        take_all(add, enumerate(parsed["prices"], 1))
        return cls(parsed["currency"], entries, tuple(parsed.get("issuer", ())))

    def of(self, account: str, day: date) -> Price | None:
        """Give the price in force for an account on a day: its own before the one for all; None without one."""
        own = self._own.get(account, [])
        return next((price for price in (*own, *self._general) if price.is_in_force(day)), None)

    def accounts(self) -> list[str]:
        """Give the accounts that have prices of their own."""
        return sorted(self._own)


def _day(entry: Mapping[str, Any], field: str) -> date | None:
    text = entry.get(field)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"field {field}: {text!r} is no day such as 2026-01-01") from None
