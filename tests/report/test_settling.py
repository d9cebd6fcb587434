"""The moments of a month's settlement: whatever comes during it is billed once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shocpp.errors import DataError
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Statement
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report.gather import Source, Wanted
from shocpp.report.inputs import Inputs
from shocpp.report.settling import settle_month
from shocpp.settings import Settings
from tests.support.records import exact, put

BERLIN = ZoneInfo("Europe/Berlin")


class Home:
    """A home with a charge in October, and one that may come at any time."""

    def __init__(self, path: Path) -> None:
        self.settings = Settings.from_environ({"SHOCPP_HOME": str(path)})
        self._inputs = Inputs(self.settings, BERLIN, str(BERLIN), pytest.fail)
        self._accounting = path / "accounting"
        put(self._accounting, exact("company-x", "2026-10-01 10:00:00", 1_000_000, 1_033_000))

    def put_another(self) -> None:
        """Have another charge of October come in."""
        put(self._accounting, exact("family-y", "2026-10-31 23:59:59", 1_050_000, 1_055_000))

    def source(self) -> Source:
        """Give what makes statements, as a command that begins now has it."""
        return Source(self.settings, lambda *what: pytest.fail(str(what)), described)

    def statement(self, month: int, source: Source | None = None) -> Statement:
        """Make a month's statement, in December."""
        wanted = Wanted(Span.of_month(2026, month))
        return self._inputs.statement(source or self.source(), wanted, datetime(2026, 12, 5, tzinfo=UTC))

    def billed(self, month: int) -> list[int]:
        """Give the Wh of each item of a month."""
        return [item.energy_wh for item in self.statement(month).items]


@pytest.mark.parametrize("moment", ["before", "read", "checked", "after"])
def test_a_record_that_comes_while_its_month_is_settled(tmp_path: Path, moment: str) -> None:
    """One that comes in time is in the month, one that comes after the reading in the next: it is billed once."""
    home = Home(tmp_path)
    source, month = home.source(), Wanted(Span.of_month(2026, 10))

    def pass_by(name: str) -> None:
        if name == moment:
            home.put_another()

    def make() -> Statement:
        pass_by("before")
        made = home.statement(10, source)
        pass_by("read")
        return made

    settle_month(source, month, None, make, lambda: pass_by("checked"))
    pass_by("after")
    in_time, late = ([5000], []) if moment == "before" else ([], [5000])
    assert (home.billed(10), home.billed(11)) == ([33_000, *in_time], late)


@pytest.mark.parametrize("by", [exact("company-x", "2026-10-01 10:00:00", 1_000_000, 1_034_000), {}, None])
def test_a_record_that_is_replaced_while_its_month_is_settled(tmp_path: Path, by: dict[str, object] | None) -> None:
    """A merge may put a richer record in the place of one that was read: nothing is settled, and the next try is."""
    home = Home(tmp_path)
    source, month = home.source(), Wanted(Span.of_month(2026, 10))
    (record,) = (tmp_path / "accounting").rglob("[0-9]*-*.json")

    def make() -> Statement:
        made = home.statement(10, source)
        record.write_text(json.dumps(by) if by is not None else "no JSON")
        return made

    with pytest.raises(DataError, match="has changed this very moment; try again"):
        settle_month(source, month, None, make, lambda: None)
    assert not home.source().billing.settled.has((2026, 10))
    if by:
        settle_month(source, month, None, lambda: home.statement(10), lambda: None)
        assert home.billed(10) == [34_000]
