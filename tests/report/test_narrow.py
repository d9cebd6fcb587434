"""The page on a phone and on paper, as Chromium lays it out: nothing is cut, no word is broken, sessions are cards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.report.words import LANGUAGES
from tests.support.browser import Browser
from tests.support.invented_month import CREATED, make, statement
from tests.support.pages import page
from tests.support.records import BERLIN, exact, put

PHONE_PX, PAPER_PX = 390, 688  # a common phone; A4 between its margins

# the texts that a reader sees: no closed details, nothing that only a screen reader is told
SEEN = """
const seen = [];
const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const hidden = node.parentElement.closest("title, desc, details:not([open]) > :not(summary), .sessions thead");
  if (!hidden && node.parentElement.getClientRects().length) seen.push(node);
}
"""
# the words of which a part stands on another line than the rest
BROKEN = f"""(() => {{ {SEEN}
const broken = [];
for (const node of seen) {{
  for (const word of node.data.matchAll(/[^\\s\\/-]+/g)) {{
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].filter((each) => each.width > 0).map((each) => each.top));
    if (lines.size > 1) broken.push(word[0]);
  }}
}}
return broken; }})()"""
# the texts that stick out of the window on either side
CUT = f"""(() => {{ {SEEN}
const sticksOut = (node) => {{
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  return box.width > 0 && (box.left < 0 || box.right > innerWidth);
}};
return seen.filter(sticksOut).map((node) => node.data.trim()).filter(Boolean); }})()"""
# labels of the chart that stand in each other's way
OVERLAPPING = """(() => {
const boxes = [...document.querySelectorAll(".days text")].map((each) => each.getBoundingClientRect());
const shown = boxes.filter((box) => box.width);
const hits = (one, other) => one !== other && one.left < other.right && other.left < one.right
  && one.top + 2 < other.bottom && other.top + 2 < one.bottom;
return shown.filter((one) => shown.some((other) => hits(one, other))).length;
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests here."""
    started = Browser()
    yield started
    started.close()


def shown(folder: Path, found: Statement, language: str) -> str:
    """Write a page to the disk; give its address."""
    path = folder / "page.html"
    path.write_text(page(found, "html", language))
    return path.as_uri()


@pytest.mark.parametrize("account", [None, "company-x"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "media"), [(PHONE_PX, ""), (PAPER_PX, "print")])
def test_everything_is_there(
    tmp_path: Path, browser: Browser, language: str, width: int, media: str, account: str | None
) -> None:
    """No text sticks out, and none of its words is broken inside: of headings, tables, cards, notes and chart."""
    make(tmp_path)
    found = statement(tmp_path, account=account) if account else statement(tmp_path)
    browser.open(shown(tmp_path, found, language), width, media=media)
    assert browser.tell(CUT) == []
    assert browser.tell(BROKEN) == []
    assert browser.tell(OVERLAPPING) == 0


def test_a_broken_word_and_a_cut_one_are_seen(tmp_path: Path, browser: Browser) -> None:
    """The checks above can fail: a column that is too small, and a table that is too wide."""
    (tmp_path / "page.html").write_text(
        "<!DOCTYPE html><main><p style='width: 4em; overflow-wrap: anywhere'>nicht zugeordnet</p>"
        "<p style='width: 2000px; text-align: end'>€</p><details><p>closed</p></details></main>"
    )
    browser.open((tmp_path / "page.html").as_uri(), PHONE_PX)
    assert browser.tell(BROKEN) == ["zugeordnet"]
    assert browser.tell(CUT) == ["€"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sessions_are_cards(tmp_path: Path, browser: Browser, language: str) -> None:
    """On a phone each session stands in a frame of its own with the names of its figures; on a desk it is a row."""
    make(tmp_path)
    address = shown(tmp_path, statement(tmp_path), language)
    card = "getComputedStyle(document.querySelector('.sessions tbody tr')).display"
    said = "getComputedStyle(document.querySelector('.sessions tbody td:nth-child(6)'), '::before').content"
    browser.open(address, PHONE_PX)
    assert browser.tell(card) == "grid"
    assert browser.tell(said).startswith('"Zählerstand' if language == "de" else '"Meter')
    browser.open(address, 1000)
    assert browser.tell(card) == "table-row" and browser.tell(said) == "none"


def test_the_chart_of_a_year(tmp_path: Path, browser: Browser) -> None:
    """The months of a year, and what is earlier and later, are named without standing in each other's way."""
    for month in range(1, 13):
        put(tmp_path / "accounting", exact(local=f"2026-{month:02}-15 10:00:00"))
    items = statement_of_a_year(tmp_path)
    for width in (PHONE_PX, 1000):
        browser.open(shown(tmp_path, items, "de"), width)
        assert browser.tell("document.querySelectorAll('.days .bar').length") == 12
        assert browser.tell(OVERLAPPING) == 0 and browser.tell(CUT) == []


def statement_of_a_year(home: Path) -> Statement:
    """Make the statement of 2026."""
    from shocpp.ocpp.v16.boot_notification import described
    from shocpp.report.gather import Source, Wanted
    from shocpp.settings import Settings

    span = Span.of_year(2026)
    items = Source(Settings.from_environ({"SHOCPP_HOME": str(home)}), print, described).items(Wanted(span))
    return Statement(Header(span, CREATED, "1.2.3", BERLIN, "Europe/Berlin"), items)


def test_a_currency_cannot_leave_its_place(tmp_path: Path, browser: Browser) -> None:
    """Whatever a settlement says of its currency, the style of the page takes it for a text."""
    make(tmp_path)
    found = statement(tmp_path)
    assert found.prices is not None
    found.prices.currency = '"}</style>\\*{display:none}'
    browser.open(shown(tmp_path, found, "en"), PHONE_PX)
    assert browser.tell("document.querySelectorAll('style').length") == 1
    price = "getComputedStyle(document.querySelector('.sessions tbody .strong + br + .quiet'), '::after').content"
    assert "</style>" in browser.tell(price)
