"""The HTML page: what is in it, and what Chromium makes of it on the screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shocpp.ledger.statement import Statement
from shocpp.report.words import LANGUAGES
from tests.support.browser import Browser
from tests.support.invented_month import make, statement
from tests.support.pages import page
from tests.support.records import exact, put

VOID = {"meta", "br"}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' onmouseover='x",
    "</style></svg><iframe src=//evil.example>",
    "{{ 7 * 7191 }}{% raw %}",
    "=cmd()|'/c calc'!A1",
    "a\r\nb\u2028c\x00\x1b[31m",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "\ud800",
)


def page_of(found: Statement, language: str = "de") -> str:
    """Write a statement as a page."""
    return page(found, "html", language)


def many(home: Path, count: int) -> Statement:
    """Make a statement of a number of sessions."""
    wh = 9_000_000
    for number in range(count):
        minute = number * 43_200 // count
        local = f"2026-10-{minute // 1440 + 1:02} {minute % 1440 // 60:02}:{minute % 60:02}:00"
        account = ("company-x", "family-y", "tenant-z", "Gäste", "Dr. Müller & Söhne GmbH")[number * 7 % 5]
        put(home / "accounting", exact(account, local, wh, wh + 7_000 + number * 37, 1800), digest=f"{number:012x}")
        wh += 7_000 + number * 37
    return statement(home)


class Parts(HTMLParser):
    """Collects elements and checks that each is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_needs_nothing_else(tmp_path: Path, language: str) -> None:
    """The page has no script, no link out of it and nothing to fetch, and forbids all of that to whatever got in."""
    make(tmp_path)
    page = page_of(statement(tmp_path), language)
    parts = Parts(page).elements
    assert ("html", {"lang": language}) in parts
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base"} & {tag for tag, _ in parts}
    names = {name for _, attributes in parts for name in attributes}
    assert not {"src", "href", "style", "xlink:href"} & names and not [name for name in names if name.startswith("on")]
    assert "url(" not in page.replace("url(#p", "") and "@import" not in page and "//" not in page
    policy = next(attributes["content"] for _, attributes in parts if attributes.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_for_who_does_not_see(tmp_path: Path) -> None:
    """The chart has a title and says what it shows, shares are text; heads of columns and rows say that they are."""
    make(tmp_path)
    page = page_of(statement(tmp_path), "en")
    parts = Parts(page).elements
    pictures = [attributes for tag, attributes in parts if tag == "svg" and "aria-hidden" not in attributes]
    assert len(pictures) == 1
    assert pictures[0]["role"] == "img"
    for name in (pictures[0]["aria-labelledby"] or "").split():
        assert len([1 for _, attributes in parts if attributes.get("id") == name]) == 1
    assert "company-x: 61.150 kWh · 40.6 %" in page and '<span class="n">61.150 kWh · 40.6 %</span>' in page
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in parts if tag == "th")


def test_told_apart_without_colour(tmp_path: Path) -> None:
    """Every series of the picture has a pattern of its own, so that it can be read in black and white."""
    page = page_of(many(tmp_path, 20))
    patterns = re.findall(r'<pattern id="p\d"(.*?)</pattern>', page, re.DOTALL)
    shapes = {re.sub(r' class="c\d"', "", pattern) for pattern in patterns}
    assert len(shapes) == len(patterns) == 7
    assert set(re.findall(r'fill="url\(#(p\d)\)"', page)) == {f"p{number}" for number in range(5)}


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile(tmp_path: Path, name: str) -> None:
    """Whatever a name holds, it is text: the page's elements are the same as with a harmless one."""
    pages = []
    for number, each in enumerate(("harmless", name)):
        home = tmp_path / str(number)
        record = exact(each, "2026-10-03 10:00:00", charge_point=each, id_tag="0" * 8, reason=each, anomaly=None)
        put(home / "accounting", record)
        put(home / "accounting", exact("b", "2026-10-04 10:00:00", charge_point=each, anomaly=each, consumed_wh=0))
        pages.append(page_of(statement(home)))
    harmless, hostile = (Parts(page).elements for page in pages)
    assert [tag for tag, _ in hostile] == [tag for tag, _ in harmless]
    assert not {letter for letter in pages[1] if ord(letter) < 32} - {"\n"}
    assert not set(pages[1]) & set("\u202e\u2066\u2028\ud800") and "50337" not in pages[1]
    assert len(pages[1]) < len(pages[0]) + 20_000


