"""Statements read back: what their lines and their totals say, out of each format as a reader sees it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from html.parser import HTMLParser

Figure = tuple[int, Decimal | None]
Sums = dict[str, Figure]


class Figures:
    """
    The figures of a statement.

    Attributes:
        lines: Each account's Wh and amount, summed over the lines of its sessions.
        totals: The same as its totals say; those of the lines where the format has none.
        total: The total of all accounts; None where the format has none.
    """

    def __init__(self, lines: Sums, totals: Sums | None = None, total: Figure | None = None) -> None:
        self.lines = lines
        self.totals = lines if totals is None else totals
        self.total = total


def from_json(page: str, language: str) -> Figures:  # noqa: ARG001
    """Read a JSON document."""
    found = json.loads(page, parse_float=Decimal)

    def figure(each: dict[str, str | int]) -> Figure:
        return int(each["energy_wh"]), Decimal(each["amount"]) if each["amount"] is not None else None

    lines = added(
        (each["account"], *figure(each))
        for each in found["sessions"]
        if not {"unassigned", "anomaly"} & {*each["flags"]}
    )
    return Figures(lines, {each["account"]: figure(each) for each in found["accounts"]}, figure(found["total"]))


def from_csv(page: str, language: str) -> Figures:
    """Read CSV by its columns' names, the way a spreadsheet would."""
    german = language == "de"
    rows = csv.DictReader(io.StringIO(page, newline=""), delimiter=";" if german else ",", strict=True)
    account, flags, amount = ("Konto", "Vermerke", "Betrag") if german else ("Account", "Flags", "Amount")
    energy, energy_wh = ("Energie kWh", "Energie Wh") if german else ("Energy kWh", "Energy Wh")
    apart = re.compile("nicht zugeordnet|unassigned|Anomalie|anomaly")
    found = []
    for row in rows:
        wh = number(row[energy], language) * 1000
        assert wh == int(row[energy_wh])
        if not apart.search(row[flags]):
            found.append((row[account], int(wh), number(row[amount], language) if row[amount] else None))
    return Figures(added(found))


def from_text(page: str, language: str) -> Figures:
    """Read text by what stands where."""
    none, head, total = ("Keine", "Konto ", "Summe der") if language == "de" else ("No sess", "Account ", "Total of")
    lines = page.splitlines()
    if any(line.startswith(none) for line in lines):
        return Figures({}, {}, (0, None))
    top = next(number for number, line in enumerate(lines) if line.startswith(head)) + 2
    totals = {}
    for line in lines[top:]:
        if not line.startswith("---"):
            totals[re.sub(r" \[.*", "", line[:40].rstrip())] = _columns(line, language)
        if line.startswith(total):
            break
    grand = totals.pop(next(name for name in totals if name.startswith(total)))
    sessions = re.split(r"\n\n", page[page.index("\n   1  ") :])
    found = [_text_session(each.strip("\n"), language) for each in sessions if re.match(r"\n? *\d+  ", each)]
    return Figures(added(each for each in found if each), totals, grand)


def from_html(page: str, language: str) -> Figures:
    """Read the tables of a page."""
    tables = _Tables()
    tables.feed(page)
    if "totals" not in tables.rows:
        return Figures({}, {}, (0, None))
    totals, apart = {}, ("nicht zugeordnet", "unassigned", "Anomalien", "anomalies")
    for row in tables.rows["totals"]:
        name, _, energy, amount = (cell.split("\n")[0] for cell in row)
        if name not in apart:
            totals[name] = int(number(energy, language) * 1000), number(amount, language) if amount else None
    total = totals.pop("Summe der Konten" if language == "de" else "Total of the accounts")
    found = []
    for row in tables.rows["sessions"]:
        whose, wh, cents = (row[column].split("\n") for column in (3, 6, 7))
        if not any(re.match("nicht zug|unass|Anomalie|anomaly", line) for line in whose):
            amount_of = None if cents[0] == "–" else number(cents[0], language)
            found.append((whose[0], int(number(wh[0], language) * 1000), amount_of))
    return Figures(added(found), totals, total)


READERS: dict[str, Callable[[str, str], Figures]] = {
    "text": from_text,
    "csv": from_csv,
    "json": from_json,
    "html": from_html,
}


def figures_in(page: str, form: str, language: str) -> Figures:
    """Read a page of a format; where nobody can, fail with what to do."""
    assert form in READERS, f"write in tests/support/readers.py how {form} is read, and put that into READERS"
    return READERS[form](page, language)


def added(found: Iterable[tuple[str, int, Decimal | None]]) -> Sums:
    """Add lines up by account."""
    sums: Sums = {}
    for account, wh, amount in found:
        before_wh, before = sums.get(account, (0, None))
        both = [each for each in (before, amount) if each is not None]
        sums[account] = before_wh + wh, sum(both, Decimal(0)) if both else None
    return sums


def number(text: str, language: str) -> Decimal:
    """Read a number as it is written in a language."""
    group, point = (".", ",") if language == "de" else (",", ".")
    return Decimal(text.strip().replace(group, "").replace(point, "."))


def _columns(line: str, language: str) -> Figure:
    energy, amount = line[50:66].strip(), line[66:].strip()
    return int(number(energy, language) * 1000), number(amount, language) if amount else None


def _text_session(block: str, language: str) -> tuple[str, int, Decimal | None] | None:
    first, *more = block.splitlines()
    said = " ".join(line.strip() for line in more)
    if re.search(r"\[(nicht zugeordnet|unassigned|Anomalie|anomaly)", said):
        return None
    energy = number(first[64:].replace("kWh", ""), language)
    amount = re.search(r"€/kWh = (\S+) €", said)
    return said.split(" · ")[0], int(energy * 1000), number(amount[1], language) if amount else None


class _Tables(HTMLParser):
    """Collects the rows of the first table of each class; a cell's parts stand on lines of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._is_body = self._is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("class") or ""
        if tag == "table":
            self._rows = self.rows.setdefault(name, []) if name and name not in self.rows else None
        elif tag == "tbody":
            self._is_body = True
        elif tag == "tr" and self._is_body and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._is_body and self._rows is not None:
            self._rows[-1].append("")
            self._is_cell = True
        elif tag in ("br", "span") and self._is_cell and self._rows and self._rows[-1][-1]:
            self._rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._is_body = False
        elif tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell and self._rows:
            self._rows[-1][-1] += data.strip()
