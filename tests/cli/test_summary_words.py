"""shocpp-summary without records: the month that is meant, one in which there was nothing, and words that are wrong."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shocpp.cli.summary import main
from tests.cli.conftest import BOTH_WAYS
from tests.support.programs import Program
from tests.support.records import exact, put


@BOTH_WAYS
def test_from_anywhere(home: Path, run: Program) -> None:
    """The launcher works from another folder with an empty environment, and fails with the same sentence."""
    put(home / "accounting", exact("Łódź"))
    (home / "accounting/2026/09/broken.json").write_text("{")
    result = run("summary", "2026", "9", "--json", "--account", "Łódź")
    assert (result.status, json.loads(result.out)["total"]["energy_wh"]) == (65, 32_400)
    assert "2026/09/broken.json: not JSON\n" in result.err
    assert "no month" in run("summary", "2026", "0").refusal(64)


@pytest.mark.usefixtures("folder")
def test_default_is_the_month_before(capfd: pytest.CaptureFixture[str]) -> None:
    """Without arguments it is the month before this one, which is what cron wants."""
    months = [month_before()]
    assert main(["--lang", "en"]) == 0
    months.append(month_before())  # another one, at the turn of a month
    out = capfd.readouterr().out
    assert [each for each in months if str(each.year) in out.splitlines()[0] and f"{each:%Y-%m}-01 to" in out]


def month_before() -> datetime:
    """Give the last day of the month before this one, in Berlin."""
    return datetime.now(ZoneInfo("Europe/Berlin")).replace(day=1) - timedelta(days=1)


@pytest.mark.usefixtures("folder")
def test_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """A month without records is said to be one and is no fault."""
    assert main(["2026", "09"]) == 0
    assert capfd.readouterr().out.endswith("\nKeine Ladevorgänge.\n")
    assert main(["2026", "09", "--json", "--lang", "en"]) == 0
    assert json.loads(capfd.readouterr().out)["total"]["energy_wh"] == 0


@pytest.mark.parametrize(("args", "said"), [
    (["2026", "9", "--year", "2026"], "give YEAR and MONTH, or --year, or --from and --to: only one of them"),
    (["--year", "26"], "'26' is no year such as 2026"),
    (["--to", "2026-09-01"], "--to needs --from, the first day"),
    (["--from", "1.9.2026"], "'1.9.2026' is no day such as 2026-09-03 and no month such as 2026-09"),
    (["--from", "2026-09-02", "--to", "2026-09-01"], "the last day, 2026-09-01, lies before the first, 2026-09-02"),
])  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_bad_span(capfd: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    """A span that is none is refused in one sentence."""
    assert main(args) == 64
    assert capfd.readouterr() == ("", f"shocpp-summary: {said}\n")


@pytest.mark.usefixtures("folder")
def test_bad_time(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOURCE_DATE_EPOCH that is no time is named."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main(["2026", "9"]) == 78
    assert capfd.readouterr().err == "shocpp-summary: SOURCE_DATE_EPOCH is 'yesterday'; it takes seconds since 1970\n"


@pytest.mark.parametrize(("args", "said"), [
    (["2026"], "shocpp-summary: which month of '2026'? Give YEAR and MONTH, such as 2026 9\n"),
    (["2026", "13"], "shocpp-summary: '2026 13' is no month; give YEAR and MONTH, such as 2026 9\n"),
    (["2026", "9", "10"], "shocpp-summary: '2026 9 10' is no month; give YEAR and MONTH, such as 2026 9\n"),
    (["26", "9"], "shocpp-summary: '26 9' is no month; give YEAR and MONTH, such as 2026 9\n"),
    (["0000", "9"], "shocpp-summary: '0000 9' is no month; give YEAR and MONTH, such as 2026 9\n"),
    (["2026", "²"], "shocpp-summary: '2026 ²' is no month; give YEAR and MONTH, such as 2026 9\n"),
])  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_bad_month(capfd: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    """A month that is none is refused in one sentence."""
    assert main(args) == 64
    assert capfd.readouterr() == ("", said)


@pytest.mark.parametrize("args", [["--lang", "fr"], ["--power", "0"], ["--no-such-thing"]])
@pytest.mark.usefixtures("folder")
def test_bad_options(capfd: pytest.CaptureFixture[str], args: list[str]) -> None:
    """Options that are none are refused in one line that names the way to help."""
    assert main(args) == 64
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith("(see shocpp-summary --help)\n")