def test_empty(tmp_path: Path) -> None:
    """A month without sessions is a page that says so."""
    page = page_of(statement(tmp_path))
    Parts(page)
    assert "Keine Ladevorgänge." in page and "<svg" not in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests here."""
    started = Browser()
    yield started
    started.close()


def put_page(folder: Path, found: Statement, language: str = "de") -> str:
    """Write a page to the disk; give its address."""
    page = folder / "page.html"
    page.write_text(page_of(found, language))
    return page.as_uri()


def test_fetches_nothing(tmp_path: Path, browser: Browser) -> None:
    """A browser that opens the page asks for nothing else, and runs nothing, even with hostile names in it."""
    name = "<img src=http://127.0.0.1:9/x onerror=document.title=1><script>document.title=1</script>"
    put(tmp_path / "accounting", exact(name, "2026-10-03 10:00:00", charge_point=name, reason=name))
    address = put_page(tmp_path, statement(tmp_path))
    browser.open(address)
    assert browser.requests == [address]
    assert browser.tell("document.title") == "Ladeabrechnung Oktober 2026"
    assert browser.tell("document.querySelectorAll('script, img').length") == 0


def test_would_see_a_fetch(tmp_path: Path, browser: Browser) -> None:
    """A page that does fetch something is told from one that does not; so is one that forbids it by its policy."""
    page = tmp_path / "page.html"
    fetching = "<img src='http://127.0.0.1:9/x'>"
    page.write_text(fetching)
    browser.open(page.as_uri())
    assert "http://127.0.0.1:9/x" in browser.requests
    ours = page_of(statement(tmp_path))
    page.write_text(ours.replace("<main>", f"<main>{fetching}<script>document.title = 1</script>"))
    browser.open(page.as_uri())
    assert browser.tell("document.title") == "Ladeabrechnung Oktober 2026"
    assert browser.tell("document.images[0].naturalWidth") == 0


COLOURS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize("width", [380, 1000])
def test_on_the_screen(tmp_path: Path, browser: Browser, language: str, scheme: str, width: int) -> None:
    """In light and dark, on a desk and on a phone: its own colours, text that stands out, nothing over the edge."""
    make(tmp_path)
    put(tmp_path / "accounting", exact("x" * 10_000, "2026-10-03 10:00:00", charge_point="y" * 300))
    browser.open(put_page(tmp_path, statement(tmp_path), language), width, scheme)
    assert browser.tell("getComputedStyle(document.body).backgroundColor") == COLOURS[scheme]
    assert browser.tell("document.documentElement.scrollWidth") <= width
    assert browser.tell(CONTRAST) >= 4.5
    assert browser.tell("document.querySelectorAll('svg .bar').length") > 10


# the least contrast between a text and what it stands on (WCAG 2.2: 4.5 for body text)
CONTRAST = """
(() => {
  const light = (text) => {
    const parts = text.match(/[0-9.]+/g).map(Number).slice(0, 3).map((each) => each / 255);
    const [red, green, blue] = parts.map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const own = getComputedStyle(element).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" && element.parentElement ? ground(element.parentElement) : own;
  };
  return Math.min(...[...document.querySelectorAll("main *")].map((element) => {
    const style = getComputedStyle(element);
    const ink = light(element instanceof SVGElement ? style.fill : style.color), paper = light(ground(element));
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const isDrawn = !["title", "desc"].includes(element.tagName);
    return isText && isDrawn ? (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) : 21;
  }));
})()
"""


@pytest.mark.parametrize(
    ("count", "fewest", "most"),
    [(0, 1, 1), (1, 1, 1), (25, 2, 3), (100, 4, 6), pytest.param(500, 15, 24, marks=pytest.mark.thorough)],
)
def test_on_paper(tmp_path: Path, browser: Browser, count: int, fewest: int, most: int) -> None:
    """One session and many print on sheets of A4, on few of them, on white even if the screen is dark."""
    browser.open(put_page(tmp_path, many(tmp_path, count)), scheme="dark")
    printed, sizes = browser.print_out()
    assert fewest <= printed <= most and sizes == {(210, 297)}
    paper_width = 688  # of A4 between the margins, in CSS pixels
    browser.open((tmp_path / "page.html").as_uri(), paper_width, "dark", "print")
    assert browser.tell("document.documentElement.scrollWidth") <= paper_width
    assert browser.tell("getComputedStyle(document.body).backgroundColor") == COLOURS["light"]
