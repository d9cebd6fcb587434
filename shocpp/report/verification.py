"""What ``--verify`` finds, a line each: which record or stop, what is wrong, with which other record."""

from __future__ import annotations

import json

from shocpp.texts import plain
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from shocpp.ledger.findings import Finding
    from shocpp.ledger.item import Item
    from shocpp.report.words import Words

    Where = tuple[datetime, str, str]


def line(finding: Finding, words: Words) -> str:
    """Say what was found, for people."""
    what = words[f"finding.{finding.kind}"]
    others = [_file(finding.other)] if finding.other and finding.other.charge.name != finding.item.charge.name else []
    details = [*others, *([finding.detail] if finding.detail else [])]
    return f"{_file(finding.item)}: {what}" + (f" ({'; '.join(details)})" if details else "")


def document(finding: Finding) -> str:
    """Say what was found, as one JSON document on one line."""
    return json.dumps(
        {
            "finding": finding.kind,
            "record": _path(finding.item),
            "other": _path(finding.other) if finding.other else None,
            "charge_point": finding.item.charge.charge_point or None,
            "connector_id": finding.item.charge.connector_id,
            "account": finding.item.charge.account,
            "detail": finding.detail,
        }
    )


def journal_line(kind: str, where: Where, detail: str, words: Words) -> str:
    """Say for people where journal and accounting disagree."""
    time, charge_point, digest = where
    whose = " ".join(filter(None, (utc(time), plain(charge_point) or words["anonymous"], digest)))
    return f"{whose}: {words[f'finding.{kind}']} ({plain(detail, 300)})"


def journal_document(kind: str, where: Where, detail: str) -> str:
    """Say the same as one JSON document on one line."""
    time, charge_point, digest = where
    return json.dumps(
        {
            "finding": kind,
            "digest": digest or None,
            "time": utc(time),
            "charge_point": charge_point or None,
            "detail": detail,
        }
    )


def no_stop_line(identity: str, ended: datetime, seen: dict[str, Any], words: Words) -> str:
    """Say for people that a charge ended without a stop, with the last reading that is known of it."""
    whose = f"{utc(ended)} {plain(identity) or words['anonymous']}"
    named = ("transaction_id", "connector_id", "account")
    known = [f"{name} {plain(str(seen[name]))}" for name in named if seen.get(name)]
    readings = " → ".join(plain(str(seen.get(name, "?"))) for name in ("begin_wh", "last_wh"))
    return f"{whose}: {words['finding.no-stop']} ({'; '.join([*known, f'{readings} Wh'])})"


def no_stop_document(identity: str, ended: datetime, seen: dict[str, Any], words: Words) -> str:  # noqa: ARG001
    """Say the same as one JSON document on one line."""
    names = ("transaction_id", "connector_id", "account", "id_tag", "begin_wh", "last_wh", "started")
    return json.dumps(
        {
            "finding": "no-stop",
            "time": utc(ended),
            "charge_point": identity or None,
            **{name: seen.get(name) for name in names},
        }
    )


def _file(item: Item) -> str:
    return plain(_path(item), 120)


def _path(item: Item) -> str:
    return f"{item.charge.month[0]:04}/{item.charge.month[1]:02}/{item.charge.name}"
