"""Whatever records hold, as long as they are records: each format is written, and each check is made."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shocpp.columns import width
from shocpp.ledger.item import Item
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.ledger.unaccounted import Registers
from shocpp.ocpp.v16.boot_notification import described
from shocpp.report import verification
from shocpp.report.formats import FORMATS
from shocpp.report.gather import Source, Wanted
from shocpp.report.words import Words
from shocpp.settings import Settings
from shocpp.spool.accounting import record_reader
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from tests.support.invented_month import CREATED
from tests.support.pages import page as page_of
from tests.support.properties import examples
from tests.support.records import BERLIN, put

WHOLE = st.integers(-(10**15) + 1, 10**15 - 1)
TEXT = st.text(max_size=300)
TIME = st.one_of(
    TEXT, st.datetimes().map(lambda time: f"{time:%Y-%m-%dT%H:%M:%S}Z"), st.just("0001-01-01T00:00:00+14:00")
)
RECORD = st.fixed_dictionaries(
    {
        "localtime": st.datetimes().map(lambda time: f"{time.year:04}-{time:%m-%d %H:%M:%S}"),
        "unixtime": st.integers(0, 253_370_764_799).map(str),
        "account": st.one_of(st.text(min_size=1), st.sampled_from(["unassigned", "unknown-7"])),
        "begin_kwh": WHOLE.map(str),
        "end_kwh": WHOLE.map(str),
        "consumed_kwh": st.integers(0, 10**15 - 1).map(str),
    },
    optional={
        **dict.fromkeys(("connector_id", "transaction_id", "begin_wh", "end_wh", "duration_s"), WHOLE),
        **dict.fromkeys(("charge_point", "id_tag", "reason", "anomaly"), TEXT),
        **dict.fromkeys(("started", "stopped", "received"), TIME),
        "consumed_wh": st.integers(0, 10**15 - 1),
        "clock_suspect": st.booleans(),
        "something new": st.none(),
    },
)


@examples(40)
@given(st.lists(RECORD, max_size=6), st.sampled_from(["de", "en"]))
def test_anything(found: list[dict[str, Any]], language: str) -> None:
    """No record that is read makes a format or a check fail, or a line of text wider than a terminal."""
    complaints: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, record in enumerate(found):
            put(Path(folder), record, month="2026/10", digest=f"{number:012x}")
        read = list(record_reader.read(AccountingFolder(folder), lambda path, why: complaints.append((path, why))))
    assert complaints == []
    items = [Item(charge) for charge in read]
    assert len(items) == len(found)
    for span in (Span.of_month(2026, 10), Span.of_year(2026)):
        header = Header(span, CREATED, "1.2.3", BERLIN, "Europe/Berlin")
        statement = Statement(header, items, None, Registers())
        for form in FORMATS:
            page = page_of(statement, form, language)
            page.encode()
            assert form != "text" or max(map(width, page.splitlines())) <= 80


@examples(40)
@given(st.lists(RECORD, max_size=6))
def test_any_check(found: list[dict[str, Any]]) -> None:
    """``--verify`` has a line for whatever it finds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number, record in enumerate(found):
            put(home / "accounting", record, month="2026/10", digest=f"{number:012x}")
        source = Source(Settings.from_environ({"SHOCPP_HOME": folder}), lambda *_: None, described)
        for each in source.findings(Wanted(Span.of_month(2026, 10)), 22_000):
            for language in ("de", "en"):
                assert verification.line(each, Words(language)).isprintable()
            verification.document(each)
