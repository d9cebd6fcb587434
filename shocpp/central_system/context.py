"""
What the meaning of a message depends on besides its payload: the charge point, accounts, time, open transactions.

Pure: a value that is handed in and never changes; another time or other accounts make another one. Knows no message
and no effect.
"""

from __future__ import annotations

from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from shocpp.ledger.accounts import Accounts, Tag
    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.ledger.open_charges import OpenTransactions

    # what the charge point said of itself when it booted last, by the protocol's names
    Boot = Mapping[str, object]

_NONE: OpenTransactions = {}
_NOT_BOOTED: Boot = {}


class Context:
    """
    What the meaning of a message depends on besides its payload.

    Args:
        identity: The charge point's; empty for the anonymous one.
        accounts: The accounts in force.
        now: Our time, aware.
        transactions: The open transactions that were seen of this charge point, as ``effects.Open`` said of each, for a
            message that is about them; read before it is looked at.
        unit: What transaction ids carry, ``"kwh"`` or ``"wh"``.
        heartbeat_interval_s: What a booting charge point is told.
        parent_id_tag: Send the account's name as ``parentIdTag``.
        zone: The zone of local times; None for the system's.
        charge_point: What is listed of the charge point, if anything is.
        most_kwh: What is drawn in one charge at most, where nothing else is listed; None for no limit.
        boot: What the charge point said of itself when it booted last, for a message that is about transactions.
        now_text: Our time as it is written; made of it by default.
    """

    __slots__ = (
        "accounts",
        "boot",
        "charge_point",
        "heartbeat_interval_s",
        "identity",
        "most_kwh",
        "now",
        "now_text",
        "parent_id_tag",
        "transactions",
        "unit",
        "zone",
    )

    def __init__(
        self,
        identity: str,
        accounts: Accounts,
        now: datetime,
        transactions: OpenTransactions = _NONE,
        unit: str = "kwh",
        heartbeat_interval_s: int = 55,
        parent_id_tag: bool = False,
        zone: tzinfo | None = None,
        charge_point: ListedChargePoint | None = None,
        most_kwh: int | None = None,
        boot: Boot = _NOT_BOOTED,
        now_text: str = "",
    ) -> None:
        self.identity = identity
        self.charge_point = charge_point
        self.most_kwh = (charge_point.most_kwh if charge_point else None) or most_kwh
        self.boot = boot
        self.accounts = accounts
        self.now = now
        self.now_text = now_text or utc(now)
        self.transactions = transactions
        self.unit = unit
        self.heartbeat_interval_s = heartbeat_interval_s
        self.parent_id_tag = parent_id_tag
        self.zone = zone

    def at(self, now: datetime, accounts: Accounts) -> Context:
        """Give the context of another time, with the accounts in force then."""
        return self._with(accounts, now, self.transactions, self.boot, "")

    def about(self, transactions: OpenTransactions, boot: Boot = _NOT_BOOTED) -> Context:
        """Give the context of a message that is about transactions: with those that are open, and the last boot."""
        return self._with(self.accounts, self.now, transactions, boot, self.now_text)

    def _with(
        self, accounts: Accounts, now: datetime, transactions: OpenTransactions, boot: Boot, now_text: str
    ) -> Context:
        """Give the context with other values; ``copy.copy`` takes four times as long."""
        return Context(
            self.identity,
            accounts,
            now,
            transactions,
            unit=self.unit,
            heartbeat_interval_s=self.heartbeat_interval_s,
            parent_id_tag=self.parent_id_tag,
            zone=self.zone,
            charge_point=self.charge_point,
            most_kwh=self.most_kwh,
            boot=boot,
            now_text=now_text,
        )

    def wh(self, reading: int | None) -> int | None:
        """Give a reading of the charge point's meter in Wh."""
        return reading if reading is None or self.charge_point is None else self.charge_point.wh(reading)

    def tag(self, id_tag: str | None) -> Tag | None:
        """
        Find a card that is good here; without one it is the account listed for a charge point that has no reader.

        Of an account that may not charge at this charge point it is as if the card were not listed.
        """
        if id_tag and id_tag.strip():
            tag = self.accounts.find(id_tag)
            return tag if tag and self.lets_charge(tag.account) else None
        return self.accounts.cardless(self.charge_point.account) if self.charge_point else None

    def lets_charge(self, account: str) -> bool:
        """Tell whether an account may charge at this charge point."""
        return self.charge_point is None or self.charge_point.lets_charge(account)
