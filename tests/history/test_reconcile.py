"""Journal and accounting held against each other, for a fleet's day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shocpp.history.reconcile import DIFFERS, NOT_BOOKED, NOT_IN_JOURNAL, UNCONFIRMED, Reconciliation, compare, in_words
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.record import Record
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.conf.configuration import read_tags
from tests.support.backend import record_files
from tests.support.in_place import InPlace

BEGIN = datetime(2026, 5, 30, 23, 50, tzinfo=UTC)
TAGS = '[{"index": 1, "account": "one", "ids": ["1111"]}, {"index": 2, "account": "two", "ids": ["2222"]}]'


FLEETS: list[Fleet] = []  # that were made by the test that runs


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while FLEETS:
        FLEETS.pop().close()


class Fleet:
    """Charge points with a backend each, and a clock for all of them."""

    def __init__(self, home: Path, unit: str, count: int) -> None:
        (home / "conf").mkdir()
        (home / "conf/tags.json").write_text(TAGS)
        environ = {"SHOCPP_HOME": str(home), "SHOCPP_JOURNALDIR": str(home / "journal"), "SHOCPP_TRANSACTION_ID": unit}
        self.settings = Settings.from_environ(environ)
        self.now = BEGIN
        self.meters = {f"CP{n:03}": 1_000_000 * n + 567 for n in range(count)}
        self._log = Log(str(home / "log"))
        self._backends: dict[str, InPlace] = {}
        self._number = 0
        FLEETS.append(self)

    def close(self) -> None:
        """Let all charge points hang up."""
        for backend in self._backends.values():
            backend.close()

    def call(self, who: str, action: str, **payload: Any) -> dict[str, Any]:
        """Let a charge point send a CALL, over a connection that is new now and then; its confirmation."""
        self._number += 1
        backend = self._backends.get(who)
        if backend is None or self._number % 50 == 0:
            if backend is not None:
                backend.close()
            backend = self._backends[who] = InPlace(who, self.settings, self._log, self._clock)
            backend.open()
        (answer,) = backend.receive(json.dumps([2, str(self._number), action, payload]).encode())
        backend.do_deferred(is_idle=self._number % 3 == 0)
        self.now += timedelta(seconds=7)
        found: dict[str, Any] = json.loads(answer)[2]
        return found

    def charge(self, who: str, id_tag: str, drawn_wh: int, is_sent_twice: bool = False) -> None:
        """Let a charge point charge."""
        begun = self.call(
            who, "StartTransaction", connectorId=1, idTag=id_tag, meterStart=self.meters[who], timestamp=self._stamp
        )
        self.now += timedelta(minutes=61)
        self.meters[who] += drawn_wh
        sampled = [{"value": str(self.meters[who])}]
        values = [{"timestamp": self._stamp, "sampledValue": sampled}]
        number = begun["transactionId"]
        self.call(who, "MeterValues", connectorId=1, transactionId=number, meterValue=values)
        stop = {"transactionId": number, "meterStop": self.meters[who], "timestamp": self._stamp, "reason": "Local"}
        for _ in range(2 if is_sent_twice else 1):
            self.call(who, "StopTransaction", **stop)

    def _clock(self) -> float:
        return self.now.timestamp()

    @property
    def _stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(params=["kwh", "wh"])
def fleet(tmp_path: Path, request: pytest.FixtureRequest) -> Fleet:
    """Let a fleet have its day: over midnight and the month's end, with everything that happens."""
    fleet = Fleet(tmp_path, request.param, 4)
    for round_ in range(6):
        for n, who in enumerate(fleet.meters):
            fleet.charge(who, ("1111", "2222", "9999")[n % 3], 1234 * round_ + n, is_sent_twice=round_ % 4 == 2)
    return fleet


