"""
Whom a statement is from and for: lines of a letterhead, and of an account who gets it, for whom and for which car.

Pure: knows neither the files that say it nor how a statement lays it out.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Party:
    """
    Whom an account's statement is for; everything may be missing.

    Args:
        entry: An account as in tags.json.

    Attributes:
        recipient: The lines of an address.
        employee: Whose charges they are.
        plate: Of the car.
    """

    __slots__ = ("employee", "plate", "recipient")

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.recipient: tuple[str, ...] = tuple(entry.get("recipient", ()))
        self.employee: str = entry.get("employee", "")
        self.plate: str = entry.get("plate", "")

    def __bool__(self) -> bool:
        return bool(self.recipient or self.employee or self.plate)

    def entry(self) -> dict[str, Any]:
        """Give what is known, as in tags.json."""
        known = {"recipient": list(self.recipient), "employee": self.employee, "plate": self.plate}
        return {name: value for name, value in known.items() if value}


class Parties:
    """
    Whom statements are from and for.

    Args:
        issuer: The lines of the letterhead.
        accounts: Accounts, by name.
    """

    __slots__ = ("_accounts", "issuer")

    def __init__(self, issuer: tuple[str, ...] = (), accounts: Mapping[str, Party] | None = None) -> None:
        self.issuer = issuer
        self._accounts = accounts or {}

    def of(self, account: str | None) -> Party:
        """Give whom an account's statement is for; nobody if that is not known, or for the statement of all."""
        return self._accounts.get(account or "", NOBODY)

    @classmethod
    def from_entries(cls, issuer: list[str], accounts: Mapping[str, Mapping[str, Any]]) -> Parties:
        """Build them from what a settlement has."""
        return cls(tuple(issuer), {name: Party(entry) for name, entry in accounts.items()})


NOBODY = Party({})
