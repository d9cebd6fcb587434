"""What SHOCPP_STORE promises: answers, records and statements as with files, and service while the store is away."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.errors import ConfigError, UnavailableError
from shocpp.settings import Settings, passed_on
from shocpp.spool.accounting.accounting import RecordFile, Starts
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.months import folder_of
from shocpp.spool.history import has_history
from shocpp.stores.accounting_at import accounting_at, see_that_it_can_be_reached
from tests.support import invented_month
from tests.support.backend import RunningBackend, make_home, stop_payload
from tests.support.cutting import Cutting
from tests.support.listening import HEARTBEAT, Listener
from tests.support.patience import until
from tests.support.postgresql import GUARDED, server
from tests.support.programs import InProcess
from tests.support.scratch import Scratch

SECRET = "fisch"


@pytest.fixture
def url() -> str:
    """Give the address of an empty store."""
    return server().new_store()


@pytest.fixture
def way() -> Iterator[Cutting]:
    """Give a way to the server that can be troubled."""
    made = Cutting(server().port)
    yield made
    made.close()


def over(way: Cutting, url: str) -> str:
    """Give a store's address by that way."""
    return url.replace(f":{server().port}/", f":{way.port}/")


def records(url: str) -> list[dict[str, object]]:
    """Read all records."""
    accounting = accounting_at(url)
    return [
        json.loads(accounting.read(month, name)) for month in accounting.months() for name in accounting.names(month)
    ]


def carry(folder: Path, url: str) -> None:
    """Book what is in a folder, byte for byte."""
    there, files = AccountingFolder(str(folder)), []
    for month in there.months():
        files += [RecordFile(folder_of(month), name, there.read(month, name)) for name in there.names(month)]
    assert all(isinstance(each, tuple) and each[1] for each in accounting_at(url).book_all(files))


def test_started_here_and_stopped_there(tmp_path: Path, url: str) -> None:
    """A charge that one machine has seen begin and another one end has one record, with card and begin."""
    settings = {"SHOCPP_STORE": url}
    with RunningBackend(make_home(tmp_path / "a"), settings=settings) as here:
        transaction_id = here.start(meter_wh=9_042_700)
    with RunningBackend(make_home(tmp_path / "b"), settings=settings) as there:
        assert [there.stop(transaction_id)[0] for _ in range(2)] == [3, 3]
    with RunningBackend(tmp_path / "a", settings=settings) as here:
        assert here.stop(transaction_id)[0] == 3
    (record,) = records(url)
    assert (record["id_tag"], record["started"]) == ("1111", "2023-09-03T06:52:10Z")
    assert (record["begin_wh"], record["consumed_wh"]) == (9_042_700, 32_400)
    assert not (tmp_path / "a/accounting").exists() and not list((tmp_path / "a/run/CP001/transactions").glob("*.json"))


def test_open_on_another_machine_alone(tmp_path: Path, url: str) -> None:
    """An index that an open charge of another machine has is given to no account, and the charge is history."""
    home = make_home(tmp_path / "here")
    assert not has_history(accounting_at(url), str(home / "run"))
    accounting_at(url).open_charges(Starts("CP9", {40_009_042: {"received": "2026-03-15T12:00:00Z"}}))
    assert has_history(accounting_at(url), str(home / "run"))
    for account, index in (("new", 5), ("newer", 6)):
        assert InProcess(home)("tags", "add", account, SHOCPP_STORE=url).status == 0
        assert json.loads((home / "conf/tags.json").read_text())[-1] == {"index": index, "account": account, "ids": []}


def test_the_store_is_away(tmp_path: Path, url: str, way: Cutting) -> None:
    """Starts are confirmed; a stop is not, and comes again: then it is booked, with what its start was."""
    with RunningBackend(make_home(tmp_path / "home"), settings={"SHOCPP_STORE": over(way, url)}) as backend:
        way.is_away = True
        transaction_id = backend.start()
        answer = backend.stop(transaction_id)
        assert answer[0] == 4 and answer[2] == "InternalError"
        way.is_away = False
        assert backend.stop(transaction_id) == [3, "u3", {}]
    (record,) = records(url)
    assert (record["id_tag"], record["consumed_wh"]) == ("1111", 32_400)
    assert "open charges are known on this machine alone" in backend.log.read_text()


