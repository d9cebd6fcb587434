"""
The operator's pages of charge points: all of them, one of them with what passed last, and commands by form.

A command goes the way of any command; what is shown of its answer has secrets hidden, as the journal has.
"""

from __future__ import annotations

import json

from werkzeug.exceptions import NotFound

from shocpp.calls import ask
from shocpp.errors import ShocppError
from shocpp.ledger.start import Start
from shocpp.ocpp.secrets import masked_frame
from shocpp.spool.journal.journal_tail import last_frames
from shocpp.texts import clean, plain
from shocpp.web.pages import tokens
from shocpp.web.pages.command_form import fields_of, payload_of
from shocpp.web.pages.now_page import connectors_for
from shocpp.web.pages.point_list import FILTERS, PER_PAGE, points

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from shocpp.status.rows import Row
    from shocpp.web.pages.visit import Visit

    Page = Callable[..., Response]

MOST_FRAMES = 50
_LONGEST_FRAME, _LONGEST_ANSWER = 600, 40_000


def all_points(visit: Visit) -> Response:
    """List all charge points, those that are asked for first of all."""
    asked = visit.request.args
    state = asked.get("state", "") if asked.get("state") in FILTERS else ""
    found = points(visit.site.rows(), connectors_for(visit), visit.now, asked.get("q", ""), state)
    number = max(1, asked.get("page", 1, type=int))
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    more = number + 1 if number * PER_PAGE < len(found) else None
    values = {"points": shown, "count": len(found), "word": asked.get("q", ""), "state": state, "filters": FILTERS}
    return visit.page("points.html", {**values, "number": number, "more": more})


def one_point(visit: Visit) -> Response:
    """Show one charge point."""
    identity, action = visit.request.args.get("id", ""), visit.request.args.get("call", "")
    return _point(visit, identity, action if action in ask.calls() else "")


def command(visit: Visit) -> Response:
    """Send a command as its form says, and show what came of it."""
    form = visit.request.form
    identity, action = form.get("charge_point", ""), form.get("call", "")
    if action not in ask.calls():
        raise NotFound
    try:
        answer = ask.ask(visit.site.settings.run_dir, identity, action, payload_of(action, form))
    except ShocppError as error:
        visit.site.say(
            "WARNING", f"{clean(visit.person.name)} {action} at {plain(identity) or '-'}: {clean(error, 500)}"
        )
        return _point(visit, identity, action, (tokens.BAD, clean(error, 500)))
    visit.site.say("INFO", f"{clean(visit.person.name)} {action} at {plain(identity) or '-'}: answered")
    told = json.dumps(answer.payload, indent=2, ensure_ascii=False)
    hidden = json.loads(masked_frame(told) or "{}")
    text = json.dumps(hidden, indent=2, ensure_ascii=False)
    return _point(visit, identity, action, (tokens.GOOD, text[:_LONGEST_ANSWER]))


PATHS = {"points": "points/", "point": "point"}
PAGES: dict[str, Page] = {"points": all_points, "point": one_point}
ACT_PATHS = {"command": "command"}
ACTS: dict[str, Page] = {"command": command}


def _point(visit: Visit, identity: str, action: str, answer: tuple[str, str] | None = None) -> Response:
    row = visit.site.row(identity)
    if row is None:
        raise NotFound
    connectors = connectors_for(visit)
    shown = {
        "row": row,
        "title": connectors.name_of(row),
        "identity": identity,
        "connectors": connectors.of([row], visit.now)[0],
        "more": 0,
        "boot": [(plain(visit.words.of_field(str(name))), plain(str(value))) for name, value in row["boot"].items()],
        "quirks": [(plain(str(name)), count) for name, count in row["quirks"].items()],
        "charges": [
            _charge(visit, each, lambda text: connectors.moment(text, visit.now)) for each in row["transactions"]
        ],
        "has_journal": bool(visit.site.settings.journal_dir),
        "frames": _frames(visit, identity),
        "calls": ask.calls(),
        "call": action,
        "fields": fields_of(action) if action else [],
        "filled": visit.request.form,
        "answer": answer,
    }
    return visit.page("point.html", shown)


def _charge(visit: Visit, seen: Row, moment: Callable[[object], str]) -> dict[str, str]:
    """Say of an open charge what is known of it."""
    start = Start.from_sighting(seen)
    drawn_wh = seen.get("drawn_wh")
    return {
        "id": str(seen.get("transaction_id") or ""),
        "account": plain(start.account or "?"),
        "connector": str(start.connector_id or "?"),
        "since": moment(start.started or start.received),
        "over": moment(start.presumed_over),
        "kwh": visit.forms.kwh(drawn_wh) if isinstance(drawn_wh, int) else "",
    }


def _frames(visit: Visit, identity: str) -> list[tuple[str, str, str]]:
    """Give what passed last: local time, direction, the frame as it is kept, in which secrets are hidden."""
    folder = visit.site.settings.journal_dir
    found = last_frames(folder, identity, MOST_FRAMES) if folder else []
    return [
        (
            f"{entry.time.astimezone(visit.site.zone):%H:%M:%S}",
            entry.direction,
            plain(json.dumps(entry.frame, ensure_ascii=False, separators=(", ", ": ")), _LONGEST_FRAME),
        )
        for entry in found
    ]
