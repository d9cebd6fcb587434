"""Signed meter values in statements: kept as sent, judged, settled with the month, and written for other programs."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from shocpp.cli.summary import main
from shocpp.ocmf.judging import verdict
from shocpp.report.formats import FORMATS
from tests.support.meters import Meter
from tests.support.records import exact, put

METER, OTHER = Meter(), Meter("M-2", secret=99)
SIGNED = METER.charge(10_000, 17_123)  # once: each signature is another one


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an October: one charge signed well, one signed by a meter nobody knows, one not signed."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_LANG", "en")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793509200")
    for day, signed in enumerate((SIGNED, OTHER.charge(20_000, 27_123), None), 1):
        begin, end = day * 10_000, day * 10_000 + 7_123
        put(tmp_path / "accounting", exact("company-x", f"2026-10-0{day} 10:00:00", begin, end, signed=signed))
    (tmp_path / "conf").mkdir()
    list_keys(tmp_path, METER.public_key)
    return tmp_path


def list_keys(home: Path, *keys: str) -> None:
    """Write charge-points.json."""
    listed = [{"identity": "garage", "public_keys": list(keys)}]
    (home / "conf/charge-points.json").write_text(json.dumps(listed))


def printed(capfdbinary: pytest.CaptureFixture[bytes], form: str) -> bytes:
    assert main(["2026", "10", "--format", form]) == 0
    return capfdbinary.readouterr().out


def sessions(capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed(capfdbinary, "json"))["sessions"]
    return found


@pytest.mark.usefixtures("home")
def test_are_in_json_as_they_were_sent(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each session has its values letter for letter, and the verdict on them; one without has neither."""
    first, second, third = sessions(capfdbinary)
    assert first["signed"] == SIGNED and first["signature"] == {"verdict": "valid", "why": ""}
    assert second["signature"] == {"verdict": "invalid", "why": "signature"}
    assert "signed" not in third and "signature" not in third


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("form", ["text", "csv", "html"])
def test_the_verdict_is_beside_each_session(capfdbinary: pytest.CaptureFixture[bytes], form: str) -> None:
    """People read it, with its reason, once for each session, and what was verified is said below."""
    page = " ".join(printed(capfdbinary, form).decode().split())
    wanted = ["signature valid", "signature not valid: does not fit the public key", "no signature"]
    assert [page.count(each) for each in wanted] == [1, 1, 1]
    assert form == "csv" or "Signed meter values were verified with the public key that is listed" in page


def test_are_compared_with_what_is_billed(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Well signed values do not vouch for a session that bills another energy."""
    signed = METER.charge(10_000, 17_123)
    for hour, end_wh in (("10", 17_123), ("11", 17_200)):
        put(home / "accounting", exact("company-x", f"2026-10-09 {hour}:00:00", 10_000, end_wh, signed=signed))
    good, other = (each["signature"] for each in sessions(capfdbinary)[-2:])
    assert good == {"verdict": "valid", "why": ""} and other == {"verdict": "invalid", "why": "energy"}


def test_a_statement_without_them_says_nothing(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Where no session has any the statement is as ever."""
    for path in (home / "accounting/2026/10").iterdir():
        record = json.loads(path.read_text())
        record.pop("signed", None)
        path.write_text(json.dumps(record))
    assert all("signature" not in each for each in sessions(capfdbinary))
    assert b"signature" not in printed(capfdbinary, "text") and b"igned meter" not in printed(capfdbinary, "text")


def test_are_settled_with_the_month(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Verdicts and keys of a settled month stay, whatever charge-points.json says later, and without the package."""
    assert main(["2026", "10", "--settle"]) == 0
    capfdbinary.readouterr()
    before = {form: printed(capfdbinary, form) for form in (*FORMATS, "safe")}
    list_keys(home, OTHER.public_key)
    assert {form: printed(capfdbinary, form) for form in (*FORMATS, "safe")} == before
    assert b"signature valid" in before["text"] and METER.public_key.encode() in before["safe"]


def test_a_month_settled_before_has_no_verdict(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A settlement of a version that verified nothing keeps to that."""
    assert main(["2026", "10", "--settle"]) == 0
    path = home / "accounting/2026/10/.settled.json"
    settled = json.loads(path.read_text())
    del settled["public_keys"]
    for item in settled["items"]:
        item.pop("signature", None)
    path.write_text(json.dumps(settled))
    capfdbinary.readouterr()
    assert b"signature" not in printed(capfdbinary, "text")


@pytest.mark.usefixtures("home")
def test_the_file_for_others_verifies(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """What the transparency software gets are the values as they were sent, each with the key that is listed."""
    root = ElementTree.parse(io.BytesIO(printed(capfdbinary, "safe"))).getroot()
    assert root.tag == "values" and [each.tag for each in root] == ["value"] * 4
    found = [(each.get("transactionId"), each.get("context"), *each) for each in root]
    assert [(number, context) for number, context, *_ in found] == [
        (number, f"Transaction.{context}") for number in ("1", "2") for context in ("Begin", "End")
    ]
    for _, _, data, key in found:
        assert (data.tag, data.attrib) == ("signedData", {"format": "OCMF", "encoding": "plain"})
        assert (key.tag, key.attrib, key.text) == ("publicKey", {"encoding": "hex"}, METER.public_key)
    sent = [{"value": data.text} for _, _, data, _ in found]
    assert sent[0]["value"] == SIGNED[0]["value"]
    assert verdict(sent[:2], (METER.public_key,), 7_123, True).verdict == "valid"


HOSTILE = (
    "OCMF|]]></signedData><evil/>|{}",
    "OCMF|{}|\x00",
    "OCMF|" + "[" * 100_000 + "|",
    'OCMF|{"RD":[{"RV":1e999999,"RU":"kWh","TX":"B"}]}|{}',
    "\ud800",
)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile(home: Path, capfdbinary: pytest.CaptureFixture[bytes], value: str) -> None:
    """Whatever a wallbox calls signed, a statement is made, and what is written for others is XML with texts in it."""
    context = '"><evil a="'
    record = exact("x", "2026-10-09 10:00:00", signed=[{"value": value, "context": context}, 5])
    put(home / "accounting", record)
    assert sessions(capfdbinary)[-1]["signature"]["verdict"] in ("invalid", "unknown")
    root = ElementTree.parse(io.BytesIO(printed(capfdbinary, "safe"))).getroot()
    assert {each.tag for each in root.iter()} == {"values", "value", "signedData", "publicKey"}


@pytest.mark.usefixtures("home")
def test_without_the_package(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where it is missing nothing is called wrong, and it is said how it is put into this installation."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    assert main(["2026", "10"]) == 0
    out, err = capfd.readouterr()
    assert out.count("signature unknown: the package that verifies is not") == 2 and "not valid" not in out
    install = f"{sys.executable} -m pip install 'cryptography>=42'"
    assert err == f"shocpp-summary: signed meter values are not verified: {install}\n"


def test_a_broken_list_is_no_obstacle(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A charge-points.json that makes no sense is named; the statement is made, and its signatures are unknown."""
    list_keys(home, "too short")
    assert main(["2026", "10"]) == 0
    out, err = capfd.readouterr()
    assert "signature unknown: no public key is listed" in " ".join(out.split())
    assert "field public_keys, item 1" in err and err.endswith("; no public key is known\n")
