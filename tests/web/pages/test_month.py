"""My month: to the cent what shocpp-summary prints, and of nobody else's charges."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from shocpp.cli.summary import summary
from tests.support.page_home import PageHome, furnish
from tests.support.records import exact, put

OCTOBER = "month/2026-10/"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PageHome]:
    """Give a home with a month."""
    made = PageHome(tmp_path / "home")
    furnish(made)
    yield made
    made.close()


def page(home: PageHome, name: str, path: str = OCTOBER, language: str = "en") -> str:
    """Give a page."""
    answer = home.client().get(f"{home.links[name]}{path}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(text: str) -> str:
    """Give what a page says."""
    return " ".join(re.sub(r"<[^>]*>", " ", text.partition("<main")[2]).split())


def printed(home: PageHome, *arguments: str) -> dict[str, object]:
    """Give what shocpp-summary prints, as JSON."""
    environ = {"SHOCPP_HOME": str(home.home), "TZ": "Europe/Berlin"}
    done = CliRunner().invoke(summary, ["--json", *arguments, "2026", "10"], env=environ, standalone_mode=False)
    assert done.exception is None, done.output
    read: dict[str, object] = json.loads(done.stdout)
    return read


def test_it_is_what_the_summary_prints(home: PageHome) -> None:
    """Sums and each session's figures are those of shocpp-summary, of one account and of all."""
    for name, account in (("Anna", ["--account", "family-y"]), ("Hausmeister", [])):
        told, statement = words(page(home, name)), printed(home, *account)
        sessions = statement["sessions"]
        assert isinstance(sessions, list) and sessions
        for session in sessions:
            assert f"{session['consumed_wh'] / 1000:.3f} kWh {session['amount']} €" in told
        total = statement["total"]
        assert isinstance(total, dict)
        assert f"Energy {total['energy_wh'] / 1000:.3f} kWh Amount {total['amount']} € Sessions" in told


def test_tax_is_told(home: PageHome) -> None:
    """Where prices name a tax, net, tax and gross are those of the summary."""
    price = {"per_kwh": "0.3120", "vat": {"percent": "19", "per_kwh_is": "net"}}
    home.configure("prices.json", {"currency": "EUR", "prices": [price]})
    (tax,) = [each for each in printed(home, "--account", "family-y")["vat"] if each["percent"] == "19"]  # type: ignore[attr-defined]
    assert f"{tax['net']} {tax['vat']} {tax['gross']}" in words(page(home, "Anna"))


def test_a_month_is_of_whoever_asks(home: PageHome) -> None:
    """A driver finds nothing of others, whatever stands in the address; who sees all may choose."""
    told = words(page(home, "Anna", f"{OCTOBER}?account=company-x"))
    assert "company-x" not in told and "97.750" in told
    chosen = words(page(home, "Hausmeister", f"{OCTOBER}?account=company-x"))
    assert "Energy 88.810 kWh" in chosen
    assert "Energy 206.590 kWh" in words(page(home, "Oma"))


def test_charge_points_bear_their_names(home: PageHome) -> None:
    """As people called one when it charged, where the record says it; else as it is listed today; else its identity."""
    named = exact("family-y", "2026-10-30 10:00:00", charge_point="CP003", name="Courtyard")
    put(home.home / "accounting", named)
    put(home.home / "accounting", exact("family-y", "2026-10-30 11:00:00", charge_point="CP999"))
    told = page(home, "Anna")
    assert re.findall(r'class="where"><bdi>([^<]*)<', told) == ["CP999/1", "Courtyard/1", *["Garage/1"] * 4]


def test_files_are_those_of_the_summary(home: PageHome) -> None:
    """CSV, workbook and PDF have a name and the statement of the account."""
    client, link = home.client(), home.links["Anna"]
    files = re.findall(r'href="([^"]*statement\.\w+)"', page(home, "Anna"))
    assert [file.rpartition(".")[2] for file in files] == ["csv", "pdf", "xlsx"]
    table = client.get(f"{link}{OCTOBER}statement.csv", headers={"Accept-Language": "de"})
    assert table.headers["Content-Disposition"] == 'attachment; filename="shocpp-2026-10.csv"'
    assert table.text.startswith("\ufeff") and "12,99" in table.text and "company-x" not in table.text
    assert client.get(f"{link}{OCTOBER}statement.xlsx").data.startswith(b"PK")
    assert client.get(f"{link}{OCTOBER}statement.html").status_code == 404


def test_months_lead_to_each_other(home: PageHome) -> None:
    """From this month back to those that have records; a month that cannot be is not there."""
    told = page(home, "Anna", "month/", "de")
    assert "<h1>November 2026</h1>" in told and "Keine Ladevorgänge." in told
    assert "€" not in told  # nothing was drawn, so that there is no amount
    assert "Vorheriger Monat: Oktober 2026" in told and OCTOBER in told
    for wrong in ("month/2026-12/", "month/2026-13/", "month/2026-00/", "month/1970-01/", "month/0000-01/"):
        assert home.client().get(f"{home.links['Anna']}{wrong}").status_code == 404


def test_a_long_month_stays_small(home: PageHome) -> None:
    """Of very many sessions a page has the latest, and says so; the sums are those of all. No page is above 100 kB."""
    for number in range(400):
        local = f"2026-09-{number % 28 + 1:02} {number % 24:02}:{number % 60:02}:00"
        account = f"account number {number % 9} with a long name"
        put(home.home / "accounting", exact(account, local, 1000 * number, 1000 * number + 900, id_tag="1"))
    told = page(home, "Hausmeister", "month/2026-09/")
    assert "The last 60 of 400" in told and "360.000" in told
    assert len(told.encode()) < 100_000
    assert told.count('class="when"') == 60


def test_hostile_names_are_text(home: PageHome) -> None:
    """What accounts and charge points are called in records is text."""
    put(home.home / "accounting", exact(HOSTILE, "2026-10-30 10:00:00", charge_point=HOSTILE, reason=HOSTILE))
    told = page(home, "Hausmeister")
    assert "<script>" not in told and told.count("&lt;script&gt;") > 2


def test_no_path_of_the_machine_is_told(home: PageHome) -> None:
    """Of a record on no account neither the page nor the table says where the machine has it."""
    put(home.home / "accounting", exact("", "2026-10-30 10:00:00", charge_point="CP001", id_tag="9999"))
    table = f"{home.links['Oma']}{OCTOBER}statement.csv"
    for told in (page(home, "Oma"), page(home, "Anna"), home.client().get(table).text):
        assert "2026-10" in told and str(home.home) not in told and "accounting/" not in told
