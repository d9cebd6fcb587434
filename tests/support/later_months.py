"""
What becomes of the invented October later: it is settled, with taxes and letterhead too, a record comes late, a charge
is corrected.

Its golden files are written anew with those of the October itself: ``python -m tests.support.invented_month``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shocpp.ledger.accounts import Accounts
from shocpp.ledger.correction import assigned, correcting
from shocpp.ledger.parties import Parties, Party
from shocpp.ledger.prices import Prices
from shocpp.ledger.settlement import settle
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Statement
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report.gather import Source, Wanted
from shocpp.settings import Settings
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.corrections import charge_at, write_correction
from tests.support import invented_month
from tests.support.records import exact, put

STORIES = ("settled", "late", "corrected", "taxed", "letter")
OCTOBER, NOVEMBER = (2026, 10), (2026, 11)
_DEARER = {"currency": "EUR", "prices": [{"per_kwh": "0.99", "source": "Stadtwerke, 20.11.2026"}]}
# with VAT in its prices, on top of them, and with another rate; what was settled with them keeps it
_TAXED = {
    "currency": "EUR",
    "issuer": ["Hausverwaltung Muster", "Am Hof 3, 12345 Musterstadt", "USt-IdNr. DE123456789"],
    "prices": [
        {**invented_month.PRICES["prices"][0], "vat": {"percent": "19", "per_kwh_is": "gross"}},
        {**invented_month.PRICES["prices"][1], "vat": {"percent": "19", "per_kwh_is": "net"}},
        {**invented_month.PRICES["prices"][2], "vat": {"percent": "7", "per_kwh_is": "net"}},
    ],
}
_COMPANY = {"recipient": ["Company X GmbH", "Lohnbuchhaltung", "Ring 1, 54321 Musterstadt"],
            "employee": "Erika Muster", "plate": "MU-ST 123E"}  # fmt: skip
_CREATED = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
# what October had shown as unaccounted
_LATE = exact("family-y", "2026-10-02 20:00:00", 9_022_345, 9_022_745, 600, received="2026-11-04T07:00:00Z")


def statement(home: Path, story: str) -> Statement:
    """Make a story's statement, in December and with other prices: of October itself, or of the November after it."""
    invented_month.make(home)
    source = _source(home)
    is_taxed = story in ("taxed", "letter")
    prices = Prices.from_json(_TAXED if is_taxed else invented_month.PRICES)
    parties = Parties(prices.issuer, {"company-x": Party(_COMPANY)} if is_taxed else {})
    settled, made = source.billing.settled, invented_month.statement(home, prices, parties)
    settled.settle(OCTOBER, settle(made, settled.record, settled.places(OCTOBER), source.seen(made.items)))
    if story == "late":
        put(home / "accounting", _LATE, month="2026/10")
    elif story == "corrected":
        _correct(home)
    month = NOVEMBER if story in ("late", "corrected") else OCTOBER
    wanted = Wanted(Span.of_month(*month), "company-x" if story == "letter" else None)
    zone = ZoneInfo(invented_month.BERLIN)
    return _source(home).statement(wanted, Prices.from_json(_DEARER), _CREATED, "1.2.3", zone, invented_month.BERLIN)


def _correct(home: Path) -> None:
    """Give a charge that nobody's card began to an account, and another one to the account that it was for."""
    _assign(home, "0BADCA4D", "tenant-z", "new card")
    _assign(home, "5555", "Gäste", "card lent to a guest")


def _assign(home: Path, id_tag: str, account: str, why: str) -> None:
    folder = home / "accounting"
    (path,) = (each for each in folder.glob("2026/10/[0-9]*.json") if f'"{id_tag}"' in each.read_text())
    charge = charge_at(AccountingFolder(str(folder)), str(path))
    changed = assigned(charge, account, Accounts.from_list([{"index": 3, "account": account, "ids": []}]))
    at = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
    write_correction(AccountingFolder(str(folder)), NOVEMBER, charge, correcting(charge, changed, "anna", why, at))


def _source(home: Path) -> Source:
    return Source(Settings.from_environ({"SHOCPP_HOME": str(home)}), print, described)
