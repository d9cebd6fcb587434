"""Settling a month: what shocpp-summary --settle writes, and that its statement stays as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shocpp.cli.check import main as check
from shocpp.cli.summary import main
from shocpp.report.formats import FORMATS
from shocpp.report.words import LANGUAGES
from tests.support.records import exact, put, unseen

NOVEMBER, DECEMBER = "1793509200", "1796101200"  # the first at 5:00 UTC, 2026


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an October that is over: two accounts, and energy of nobody's."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "SHOCPP_ACCOUNTINGDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOVEMBER)
    made = tmp_path / "home"
    put(made / "accounting", exact("company-x", "2026-10-01 10:00:00", 1_000_000, 1_033_000))
    put(made / "accounting", exact("family-y", "2026-10-02 10:00:00", 1_033_500, 1_044_500, vendor="New", serial="9"))
    put(made / "accounting", exact("unassigned", "2026-10-03 10:00:00", 1_044_500, 1_046_993))
    write_prices(made, "0.30")
    see(made, "Old & Co")
    return made


def write_prices(home: Path, per_kwh: str) -> None:
    (home / "conf").mkdir(parents=True, exist_ok=True)
    (home / "conf/prices.json").write_text(
        json.dumps({"currency": "EUR", "prices": [{"per_kwh": per_kwh, "source": "tariff"}]})
    )


def see(home: Path, vendor: str) -> None:
    """Let a box of some maker have booted."""
    (home / "run/garage").mkdir(parents=True, exist_ok=True)
    (home / "run/garage/status.json").write_text(json.dumps({"boot": {"chargePointVendor": vendor}}))


def pages(capfd: pytest.CaptureFixture[str], month: str = "10") -> dict[tuple[str, ...], str]:
    """Print a month's statement in every format and language, of all and of one account, charge point."""
    found = {}
    for form in FORMATS:
        for language in LANGUAGES:
            for only in ((), ("--account", "company-x"), ("--charge-point", "garage")):
                assert main(["2026", month, "--format", form, "--lang", language, *only]) == 0
                found[form, language, *only] = capfd.readouterr().out
    return found


def statement(capfd: pytest.CaptureFixture[str], month: str) -> Any:
    assert main(["2026", month, "--json", "--lang", "en"]) == 0
    return json.loads(capfd.readouterr().out)


