"""
Starting and stopping from a page: the call that is meant, made as any command makes it, and what came of it.

Who may do what is decided here, by what is in force when the button is pressed and not when the page was drawn. Knows
nothing of HTTP.
"""

from __future__ import annotations

from shocpp.calls import ask, start_stop
from shocpp.calls.current import ConflictError
from shocpp.errors import (
    BusyError,
    DataError,
    MissingError,
    RefusedError,
    ShocppError,
    TryAgainError,
    UnavailableError,
)
from shocpp.ledger.start import Start
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.open_charges import read_transactions
from shocpp.texts import clean, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.web.pages.people import Person
    from shocpp.web.pages.site import Site

# the first that fits; what an act ends with, as a name of ``page_words``
_FAILURES: tuple[tuple[type[ShocppError], str], ...] = (
    (ConflictError, "act.over"),
    (BusyError, "act.busy"),
    (TryAgainError, "act.silent"),
    (UnavailableError, "act.away"),
    (RefusedError, "act.refused"),
    (MissingError, "act.card"),
    (DataError, "act.card"),
    (ShocppError, "act.failed"),
)


def start(site: Site, person: Person, identity: str, connector_id: int | None, account: str) -> str:
    """
    Start a charge.

    Args:
        site: What is in force.
        person: Who presses the button; anybody but an operator starts charges of their own account alone.
        identity, connector_id: Where.
        account: On whose account, as the form says.

    Returns:
        What came of it, as a name of ``page_words``.
    """
    if not person.may_act or (not person.is_operator and account != person.account):
        return "act.forbidden"
    listed = site.seen.listed()
    charge_point = listed.get(identity) if listed else None
    if charge_point is not None and not charge_point.lets_charge(account):
        return "act.forbidden"
    return _made(site, person, identity, "start", lambda: _start_call(site, person, connector_id, account))


def stop(site: Site, person: Person, identity: str, transaction_id: int) -> str:
    """
    End a charge.

    Args:
        site: What is in force.
        person: Who presses the button.
        identity: Where the charge is.
        transaction_id: Its id, as the page had it.

    Returns:
        What came of it, as a name of ``page_words``.
    """
    seen = read_transactions(folder_of(site.settings.run_dir, identity)).get(transaction_id)
    if seen is None:
        return "act.over" if person.may_act else "act.forbidden"
    opened = Start.from_sighting(seen)
    if not person.governs(opened.account):
        return "act.forbidden"
    if opened.is_ambiguous:
        return "act.twice"
    return _made(site, person, identity, "stop", lambda: ("RemoteStopTransaction", {"transactionId": transaction_id}))


def _start_call(site: Site, person: Person, connector_id: int | None, account: str) -> start_stop.Call:
    """Make the call that starts a charge: with the person's own card, if that is one of the account."""
    accounts = site.tags()
    card = accounts.find(person.card) if person.card else None
    whose = person.card if card is not None and card.account == account else account
    return start_stop.start(accounts, whose, connector_id, site.clock())


def _made(site: Site, person: Person, identity: str, act: str, make: Callable[[], start_stop.Call]) -> str:
    try:
        action, payload = make()
        answer = ask.ask(site.settings.run_dir, identity, action, payload)
    except ShocppError as error:
        site.say("WARNING", f"{clean(person.name)} {act} at {plain(identity) or '-'}: {clean(error, 500)}")
        return next(name for kind, name in _FAILURES if isinstance(error, kind))
    status = clean(answer.payload.get("status"), 50)
    site.say("INFO", f"{clean(person.name)} {act} at {plain(identity) or '-'}: {status}")
    return f"{act}.done" if status == "Accepted" else f"{act}.rejected"
