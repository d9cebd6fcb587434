"""
Make a canned call, or look a reading up, and give the answer in a word.

Knows run/ and ``commands``; nothing of HTTP (that is ``page``) and nothing of how calls.json is written (``calls``).
"""

from __future__ import annotations

import json

from shocpp.calls import ask
from shocpp.calls.canned_file import CannedCall
from shocpp.calls.current import ConflictError
from shocpp.calls.sighted import NoReadingError, connectors_with, last_reading
from shocpp.errors import UsageError
from shocpp.spool.run.held_mailbox import folder_of
from shocpp.spool.run.mailbox import connected, seen
from shocpp.spool.run.sightings import METER, read
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from shocpp.calls.canned_file import CannedReading, Entry

_LONGEST = 20_000


class Result:
    """What came of it: ``word`` for people, ``document`` for programs."""

    __slots__ = ("document", "word")

    def __init__(self, word: str, document: Mapping[str, object]) -> None:
        self.word = word
        self.document = document


def perform(entry: Entry, run_dir: str, now: datetime) -> Result:
    """
    Do what an entry of calls.json says.

    Raises:
        ConflictError: No one charge point, transaction or connector is meant.
        NoReadingError: There is no reading, or it is too old.
        ShocppError: Those of ``ask.ask``.
    """
    return _call(entry, run_dir) if isinstance(entry, CannedCall) else _reading(entry, run_dir, now)


def _call(call: CannedCall, run_dir: str) -> Result:
    identity = _chosen(run_dir, call.charge_point)
    # checked when calls.json was read, so not once more
    answer = ask.ask(run_dir, identity, call.action, call.payload, force=True, connector_id=call.connector_id)
    return Result(_word(answer.payload), answer.payload)


def _chosen(run_dir: str, identity: str | None) -> str:
    try:
        return ask.choose(run_dir, identity)
    except UsageError:
        raise ConflictError("Several charge points are connected; calls.json has to name one.") from None


def _word(payload: Mapping[str, Any]) -> str:
    """Say a confirmation in a word: its status, if it has one."""
    if not payload:
        return "OK"
    status = payload.get("status")
    return clean(status if isinstance(status, str) else json.dumps(payload, ensure_ascii=False), _LONGEST)


def _reading(wanted: CannedReading, run_dir: str, now: datetime) -> Result:
    identity, meter = _meter(wanted, run_dir)
    found = last_reading(meter, wanted, now)
    document = {name: getattr(found, name) for name in ("measurand", "value", "unit", "at", "connector_id")}
    return Result(clean(found), {"charge_point": identity, **document})


def _meter(wanted: CannedReading, run_dir: str) -> tuple[str, dict[str, Any]]:
    """Find whose meter is meant: the named one's, the only one's that has the reading, or the only connected one's."""
    identities = seen(run_dir) if wanted.charge_point is None else [wanted.charge_point]
    meters = {each: read(folder_of(run_dir, each), METER) for each in identities}
    having = [each for each in meters if connectors_with(meters[each], wanted)]
    if len(having) > 1:
        having = [each for each in connected(run_dir) if each in having]
        if len(having) != 1:
            raise ConflictError(f"Several charge points have a {wanted.measurand}; calls.json has to name one.")
    if not having:
        raise NoReadingError(f"There is no reading of {wanted.measurand} yet.")
    return having[0], meters[having[0]]
