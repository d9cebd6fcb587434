"""
What charge points get wrong, as switches: name, kind, and in words. docs/quirks.md says what shocpp does about each.

Knows names only; ``quirks`` does it to messages, and whoever makes the connection does the kind ``LINK``.
"""

from __future__ import annotations

from shocpp.errors import UsageError

# Of one kind only one quirk is done to one message at a time.
CLOCK, ID, WIRE, METER, TAG, SHAPE, HABIT, LINK = "clock", "id", "wire", "meter", "tag", "shape", "habit", "link"

# row in docs/quirks.md, name, kind, words, whether "all" includes it: not what ends or diverts the conversation
QUIRKS = (
    (1, "subprotocol-none", LINK, "offers no subprotocol", False),
    (1, "subprotocol-several", LINK, "offers ocpp2.0.1, ocpp1.6 and ocpp1.5", False),
    (1, "subprotocol-ocpp1.5", LINK, "offers ocpp1.5 alone", False),
    (1, "subprotocol-ocppj1.6", LINK, "offers ocppj1.6 alone", False),
    (2, "path-trailing-slash", LINK, "connects to /ID/", False),
    (2, "path-double-slash", LINK, "connects to //ID", False),
    (2, "path-encoded", LINK, "percent-encodes its identity", False),
    (2, "path-case", LINK, "spells its identity in the other letter case", False),
    (2, "path-root", LINK, "connects to / without an identity", False),
    (3, "two-connections", LINK, "connects anew while its old connection looks alive", True),
    (4, "no-pong", LINK, "never answers a ping", False),
    (4, "mute", HABIT, "sends, but never answers a CALL", False),
    (4, "no-heartbeat", HABIT, "sends no heartbeats", True),
    (5, "extra-fields", SHAPE, "sends fields that nobody specified", True),
    (5, "wrong-enum", SHAPE, "makes up statuses and reasons", True),
    (5, "long-serial", SHAPE, "has a serial number of 26 characters", True),
    (5, "long-tag", TAG, "sends an id tag of 21 characters", False),
    (6, "numbers-as-text", SHAPE, "sends numbers in quotes", True),
    (6, "text-as-numbers", SHAPE, "sends digits without quotes", True),
    (6, "null-payload", SHAPE, "sends null for an empty payload", True),
    (6, "empty-samples", SHAPE, "sends meter values without any sample", True),
    (7, "clock-no-zone", CLOCK, "sends times without a zone", True),
    (7, "clock-short-zone", CLOCK, "writes a zone as +02", True),
    (7, "clock-1970", CLOCK, "lives in 1970", True),
    (7, "clock-local", CLOCK, "marks its local time, two hours ahead, as UTC", True),
    (7, "clock-future", CLOCK, "is ten years ahead", True),
    (7, "clock-empty", CLOCK, "sends an empty time", True),
    (7, "clock-absent", CLOCK, "sends no time", True),
    (8, "id-zero", ID, "ends transaction 0", True),
    (8, "id-minus-one", ID, "ends transaction -1", True),
    (8, "id-negative", ID, "ends the transaction of its id's negative", True),
    (8, "id-unknown", ID, "ends a transaction that never was", False),
    (8, "id-as-text", ID, "sends the transaction's id in quotes", True),
    (9, "stop-twice", HABIT, "sends each StopTransaction again under a new unique id", True),
    (9, "stop-same-id", HABIT, "sends each StopTransaction twice under one unique id", True),
    (9, "stop-at-return", HABIT, "sends its last StopTransaction again after each reconnect", True),
    (10, "start-twice", HABIT, "sends each StartTransaction again", True),
    (11, "deliver-refused", HABIT, "charges for a card that was refused", False),
    (12, "meter-values-no-id", SHAPE, "sends meter values without transaction", True),
    (12, "meter-values-wrong-id", SHAPE, "sends meter values of another transaction", True),
    (12, "meter-values-after-stop", HABIT, "sends meter values after the stop", True),
    (12, "meter-values-flood", HABIT, "sends fifty old meter values after each reconnect", True),
    (13, "bare-samples", METER, "leaves out measurand and unit", True),
    (13, "kwh", METER, "measures energy in kWh", True),
    (13, "phases", METER, "sends phases beside the total", True),
    (13, "unknown-measurand", METER, "sends a measurand that nobody specified", True),
    (14, "meter-back", ID, "stops 1 Wh below its start", False),
    (14, "meter-reset", ID, "stops with a meter that was reset", False),
    (14, "meter-impossible", ID, "stops 2 GWh above its start", False),
    (15, "tag-case", TAG, "spells id tags in the other letter case", True),
    (15, "tag-control", TAG, "ends id tags with control characters", True),
    (15, "tag-colons", TAG, "writes colons into id tags", False),
    (15, "tag-vid", TAG, "writes VID: in front of id tags", False),
    (16, "auth-raw-key", LINK, "sends the bytes of a password that is written in hex", False),
    (16, "auth-other-user", LINK, "authenticates with another name than its identity", False),
    (16, "auth-empty", LINK, "authenticates with empty name and password", False),
    (17, "text-pong", WIRE, "sends the word pong", True),
    (17, "empty-line", WIRE, "sends empty lines", True),
    (17, "truncated", WIRE, "sends half a frame before each", True),
    (17, "invalid-utf8", WIRE, "sends bytes that are no UTF-8", False),
    (17, "bom", WIRE, "sends a byte order mark", True),
    (17, "pretty", WIRE, "prints frames over several lines", True),
    (17, "two-in-one", WIRE, "sends two frames in one message", True),
    (17, "no-brackets", WIRE, "leaves out the outer brackets", True),
    (18, "short-callerror", HABIT, "sends CALLERRORs of four elements", True),
    (18, "misspelt-code", HABIT, "misspells error codes", True),
    (18, "result-unknown-id", WIRE, "answers what nobody asked", True),
    (18, "integer-ids", HABIT, "uses numbers as unique ids", True),
    (18, "ids-restart", HABIT, "counts its unique ids from 1 after each boot", True),
    (19, "boot-when-configured", HABIT, "boots whenever it is configured", True),
    (19, "cut-configuration", HABIT, "cuts its answer to GetConfiguration short", True),
    (19, "calls-at-once", HABIT, "sends without waiting for answers", True),
    (20, "late-stop", HABIT, "is away for three hours before each StopTransaction", True),
    (20, "no-return", LINK, "does not come back after an orderly close", False),
    (20, "accepted-not-started", HABIT, "accepts a remote start and does nothing", False),
)
KINDS = {name: kind for _, name, kind, _, _ in QUIRKS}


def chosen(names: tuple[str, ...]) -> frozenset[str]:
    """
    Find out which quirks are meant; ``all`` is all that can go together.

    Raises:
        UsageError: There is none of that name.

    >>> sorted(chosen(("kwh", "clock-1970"))), "mute" in chosen(("all",))
    (['clock-1970', 'kwh'], False)
    """
    unknown = [name for name in names if name != "all" and name not in KINDS]
    if unknown:
        raise UsageError(f"there is no quirk {unknown[0]!r}: --quirk list shows them all")
    together = [name for _, name, _, _, is_together in QUIRKS if is_together]
    return frozenset((*(name for name in names if name != "all"), *(together if "all" in names else ())))