def test_reckoning_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the books reckon wrong, rebuilding does not reckon wrong with them: the wire says what was drawn."""
    right = Record.__init__

    def wrong(made: Record, *given: Any) -> None:
        right(made, *given)
        made.fields["consumed_wh"] = int(str(made.fields["consumed_wh"])) + 1

    monkeypatch.setattr(Record, "__init__", wrong)
    fleet = Fleet(tmp_path, "wh", 1)
    fleet.charge("CP000", "1111", 5000)
    ((kind, words),) = findings(fleet)
    assert kind == DIFFERS and "consumed_wh is 5001 in accounting and 5000 in the journal" in words


def findings(fleet: Fleet, **span: datetime) -> list[tuple[str, str]]:
    """Compare; kind and text of what was found."""
    settings = fleet.settings
    found = compare(
        settings.journal_dir,
        AccountingFolder(settings.accounting_dir),
        read_tags(settings.tags_file),
        settings.transaction_unit,
        lambda path, why: pytest.fail(f"{path}: {why}"),
        span.get("begin"),
        span.get("end"),
    )
    return [(finding.kind, in_words(finding)) for finding in found]


def test_agree(fleet: Fleet) -> None:
    """After a fleet's day journal and accounting agree to the Wh, in the whole and in any span."""
    assert findings(fleet) == []
    for hours in range(0, 30, 5):
        assert findings(fleet, begin=BEGIN + timedelta(hours=hours), end=BEGIN + timedelta(hours=hours + 5)) == []
    settings = fleet.settings
    reconciliation = Reconciliation(
        settings.journal_dir, Accounts(), settings.transaction_unit, lambda path, why: pytest.fail(path + why)
    )
    made = [made.record.fields["consumed_wh"] for _, made in reconciliation.rebuilt()]
    assert len(made) == 24 and sum(int(str(wh)) for wh in made) == sum(
        meter - (1_000_000 * n + 567) for n, meter in enumerate(fleet.meters.values())
    )


def test_record_is_missing(fleet: Fleet) -> None:
    """A record that somebody removed is named, and nothing else."""
    path = record_files(Path(fleet.settings.accounting_dir))[10]
    record = json.loads(path.read_text())
    path.unlink()
    ((kind, words),) = findings(fleet)
    assert kind == NOT_BOOKED
    assert record["charge_point"] in words and str(record["transaction_id"]) in words and path.stem[-12:] in words


def test_journal_is_missing(fleet: Fleet) -> None:
    """A stop whose frames are not in the journal is named; one of a day without a journal is not."""
    days = sorted(Path(fleet.settings.journal_dir).rglob("*.jsonl"))
    assert len(days) == 3
    lines = days[1].read_bytes().splitlines(keepends=True)
    stops = [number for number, line in enumerate(lines) if b'"StopTransaction"' in line]
    gone = lines[stops[-3]]
    assert gone.split(b'"transactionId"')[1] not in lines[stops[-2]]
    days[1].write_bytes(b"".join(lines[: stops[-3]] + lines[stops[-3] + 1 :]))
    ((kind, words),) = findings(fleet)
    assert kind == NOT_IN_JOURNAL and json.loads(gone)["charge_point"] in words
    days[1].unlink()
    assert findings(fleet) == []


@pytest.mark.parametrize("field", ["end_wh", "consumed_wh", "begin_wh", "account_index", "connector_id"])
def test_record_was_changed(fleet: Fleet, field: str) -> None:
    """A record that says something else than the wire did is named with both."""
    path = record_files(Path(fleet.settings.accounting_dir))[14]
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, field: record[field] + 1}))
    ((kind, words),) = findings(fleet)
    assert kind == DIFFERS and f"{field} is {record[field] + 1}" in words and f"and {record[field]}" in words


@pytest.mark.parametrize("most_kwh", [None, 4, 1000])
def test_another_limit_is_no_disagreement(tmp_path: Path, most_kwh: int | None) -> None:
    """A charge that was too much then, or is now, is no disagreement: its readings are the same."""
    fleet = Fleet(tmp_path, "kwh", 1)
    fleet.settings.most_kwh = 4
    fleet.charge("CP000", "1111", 5000)
    (record,) = record_files(Path(fleet.settings.accounting_dir))
    assert json.loads(record.read_text())["anomaly"] == "implausible"
    assert findings(fleet) == []
    reconciliation = Reconciliation(fleet.settings.journal_dir, Accounts(), "kwh", lambda *_: None, most_kwh=most_kwh)
    ((_, made),) = reconciliation.rebuilt()
    assert made.record.fields.get("anomaly") == ("implausible" if most_kwh == 4 else None)
    assert list(reconciliation.disagreements(AccountingFolder(fleet.settings.accounting_dir))) == []


def test_unconfirmed(fleet: Fleet) -> None:
    """A stop whose answer is not in the journal is named."""
    last = max(Path(fleet.settings.journal_dir).rglob("*.jsonl"))
    lines = last.read_bytes().splitlines(keepends=True)
    assert b'"StopTransaction"' in lines[-2]
    last.write_bytes(b"".join(lines[:-1]))
    assert [kind for kind, _ in findings(fleet)] == [NOT_IN_JOURNAL, UNCONFIRMED]
