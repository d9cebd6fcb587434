"""
calls.json: which id stands for which canned call or reading.

Knows ids, and what an entry may say; nothing of HTTP, and not how a call is made (that is ``canned``). An id is a
key to the charge point, so it is compared in constant time, and what is said of one shows its first four characters.
"""

from __future__ import annotations

import hmac
import re
import secrets

from shocpp.calls import ask, canned_fields
from shocpp.errors import ConfigError, MissingError, take_all
from shocpp.ocpp.v16.operations import CENTRAL_SYSTEM, OPERATIONS, may_start
from shocpp.spool.conf.config_file import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

OLDEST_S = 900
EXAMPLE = "example-"

_ID = re.compile(r"[A-Za-z0-9_-]{20,128}")
_LEAST_DIFFERENT = 8
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,}")


class UnknownIdError(MissingError):
    """No entry of calls.json has this id."""


class CannedCall:
    """
    A call that an id stands for.

    Attributes:
        action: The call's name.
        payload: What is sent; ``transactionId`` may be ``ask.CURRENT``.
        charge_point: Its identity; empty for the anonymous one, None for the one that is connected.
        connector_id: Where the current transaction is; None where there is only one.
    """

    __slots__ = ("action", "charge_point", "connector_id", "payload")

    def __init__(
        self,
        action: str,
        payload: Mapping[str, object] | None = None,
        charge_point: str | None = None,
        connector_id: int | None = None,
    ) -> None:
        self.action = action
        self.payload = dict(payload or {})
        self.charge_point = charge_point
        self.connector_id = connector_id


class CannedReading:
    """
    A reading that an id stands for.

    Attributes:
        measurand: Which, as in a sampled value; with ``.L1`` and the like for one phase.
        charge_point: Its identity; empty for the anonymous one, None for the one that has the reading.
        connector_id: The connector; None where only one has the reading.
        oldest_s: The age in seconds at which it is no reading any more.
    """

    __slots__ = ("charge_point", "connector_id", "measurand", "oldest_s")

    def __init__(
        self,
        measurand: str,
        charge_point: str | None = None,
        connector_id: int | None = None,
        oldest_s: int = OLDEST_S,
    ) -> None:
        self.measurand = measurand
        self.charge_point = charge_point
        self.connector_id = connector_id
        self.oldest_s = oldest_s


Entry = CannedCall | CannedReading


class Calls:
    """The entries of calls.json by their ids."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = [(_digestible(word), entry) for word, entry in entries.items() if not is_example(word)]

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def from_dict(cls, parsed: object) -> Calls:
        """
        Make them out of parsed JSON.

        Raises:
            ConfigError: It is not as the schema says, or makes no sense: an id that is easily guessed, an unknown call,
                a wrong payload.
        """
        if not isinstance(parsed, dict):
            raise ConfigError("the whole file: not an object")
        entries: dict[str, Entry] = {}

        def add(word: str, said: object) -> None:
            entries[word] = _entry(word, said)

        take_all(add, parsed.items())
        return cls(entries)

    def find(self, word: str) -> Entry:
        """
        Give the entry of an id; how long that takes says nothing about any id.

        Raises:
            UnknownIdError: There is none.
        """
        wanted = _digestible(word)
        found = None
        for known, entry in self._entries:  # to the end, whether found or not
            if hmac.compare_digest(known, wanted):
                found = entry
        if found is None:
            hint = "; examples never answer, make ids with shocpp-caller --new" if is_example(word) else ""
            raise UnknownIdError(f"no id {masked(word)} in calls.json{hint}")
        return found


def read(path: str) -> Calls:
    """
    Read and check calls.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field, the entry by the first characters of its id.
        ShocppError: It cannot be read.
    """
    try:
        return load(path, "calls", Calls.from_dict, is_strict=True, name_of=masked)
    except ConfigError as error:
        raise ConfigError(*(path + _masked_all(fault.removeprefix(path)) for fault in error.faults)) from None


def fresh_id() -> str:
    """Make an id that nobody guesses; it can be typed after a command, so it does not begin with a dash."""
    while True:
        word = secrets.token_urlsafe(24)
        if word[0].isalnum() and not weakness(word):
            return word


def weakness(word: str) -> str:
    """
    Say what is wrong with an id; empty if nothing is.

    >>> weakness("x" * 30), weakness("9RqZ4WbYt2LmPs7KfVcD")
    ('it has only 1 different character(s), 8 are needed', '')
    """
    if not _ID.fullmatch(word):
        return "an id has 20 to 128 letters, digits, - and _"
    different = len(set(word))
    if different < _LEAST_DIFFERENT:
        return f"it has only {different} different character(s), {_LEAST_DIFFERENT} are needed"
    return ""


def is_example(word: str) -> bool:
    """Tell whether everybody knows this id from calls.json.example: then nothing answers to it."""
    return word.lower().startswith(EXAMPLE)


def masked(word: str) -> str:
    """
    Show as much of an id as finds it in the file.

    >>> masked("9RqZ4WbYt2LmPs7KfVcD"), masked("\\n"), masked("")
    ('9RqZ…', '?…', '(none)')
    """
    return (
        "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in word[:4]) + "…"
        if word
        else "(none)"
    )


def _masked_all(text: str) -> str:
    """Mask whatever could be an id; the names of calls are as long."""
    return _SECRET.sub(lambda match: match[0] if match[0] in OPERATIONS else masked(match[0]), text)


def _digestible(word: str) -> bytes:
    return word.encode("utf-8", "replace")


def _entry(word: str, said: Any) -> Entry:
    if not canned_fields.are_right(said):
        raise ConfigError(f"entry {masked(word)}: a field is unknown, missing, or has a value that cannot be used")
    weak = weakness(word)
    if weak:
        raise ConfigError(f"entry {masked(word)}: {weak}; make one with: shocpp-caller --new")
    charge_point, connector_id = said.get("charge_point"), said.get("connector_id")
    if "reading" in said:
        return CannedReading(said["reading"], charge_point, connector_id, said.get("oldest_s", OLDEST_S))
    call = CannedCall(said["call"], said.get("payload"), charge_point, connector_id)
    faults = _faults(call)
    if faults:
        raise ConfigError(*(f"entry {masked(word)}, {fault}" for fault in faults))
    return call


def _faults(call: CannedCall) -> list[str]:
    """Hold a call against its schema; give all that is wrong."""
    if not may_start(CENTRAL_SYSTEM, call.action):
        return [f"field call: a central system makes no call {call.action!r}"]
    ends_current = ask.ends_current(call.action, call.payload)
    if call.connector_id is not None and not ends_current:
        return [f'field connector_id: it chooses among open transactions, for "transactionId": "{ask.CURRENT}"']
    payload = {**call.payload, "transactionId": 1} if ends_current else call.payload
    return [f"field payload: {fault}" for fault in ask.faults(call.action, payload)]
