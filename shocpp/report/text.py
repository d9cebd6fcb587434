"""A statement as text for a terminal or a mail: 80 columns, and nothing in it that a terminal would obey."""

from __future__ import annotations

from shocpp.report.forms import Forms, offset
from shocpp.report.plain import fit, masked, plain, right, width
from shocpp.report.words import Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.statement import Statement
    from shocpp.ledger.summary import Session, Sum

COLUMNS = 80
_INDENT = "      "


def lines(statement: Statement, words: Words, forms: Forms) -> Iterator[str]:
    """
    Write a statement.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes numbers and dates.

    Yields:
        Its lines, without line ends.
    """
    page = _Page(statement, words, forms)
    yield from page.head()
    if not statement.sessions:
        yield words["none"]
        return
    yield from page.totals()
    for session in statement.sessions:
        yield ""
        yield from page.session(session)
    yield from page.notes()


class _Page:
    def __init__(self, statement: Statement, words: Words, forms: Forms) -> None:
        self._statement = statement
        self._header = statement.header
        self._words = words
        self._forms = forms

    def head(self) -> Iterator[str]:
        header, words, forms = self._header, self._words, self._forms
        first, last = forms.date(header.span.first), forms.date(header.span.last)
        title = words["title"].format(span=words.of_span(header.span, first, last))
        yield title
        yield "=" * len(title)
        zone = f" ({header.zone_name})" if header.zone_name else ""
        yield from self._field("period", words["span"].format(first=first, last=last) + zone)
        if header.account is not None:
            yield from self._field("account", fit(plain(header.account), COLUMNS - 14))
        yield from self._field("charge_points", "\n".join(map(self._charge_point, self._statement.charge_points())))
        created = header.local(header.created)
        made = words["created_with"].format(time=f"{forms.time(created)} {offset(created)}", version=header.version)
        yield from self._field("created", made)
        yield ""

    def totals(self) -> Iterator[str]:
        summary, words = self._statement.summary, self._words
        rule = "-" * COLUMNS
        yield self._row(words["account"], words["count"], "kWh")
        yield rule
        for account, each in summary.accounts.items():
            yield self._sum(plain(account), each)
        yield rule
        yield self._sum(words["total"], summary.total)
        apart = (("unassigned", summary.unassigned), ("anomalies", summary.anomalies))
        if any(each.count for _, each in apart):
            yield ""
        for name, each in apart:
            if each.count:
                yield self._sum(words[name], each)

    def session(self, session: Session) -> Iterator[str]:
        charge, forms = session.charge, self._forms
        ended, started = self._header.local(charge.ended), charge.started
        end = f"{forms.time(ended)} {offset(ended)}"
        energy = f"{self._kwh(charge.energy_wh, charge.is_exact)} kWh"
        if started:
            local = self._header.local(started)
            when = f"{forms.time(local)} {offset(local)} – {end}"
        else:
            when = f"{self._words['until']} {end}"
        took = "" if charge.duration_s is None else f"{forms.duration(charge.duration_s)} {self._words['hours']}"
        yield f"{session.number:4}  {when:49}{took:>9}{right(energy, 16)}"
        yield from _flow(self._facts(session), " · ")
        yield from _flow((f"[{mark}]" for mark in self._marks(session)), " ")

    def notes(self) -> Iterator[str]:
        for number, flag in enumerate(self._statement.flags()):
            yield from ["", f"{self._words['notes']}:"] if number == 0 else []
            yield from _wrapped(f"[{self._words[f'flag.{flag}']}]", self._words[f"note.{flag}"])

    def _facts(self, session: Session) -> Iterator[str]:
        charge, forms = session.charge, self._forms
        yield self._words["unassigned"] if charge.is_unassigned else fit(plain(charge.account), 24).rstrip()
        if place := self._place(session):
            yield place
        if id_tag := charge.fields.get("id_tag"):
            yield f"{self._words['tag']} {masked(id_tag)}"
        begin = (charge.begin_kwh * 1000, False) if charge.begin_wh is None else (charge.begin_wh, True)
        end = (charge.end_kwh * 1000, False) if charge.end_wh is None else (charge.end_wh, True)
        yield f"{forms.kwh(*begin)} → {forms.kwh(*end)}"

    def _marks(self, session: Session) -> Iterator[str]:
        for flag in session.flags:
            what = f": {plain(self._words.of_anomaly(session.charge.anomaly), 30)}" if flag == "anomaly" else ""
            yield self._words[f"flag.{flag}"] + what

    def _place(self, session: Session) -> str:
        charge = session.charge
        connector = "" if charge.connector_id is None else f"/{charge.connector_id}"
        return fit(plain(charge.charge_point), 20).rstrip() + connector

    def _charge_point(self, identity: str) -> str:
        return fit(plain(identity), COLUMNS - 14).rstrip() or self._words["anonymous"]

    def _field(self, name: str, value: str) -> Iterator[str]:
        for number, line in enumerate(value.split("\n")):
            yield f"{'' if number else self._words[name]:14}{line}".rstrip()

    def _row(self, name: str, count: str, energy: str) -> str:
        return f"{fit(name, 50)}{count:>14}{right(energy, 16)}"

    def _sum(self, name: str, each: Sum) -> str:
        return self._row(name, self._forms.whole(each.count), self._kwh(each.energy_wh, each.is_exact))

    def _kwh(self, wh: int, is_exact: bool) -> str:
        """Write energy so that the kWh stand under each other, whether Wh are known or not."""
        return self._forms.kwh(wh, is_exact) + ("" if is_exact else "    ")


def _flow(parts: Iterator[str], between: str) -> Iterator[str]:
    """Put parts beside each other as long as they fit, indented."""
    line = ""
    for part in parts:
        if line and width(line + between + part) > COLUMNS - len(_INDENT):
            yield _INDENT + line
            line = ""
        line += between + part if line else part
    if line:
        yield _INDENT + line


def _wrapped(mark: str, text: str) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(f"{mark} {text}", COLUMNS, subsequent_indent="    ")
