"""
The README's pictures: a statement and the page as Chromium draws them, a terminal with what shocpp-demo prints.

Run as a program it makes them anew: ``python -m tests.support.pictures``; look at them before you commit them. What
they show is real output of an invented month and of the demo; nothing here knows what the words mean.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from shocpp import __version__
from shocpp.ledger.prices import Prices
from shocpp.ledger.span import Span
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report.gather import Source, Wanted
from shocpp.settings import Settings
from tests.support.browser import Browser
from tests.support.page_home import PageHome, furnish
from tests.support.pages import page
from tests.support.patience import PATIENCE_S
from tests.support.records import exact, put

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"
STATEMENT, TERMINAL = PICTURES / "statement.png", PICTURES / "terminal.svg"
PAGE = PICTURES / "page.png"
LAST_SHOWN = '{"status": "Accepted"}'  # of the demo's output, so that the picture is no higher than a window
_WIDTH_PX, _HEIGHT_PX = 860, 815  # of the statement: its head, totals and picture of the month
_PAGE_WIDTH_PX, _PAGE_HEIGHT_PX = 1100, 560  # of the page: its first cards
_ZONE = "Europe/Berlin"
_CREATED = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
_PRICES = {"currency": "EUR", "prices": [{"per_kwh": "0.3120", "source": "tariff Home"}]}
_MONTH = [
    ("family-y", "2026-10-02 19:40:00", 9_042_100, 9_060_340, 7_980, "3333"),
    ("company-x", "2026-10-06 07:15:00", 9_060_340, 9_102_870, 21_600, "1111"),
    ("family-y", "2026-10-11 16:05:00", 9_102_870, 9_125_210, 9_120, "3333"),
    ("company-x", "2026-10-17 08:30:00", 9_125_210, 9_171_490, 19_800, "1111"),
    ("family-y", "2026-10-23 21:20:00", 9_171_490, 9_187_030, 6_300, "3333"),
    ("company-x", "2026-10-29 06:50:00", 9_187_030, 9_228_660, 20_400, "1111"),
]
_CELL_PX, _LINE_PX, _EDGE_PX = 8, 18, 16  # a letter's width, a line's height, what is left free around the text
_STYLE = (
    "text{font:13px monospace;fill:#d6dde6;white-space:pre}"
    ".said{font-weight:bold;fill:#ffffff}.typed{fill:#8fd18f}.back{fill:#14181d}"
)


def drawn(lines: list[str]) -> str:
    """
    Draw lines of text as a terminal shows them: what a person typed in green, what a program says in bold.

    Args:
        lines: The lines; one that begins with ``$`` was typed, one that begins with a letter is said.

    Returns:
        An SVG document, as wide as the longest line.
    """
    width = max(map(len, lines)) * _CELL_PX + 2 * _EDGE_PX
    height = len(lines) * _LINE_PX + 2 * _EDGE_PX
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}" rx="8"/>',
    ]
    for number, line in enumerate(lines, 1):
        if line:
            kind = ' class="typed"' if line.startswith("$") else ' class="said"' if line[0].isalpha() else ""
            length = len(line) * _CELL_PX
            place = f'x="{_EDGE_PX}" y="{_EDGE_PX + number * _LINE_PX - 5}" textLength="{length}"'
            parts.append(f'<text {place}{kind} xml:space="preserve">{escape(line)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def demo_lines() -> list[str]:
    """Run shocpp-demo; give what it prints until a charge is stopped."""
    done = subprocess.run(
        [ROOT / "bin/shocpp-demo"], env=dict(os.environ), capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    lines = done.stdout.strip().splitlines()
    return ["$ bin/shocpp-demo", "", *lines[: lines.index(LAST_SHOWN) + 1]]


def statement_page() -> str:
    """Give the statement of an invented month, as a page."""
    with tempfile.TemporaryDirectory() as home:
        for account, local, begin_wh, end_wh, lasted_s, card in _MONTH:
            put(Path(home) / "accounting", exact(account, local, begin_wh, end_wh, lasted_s, id_tag=card))
        source = Source(Settings.from_environ({"SHOCPP_HOME": home}), print, described)
        wanted = Wanted(Span.of_month(2026, 10))
        made = source.statement(wanted, Prices.from_json(_PRICES), _CREATED, __version__, ZoneInfo(_ZONE), _ZONE)
        return page(made, "html", "en")


def main() -> None:
    """Make all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    TERMINAL.write_text(drawn(demo_lines()), encoding="utf-8")
    browser = Browser()
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
            file.write(statement_page())
            file.flush()
            browser.open(Path(file.name).as_uri(), _WIDTH_PX)
            browser.screenshot(STATEMENT, _HEIGHT_PX)
        with tempfile.TemporaryDirectory() as folder:
            home = PageHome(Path(folder) / "home")
            furnish(home)
            with home.served() as address:
                browser.open(f"{address}{home.links['Anna']}?lang=en", _PAGE_WIDTH_PX)
                browser.screenshot(PAGE, _PAGE_HEIGHT_PX)
            home.close()
    finally:
        browser.close()


if __name__ == "__main__":
    main()