def test_a_settled_month_stays(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same bytes in every format: later, with other prices, another box, in another zone, on another machine."""
    assert main(["2026", "10", "--settle"]) == 0
    capfd.readouterr()
    before = pages(capfd)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
    write_prices(home, "0.99")
    see(home, "Changed")
    assert pages(capfd) == before
    (home / "conf/prices.json").unlink()
    shutil.rmtree(home / "run")
    monkeypatch.setenv("TZ", "America/New_York")
    assert pages(capfd) == before
    shutil.copytree(home / "accounting", tmp_path / "other/accounting")
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path / "other"))
    assert pages(capfd) == before
    for path in (tmp_path / "other/accounting/2026/10").glob("[0-9]*.json"):
        path.unlink()
    assert pages(capfd) == before, "the settlement alone has all that is shown"


def test_settling_changes_no_figure(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What was printed before the month was settled and what is printed after it have the same figures and names."""
    before = statement(capfd, "10")
    assert main(["2026", "10", "--settle", "--json", "--lang", "en"]) == 0
    after = json.loads(capfd.readouterr().out)
    assert after.pop("is_settled") and not before.pop("is_settled")
    assert after == before
    assert main(["2026", "10", "--lang", "en"]) == 0
    assert "Settled       2026-11-01 06:00 +01:00" in capfd.readouterr().out
    assert (home / "accounting/2026/10/.settled.json").read_text().isascii()


def test_evidence(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A box that was replaced is told by its records; of records without evidence the mark says when it was seen."""
    assert main(["2026", "10", "--lang", "en"]) == 0
    assert "garage · New, no. 9\n" in (out := capfd.readouterr().out)
    assert "garage · Old & Co, as seen today\n" in out
    assert main(["2026", "10", "--settle", "--lang", "en"]) == 0
    see(home, "Changed")
    assert main(["2026", "10", "--lang", "de"]) == 0
    assert "garage · Old & Co, Stand der Abrechnung\n" in capfd.readouterr().out


def test_what_differs(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A record that changed, went or came, and other prices, are said on stderr and by the check, not on stdout."""
    assert main(["2026", "10", "--settle"]) == 0
    page = capfd.readouterr().out
    assert check([]) == 66, "no tags.json; all else is well"
    out, err = capfd.readouterr()
    assert "settled months: 1 agree with their records\n" in out and "settled" not in err
    first, second, _ = sorted((home / "accounting/2026/10").glob("[0-9]*.json"))
    first.write_text(first.read_text().replace("company-x", "family-y"))
    second.unlink()
    late = put(home / "accounting", exact("family-y", "2026-10-20 10:00:00", 1_050_000, 1_055_000))
    write_prices(home, "0.31")
    assert main(["2026", "10"]) == 0
    out, err = capfd.readouterr()
    said = [
        f"2026/10/{first.name} has changed since 2026/10 was settled",
        f"2026/10/{second.name} has gone since 2026/10 was settled",
        f"2026/10/{late.name} came since 2026/10 was settled; 2026/11 bills it, if no month did yet",
        "the prices of 2 sessions have changed since 2026/10 was settled; its amounts stay",
    ]
    assert out == page
    assert err.splitlines() == [f"shocpp-summary: {line}" for line in said]
    assert check([]) == 65
    out, err = capfd.readouterr()
    assert [line for line in err.splitlines() if line.startswith("settled months: ")] == [
        *(f"settled months: {line}" for line in said),
        "settled months: 1 of 1 do not agree with their records, as said above",
    ]
    assert main(["2026", "10", "--settle"]) == 73
    out, err = capfd.readouterr()
    assert out == "" and all(line in err for line in said)


def test_settled_once(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A second settlement is refused, and says what has changed since the first: here nothing."""
    assert main(["2026", "10", "--settle"]) == 0
    settled = (home / "accounting/2026/10/.settled.json").read_bytes()
    capfd.readouterr()
    assert main(["2026", "10", "--settle"]) == 73
    said = "2026/10 was settled on 2026-11-01, and a month is settled once: nothing has changed since"
    assert capfd.readouterr() == ("", f"shocpp-summary: {said}\n")
    assert (home / "accounting/2026/10/.settled.json").read_bytes() == settled


@pytest.mark.parametrize(("args", "status", "said"), [
    (["2026", "11"], 65, "the month is not over before 2026-11-30 ends; settle it then"),
    (["--year", "2026"], 64, "--settle takes a month, with all accounts and charge points"),
    (["2026", "10", "--account", "company-x"], 64, "--settle takes a month, with all accounts and charge points"),
    (["2026", "10", "--charge-point", ""], 64, "--settle takes a month, with all accounts and charge points"),
])  # fmt: skip
def test_what_cannot_be_settled(
    home: Path, capfd: pytest.CaptureFixture[str], args: list[str], status: int, said: str
) -> None:
    """A month that is not over, and what is no month; nothing is written."""
    assert main([*args, "--settle"]) == status
    assert capfd.readouterr() == ("", f"shocpp-summary: {said}\n")
    assert list(home.glob("accounting/*/*/.settled.json")) == []


def test_a_file_that_is_no_record(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """While there is a file that cannot be read nobody knows what the month has: it is not settled."""
    (home / "accounting/2026/10/broken.json").write_text("{")
    assert main(["2026", "10", "--settle"]) == 65
    assert "broken.json: not JSON\n" in capfd.readouterr().err
    assert list(home.glob("accounting/*/*/.settled.json")) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"month": "2026-10"}'])
def test_a_settlement_that_is_none(home: Path, capfd: pytest.CaptureFixture[str], text: str) -> None:
    """A broken settlement is named; nothing else is printed in its place."""
    path = home / "accounting/2026/10/.settled.json"
    path.write_text(text)
    assert main(["2026", "10"]) == 65
    out, err = capfd.readouterr()
    assert out == "" and err.startswith(f"shocpp-summary: {path}: not ") and err.count("\n") == 1


def test_a_settlement_that_was_changed(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Figures that were changed by hand do not add up any more, and are not printed."""
    assert main(["2026", "10", "--settle"]) == 0
    path = home / "accounting/2026/10/.settled.json"
    path.write_text(path.read_text().replace('"amount": "9.90", "flags"', '"amount": "0.90", "flags"'))
    capfd.readouterr()
    assert main(["2026", "10"]) == 65
    assert "the items do not add up to the totals; it was changed after it was written" in capfd.readouterr().err


def test_late(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes into a settled month is billed once, in the next one that is not settled, marked late."""
    put(home / "accounting", exact("family-y", "2026-11-05 10:00:00", 1_060_000, 1_061_000))
    assert main(["2026", "10", "--settle"]) == 0
    late = put(home / "accounting", exact("company-x", "2026-10-20 10:00:00", 1_050_000, 1_055_000))
    capfd.readouterr()
    for settle in ([], ["--settle"]):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
        assert main(["2026", "11", "--json", *settle]) == 0
        november = json.loads(capfd.readouterr().out)
        assert [each["energy_wh"] for each in november["sessions"]] == [5000, 1000]
        (told,) = [each for each in november["sessions"] if each["flags"] == ["late"]]
        assert (told["record"], told["booked"], told["amount"]) == (f"2026/10/{late.name}", "2026-11", "1.50")
    put(home / "accounting", exact("family-y", "2026-12-05 10:00:00", 1_061_000, 1_062_000))
    assert [each["energy_wh"] for each in statement(capfd, "12")["sessions"]] == [1000]
    assert [each["energy_wh"] for each in statement(capfd, "10")["sessions"]] == [33_000, 11_000, 2493]
    assert main(["--year", "2026", "--json"]) == 0
    year = json.loads(capfd.readouterr().out)
    assert year["total"]["energy_wh"] == 33_000 + 11_000 + 5000 + 1000 + 1000


def test_a_copy_is_not_late(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that a settled month bills is billed nowhere else, in whatever month's folder a copy turns up."""
    record = exact("company-x", "2026-10-20 10:00:00", 1_050_000, 1_055_000)
    original = put(home / "accounting", record, month="2026/11")
    assert main(["2026", "10", "--settle"]) == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
    assert main(["2026", "11", "--settle"]) == 0
    put(home / "accounting", record, month="2026/10", name=original.name)
    put(home / "accounting", record, month="2026/12", name=original.name)
    capfd.readouterr()
    assert statement(capfd, "12")["sessions"] == []
    assert [each["energy_wh"] for each in statement(capfd, "11")["sessions"]] == [5000]


@pytest.mark.parametrize(
    ("first", "second"),
    [("2026-10-20 10:00:00", "2026-10-20 10:00:01"), ("2026-10-20 10:00:01", "2026-10-20 10:00:00")],
)
def test_a_repetition_of_what_was_settled(
    home: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    second: str,
) -> None:
    """A charge that a settled month bills is billed nowhere else, whichever of its records ended first."""
    put(home / "accounting", exact("company-x", first, 1_050_000, 1_055_000))
    assert main(["2026", "10", "--settle"]) == 0
    put(home / "accounting", unseen(exact("company-x", second, 1_050_000, 1_055_000)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
    capfd.readouterr()
    for settle in ([], ["--settle"]):
        assert main(["2026", "11", "--json", *settle]) == 0
        (told,) = json.loads(capfd.readouterr().out)["sessions"]
        assert ("repeated" in told["flags"], told["energy_wh"], told["amount"]) == (True, 0, "0.00")
    assert main(["--year", "2026", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["total"]["energy_wh"] == 33_000 + 11_000 + 5000


def test_a_repetition_before_what_was_settled(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A charge that is reported in two months is billed by the one that was settled, also if that is the later one."""
    put(home / "accounting", exact("company-x", "2026-10-01 00:00:01", 1_050_000, 1_055_000))
    assert main(["2026", "10", "--settle"]) == 0
    put(home / "accounting", unseen(exact("company-x", "2026-09-30 23:59:59", 1_050_000, 1_055_000)))
    capfd.readouterr()
    (told,) = statement(capfd, "09")["sessions"]
    assert ("repeated" in told["flags"], told["energy_wh"]) == (True, 0)


def test_a_copy_in_a_month_before(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A copy in an earlier month that is not settled bills nothing where a later settled one has billed the stop."""
    record = exact("company-x", "2026-09-20 10:00:00", 950_000, 955_000)
    original = put(home / "accounting", record, month="2026/10")
    assert main(["2026", "10", "--settle"]) == 0
    put(home / "accounting", record, month="2026/09", name=original.name)
    capfd.readouterr()
    assert statement(capfd, "09")["sessions"] == []


def test_a_year_has_settled_months_as_they_were(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Twelve months make the year, with the amounts of each month: settled ones at the prices of then."""
    put(home / "accounting", exact("company-x", "2026-11-05 10:00:00", 1_060_000, 1_070_000))
    assert main(["2026", "10", "--settle"]) == 0
    write_prices(home, "0.40")
    capfd.readouterr()
    assert main(["--year", "2026", "--json"]) == 0
    year = json.loads(capfd.readouterr().out)
    (company,) = [each for each in year["accounts"] if each["account"] == "company-x"]
    assert (company["energy_wh"], company["amount"]) == (43_000, "13.90")
    prices = {"currency": "CHF", "prices": [{"per_kwh": "0.30"}]}
    (home / "conf/prices.json").write_text(json.dumps(prices))
    assert main(["--year", "2026", "--json"]) == 78
    assert "a settled month has amounts in EUR, prices.json is in CHF" in capfd.readouterr().err
