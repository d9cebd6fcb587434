"""Now: what each connector does, start and stop; and the fragment of it that a browser asks for again and again."""

from __future__ import annotations

import hashlib
import json

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from shocpp.texts import plain
from shocpp.web.pages import acts, tokens
from shocpp.web.pages.shown_connectors import ShownConnectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.status.rows import Row
    from shocpp.web.pages.visit import Visit

    Page = Callable[..., Response]

MOST_CONNECTORS = 24  # those with a charge come first; the operator's list has all


def now(visit: Visit) -> Response:
    """Show what each connector does."""
    said = tokens.read_outcome(visit.person, visit.request.args.get("said", ""), int(visit.now.timestamp()))
    return visit.page("now.html", {"outcome": said, **_shown(visit)})


def fragment(visit: Visit) -> Response:
    """Give the connectors alone; nothing but 304 if they are as the browser has them."""
    rows = visit.site.rows()
    tag = _tag(visit, rows)
    if tag in visit.request.if_none_match:
        response = Response("", 304)
    else:
        response = visit.page("_connectors.html", _shown(visit, rows))
    response.set_etag(tag)
    return response


def manifest(visit: Visit) -> Response:
    """Describe the page to a phone that puts it on its home screen."""
    said = {
        "name": f"{visit.words['product']} · {visit.person.name}",
        "short_name": visit.words["product"],
        "start_url": visit.url("now"),
        "scope": visit.url("now"),
        "display": "standalone",
        "background_color": "#f3f6f4",
        "theme_color": "#0a6b4a",
        "icons": [{"src": visit.asset("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
    }
    return Response(json.dumps(said), content_type="application/manifest+json")


def start(visit: Visit) -> Response:
    """Start a charge, and say on the page what came of it."""
    form = visit.request.form
    connector = form.get("connector", "")
    number = int(connector) if connector.isdecimal() and len(connector) < 10 else None
    account = form.get("account", visit.person.account)
    return _told(visit, acts.start(visit.site, visit.person, _identity(visit), number, account))


def stop(visit: Visit) -> Response:
    """End a charge, and say on the page what came of it."""
    transaction = visit.request.form.get("transaction", "")
    if not (transaction.isascii() and transaction.isdecimal() and len(transaction) < 11):
        raise BadRequest
    return _told(visit, acts.stop(visit.site, visit.person, _identity(visit), int(transaction)))


PATHS = {"now": "", "fragment": "fragment", "manifest": "manifest.webmanifest"}
PAGES: dict[str, Page] = {"now": now, "fragment": fragment, "manifest": manifest}
ACT_PATHS = {"start": "start", "stop": "stop"}
ACTS: dict[str, Page] = {"start": start, "stop": stop}


def _identity(visit: Visit) -> str:
    return visit.request.form.get("charge_point", "")[:255]


def _told(visit: Visit, name: str) -> Response:
    """Lead back to the page, which says what came of an act."""
    listed = visit.site.seen.listed()
    known = listed.get(_identity(visit)) if listed else None
    where = plain((known.name if known else "") or _identity(visit)) or visit.words["anonymous"]
    kind = tokens.GOOD if name.endswith(".done") else tokens.BAD
    sentence = visit.words.say(name, where=where)
    return visit.see_other("now", said=tokens.outcome(visit.person, kind, sentence, int(visit.now.timestamp())))


def _shown(visit: Visit, rows: list[Row] | None = None) -> dict[str, object]:
    rows = visit.site.rows() if rows is None else rows
    connectors, more = connectors_for(visit).of(rows, visit.now, MOST_CONNECTORS)
    return {"connectors": connectors, "more": more, "tag": _tag(visit, rows)}


def connectors_for(visit: Visit) -> ShownConnectors:
    """Give what shows connectors to whoever asks."""
    site = visit.site
    accounts = list(site.tags().names().values())
    return ShownConnectors(
        visit.person, visit.words, visit.forms, site.zone, accounts, site.prices(), site.seen.listed(), site.history
    )


def _tag(visit: Visit, rows: list[Row]) -> str:
    """Give what changes when anything that is shown of connectors does, the day of times included."""
    today = visit.now.astimezone(visit.site.zone).date().isoformat()
    person = visit.person
    who = [person.role, person.account, visit.language, today, list(visit.site.tags().names().values())]
    seen = [{name: row[name] for name in row if name not in ("frames", "quirks", "records", "boot")} for row in rows]
    return hashlib.sha256(json.dumps([who, seen], default=str).encode()).hexdigest()[:20]
