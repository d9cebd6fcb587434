"""What accounting in PostgreSQL promises: each stop once, whatever happens to the server; nobody waits for it long."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from shocpp.errors import DataError, ShocppError, UnavailableError
from shocpp.spool.accounting.accounting import RecordFile, Starts, file_of
from shocpp.stores import server_session
from shocpp.stores.accounting_at import accounting_at
from tests.support.cutting import Cutting
from tests.support.patience import PATIENCE_S, until
from tests.support.postgresql import Postgresql, server
from tests.support.stops import RECEIVED, record

SEEN = {
    "received": "2023-09-03T06:52:11Z",
    "started": "2023-09-03T06:52:10Z",
    "id_tag": "1111",
    "transaction_id": 10_000_001,
}


@pytest.fixture
def url() -> str:
    """Give the address of an empty store."""
    return server().new_store()


def kept(url: str) -> list[str]:
    """Give the names of all records."""
    accounting = accounting_at(url)
    return [name for month in accounting.months() for name in accounting.names(month)]


def test_a_stop_is_booked_once(url: str) -> None:
    """Whoever books a stop once more is told where it is, in whatever month, and the first record stays as it is."""
    accounting, later = accounting_at(url), record(1, received=RECEIVED + timedelta(days=40))
    path, is_new = accounting.book(record(1))
    assert is_new and path.startswith("postgresql://127.0.0.1:") and "shocpp@" not in path
    assert accounting_at(url).book(later) == accounting.book(record(1)) == (path, False)
    outcomes = accounting.book_all([file_of(record(number)) for number in (2, 1, 2, 3)])
    assert [outcome[1] for outcome in outcomes if isinstance(outcome, tuple)] == [True, False, False, True]
    assert accounting.months() == [(2023, 9)] and len(kept(url)) == 3
    assert accounting.read((2023, 9), path.rpartition("/")[2]) == file_of(record(1)).data


def test_the_name_of_older_versions_counts(url: str) -> None:
    """A stop that lies there under the digest of an older version is not booked again."""
    accounting, made = accounting_at(url), file_of(record(1))
    assert accounting.add((2023, 8), made.legacy_name, b"{}\n")
    assert accounting.book(record(1)) == (accounting.path((2023, 8), made.legacy_name), False)


def test_what_the_server_does_not_take_harms_nobody_else(url: str) -> None:
    """Of records that are booked together, the one that no server can hold fails alone."""
    bad = RecordFile("2023/09", "1693727530-0123456789ab.json", b'{"a": "\0"}\n')
    first, failed, last = accounting_at(url).book_all([file_of(record(1)), bad, file_of(record(2))])
    assert isinstance(failed, DataError) and isinstance(first, tuple) and isinstance(last, tuple)
    assert first[1] and last[1] and len(kept(url)) == 2


def test_two_workers_book_the_same_stops(url: str) -> None:
    """Of two that book the same stops at the same time, each in its own order, one is told of each that it is new."""
    files = [file_of(record(number)) for number in range(40)]
    new: list[str] = []
    ready = threading.Barrier(2)

    def work(order: int) -> None:
        accounting = accounting_at(url)
        accounting.months()
        ready.wait(PATIENCE_S)
        for at in range(0, 40, 8):
            outcomes = accounting.book_all(files[::order][at : at + 8])
            new.extend(outcome[0] for outcome in outcomes if isinstance(outcome, tuple) and outcome[1])

    workers = [threading.Thread(target=work, args=(order,)) for order in (1, -1)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(new) == sorted({*new}) and len(new) == len(kept(url)) == 40


@pytest.mark.parametrize("is_first", [True, False], ids=["first work", "later work"])
def test_cut_between_commit_and_answer(url: str, is_first: bool) -> None:
    """A connection that is lost after the commit and before its answer: asked again, the stop is there, once."""
    way = Cutting(server().port)
    accounting = accounting_at(url.replace(str(server().port), str(way.port)))
    if not is_first:
        accounting.book(record(0))
    accounting.months()
    way.is_armed = True
    assert accounting.book(record(1))[1] is False, "it was booked, and found"
    assert way.cuts == 1
    assert len(kept(url)) == 1 + (not is_first)
    way.close()


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.thorough)])
def test_killed_and_restarted_while_stops_are_booked(kills: int) -> None:
    """Whatever is confirmed is there after the server was killed; what is not is booked when it comes again, once."""
    own = Postgresql(is_lasting=True)
    url = own.new_store()
    accounting = accounting_at(url)
    confirmed: set[int] = set()
    failed: list[ShocppError] = []
    is_over = threading.Event()

    def deliver() -> None:
        number = 0
        while not is_over.is_set():
            try:
                accounting.book(record(number))
            except ShocppError as error:
                failed.append(error)
                is_over.wait(0.05)  # the charge point comes back with it
            else:
                confirmed.add(number)
                number += 1

    delivering = threading.Thread(target=deliver)
    delivering.start()
    for _ in range(kills):
        before, faults = len(confirmed), len(failed)
        until(lambda before=before: len(confirmed) > before + 5, "stops to be confirmed")  # type: ignore[misc]
        own.kill()
        until(lambda faults=faults: len(failed) > faults, "a stop that is not confirmed")  # type: ignore[misc]
        own.start()
    count = len(confirmed)
    until(lambda: len(confirmed) > count, "stops to be confirmed again")
    is_over.set()
    delivering.join()
    digests = [file_of(record(number)).name for number in sorted(confirmed)]
    assert sorted(digests) == sorted(kept(url))
    own.end()


def test_a_server_that_hangs(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for it is told after a while; all others at once, until it is tried again; nothing is booked twice."""
    way = Cutting(server().port)
    accounting = accounting_at(url.replace(f":{server().port}/", f":{way.port}/"))
    accounting.book(record(1))
    way.is_silent = True
    with monkeypatch.context() as hurried:  # while the server says nothing there is nothing to wait for
        for name, limit_s in (("_LONGEST_S", 0.3), ("_SLOW_S", 0.1), ("_PAUSE_S", 1.0)):
            hurried.setattr(server_session, name, limit_s)
        for _ in range(100):
            with pytest.raises(UnavailableError, match=r"postgresql://127\.0\.0\.1:\d+/postgres is not reached"):
                accounting.book(record(2))
    assert way.connections < 10, "most of them were told without asking the server"
    way.is_silent = False
    until(lambda: not isinstance(accounting.book_all([file_of(record(2))])[0], ShocppError), "the server to be tried")
    assert [accounting.book(record(number))[1] for number in (1, 2, 3)] == [False, False, True]
    way.close()


