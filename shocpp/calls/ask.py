"""
Commands to charge points: checked, sent through the mailbox, the confirmation checked.

What ``shocpp-command`` and the canned calls of ``web`` have in common; knows neither terminal nor HTTP.
"""

from __future__ import annotations

import os

from shocpp.errors import DataError, RefusedError, TryAgainError, UnavailableError, UsageError
from shocpp.ocpp import frames
from shocpp.ocpp.frames import Call, CallError
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.coercion import coerce
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import Mailbox, connected, seen
from shocpp.spool.run.open_charges import read_transactions
from shocpp.texts import meant, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Warn = Callable[[str], None]
    # takes a frame to a charge point and gives its answer: the unique id, the request's line, seconds to wait
    Route = Callable[[str, str, float], list[object]]
    Ask = Callable[[str | None, str, dict[str, object]], "Confirmation"]

ANONYMOUS = "the anonymous charge point"
WORDS = (
    "start",
    "stop",
    "limit",
)  # said in the place of calls, which ``start_stop`` and ``limit`` make
CURRENT = "current"  # in the place of a transaction's id: that of the charge that is under way


class Confirmation:
    """
    What a charge point confirmed.

    Attributes:
        identity: The charge point's that answered; empty for the anonymous one.
        action: The call.
        payload: The confirmation's payload, as it came.
        quirk: What is wrong with it by the specification, in words; empty if nothing is.
    """

    __slots__ = ("action", "identity", "payload", "quirk")

    def __init__(self, identity: str, action: str, payload: dict[str, object], quirk: str) -> None:
        self.identity = identity
        self.action = action
        self.payload = payload
        self.quirk = quirk


def calls() -> list[str]:
    """Give the names of all calls that a central system may make, in order."""
    return sorted(action for action in OPERATIONS if may_start(CENTRAL_SYSTEM, action))


def prepare(action: str, payload: dict[str, object], force: bool = False) -> dict[str, object]:
    """
    Bring a payload into the form in which it is sent, and check it.

    Args:
        action: The call's name.
        payload: As typed: a number may be a text and the other way round; ``CURRENT`` stays as it is.
        force: Send what is unknown or against the schema, too.

    Raises:
        UsageError: There is no such call; says which was meant.
        DataError: The payload is against the call's schema; says all that is wrong.
    """
    if not may_start(CENTRAL_SYSTEM, action):
        if force:
            return payload
        raise UsageError(f"no call {action[:50]!r}; {meant(action, [*WORDS, *calls()], len(OPERATIONS))}")
    coerced = coerce(action, payload)
    checked = {**coerced, "transactionId": 1} if ends_current(action, coerced) else coerced
    wrong = [] if force else faults(action, checked)
    if wrong:
        wrong[-1] += "; --force sends it all the same"
        raise DataError(*(f"{action} {each}" for each in wrong))
    return coerced


def faults(action: str, payload: object) -> list[str]:
    """
    Say all that is wrong with a call's payload by the specification.

    Whether there is anything to say is found out in no time; to say it imports jsonschema, which takes a while.
    """
    fits = payloads.fits(action, "request", payload)
    return [] if fits else [each.message for each in payloads.explain_all(action, "request", payload)]


def _quirk(action: str, payload: object) -> str:
    """Say what is wrong first with a confirmation by the specification; empty if nothing is."""
    fits = action not in OPERATIONS or payloads.fits(action, "confirmation", payload)
    violation = None if fits else payloads.explain(action, "confirmation", payload)
    return violation.message if violation else ""


def ends_current(action: str, payload: dict[str, object]) -> bool:
    """Tell whether a call ends the charge that is under way, whichever it is."""
    return action == "RemoteStopTransaction" and payload.get("transactionId") == CURRENT


def _is_shared(run_dir: str, identity: str, transaction_id: object) -> bool:
    """Tell whether two open charges of a charge point have the same id: a RemoteStopTransaction may end both."""
    opened = read_transactions(folder_of(run_dir, identity))
    return any(str(each) == str(transaction_id) and start.get("ambiguous") for each, start in opened.items())


def choose(run_dir: str, identity: str | None) -> str:
    """
    Find the charge point that is meant: the one that is named, else the one that is connected.

    Raises:
        UnavailableError: None is connected.
        UsageError: Several are; lists them.
    """
    if identity is not None:
        return identity
    there = connected(run_dir)
    if not there:
        raise UnavailableError(f"no charge point is connected (no process holds anything below {run_dir})")
    if len(there) > 1:
        names = ", ".join(plain(name) or ANONYMOUS for name in there)
        raise UsageError(f"{len(there)} charge points are connected: {names}; choose with --charge-point")
    return there[0]


