"""What is wrong in a configuration file comes all at once, in words, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls import canned_file
from shocpp.errors import ConfigError
from shocpp.spool.conf import configuration

TAG = {"index": 1, "account": "a", "ids": []}
PRICE = {"per_kwh": "0.35"}
RULES = ("$", "^", "\\", "pattern", "required", "property", "schema", "type 'string'")


def faults(tmp_path: Path, read: Callable[[str], object], content: Any) -> list[str]:
    """Give what is wrong with a file, without its name."""
    path = tmp_path / "file.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError) as refused:
        read(str(path))
    assert all(fault.startswith(f"{path}, ") and "\n" not in fault for fault in refused.value.faults)
    return [fault.removeprefix(f"{path}, ") for fault in refused.value.faults]


def test_all_at_once(tmp_path: Path) -> None:
    """Each entry's own mistakes are there, those of shape and those of meaning, and none is another entry's."""
    content = [
        {**TAG, "index": "1"},
        {**TAG, "acount": "b"},
        {**TAG, "index": 3},
        {**TAG, "index": 3, "account": "c"},
        {"ids": [{"id": "1", "status": "blocked"}, 5, {"status": "Blocked"}]},
        {**TAG, "index": 4, "account": "d", "ids": ["x" * 65, {"id": ""}]},
        {**TAG, "index": 5, "account": "unassigned"},
    ]
    assert faults(tmp_path, configuration.read_tags, content) == [
        "entry 1, field index: '1' is no whole number",
        "entry 2: no field is called 'acount'; did you mean account?",
        "entry 5: index is missing",
        "entry 5: account is missing",
        "entry 5, field ids, item 1, field status: 'blocked' is none of Accepted, Blocked, Expired, Invalid: "
        "write Blocked",
        "entry 5, field ids, item 2: 5 is no id in quotes",
        "entry 5, field ids, item 3: id is missing",
        "entry 6, field ids, item 1: is longer than 64 characters",
        "entry 6, field ids, item 2, field id: is empty",
        "entry 4, field index: 3 is the index of account 'a' already",
        "entry 7, field account: 'unassigned' is a name that shocpp itself gives",
    ]


@pytest.mark.parametrize(("price", "said"), [
    ({"per_kwh": "0,35"}, ["field per_kwh: '0,35' is no price: write 0.35"]),
    ({"per_kwh": "0,350"}, ["field per_kwh: '0,350' is no price: write 0.350"]),
    ({"per_kwh": "1,000"}, ["field per_kwh: '1,000' is no price: write 1.000 or 1000, whichever is meant"]),
    ({"per_kwh": 0.35}, ['field per_kwh: 0.35 is no price: write "0.35"']),
    ({"per_kwh": "35 ct"}, ["field per_kwh: '35 ct' is no price"]),
    ({"per_kwh": None}, ["field per_kwh: null is no price"]),
    ({**PRICE, "from": "1.1.2026"}, ["field from: '1.1.2026' is no day such as 2026-01-31"]),
    ({**PRICE, "accounts": "a"}, ["field accounts: 'a' is no list in square brackets"]),
    ({**PRICE, "accounts": []}, ["field accounts: has nothing in it"]),
    ({**PRICE, "accounts": ["a", "b", "a"]}, ["field accounts: 'a' stands there twice"]),
])  # fmt: skip
def test_prices(tmp_path: Path, price: Any, said: list[str]) -> None:
    """A price that is nearly one is told how to be written."""
    found = faults(tmp_path, configuration.read_prices, {"currency": "EUR", "prices": [PRICE, price]})
    assert sorted(found) == sorted(f"field prices, item 2, {each}" for each in said)


def test_meanings_of_prices(tmp_path: Path) -> None:
    """Days that are none are all named, and so are all prices for the same days."""
    days = [{**PRICE, "from": "2026-02-31"}, {**PRICE, "from": "2026-03-01", "to": "2026-02-01"}]
    assert len(faults(tmp_path, configuration.read_prices, {"currency": "EUR", "prices": days})) == 2
    assert len(faults(tmp_path, configuration.read_prices, {"currency": "EUR", "prices": [PRICE] * 3})) == 2


def test_charge_points(tmp_path: Path) -> None:
    """Numbers say their range; what may be a password is never shown."""
    content = [
        {"identity": "CP1", "most_kwh": 0},
        {"identity": "CP/2", "passwords": ["secret-in-the-clear"]},
        {"identity": "CP3", "passwords": ["a"], "location": "two\nlines"},
        {"identity": "CP4"},
        {"identity": "CP4"},
        {"identity": "CP5", "passwords": "secret-in-the-clear"},
    ]
    assert faults(tmp_path, configuration.read_charge_points, content) == [
        "entry 1, field most_kwh: 0 is not from 1 to 100000",
        "entry 2, field identity: 'CP/2' is no name without /",
        "entry 2, field passwords, item 1: this is no hash such as shocpp-check --hash prints",
        "entry 3, field passwords, item 1: this is no hash such as shocpp-check --hash prints",
        "entry 3, field location: 'two\\nlines' is no text in one line",
        "entry 6, field passwords: this is no list in square brackets",
        "entry 5, field identity: 'CP4' is listed already",
    ]


def test_calls(tmp_path: Path) -> None:
    """An entry of calls.json is named by the beginning of its id, in faults of shape and of meaning."""
    content = {
        "9RqZ4WbYt2LmPs7KfVcD": {"cal": "Reset"},
        "8RqZ4WbYt2LmPs7KfVcD": {"call": "Rset"},
        "7RqZ4WbYt2LmPs7KfVcD": {"reading": "Voltage", "oldest_s": 0},
        "short": {"call": "ClearCache"},
    }
    assert faults(tmp_path, canned_file.read, content) == [
        "entry 9RqZ…: call is missing",
        "entry 9RqZ…: no field is called 'cal'; did you mean call?",
        "entry 7RqZ…, field oldest_s: 0 is not from 1 to 86400",
        "entry 8RqZ…, field call: a central system makes no call 'Rset'",
        "entry shor…: an id has 20 to 128 letters, digits, - and _; make one with: shocpp-caller --new",
    ]


@pytest.mark.parametrize("content", [5, None, "text", [5], [[]], {}, {"a": 5}, [{"identity": {}}], [{"ids": {}}]])
def test_no_rule_is_shown(tmp_path: Path, content: object) -> None:
    """Whatever stands there, nobody reads a pattern or the name of a rule."""
    for read in (
        configuration.read_tags,
        configuration.read_charge_points,
        configuration.read_prices,
        canned_file.read,
    ):
        if content == {} and read is canned_file.read:
            continue  # no call at all is a good file
        for fault in faults(tmp_path, read, content):
            assert not any(rule in fault for rule in RULES), fault


def test_the_same_mistake_a_thousand_times(tmp_path: Path) -> None:
    """Fifty faults are enough, and that there are more is said; as one line an error is the first of them."""
    path = tmp_path / "tags.json"
    path.write_text(json.dumps([{**TAG, "colour": "red"}] * 1000))
    with pytest.raises(ConfigError) as refused:
        configuration.read_tags(str(path))
    assert len(refused.value.faults) == 51
    assert refused.value.faults[-1] == f"{path}, the whole file: and more of that kind"
    assert str(refused.value) == f"{refused.value.faults[0]} (and 50 more: shocpp-check lists them)"
