"""
An invented October that has everything that a statement must cope with, and the statements that come of it.

Run as a program it writes the golden files anew; look at what changed:

    python -m tests.support.invented_month           of all formats
    python -m tests.support.invented_month lines     of these alone
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shocpp.ledger.parties import Parties
from shocpp.ledger.prices import Prices
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Statement
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report.formats import ALL, FORMATS, document
from shocpp.report.gather import Source, Wanted
from shocpp.report.words import LANGUAGES, Words
from shocpp.settings import Settings
from tests.support import papers
from tests.support.pages import page as page_of
from tests.support.records import exact, legacy, put, unseen
from tests.support.workbooks import written

GOLDEN = Path(__file__).parents[1] / "golden"
BERLIN = "Europe/Berlin"
CREATED = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
PRICES: dict[str, Any] = {
    "currency": "EUR",
    "prices": [
        {"to": "2026-10-14", "per_kwh": "0.3120", "base_fee_per_kwh": "0.0215", "source": "Stadtwerke, 14.11.2025"},
        {"from": "2026-10-15", "to": "2026-10-30", "per_kwh": "0.2985", "source": "Stadtwerke, 02.09.2026"},
        {"per_kwh": "0.35", "accounts": ["tenant-z"], "source": "Mietvertrag § 7"},
    ],
}
BOOT = {
    "chargePointVendor": "Wallbox & Söhne",
    "chargePointModel": "W-11",
    "chargePointSerialNumber": "0815",
    "meterSerialNumber": "M-4711",
    "meterType": "AM-1",  # no statement tells of it what is seen today
}


NO_CLOCK: dict[str, Any] = {"clock_suspect": True, "started": None, "stopped": "1970-01-01T00:10:00Z"}
CHANGED: dict[str, Any] = {"anomaly": "backwards", "consumed_wh": 0, "consumed_kwh": "0"}
BEFORE = [
    exact(local="2026-09-18 18:00:00", begin_wh=8_940_000, end_wh=8_950_000),
    exact(local="2026-09-28 18:00:00", begin_wh=8_990_000, end_wh=9_000_100),
    exact("Gäste", "2026-09-12 18:00:00", 411_000, 420_000, charge_point="hof"),
]
OCTOBER = [
    # late: it ended in September and came in when the charger was back; September had shown it as unaccounted
    exact("company-x", "2026-09-20 23:40:00", 8_950_000, 8_961_250, 9000, received="2026-10-02T08:00:00Z"),
    # over the month's end, and the next one after a gap of 400 Wh
    exact("company-x", "2026-10-01 01:10:00", 9_000_100, 9_022_345, 10_800, reason="EVDisconnected"),
    exact("family-y", "2026-10-03 09:52:10", 9_022_745, 9_055_100, 12_010),
    # the same end reported once more, a quarter of an hour later, when its start was forgotten
    unseen(exact("family-y", "2026-10-03 10:07:10", 9_022_745, 9_055_100)),
    # without any energy, and ended from afar
    exact("family-y", "2026-10-05 17:00:30", 9_055_100, 9_055_100, 30, reason="Remote"),
    # an old record with six keys, of a tenant who has a price of their own
    legacy("tenant-z", "2026-10-06 20:15:00", 15_100, 15_113),
    exact("tenant-z", "2026-10-08 07:00:00", 420_000, 431_007, 21_600, charge_point="hof", id_tag="5555"),
    # refused, and delivered all the same
    exact("unassigned", "2026-10-09 19:30:00", 431_007, 433_500, 1800, charge_point="hof", id_tag="0BADCA4D"),
    # the price changes at midnight: one ends before, one after
    exact("Gäste", "2026-10-14 23:59:59", 433_500, 440_005, 7000, charge_point="hof", id_tag="77770001"),
    exact("Gäste", "2026-10-15 00:20:00", 440_005, 441_010, 1100, charge_point="hof", id_tag="77770002"),
    # the meter is changed while somebody charges, and starts anew
    exact("family-y", "2026-10-17 12:00:00", 9_055_100, 1_200, 3600, **CHANGED),
    exact("family-y", "2026-10-18 12:00:00", 1_200, 12_345, 3600),
    # the night in which two o'clock comes twice
    exact("company-x", "2026-10-25 02:30:00", 12_345, 40_000, 12_600, fold=1, id_tag="1111"),
    # a charger whose clock was in 1970, and an account that nobody had named
    exact("unknown-7", "2026-10-27 08:00:00", 441_010, 450_000, charge_point="hof", reason="PowerLoss", **NO_CLOCK),
    # no price is in force on the last day
    exact("Gäste", "2026-10-31 23:59:00", 450_000, 455_555, 5000, charge_point="hof", id_tag="77770001"),
]
AFTER = [exact("family-y", "2026-11-01 00:00:00", 40_000, 41_000)]


def make(home: Path) -> None:
    """Write the records and what a charger said of itself below a SHOCPP_HOME."""
    for record in (*BEFORE, *AFTER):
        put(home / "accounting", record)
    for record in OCTOBER:
        put(home / "accounting", record, month="2026/10")
    sighting = home / "run/garage/status.json"
    sighting.parent.mkdir(parents=True, exist_ok=True)
    sighting.write_text(json.dumps({"boot": BOOT}))


def statement(home: Path, prices: Prices | None = None, parties: Parties | None = None, /, **wanted: str) -> Statement:
    """Make the statement of the invented October; by default with its prices, from and for nobody."""
    settings = Settings.from_environ({"SHOCPP_HOME": str(home)})
    source = Source(settings, print, described)
    asked = Wanted(Span.of_month(2026, 10), **wanted)
    return source.statement(
        asked, prices or Prices.from_json(PRICES), CREATED, "1.2.3", ZoneInfo(BERLIN), BERLIN, parties
    )


def golden(form: str, language: str, name: str = "october") -> Path:
    """Give the golden file of a format and language."""
    suffix = {"text": "txt", "xlsx": "xlsx.txt", "pdf": "pdf.txt"}.get(form, form)
    return GOLDEN / f"{name}.{language}.{suffix}"


def golden_page(form: str, language: str, name: str = "october") -> bytes:
    """Give what a golden file holds; where there is none, fail with what to do."""
    path = golden(form, language, name)
    assert path.exists(), (
        f"no tests/golden/{path.name}: write it with `python -m tests.support.invented_month {form}`, and read it"
    )
    return path.read_bytes()


def main(forms: list[str]) -> None:
    """Write the golden files of some formats, those of what becomes of the month later, too."""
    import tempfile

    from tests.support import later_months

    if not set(forms) <= set(ALL):
        sys.exit(f"there are {', '.join(ALL)}")
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        make(Path(home))
        _write(statement(Path(home)), "october", forms)
    for story in later_months.STORIES:
        with tempfile.TemporaryDirectory() as home:
            made = later_months.statement(Path(home), story)
        _write(made, story, forms)
        if "xlsx" in forms and story in ("taxed", "letter"):
            for language in LANGUAGES:
                cells = written(document(made, "xlsx", Words(language), language))
                golden("xlsx", language, story).write_text(cells)
        if "pdf" in forms and story in ("taxed", "letter"):
            language = {"taxed": "de", "letter": "en"}[story]
            golden("pdf", language, story).write_text(papers.written(document(made, "pdf", Words(language), language)))


def _write(made: Statement, name: str, forms: list[str]) -> None:
    for language in LANGUAGES:
        for form in FORMATS:
            if form in forms:
                golden(form, language, name).write_bytes(page_of(made, form, language).encode())


if __name__ == "__main__":
    main(sys.argv[1:] or list(ALL))
