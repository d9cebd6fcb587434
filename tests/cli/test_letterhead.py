"""Value added tax, letterhead and recipient as they are typed into prices.json and tags.json, and settled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.cli.summary import main
from shocpp.report.formats import FORMATS
from tests.support.records import exact, put

VAT = {"percent": "19", "per_kwh_is": "gross"}
COMPANY = {"recipient": ["Company X GmbH", "Ring 1"], "employee": "Erika Muster", "plate": "MU-ST 123E"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an October of two accounts."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_LANG", "en")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793509200")
    put(tmp_path / "accounting", exact("company-x", "2026-10-01 10:00:00", 1_000_000, 1_033_000))
    put(tmp_path / "accounting", exact("family-y", "2026-10-02 10:00:00", 1_033_000, 1_044_000))
    configure(tmp_path)
    return tmp_path


def configure(home: Path, vat: object = None, issuer: object = None, party: dict[str, Any] | None = None) -> None:
    """Write prices.json and tags.json."""
    (home / "conf").mkdir(exist_ok=True)
    price = {"per_kwh": "0.30", **({"vat": vat} if vat else {})}
    prices = {"currency": "EUR", "prices": [price], **({"issuer": issuer} if issuer else {})}
    (home / "conf/prices.json").write_text(json.dumps(prices))
    tags = [{"index": 1, "account": "company-x", "ids": [], **(party or {})}]
    (home / "conf/tags.json").write_text(json.dumps(tags))


def pages(capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Print the statement of company-x in every format."""
    found = {}
    for form in FORMATS:
        assert main(["2026", "10", "--account", "company-x", "--format", form]) == 0
        found[form] = capfd.readouterr().out
    return found


def test_are_in_the_statement(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The account's statement has who bills, who gets it, for whom and which car; the one of all has no recipient."""
    configure(home, VAT, ["House Sample Ltd"], COMPANY)
    for form in ("text", "html", "json"):
        page = pages(capfd)[form]
        for line in ("House Sample Ltd", "Company X GmbH", "Ring 1", "Erika Muster", "MU-ST 123E", "8.32", "1.58"):
            assert line in page, (form, line)
    assert main(["2026", "10"]) == 0
    whole = capfd.readouterr().out
    assert whole.startswith("House Sample Ltd\n\nCharging statement") and "Company X GmbH" not in whole
    row = ["incl.", "19", "%", "VAT", "11.09", "2.11", "13.20"]
    assert [line for line in whole.splitlines() if line.split() == row]


def test_are_settled_with_the_month(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What was settled with tax and letterhead keeps them, whatever the files say later."""
    configure(home, VAT, ["House Sample Ltd"], COMPANY)
    assert main(["2026", "10", "--settle"]) == 0
    capfd.readouterr()
    before = pages(capfd)
    assert all(line in before["text"] for line in ("incl. 19 % VAT", "House Sample Ltd", "MU-ST 123E"))
    configure(home, {"percent": "7", "per_kwh_is": "net"}, ["Somebody Else"], {"plate": "X"})
    assert pages(capfd) == before
    (home / "conf/tags.json").unlink()
    (home / "conf/prices.json").unlink()
    assert pages(capfd) == before


def test_a_month_settled_before_has_none(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A month that was settled without them gets neither tax nor letterhead afterwards."""
    assert main(["2026", "10", "--settle"]) == 0
    capfd.readouterr()
    before = pages(capfd)
    configure(home, VAT, ["House Sample Ltd"], COMPANY)
    assert pages(capfd) == before
    settled = json.loads((home / "accounting/2026/10/.settled.json").read_text())
    assert not {"issuer", "parties"} & settled.keys() and "vat" not in settled["prices"][0]


@pytest.mark.parametrize(("vat", "said"), [
    ({"percent": "19"}, "item 1, field vat: per_kwh_is is missing"),
    ({"per_kwh_is": "gross"}, "item 1, field vat: percent is missing"),
    ({"percent": 19, "per_kwh_is": "net"}, 'field percent: 19 is no rate in percent, in quotes, such as "19"'),
    ({"percent": "19 %", "per_kwh_is": "net"}, "field percent: "),
    ({"percent": "19", "per_kwh_is": "brutto"}, "field per_kwh_is: "),
])  # fmt: skip
def test_a_tax_that_is_none(home: Path, capfd: pytest.CaptureFixture[str], vat: object, said: str) -> None:
    """Half a tax is refused with its place."""
    configure(home, vat)
    assert main(["2026", "10"]) == 78
    out, err = capfd.readouterr()
    assert out == "" and said in err, err


def test_broken_tags_are_no_obstacle(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A tags.json that makes no sense is named, and the statement is made all the same, without a recipient."""
    (home / "conf/tags.json").write_text("[")
    assert main(["2026", "10", "--account", "company-x"]) == 0
    out, err = capfd.readouterr()
    assert "33.000" in out and err.endswith("not JSON: Expecting value; nothing is known of whom statements are for\n")
