"""
Pictures of all pages, for who wants to look at them: ``python -m tests.support.page_pictures FOLDER``.

Each in 390 and 1 280 px, light and dark, German and English, as Chromium draws them.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.support.browser import Browser
from tests.support.page_home import PageHome, furnish

WIDTHS, SCHEMES, LANGUAGES = (390, 1280), ("light", "dark"), ("de", "en")
PAGES = [
    ("Anna", ""),
    ("Anna", "month/2026-10/"),
    ("Anna", "month/"),
    ("Anna", "nothing-is-here"),
    ("Hausmeister", ""),
    ("Hausmeister", "month/2026-10/"),
    ("Hausmeister", "points/"),
    ("Hausmeister", "point?id=CP001&call=ChangeConfiguration"),
    ("Hausmeister", "access"),
    ("Hausmeister", "problems"),
]


def main(folder: Path, only: str = "") -> None:
    """Draw all pages into a folder, or those whose file names have a word in them."""
    folder.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    with tempfile.TemporaryDirectory() as scratch:
        home = PageHome(Path(scratch) / "home", SHOCPP_JOURNALDIR=f"{scratch}/journal")
        furnish(home)
        try:
            with home.served() as address:
                for (name, path), width, scheme, language in product(PAGES, WIDTHS, SCHEMES, LANGUAGES):
                    page = path.strip("/").partition("?")[0].replace("/", "-") or "now"
                    file = folder / f"{name.lower()}-{page}-{width}-{scheme}-{language}.png"
                    if only in file.name:
                        more = f"{'&' if '?' in path else '?'}lang={language}"
                        browser.open(f"{address}{home.links[name]}{path}{more}", width, scheme)
                        browser.screenshot(file)
        finally:
            home.close()
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
