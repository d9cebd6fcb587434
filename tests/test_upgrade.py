"""
What carrying a home over from commit 7e6fc39 promises: open charges end right, and nothing is booked or billed twice.

The homes were made by that version itself (``tests.generators.old_home`` says how). Its transaction ids have no slot,
its sightings were not checked, and its records are named after the text of the stop.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shocpp.ledger.charge import Charge
from tests.generators.old_home import FOLDER, UNITS
from tests.support.backend import RunningBackend, record_files
from tests.support.programs import InProcess, Program, Result
from tests.support.truth import read_billed

Truth = dict[str, Any]


class OldHome:
    """
    A copy of an old home, served by today's backend.

    Attributes:
        open: What is true of the charges that were open.
        booked: What is true of those that were over.
        program: Runs today's commands in it.
    """

    def __init__(self, home: Path, unit: str) -> None:
        shutil.copytree(FOLDER / unit, home)
        truth: list[Truth] = json.loads((home / "truth.json").read_text())
        self.open = [each for each in truth if each["is_open"]]
        self.booked = [each for each in truth if not each["is_open"]]
        self.home = home
        self._settings = dict(line.split("=") for line in (home / "conf/shocpp.conf").read_text().split())
        self._program: Program = InProcess(home)

    def serve(self, identity: str) -> RunningBackend:
        """Start today's backend; the charge point has booted, as it does after the listener was changed."""
        backend = RunningBackend(self.home, identity, self._settings | {"REQUEST_URI": f"/{identity}"})
        backend.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "One"})
        return backend

    def stop(self, charges: list[Truth], **changed: object) -> None:
        """Have stops sent, each over a connection of its own; every one is confirmed."""
        for charge in charges:
            with self.serve(charge["charge_point"]) as backend:
                assert backend.call("StopTransaction", charge["stop"] | changed)[2] == {}

    def billed(self) -> list[Charge]:
        """Read back what is billed."""
        return read_billed(self.home / "accounting")

    def run(self, name: str, *words: str) -> Result:
        """Run one of today's commands in UTC."""
        return self._program(name, *words, TZ="UTC", **self._settings)


@pytest.fixture(params=UNITS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> OldHome:
    """Give an old home in each unit."""
    return OldHome(tmp_path / "home", request.param)


def figures(truth: Truth) -> dict[str, object]:
    """Give what the record of a charge has to say."""
    return {
        "charge_point": truth["charge_point"],
        "connector_id": truth["connector_id"],
        "id_tag": truth["id_tag"],
        "account": truth["account"],
        "begin_wh": truth["begin_wh"],
        "end_wh": truth["end_wh"],
        "consumed_wh": truth["end_wh"] - truth["begin_wh"],
        "started": truth["started"],
        "anomaly": None,
    }


def said(charge: Charge, truth: Truth) -> dict[str, object]:
    """Give what a record says of what has to be in it."""
    return {name: charge.fields.get(name) for name in figures(truth)}


def test_open_charges_end_right(old: OldHome) -> None:
    """Each charge that the old version began is ended by today's with its account, begin, connector, card and Wh."""
    before = {charge.name for charge in old.billed()}
    old.stop(old.open)
    new = {(charge.charge_point, charge.connector_id): charge for charge in old.billed() if charge.name not in before}
    assert len(new) == len(old.open) == 4
    for truth in old.open:
        assert said(new[truth["charge_point"], truth["connector_id"]], truth) == figures(truth)
    assert not list((old.home / "run").glob("*/transactions/*.json"))


def test_open_charges_end_right_without_sightings(old: OldHome) -> None:
    """Where run/ is lost on the way, the old ids still tell account and energy, to the kWh or the Wh they carry."""
    before = {charge.name for charge in old.billed()}
    shutil.rmtree(old.home / "run")
    old.stop(old.open)
    new = {(charge.charge_point, charge.end_wh): charge for charge in old.billed() if charge.name not in before}
    for truth in old.open:
        charge = new[truth["charge_point"], truth["end_wh"]]
        drawn_wh = truth["end_wh"] - truth["begin_wh"]
        assert charge.account == truth["account"] and not charge.anomaly
        assert charge.energy_wh == drawn_wh if charge.is_exact else abs(charge.energy_wh - drawn_wh) < 1000


def test_records_are_read(old: OldHome) -> None:
    """What the old version booked reads as it did."""
    there = {(charge.charge_point, charge.connector_id): charge for charge in old.billed()}
    assert len(there) == len(old.booked) == 3
    for truth in old.booked:
        assert said(there[truth["charge_point"], truth["connector_id"]], truth) == figures(truth)


def test_a_booked_stop_that_comes_again(old: OldHome) -> None:
    """A stop that the old version booked is there under its old name: its repetition makes no file and no charge."""
    files = {path: path.read_bytes() for path in record_files(old.home / "accounting")}
    old.stop(old.booked)
    assert {path: path.read_bytes() for path in record_files(old.home / "accounting")} == files
    assert len(old.billed()) == len(old.booked)


def test_a_start_that_comes_again(old: OldHome) -> None:
    """A start whose confirmation was lost with the old version gets its old id from today's; its stop is right."""
    truth = next(each for each in old.open if each["connector_id"] == 2)
    with old.serve(truth["charge_point"]) as backend:
        start = {"connectorId": 2, "idTag": truth["id_tag"], "meterStart": truth["begin_wh"]}
        again = backend.call("StartTransaction", start | {"timestamp": truth["started"]})[2]
        assert again["transactionId"] == truth["stop"]["transactionId"]
    old.stop([truth])
    (charge,) = [charge for charge in old.billed() if charge.end_wh == truth["end_wh"]]
    assert said(charge, truth) == figures(truth)


def test_commands_read_it(old: OldHome) -> None:
    """Status shows the open charges, the statement and its check the old records: without a fault, a traceback."""
    rows = [json.loads(line) for line in old.run("status", "--json").out.splitlines()]
    shown = {(row["charge_point"], seen["begin_wh"]) for row in rows for seen in row["transactions"]}
    assert shown == {(truth["charge_point"], truth["begin_wh"]) for truth in old.open}
    (month,) = {path.parent.relative_to(old.home / "accounting") for path in record_files(old.home / "accounting")}
    statement = old.run("summary", *month.parts, "--format", "json")
    assert statement.status == 0 and statement.err == ""
    sums = {each["account"]: each["energy_wh"] for each in json.loads(statement.out)["accounts"]}
    expected: dict[str, int] = {}
    for truth in old.booked:
        expected[truth["account"]] = expected.get(truth["account"], 0) + truth["end_wh"] - truth["begin_wh"]
    assert sums == expected
    verified = old.run("summary", *month.parts, "--verify")
    assert verified.status == 0 and verified.err == ""