def ask(
    run_dir: str,
    identity: str | None,
    action: str,
    payload: dict[str, object],
    timeout_s: float = 10,
    force: bool = False,
    warn: Warn = lambda _: None,
    connector_id: int | None = None,
) -> Confirmation:
    """
    Send a command and wait for its confirmation.

    Args:
        run_dir: The folder run/.
        identity: The charge point's; empty for the anonymous one, None for the one that is connected.
        action: The call's name.
        payload: As typed.
        timeout_s: How long to wait for other commands, and then again for the answer.
        force: Send what is unknown or against the schema, too.
        warn: Is told, before it is sent, of what it may do besides.
        connector_id: Where the transaction is that ``CURRENT`` stands for; None where only one is under way.

    Raises:
        UsageError, DataError: See ``prepare``, ``choose`` and ``current.find``.
        UnavailableError: The charge point is not connected, or went while we waited.
        TryAgainError: Other commands held the mailbox, or no answer came in time.
        RefusedError: It answered with a CALLERROR.
    """
    prepared = prepare(action, payload, force)
    chosen = choose(run_dir, identity)
    if ends_current(action, prepared):
        from shocpp.calls import current  # most commands have no need of it

        _require_known(run_dir, chosen)
        prepared = {**prepared, "transactionId": current.find(run_dir, chosen, connector_id)}
    if action == "RemoteStopTransaction" and _is_shared(run_dir, chosen, prepared.get("transactionId")):
        shared = plain(str(prepared["transactionId"]))
        whose = plain(chosen) or ANONYMOUS
        warn(f"two open charges have the transaction id {shared}: {whose} may end both")
    try:
        return send(Mailbox(run_dir, chosen).ask, chosen, action, prepared, timeout_s)
    except UnavailableError as error:
        raise _explained(error, run_dir, chosen) from None


def send(route: Route, identity: str, action: str, prepared: dict[str, object], timeout_s: float = 10) -> Confirmation:
    """
    Send a command that is prepared, by whatever way leads to its charge point, and wait for its confirmation.

    Args:
        route: Takes it there.
        identity: The charge point's; empty for the anonymous one.
        action: The call's name.
        prepared: The payload as it is sent.
        timeout_s: How long to wait for other commands, and then again for the answer.

    Raises:
        UnavailableError: It could not be sent to the charge point.
        TryAgainError: Neither, but it may be later.
        RefusedError: The charge point answered with a CALLERROR.
        ShocppError: What the route raises.
    """
    unique_id = fresh_id()
    answer = frames.parse(route(unique_id, Call(unique_id, action, prepared).encode(), timeout_s))
    if isinstance(answer, CallError) and answer.code in (frames.NOT_SENT, frames.TRY_AGAIN):
        who, why = plain(identity) or ANONYMOUS, plain(answer.description, 300)
        kind = UnavailableError if answer.code == frames.NOT_SENT else TryAgainError
        raise kind(f"{who} cannot be sent {action}: {why}")
    if isinstance(answer, CallError):
        said = ": ".join(filter(None, (answer.code, answer.description)))
        raise RefusedError(f"{identity or ANONYMOUS} refused {action}: {plain(said, 300)}")
    return Confirmation(identity, action, answer.payload, _quirk(action, answer.payload))


def require_accepted(answer: Confirmation) -> None:
    """
    Take nothing but Accepted for a yes.

    Raises:
        RefusedError: The charge point confirmed with another status.
    """
    status = answer.payload.get("status")
    if status != "Accepted":
        raise RefusedError(
            f"{plain(answer.identity) or ANONYMOUS} did not accept {answer.action}: {plain(str(status))}"
        )


def _require_known(run_dir: str, identity: str) -> None:
    """
    Refuse to look for a charge at a charge point that never was here.

    Raises:
        UnavailableError: It was not; says which one may have been meant.
    """
    known = seen(run_dir)
    if identity and identity not in known:
        raise UnavailableError("; ".join(filter(None, (f"{plain(identity)} was never here", meant(identity, known)))))


def _explained(error: UnavailableError, run_dir: str, identity: str) -> UnavailableError:
    """Say of a charge point that never was here which one may have been meant."""
    known = seen(run_dir)
    hint = "" if identity in known else meant(identity, known)
    return UnavailableError(f"{error}; {hint}") if hint else error


def fresh_id() -> str:
    """
    Make an id that no other message has, of 32 characters.

    Source: OCPP-J 1.6 §4.1.4 (at most 36)
    """
    return os.urandom(16).hex()