def test_a_store_that_hangs_stalls_nobody(tmp_path: Path, url: str, way: Cutting) -> None:
    """While one charge point waits for a store that does not answer, the others are served; then it is told."""
    listener = Listener(Scratch(tmp_path, SHOCPP_STORE=over(way, url)))
    try:
        stop = json.dumps([2, "s", "StopTransaction", stop_payload(10_009_042)])
        with listener.connect("/CP001") as waiting, listener.connect("/CP002") as served:
            way.is_silent = True
            waiting.send(stop)
            for _ in range(20):
                served.send(HEARTBEAT)
                assert json.loads(served.recv())[0] == 3
            with pytest.raises(TimeoutError):
                waiting.recv(timeout=0)
            assert json.loads(waiting.recv())[:3] == [4, "s", "InternalError"]
            way.is_silent = False

            def is_confirmed() -> bool:
                waiting.send(stop)
                return bool(json.loads(waiting.recv()) == [3, "s", {}])

            until(is_confirmed, "the store to be there again")
    finally:
        listener.end()
    assert len(records(url)) == 1


@pytest.mark.parametrize("text", [
    f"postgresql://shocpp:{SECRET}@db.example.org/shocpp",
    f"postgresql://db.example.org/shocpp?password={SECRET}",
    f"postgresql://db.example.org/shocpp?sslmode=require&sslpassword={SECRET}",
    f"mysql://{SECRET}/", f"{SECRET}", f"postgresql://[{SECRET}", f"/srv/{SECRET}",
])  # fmt: skip
def test_no_password_in_an_address(text: str) -> None:
    """An address with a password, or that is none, is refused and not shown: logs would have it."""
    with pytest.raises(ConfigError) as error:
        Settings.from_environ({"SHOCPP_STORE": text})
    assert SECRET not in str(error.value) and "SHOCPP_STORE" in str(error.value)


