"""Corrections as they are typed: shocpp-records --assign and --accept, and what statements say of them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shocpp.cli.records import main as records
from shocpp.cli.summary import main
from shocpp.report.formats import FORMATS
from tests.support.readers import figures_in
from tests.support.records import exact, put, unseen

TAGS = [{"index": 1, "account": "company-x", "ids": []}, {"index": 2, "account": "family-y", "ids": []}]
WHY = ("--why", "guest card lent", "--by", "anna")
ZONE = "Europe/Berlin"
NOVEMBER, DECEMBER = "1793509200", "1796101200"  # the first at 5:00 UTC, 2026


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an October in which one charge is nobody's, one on company-x, and one an anomaly."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "SHOCPP_ACCOUNTINGDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", ZONE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOVEMBER)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/tags.json").write_text(json.dumps(TAGS))
    prices = {"currency": "EUR", "prices": [{"per_kwh": "0.30"}, {"per_kwh": "0.50", "accounts": ["family-y"]}]}
    (tmp_path / "conf/prices.json").write_text(json.dumps(prices))
    folder = tmp_path / "accounting"
    put(folder, exact("unassigned", "2026-10-03 10:00:00", 1_000_000, 1_002_000), name="nobody.json")
    put(folder, exact("company-x", "2026-10-04 10:00:00", 1_002_000, 1_012_000), name="wrong.json")
    odd: dict[str, Any] = {"anomaly": "implausible", "consumed_wh": 0, "consumed_kwh": "0"}
    put(folder, exact("family-y", "2026-10-05 10:00:00", 1_012_000, 1_015_000, **odd), name="odd.json")
    return tmp_path


def correct(capfd: pytest.CaptureFixture[str], *args: str) -> Path:
    """Correct a record; the file that was written."""
    capfd.readouterr()
    assert records([*args, *WHY]) == 0
    return Path(capfd.readouterr().out.rstrip("\n"))


def move(path: Path, month: str, corrected: str) -> None:
    """Let a correction have been made in another month than this one."""
    fields = {**json.loads(path.read_text()), "corrected": corrected}
    path.unlink()
    put(path.parents[2], fields, month=month, name=path.name)


def statement(capfd: pytest.CaptureFixture[str], *args: str) -> Any:
    assert main([*args, "--json", "--lang", "en"]) == 0
    return json.loads(capfd.readouterr().out)


def lines(document: Any) -> list[tuple[str, int, str | None, list[str]]]:
    """Give what each session bills."""
    return [(each["account"], each["energy_wh"], each["amount"], each["flags"]) for each in document["sessions"]]


def totals(document: Any) -> dict[str, tuple[int, int, str | None]]:
    return {each["account"]: (each["sessions"], each["energy_wh"], each["amount"]) for each in document["accounts"]}


def test_nothing_that_was_written_changes(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A correction is a file of its own, of whole months' worth of readers readable as a record."""
    before = {path: path.read_bytes() for path in home.glob("accounting/2026/10/*")}
    made = correct(capfd, "--assign", "2026/10/nobody.json", "company-x")
    assert {path: path.read_bytes() for path in home.glob("accounting/2026/10/*")} == before
    fields = json.loads(made.read_text())
    assert made.name.startswith(fields["unixtime"]) and made.name.endswith("-correction.json")
    assert (fields["account"], fields["corrects"]) == ("company-x", "2026/10/nobody.json")
    assert (fields["corrected_by"], fields["why"]) == ("anna", "guest card lent")
    corrected = datetime.fromisoformat(fields["corrected"]).astimezone(ZoneInfo(ZONE))
    assert made.parent.relative_to(home / "accounting").as_posix() == f"{corrected:%Y/%m}"


