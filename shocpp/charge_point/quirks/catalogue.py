"""
What charge points get wrong, as switches: the one table of them. What shocpp does about each is in docs/quirks.md.

Knows names and words only; ``quirks`` does it to messages, the charge point has the habits, and whoever makes the
connection does the kind ``LINK``.
"""

from __future__ import annotations

from typing import NamedTuple

from shocpp.errors import UsageError

# Of one kind only one quirk is done to one message at a time, but for SHAPE and HABIT.
CLOCK, ID, WIRE, METER, TAG, SHAPE, HABIT, LINK = "clock", "id", "wire", "meter", "tag", "shape", "habit", "link"
ENVELOPE = "envelope"  # of SOAP
KINDS = (CLOCK, ID, WIRE, METER, TAG, SHAPE, HABIT, LINK, ENVELOPE)


class Quirk(NamedTuple):
    """
    One switch.

    Attributes:
        row: Its number in docs/quirks.md and in the names of transcripts.
        name: The switch.
        kind: Where it is done.
        words: What the charge point does.
        is_together: ``all`` includes it: it neither ends nor diverts the conversation.
    """

    row: int
    name: str
    kind: str
    words: str
    is_together: bool


# what the rows are about
ROWS = {
    1: "Subprotocol", 2: "Path", 3: "Second connection", 4: "Silence", 5: "Against the schema", 6: "Types", 7: "Clocks",
    8: "Transaction ids", 9: "Stops", 10: "Starts", 11: "Refused cards", 12: "Meter values", 13: "Samples",
    14: "Meters", 15: "Id tags", 16: "Authentication", 17: "Frames", 18: "Ids and errors", 19: "Habits", 20: "Absence",
    21: "SOAP",
}  # fmt: skip
QUIRKS = (
    Quirk(1, "subprotocol-none", LINK, "offers no subprotocol", False),
    Quirk(1, "subprotocol-several", LINK, "offers ocpp2.0.1, ocpp1.6 and ocpp1.5", False),
    Quirk(1, "subprotocol-ocpp1.5", LINK, "offers ocpp1.5 alone", False),
    Quirk(1, "subprotocol-ocppj1.6", LINK, "offers ocppj1.6 alone", False),
    Quirk(2, "path-trailing-slash", LINK, "connects to /ID/", False),
    Quirk(2, "path-double-slash", LINK, "connects to //ID", False),
    Quirk(2, "path-encoded", LINK, "percent-encodes its identity", False),
    Quirk(2, "path-case", LINK, "spells its identity in the other letter case", False),
    Quirk(2, "path-root", LINK, "connects to / without an identity", False),
    Quirk(3, "two-connections", LINK, "connects anew while its old connection looks alive", True),
    Quirk(4, "no-pong", LINK, "never answers a ping", False),
    Quirk(4, "mute", HABIT, "sends, but never answers a CALL", False),
    Quirk(4, "no-heartbeat", HABIT, "sends no heartbeats", True),
    Quirk(5, "extra-fields", SHAPE, "sends fields that nobody specified", True),
    Quirk(5, "wrong-enum", SHAPE, "makes up statuses and reasons", True),
    Quirk(5, "long-serial", SHAPE, "has a serial number of 26 characters", True),
    Quirk(5, "long-tag", TAG, "sends an id tag of 21 characters", False),
    Quirk(6, "numbers-as-text", SHAPE, "sends numbers in quotes", True),
    Quirk(6, "text-as-numbers", SHAPE, "sends digits without quotes", True),
    Quirk(6, "null-payload", SHAPE, "sends null for an empty payload", True),
    Quirk(6, "empty-samples", SHAPE, "sends meter values without any sample", True),
    Quirk(7, "clock-no-zone", CLOCK, "sends times without a zone", True),
    Quirk(7, "clock-short-zone", CLOCK, "writes a zone as +02", True),
    Quirk(7, "clock-1970", CLOCK, "lives in 1970", True),
    Quirk(7, "clock-local", CLOCK, "marks its local time, two hours ahead, as UTC", True),
    Quirk(7, "clock-future", CLOCK, "is ten years ahead", True),
    Quirk(7, "clock-empty", CLOCK, "sends an empty time", True),
    Quirk(7, "clock-absent", CLOCK, "sends no time", True),
    Quirk(8, "id-zero", ID, "ends transaction 0", True),
    Quirk(8, "id-minus-one", ID, "ends transaction -1", True),
    Quirk(8, "id-negative", ID, "ends the transaction of its id's negative", True),
    Quirk(8, "id-unknown", ID, "ends a transaction that never was", False),
    Quirk(8, "id-as-text", ID, "sends the transaction's id in quotes", True),
    Quirk(9, "stop-twice", HABIT, "sends each StopTransaction again under a new unique id", True),
    Quirk(9, "stop-same-id", HABIT, "sends each StopTransaction twice under one unique id", True),
    Quirk(9, "stop-at-return", HABIT, "sends its last StopTransaction again after each reconnect", True),
    Quirk(10, "start-twice", HABIT, "sends each StartTransaction again", True),
    Quirk(11, "deliver-refused", HABIT, "charges for a card that was refused", False),
    Quirk(12, "meter-values-no-id", SHAPE, "sends meter values without transaction", True),
    Quirk(12, "meter-values-wrong-id", SHAPE, "sends meter values of another transaction", True),
    Quirk(12, "meter-values-after-stop", HABIT, "sends meter values after the stop", True),
    Quirk(12, "meter-values-flood", HABIT, "sends fifty old meter values after each reconnect", True),
    Quirk(13, "bare-samples", METER, "leaves out measurand and unit", True),
    Quirk(13, "kwh", METER, "measures energy in kWh", True),
    Quirk(13, "phases", METER, "sends phases beside the total", True),
    Quirk(13, "unknown-measurand", METER, "sends a measurand that nobody specified", True),
    Quirk(14, "meter-back", ID, "stops 1 Wh below its start", False),
    Quirk(14, "meter-reset", ID, "stops with a meter that was reset", False),
    Quirk(14, "meter-impossible", ID, "stops 2 GWh above its start", False),
    Quirk(15, "tag-case", TAG, "spells id tags in the other letter case", True),
    Quirk(15, "tag-control", TAG, "ends id tags with control characters", True),
    Quirk(15, "tag-colons", TAG, "writes colons into id tags", False),
    Quirk(15, "tag-vid", TAG, "writes VID: in front of id tags", False),
    Quirk(16, "auth-raw-key", LINK, "sends the bytes of a password that is written in hex", False),
    Quirk(16, "auth-other-user", LINK, "authenticates with another name than its identity", False),
    Quirk(16, "auth-empty", LINK, "authenticates with empty name and password", False),
    Quirk(17, "text-pong", WIRE, "sends the word pong", True),
    Quirk(17, "empty-line", WIRE, "sends empty lines", True),
    Quirk(17, "truncated", WIRE, "sends half a frame before each", True),
    Quirk(17, "invalid-utf8", WIRE, "sends bytes that are no UTF-8", False),
    Quirk(17, "bom", WIRE, "sends a byte order mark", True),
    Quirk(17, "pretty", WIRE, "prints frames over several lines", True),
    Quirk(17, "two-in-one", WIRE, "sends two frames in one message", True),
    Quirk(17, "no-brackets", WIRE, "leaves out the outer brackets", True),
    Quirk(18, "short-callerror", HABIT, "sends CALLERRORs of four elements", True),
    Quirk(18, "misspelt-code", HABIT, "misspells error codes", True),
    Quirk(18, "result-unknown-id", WIRE, "answers what nobody asked", True),
    Quirk(18, "integer-ids", HABIT, "uses numbers as unique ids", True),
    Quirk(18, "ids-restart", HABIT, "counts its unique ids from 1 after each boot", True),
    Quirk(19, "boot-when-configured", HABIT, "boots whenever it is configured", True),
    Quirk(19, "cut-configuration", HABIT, "cuts its answer to GetConfiguration short", True),
    Quirk(19, "calls-at-once", HABIT, "sends without waiting for answers", True),
    Quirk(20, "late-stop", HABIT, "is away for three hours before each StopTransaction", True),
    Quirk(20, "no-return", LINK, "does not come back after an orderly close", False),
    Quirk(20, "accepted-not-started", HABIT, "accepts a remote start and does nothing", False),
    Quirk(21, "soap-undeclared-prefix", ENVELOPE, "declares no prefix for its addressing headers", False),
    Quirk(21, "soap-no-action", ENVELOPE, "sends no Action", False),
    Quirk(21, "soap-no-message-id", ENVELOPE, "sends no MessageID", False),
    Quirk(21, "soap-no-from", ENVELOPE, "does not say where it takes commands", False),
    Quirk(21, "soap-broken-header", ENVELOPE, "answers commands with a header that swallows the body", False),
    Quirk(21, "soap-headers-of-before", ENVELOPE, "answers commands with the headers of the answer before", False),
)


def names(*kinds: str) -> frozenset[str]:
    """Give the switches of some kinds; of all if none is named."""
    return frozenset(quirk.name for quirk in QUIRKS if not kinds or quirk.kind in kinds)


def listing() -> str:
    """Write the table for people: a line a switch, with its row and what the charge point does."""
    return "\n".join(f"{quirk.row:>2}  {quirk.name:<24}{quirk.words}" for quirk in QUIRKS)


def chosen(wanted: tuple[str, ...]) -> frozenset[str]:
    """
    Find out which quirks are meant; ``all`` is all that can go together.

    Raises:
        UsageError: There is none of that name.

    >>> sorted(chosen(("kwh", "clock-1970"))), "mute" in chosen(("all",))
    (['clock-1970', 'kwh'], False)
    """
    unknown = [name for name in wanted if name != "all" and name not in names()]
    if unknown:
        raise UsageError(f"there is no quirk {unknown[0]!r}: --quirk list shows them all")
    together = [quirk.name for quirk in QUIRKS if quirk.is_together] if "all" in wanted else []
    return frozenset((*wanted, *together)) - {"all"}
