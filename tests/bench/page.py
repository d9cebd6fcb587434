"""
What the page costs: processor time to the first byte, and the size of each page.

    python -m tests.bench.page

A household of five charge points, and an operator's thousand; each page is asked for again and again in one process,
without a network. Printed is the least of some tries, in milliseconds, and what is promised.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.support.page_home import PageHome, furnish
from tests.support.records import exact, put

TRIES = 15
THOUSAND = 1000
# page: who asks, its path, milliseconds at most
HOUSEHOLD = {
    "now": ("Anna", "", 30.0),
    "poll, unchanged": ("Anna", "fragment", 3.0),
    "poll, changed": ("Anna", "fragment?", 30.0),
    "my month": ("Anna", "month/2026-10/", 30.0),
    "operator's now": ("Hausmeister", "", 30.0),
    "a charger": ("Hausmeister", "point?id=CP001&call=ChangeConfiguration", 30.0),
    "cards": ("Hausmeister", "access", 30.0),
    "health": ("Hausmeister", "problems", 30.0),
}
OPERATOR = {
    "now, of 1 000": ("Hausmeister", "", 150.0),
    "all 1 000": ("Hausmeister", "points/", 150.0),
    "one of 1 000": ("Hausmeister", "point?id=CP001", 150.0),
    "a driver's poll, of 1 000": ("Anna", "fragment", 150.0),
}
MOST_BYTES = 100_000


def measured(home: PageHome, pages: dict[str, tuple[str, str, float]]) -> dict[str, tuple[float, int, float]]:
    """Give for each page the milliseconds that it takes, its bytes, and what is promised."""
    found = {}
    for name, (person, path, most_ms) in pages.items():
        headers = {"Accept-Language": "en"}
        if name == "poll, unchanged":
            before = home.client().get(f"{home.links[person]}{path}", headers=headers)
            headers["If-None-Match"] = before.headers["ETag"]
        where, _, query = f"{home.links[person]}{path}".partition("?")
        least_s, size = float("inf"), 0
        for _ in range(TRIES):
            environ = EnvironBuilder(path=where, query_string=query, headers=[*headers.items()]).get_environ()
            began = time.process_time()
            body, status, _ = run_wsgi_app(home.application, environ, buffered=True)
            least_s = min(least_s, time.process_time() - began)
            size = sum(map(len, body))
            assert status[:3] in ("200", "304"), status
        found[name] = (1000 * least_s, size, most_ms)
    return found


def household(folder: Path) -> PageHome:
    """Make a household: five charge points, a year of charges."""
    home = PageHome(folder / "household", SHOCPP_JOURNALDIR=str(folder / "journal"))
    furnish(home)
    for number in range(240):
        local = f"2026-{number % 11 + 1:02}-{number % 28 + 1:02} 18:{number % 60:02}:00"
        put(
            home.home / "accounting", exact("family-y", local, 20_000 * number, 20_000 * number + 19_000, id_tag="3333")
        )
    return home


def operator(folder: Path) -> PageHome:
    """Make an operator's thousand charge points, a third of which charge."""
    home = PageHome(folder / "operator")
    furnish(home)
    listed = [
        {"identity": f"CP{number:03}", "name": f"Bay {number}", "location": "Level 2"} for number in range(THOUSAND)
    ]
    home.configure("charge-points.json", listed)
    boot = {"chargePointVendor": "Wallbox AG", "chargePointModel": "Home 11", "firmwareVersion": "5.2.1"}
    for number in range(6, THOUSAND):
        identity = f"CP{number:03}"
        charges = number % 3 == 0
        home.see(identity, "Charging" if charges else "Available", power_w=11_000 if charges else None, boot=boot)
        if charges:
            home.charge(identity, "family-y")
    return home


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for make, pages in ((household, HOUSEHOLD), (operator, OPERATOR)):
            home = make(Path(folder))
            for name, (took_ms, size, most_ms) in measured(home, pages).items():
                print(f"{name:28}{took_ms:8.1f} ms of {most_ms:.0f}{size:10} bytes")
            home.close()


if __name__ == "__main__":
    main()