def test_open_month(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the first is not settled it bills nothing any more, and its correction bills when it was made."""
    for args in (
        ("--assign", "2026/10/nobody.json", "company-x"),
        ("--assign", str(home / "accounting/2026/10/wrong.json"), "family-y"),
        ("--accept", "2026/10/odd.json"),
    ):
        move(correct(capfd, *args), "2026/11", "2026-11-02T10:00:00Z")
    october = statement(capfd, "2026", "10")
    assert lines(october) == [
        ("unassigned", 0, None, ["unassigned", "corrected"]),
        ("company-x", 0, None, ["corrected"]),
        ("family-y", 0, None, ["anomaly", "corrected"]),
    ]
    assert (totals(october), october["unassigned"]["sessions"], october["anomalies"]["sessions"]) == ({}, 0, 0)
    november = statement(capfd, "2026", "11")
    assert lines(november) == [
        ("company-x", 2000, "0.60", ["correction"]),
        ("family-y", 10_000, "5.00", ["correction"]),
        ("family-y", 3000, "1.50", ["correction"]),
    ]
    assert totals(november) == {"company-x": (1, 2000, "0.60"), "family-y": (2, 13_000, "6.50")}
    assert november["sessions"][0]["corrects"] == "2026/10/nobody.json"
    assert (november["sessions"][0]["corrected_by"], november["sessions"][0]["why"]) == ("anna", "guest card lent")
    assert november["unaccounted"] == [{"charge_point": "garage", "energy_wh": 0, "is_exact": True, "gaps": []}]


def test_settled_month(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first is settled its figures stay there; what takes it back stands beside its correction."""
    assert main(["2026", "10", "--settle"]) == 0
    page = capfd.readouterr().out
    for args in (("2026/10/nobody.json", "company-x"), ("2026/10/wrong.json", "family-y")):
        move(correct(capfd, "--assign", *args), "2026/11", "2026-11-02T10:00:00Z")
    move(correct(capfd, "--accept", "2026/10/odd.json"), "2026/11", "2026-11-02T10:00:00Z")
    # prices that change between do not touch what is taken back
    (home / "conf/prices.json").write_text(json.dumps({"currency": "EUR", "prices": [{"per_kwh": "0.40"}]}))
    assert main(["2026", "10"]) == 0
    assert capfd.readouterr().out == page
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
    expected = [
        ("unassigned", -2000, None, ["unassigned", "withdrawn"]),
        ("company-x", 2000, "0.80", ["correction"]),
        ("company-x", -10_000, "-3.00", ["withdrawn"]),
        ("family-y", 10_000, "4.00", ["correction"]),
        ("family-y", 3000, "1.20", ["correction"]),
    ]
    for settle in ([], ["--settle"]):
        november = statement(capfd, "2026", "11", *settle)
        assert sorted(lines(november)) == sorted(expected)
        assert totals(november) == {"company-x": (0, -8000, "-2.20"), "family-y": (2, 13_000, "5.20")}
    put(home / "accounting", exact("family-y", "2026-12-05 10:00:00", 1_061_000, 1_062_000))
    assert lines(statement(capfd, "2026", "12")) == [("family-y", 1000, "0.40", [])], "withdrawn once"
    year = statement(capfd, "--year", "2026")
    assert {name: wh for name, (_, wh, _) in totals(year).items()} == {"company-x": 2000, "family-y": 14_000}
    assert year["unassigned"]["energy_wh"] == 0


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_formats_agree(home: Path, capfd: pytest.CaptureFixture[str], form: str, language: str) -> None:
    """The lines of a statement with corrections and what is withdrawn add up to its totals, in every format."""
    put(home / "accounting", exact("family-y", "2026-11-01 10:00:00", 1_015_000, 1_035_500))
    assert main(["2026", "10", "--settle"]) == 0
    for args in (("2026/10/nobody.json", "company-x"), ("2026/10/wrong.json", "family-y")):
        move(correct(capfd, "--assign", *args), "2026/11", "2026-11-02T10:00:00Z")
    assert main(["2026", "11", "--format", form, "--lang", language]) == 0
    page = capfd.readouterr().out
    figures = figures_in(page, form, language)
    assert figures.lines == figures.totals
    assert {name: wh for name, (wh, _) in figures.totals.items()} == {"company-x": -8000, "family-y": 30_500}
    assert "guest card lent" in page


@pytest.mark.usefixtures("home")
def test_a_correction_is_corrected(capfd: pytest.CaptureFixture[str]) -> None:
    """A second correction of the same record is refused and names the first; that one can be corrected, and once."""
    one = correct(capfd, "--assign", "2026/10/nobody.json", "company-x")
    place = "/".join(one.parts[-3:])
    assert records(["--assign", "2026/10/nobody.json", "family-y", *WHY]) == 65
    said = f"shocpp-records: 2026/10/nobody.json is corrected already by {place}; correct that one\n"
    assert capfd.readouterr() == ("", said)
    move(one, "2026/11", "2026-11-02T10:00:00Z")
    two = correct(capfd, "--assign", f"2026/11/{one.name}", "family-y")
    move(two, "2026/11", "2026-11-03T10:00:00Z")
    assert lines(statement(capfd, "2026", "11")) == [
        ("company-x", 0, None, ["corrected", "correction"]),
        ("family-y", 2000, "1.00", ["correction"]),
    ]


@pytest.mark.usefixtures("home")
def test_chain_over_settled_months(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was settled on the first account, then on a second, then goes to a third: each is taken back once."""
    assert main(["2026", "10", "--settle"]) == 0
    one = correct(capfd, "--assign", "2026/10/wrong.json", "family-y")
    move(one, "2026/11", "2026-11-02T10:00:00Z")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DECEMBER)
    assert main(["2026", "11", "--settle"]) == 0
    two = correct(capfd, "--assign", f"2026/11/{one.name}", "unknown-7")
    move(two, "2026/12", "2026-12-02T10:00:00Z")
    assert sorted(lines(statement(capfd, "2026", "12"))) == [
        ("family-y", -10_000, "-5.00", ["withdrawn"]),
        ("unknown-7", 10_000, "3.00", ["unknown", "correction"]),
    ]
    year = {name: wh for name, (_, wh, _) in totals(statement(capfd, "--year", "2026")).items()}
    assert year == {"company-x": 0, "family-y": 0, "unknown-7": 10_000}


@pytest.mark.parametrize(("args", "status", "said"), [
    (["--assign", "2026/10/nobody.json", "familiy-y", *WHY], 65,
     "there is no account 'familiy-y'; the nearest name is 'family-y'"),
    (["--assign", "2026/10/none.json", "family-y", *WHY], 66, "there is no record 2026/10/none.json; name one as "),
    (["--assign", "2026/10/.settled.json", "family-y", *WHY], 66, "there is no record"),
    (["--assign", "conf/tags.json", "family-y", *WHY], 66, "there is no record conf/tags.json"),
    (["--accept", "2026/10/wrong.json", *WHY], 65, "2026/10/wrong.json is no anomaly; there is nothing to accept"),
    (["--accept", "2026/10/odd.json"], 64, "a correction takes --assign FILE ACCOUNT or --accept FILE, and --why TEXT"),
    (["--why", "x"], 64, "a correction takes"),
    (["--accept", "2026/10/odd.json", "--assign", "2026/10/odd.json", "family-y", *WHY], 64, "a correction takes"),
])  # fmt: skip
def test_what_cannot_be_corrected(
    home: Path, capfd: pytest.CaptureFixture[str], args: list[str], status: int, said: str
) -> None:
    """What is none, and what is not said, is refused in one sentence, and nothing is written."""
    before = sorted(home.rglob("*"))
    assert records(args) == status
    out, err = capfd.readouterr()
    assert out == "" and err.startswith(f"shocpp-records: {said}") and err.count("\n") == 1
    assert sorted(home.rglob("*")) == before


@pytest.mark.usefixtures("home")
def test_who(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --by it is the user whose process it is, whatever the environment claims."""
    from os import getuid
    from pwd import getpwuid

    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert records(["--accept", "2026/10/odd.json", "--why", "seen on the display"]) == 0
    made = json.loads(Path(capfd.readouterr().out.rstrip("\n")).read_text())
    assert made["corrected_by"] == getpwuid(getuid()).pw_name


def test_records(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In the export the first bills nothing and says where its correction lies, which has what is billed."""
    made = correct(capfd, "--assign", "2026/10/wrong.json", "family-y")
    place = made.relative_to(home / "accounting").as_posix()
    assert records([]) == 0
    found = {each["record"]: each for each in map(json.loads, capfd.readouterr().out.splitlines())}
    assert (found["2026/10/wrong.json"]["energy_wh"], found["2026/10/wrong.json"]["corrected_in"]) == (0, place)
    assert (found[place]["energy_wh"], found[place]["account"]) == (10_000, "family-y")
    assert "corrected_in" not in found[place] and len({each["_id"] for each in found.values()}) == 4


@pytest.mark.usefixtures("home")
def test_verify(capfd: pytest.CaptureFixture[str]) -> None:
    """A correction has the readings of what it corrects, and is no duplicate of it."""
    correct(capfd, "--assign", "2026/10/wrong.json", "family-y")
    assert main(["--year", "2026", "--verify"]) == 0
    capfd.readouterr()


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_repetition_is_not_corrected(home: Path, capfd: pytest.CaptureFixture[str], is_settled: bool) -> None:
    """A record that only repeats another one bills nothing, and its correction would bill the charge again."""
    first = put(home / "accounting", exact("company-x", "2026-10-20 10:00:00", 1_050_000, 1_055_000))
    if is_settled:
        assert main(["2026", "10", "--settle"]) == 0
    again = put(home / "accounting", unseen(exact("company-x", "2026-10-20 10:00:01", 1_050_000, 1_055_000)))
    capfd.readouterr()
    assert records(["--assign", f"2026/10/{again.name}", "family-y", *WHY]) == 65
    said = f"2026/10/{again.name} only repeats 2026/10/{first.name}, which bills the charge; correct that one"
    assert capfd.readouterr() == ("", f"shocpp-records: {said}\n")
    made = correct(capfd, "--assign", f"2026/10/{first.name}", "family-y")
    correct(capfd, "--assign", str(made), "unassigned")
