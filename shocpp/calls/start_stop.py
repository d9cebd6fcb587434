"""
Starting and stopping as people say it: a card or an account, and the charge that is under way.

Makes the call that is meant; how it is sent is ``ask``'s. Whose charge it is gets decided here, by tags.json as the
central system would decide it a moment later, so that a card which must be refused is refused with the reason.
"""

from __future__ import annotations

from shocpp.calls.ask import CURRENT
from shocpp.errors import ConfigError, DataError, MissingError, UsageError
from shocpp.ledger.accounts import ACCEPTED
from shocpp.ledger.start import Start
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import connected
from shocpp.spool.run.open_charges import read_transactions
from shocpp.texts import meant, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from shocpp.ledger.accounts import Accounts, Tag

    Call = tuple[str, dict[str, object]]


def start(accounts: Accounts, whose: str | None, connector_id: int | None, now: datetime) -> Call:
    """
    Make the call that starts a charge.

    Args:
        accounts: Those of tags.json.
        whose: A card or an account, whose first usable card is taken; None for the only account.
        connector_id: Where; None leaves it to the charge point.
        now: The time.

    Returns:
        The call's name and payload.

    Raises:
        UsageError: It is not said whose charge it is, or what is said is a card and another one's account.
        MissingError: There is no such card or account, or the account has no card that may charge.
        DataError: The card may not charge.
    """
    where = {} if connector_id is None else {"connectorId": connector_id}
    return "RemoteStartTransaction", {"idTag": card_of(accounts, whose, now), **where}


def stop() -> Call:
    """Make the call that ends the charge that is under way: its name and payload."""
    return "RemoteStopTransaction", {"transactionId": CURRENT}


def where_to_stop(run_dir: str, identity: str | None) -> str | None:
    """
    Find the charge point at which a charge is to end.

    Args:
        run_dir: The folder run/.
        identity: The one that is named; None where none is.

    Returns:
        The one that is named, else of those that are connected the only one at which a charge is under way; None if
        that says nothing.
    """
    if identity is not None:
        return identity
    charging = [each for each in connected(run_dir) if _is_charging(run_dir, each)]
    return charging[0] if len(charging) == 1 else None


def card_of(accounts: Accounts, whose: str | None, now: datetime) -> str:
    """
    Find the card that is meant, spelled as in tags.json; see ``start``.

    >>> from datetime import datetime, UTC
    >>> from shocpp.ledger.accounts import Accounts
    >>> two = [{"id": "1111", "status": "Blocked"}, "aB12"]
    >>> accounts = Accounts.from_list([{"index": 1, "account": "company-x", "ids": two}])
    >>> card_of(accounts, None, datetime.now(UTC)), card_of(accounts, "AB12", datetime.now(UTC))
    ('aB12', 'aB12')
    """
    whose = _only_account(accounts) if whose is None else whose
    tag, account = accounts.find(whose), accounts.named(whose)
    if tag is not None and account is not None and tag.account != account:
        raise UsageError(f"{plain(whose)} is an account, and a card of {plain(tag.account)}; name another card of it")
    if account is not None:
        return _usable_card(account, accounts.tags_of(account), now)
    if tag is None:
        hint = meant(whose, [*accounts.names().values(), *(each.id_tag for each in accounts.tags())])
        raise MissingError(f"tags.json has no card and no account {plain(whose)}; {hint or 'it has no accounts'}")
    status = tag.status_at(now)
    if status != ACCEPTED:
        raise DataError(f"card {plain(tag.id_tag)} of {plain(tag.account)} may not charge: it is {status}")
    return tag.id_tag


def _only_account(accounts: Accounts) -> str:
    names = list(accounts.names().values())
    if not names:
        raise ConfigError("tags.json has no accounts; nobody may charge")
    if len(names) > 1:
        raise UsageError(f"whose charge? There are {', '.join(map(plain, names))}; name one of them, or a card")
    return names[0]


def _usable_card(account: str, tags: list[Tag], now: datetime) -> str:
    usable = next((tag.id_tag for tag in tags if tag.status_at(now) == ACCEPTED), None)
    if usable is None:
        raise MissingError(f"{plain(account)} has no card that may charge")
    return usable


def _is_charging(run_dir: str, identity: str) -> bool:
    """Tell whether a charge is under way that does not seem to be over."""
    opened = read_transactions(folder_of(run_dir, identity)).values()
    return any(not Start.from_sighting(seen).presumed_over for seen in opened)