def test_open_charges_are_known_everywhere(url: str) -> None:
    """A start that one machine tells is known to the other, until its stop is booked, or it is said to be over."""
    here, there = accounting_at(url), accounting_at(url)
    assert here.open_charges(Starts("CP001", {10_000_001: SEEN})) == {10_000_001: SEEN}
    assert there.open_charges(Starts("CP001", {})) == {10_000_001: SEEN}
    assert there.open_charges(Starts("CP002", {})) == {}
    here.book(record(1))
    assert there.open_charges(Starts("CP001", {})) == {}
    assert there.open_charges(Starts("CP001", {10_000_001: SEEN})) == {}, "what run/ still has of it is booked"
    assert here.open_charges(Starts("CP001", {5: SEEN})) == {5: SEEN}
    assert there.open_charges(Starts("CP001", {}, [5])) == here.open_charges(Starts("CP001", {})) == {}


def test_whatever_a_charge_point_is_called(url: str) -> None:
    """An identity that no server could hold is kept all the same, and a number of any length."""
    accounting = accounting_at(url)
    for identity in ("\0", "\ud800", "ü'\"\\"):
        assert accounting.open_charges(Starts(identity, {10**30: SEEN})) == {10**30: SEEN}
        assert accounting.book(record(1, identity=identity))[1]
    assert accounting.open_charges(Starts("\0", {})) == {10**30: SEEN}
