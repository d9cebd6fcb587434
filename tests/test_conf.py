"""The unit and the manual agree on where the service writes."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MADE_BY_SYSTEMD = {"StateDirectory": "/var/lib/", "LogsDirectory": "/var/log/"}
UNIT = dict(line.split("=", 1) for line in (ROOT / "conf/shocpp.service").read_text().splitlines() if "=" in line)


def test_the_service_may_write_where_the_manual_says() -> None:
    """Journal and log are, where pages and examples name a place, in folders that the unit has made for the service."""
    made = {f"{place}{UNIT[key]}" for key, place in MADE_BY_SYSTEMD.items()}
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "conf").glob("*.example"), ROOT / "conf/shocpp.logrotate"]
    named = {
        path for page in pages for path in re.findall(r"/var/lib/shocpp/\w+(?![.\w])|/var/log/shocpp", page.read_text())
    }
    assert named == made
    assert {UNIT[f"{key}Mode"] for key in MADE_BY_SYSTEMD} == {"0750"}
