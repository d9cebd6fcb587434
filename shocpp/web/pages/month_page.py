"""
My month: what was charged, with its picture and its sessions, and the statement to take along.

The statement is the one that shocpp-summary prints, made by the same functions; nothing is added up here.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shocpp.ledger.span import Span
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report import formats
from shocpp.report.gather import Source, Wanted
from shocpp.report.inputs import Inputs
from shocpp.report.picture import Picture
from shocpp.report.view import View
from shocpp.report.words import Words
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.charge import Month
    from shocpp.ledger.statement import Statement
    from shocpp.web.pages.site import Site
    from shocpp.web.pages.visit import Visit

    Page = Callable[..., Response]

MOST_SESSIONS = 60  # on a page, the latest; a file has all
_KINDS = {
    "csv": ("text/csv; charset=utf-8", "table"),
    "pdf": ("application/pdf", "weasyprint"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "openpyxl"),
}


def month(visit: Visit, year: int | None = None, number: int | None = None) -> Response:
    """Show a month; without one, this one."""
    wanted = _month(visit, year, number)
    account, statement = _statement(visit, wanted)
    view = View(statement, Words(visit.language), visit.forms)
    picture = Picture(view)
    booked = accounting_at(visit.site.settings.accounting).months()
    months = sorted({*booked, _this_month(visit), wanted})
    at = months.index(wanted)
    shown = {
        "view": view,
        "statement": statement,
        "report": view.words,
        "names": {each.identity: each.name for each in visit.site.seen.listed() or () if each.name},
        "picture": picture if picture.has_energy else None,
        "items": statement.items[::-1][:MOST_SESSIONS],
        "month": wanted,
        "title": view.words.month(*wanted),
        "before": months[at - 1] if at else None,
        "after": months[at + 1] if at + 1 < len(months) else None,
        "account": account or "",
        "choices": [] if visit.person.account and not visit.person.is_operator else _accounts(visit, statement),
        "files": [form for form in _KINDS if form == "csv" or find_spec(_KINDS[form][1])],
    }
    return visit.page("month.html", shown)


def statement_file(visit: Visit, year: int, number: int, form: str) -> Response:
    """Give a month's statement as a file."""
    if form not in _KINDS:
        raise NotFound
    wanted = _month(visit, year, number)
    _, statement = _statement(visit, wanted)
    words = Words(visit.language)
    if form in formats.FILES:
        data = formats.document(statement, form, words, visit.language)
    else:
        data = "".join(formats.write(statement, form, words, visit.language, has_bom=True)).encode()
    name = f"shocpp-{wanted[0]:04}-{wanted[1]:02}.{form}"
    return Response(
        data, content_type=_KINDS[form][0], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


_MONTH = "month/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>/"
PATHS = {"month": "month/", "month_of": _MONTH, "statement_file": f"{_MONTH}statement.<form>"}
PAGES: dict[str, Page] = {"month": month, "month_of": month, "statement_file": statement_file}


def _statement(visit: Visit, wanted: Month) -> tuple[str | None, Statement]:
    """Make the statement that somebody may see: of their account, or of the one that they choose."""
    site, person = visit.site, visit.person
    chosen = visit.request.args.get("account") or None
    account = chosen if person.is_operator or not person.account else person.account
    inputs = Inputs(site.settings, site.zone, site.zone_name, lambda text: site.say("WARNING", clean(text, 500)))
    source = Source(site.settings, partial(_tell, site), described)
    return account, inputs.statement(source, Wanted(Span.of_month(*wanted), account), visit.now)


def _tell(site: Site, path: str, why: str) -> None:
    """Tell of a file that is no record."""
    site.say("WARNING", f"{clean(path, 500)}: {clean(why)}")


def _month(visit: Visit, year: int | None, number: int | None) -> Month:
    """Give the month that is meant; one that has not begun is not there."""
    this = _this_month(visit)
    wanted = this if year is None or number is None else (year, number)
    if not (2000, 1) <= wanted <= this or not 1 <= wanted[1] <= 12:
        raise NotFound
    return wanted


def _this_month(visit: Visit) -> Month:
    today = visit.now.astimezone(visit.site.zone)
    return today.year, today.month


def _accounts(visit: Visit, statement: Statement) -> list[str]:
    """Give the accounts that may be chosen: those of today, and those of the statement."""
    return sorted({*visit.site.tags().names().values(), *statement.summary.accounts})
