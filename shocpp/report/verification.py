"""Findings of ``--verify``, a line each: which file or stop, what is wrong, with which other file."""

from __future__ import annotations

import json

from shocpp.report.plain import plain
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from shocpp.ledger.findings import Finding
    from shocpp.ledger.sums import Session
    from shocpp.report.words import Words

    Where = tuple[datetime, str, str]


def line(finding: Finding, words: Words) -> str:
    """Say what was found, for people."""
    what = words[f"finding.{finding.kind}"]
    others = [_file(finding.other)] if finding.other and finding.other.name != finding.session.name else []
    details = [*others, *([finding.detail] if finding.detail else [])]
    return f"{_file(finding.session)}: {what}" + (f" ({'; '.join(details)})" if details else "")


def document(finding: Finding) -> str:
    """Say what was found, as one JSON document on one line."""
    return json.dumps(
        {
            "finding": finding.kind,
            "record": _path(finding.session),
            "other": _path(finding.other) if finding.other else None,
            "charge_point": finding.session.charge.charge_point or None,
            "connector_id": finding.session.charge.connector_id,
            "account": finding.session.charge.account,
            "detail": finding.detail,
        }
    )


def journal_line(kind: str, where: Where, detail: str, words: Words) -> str:
    """Say for people where journal and accounting disagree."""
    time, charge_point, digest = where
    place = " ".join(filter(None, (utc(time), plain(charge_point) or words["anonymous"], digest)))
    return f"{place}: {words[f'finding.{kind}']} ({plain(detail, 300)})"


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


def _file(session: Session) -> str:
    return plain(_path(session), 120)


def _path(session: Session) -> str:
    return f"{session.month[0]:04}/{session.month[1]:02}/{session.name}"