def test_the_password_is_in_a_file(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that wants a password gets it out of the file that PGPASSFILE names; nobody is asked for it."""
    schema = url.rpartition("%3D")[2]
    server().ask(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{SECRET}'; GRANT ALL ON SCHEMA {schema} TO {GUARDED}")
    guarded = url.replace("//shocpp@", f"//{GUARDED}@")
    path = tmp_path / "pgpass"
    path.write_text(f"127.0.0.1:*:*:{GUARDED}:{SECRET}\n")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    with pytest.raises(UnavailableError, match="password"):
        accounting_at(guarded).months()
    monkeypatch.setenv("PGPASSFILE", str(path))
    assert accounting_at(guarded).months() == []
    assert "PGPASSFILE" in passed_on(), "websocketd hands it to backends"


def test_what_it_needs_is_not_installed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg a store is refused with what installs it, when a listener starts as well; files need nothing."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "shocpp.stores.postgresql_accounting", raising=False)
    monkeypatch.delitem(sys.modules, "shocpp.stores.server_session", raising=False)
    for ask in (accounting_at, see_that_it_can_be_reached):
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(
            UnavailableError, match=rf"{re.escape(sys.executable)} -m pip install 'psycopg\[binary\]>=3\.2,<4'"
        ):
            ask(url)
        ask("/srv/accounting")


class Homes:
    """Two homes with the same records: one in files, the other in a store."""

    def __init__(self, folder: Path, url: str) -> None:
        self.files, self.store = folder / "files", folder / "store"
        make_home(self.files)
        (self.files / "conf/prices.json").write_text(json.dumps(invented_month.PRICES))
        invented_month.make(self.files)
        shutil.copytree(self.files, self.store)
        shutil.rmtree(self.store / "accounting")
        self.url = url

    def assigned(self, id_tag: str) -> tuple[str, ...]:
        """Give the options that give the charge of a card to an account."""
        folder = self.files / "accounting"
        (path,) = (each for each in folder.glob("2026/10/*.json") if f'"{id_tag}"' in each.read_text())
        return ("--assign", str(path.relative_to(folder)), "family-y", "--why", "lent", "--by", "anna")

    def say(self, *words: str) -> str:
        """Have a command run in both homes, which must say the same; what it says."""
        zone = {"TZ": invented_month.BERLIN}
        told = InProcess(self.files)(*words, **zone)
        also = InProcess(self.store)(*words, SHOCPP_STORE=self.url, **zone)
        assert (told.status, self._cut(told.out, "files")) == (also.status, self._cut(also.out, "store")), also.err
        return told.out

    def _cut(self, text: str, name: str) -> str:
        """Leave out where records are."""
        text = text.replace(f"{self.files.parent}/{name}", "HOME").replace("HOME/accounting/", "")
        return "\n".join(
            line for line in text.replace(f"{accounting_at(self.url).where}/", "").split("\n") if "created" not in line
        )


def test_commands_say_the_same(tmp_path: Path, url: str) -> None:
    """Statement, records with a correction, a settled month and metrics are those of files, to the letter."""
    homes = Homes(tmp_path, url)
    assert InProcess(homes.files)("records", *homes.assigned("5555")).status == 0
    carry(homes.files / "accounting", url)
    assert "Gäste" in homes.say("summary", "2026", "10", "--format", "csv")
    exported = [json.loads(line) for line in homes.say("records").splitlines()]
    assert len(exported) == len(invented_month.BEFORE + invented_month.OCTOBER + invented_month.AFTER) + 1
    homes.say("summary", "2026", "10", "--settle", "--format", "csv")
    homes.say("summary", "2026", "10", "--format", "csv")
    homes.say("summary", "2026", "10", "--verify")
    assert "shocpp_energy" in homes.say("status", "--prometheus", "--energy")


def test_a_correction_in_a_store(tmp_path: Path, url: str) -> None:
    """A record that is given to an account has a correction beside it, which counts in its place; once."""
    homes = Homes(tmp_path, url)
    carry(homes.files / "accounting", url)
    run, assigned = InProcess(homes.store), homes.assigned("5555")
    place = run("records", *assigned, SHOCPP_STORE=url).out.strip()
    assert place.startswith(f"{accounting_at(url).where}/") and place.endswith("-correction.json")
    assert "is corrected already" in run("records", *assigned, SHOCPP_STORE=url).refusal(65)
    lines = [json.loads(line) for line in run("records", SHOCPP_STORE=url).out.splitlines()]
    (corrected,) = (each for each in lines if "corrected_in" in each)
    assert corrected["energy_wh"] == 0 and place.endswith(corrected["corrected_in"])


def test_what_a_store_cannot(tmp_path: Path, url: str) -> None:
    """To merge folders into a store is refused, with what does it; a store that is away ends a command with 69."""
    run = InProcess(make_home(tmp_path / "home"))
    assert "shocpp-records --with-settlements | shocpp-store" in run(
        "records", "--merge", str(tmp_path), SHOCPP_STORE=url
    ).refusal(64)
    away = "postgresql://shocpp@127.0.0.1:1/shocpp"
    assert "is not reached" in run("records", SHOCPP_STORE=away).refusal(69)


def test_check(tmp_path: Path, url: str) -> None:
    """It tries the store, and tells what it has; of one that is away it says so, and ends with 69."""
    run = InProcess(make_home(tmp_path / "home"))
    (tmp_path / "home/run").mkdir(mode=0o750)
    result = run("check", SHOCPP_STORE=url)
    assert (result.status, result.err) == (0, "")
    assert f"accounting: {accounting_at(url).where} is reached and has 0 months\n" in result.out
    away = run("check", SHOCPP_STORE="postgresql://shocpp@127.0.0.1:1/shocpp")
    assert away.status == 69 and "accounting: postgresql://127.0.0.1:1/shocpp is not reached" in away.err
    assert os.environ.get("SHOCPP_STORE") is None
