"""What tags.json promises of its content: each fault has its place, and a good file needs no schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import shocpp.spool.conf
from shocpp.errors import ConfigError, MissingError, ShocppError
from shocpp.ledger.accounts import Accounts, normal
from shocpp.spool.conf.configuration import read_tags as read
from shocpp.times import parse

SCHEMA = Draft202012Validator(
    json.loads((Path(next(iter(shocpp.spool.conf.__path__))) / "schemas" / "tags.json").read_text())
)
GOOD = [
    {"index": 1, "account": "company-x", "ids": ["1111", {"id": "2222", "status": "Blocked"}]},
    {"index": 2, "account": "family-y", "note": "upstairs", "ids": []},
]


def entry(**changes: object) -> bytes:
    """Give a good file with a third entry that is changed."""
    return json.dumps([*GOOD, {"index": 3, "account": "new", "ids": ["3333"], **changes}]).encode()


def without(field: str) -> bytes:
    """Give a good file whose third entry lacks a field."""
    third = {"index": 3, "account": "new", "ids": ["3333"]}
    del third[field]
    return json.dumps([*GOOD, third]).encode()


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "line 1, column 1: not JSON"),
    "comma at the end": (b'[\n{"index": 1, "account": "a", "ids": ["1"],}\n]', "line 2, column"),
    "cut off": (json.dumps(GOOD, indent=2).encode()[:60], "line "),
    "a comma too many": (b'[{"index": 1},\n]', "a comma with nothing behind it"),
    "a comma in an object": (b'[{"index": 1, }]', "a comma with nothing behind it"),
    "single quotes": (b"[{'index': 1}]", "line 1, column 3: not JSON"),
    "no UTF-8": ('[{"index": 1, "account": "Günther", "ids": []}]'.encode("latin-1"), "byte 28 is not UTF-8"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "is not UTF-8"),
    "nested without end": (b"[" * 100_000, "nested too deeply"),
    "an object": (b'{"index": 1, "account": "a", "ids": []}', "the whole file"),
    "a number": (b"5", "the whole file"),
    "an entry that is a text": (json.dumps([*GOOD, "3333"]).encode(), "entry 3"),
    "field twice": (b'[{"index": 1, "index": 2, "account": "a", "ids": []}]', "entry 1, field index"),
    "field of an id twice": (
        b'[{"index": 1, "account": "a", "ids": ["1", {"id": "5", "id": "6"}]}]',
        "entry 1, field ids, item 2, field id",
    ),
    "unknown field": (
        entry(colour="red"),
        "entry 3: no field is called 'colour'; there are index, account, note, recipient, removed, employee, plate",
    ),
    "a recipient that is no list": (entry(recipient="ACME"), "entry 3, field recipient"),
    "an address of thirteen lines": (entry(recipient=["a"] * 13), "entry 3, field recipient"),
    "an address of numbers": (entry(recipient=[1]), "entry 3, field recipient, item 1"),
    "an employee in two lines": (entry(employee="a\nb"), "entry 3, field employee"),
    "an employee without a name": (entry(employee=""), "entry 3, field employee"),
    "a plate beyond all sense": (entry(plate="x" * 81), "entry 3, field plate"),
    "index missing": (without("index"), "entry 3: index is missing"),
    "account missing": (without("account"), "entry 3: account is missing"),
    "ids missing": (without("ids"), "entry 3: ids is missing"),
    "index in quotes": (entry(index="3"), "entry 3, field index"),
    "index true": (entry(index=True), "entry 3, field index"),
    "index null": (entry(index=None), "entry 3, field index"),
    "index 1.5": (entry(index=1.5), "entry 3, field index"),
    "index 3.0": (entry(index=3.0), "entry 3, field index"),
    "index NaN": (entry(index=float("nan")), "entry 3, field index"),
    "index 0": (entry(index=0), "entry 3, field index"),
    "index 215": (entry(index=215), "entry 3, field index"),
    "index with 5000 digits": (
        b'[{"index": 1' + b"0" * 5000 + b', "account": "a", "ids": []}]',
        "entry 1, field index",
    ),
    "index twice": (entry(index=2), "entry 3, field index: 2 is the index of account 'family-y'"),
    "account empty": (entry(account=""), "entry 3, field account"),
    "account too long": (entry(account="x" * 65), "entry 3, field account"),
    "account in two lines": (entry(account="two\nlines"), "entry 3, field account"),
    "account with a line's end": (entry(account="one\n"), "entry 3, field account"),
    "account a number": (entry(account=5), "entry 3, field account"),
    "account twice": (entry(account="company-x"), "entry 3, field account: 'company-x'"),
    "account of ours": (entry(account="unassigned"), "entry 3, field account"),
    "account like ours": (entry(account="unknown-3"), "entry 3, field account"),
    "ids a text": (entry(ids="3333"), "entry 3, field ids"),
    "ids null": (entry(ids=None), "entry 3, field ids"),
    "id a number": (entry(ids=["3333", 4444]), "entry 3, field ids, item 2"),
    "id empty": (entry(ids=[""]), "entry 3, field ids, item 1"),
    "id of control characters": (entry(ids=["\x00\x01"]), "entry 3, field ids, item 1"),
    "id too long": (entry(ids=["x" * 65]), "entry 3, field ids, item 1"),
    "id twice in an entry": (entry(ids=["3333", "3333"]), "entry 3, field ids, item 2"),
    "id of another account": (entry(ids=["3333", "1111"]), "entry 3, field ids, item 2: the id is assigned"),
    "id in other case": (entry(ids=["aB", {"id": "Ab"}]), "entry 3, field ids, item 2"),
    "id object without id": (entry(ids=[{"status": "Blocked"}]), "entry 3, field ids, item 1"),
    "id object with more": (entry(ids=[{"id": "5", "colour": "red"}]), "entry 3, field ids, item 1"),
    "id object's id a number": (entry(ids=[{"id": 5}]), "entry 3, field ids, item 1, field id"),
    "status misspelt": (entry(ids=[{"id": "5", "status": "blocked"}]), "entry 3, field ids, item 1, field status"),
    "status a number": (entry(ids=[{"id": "5", "status": 1}]), "entry 3, field ids, item 1, field status"),
    "expires no time": (entry(ids=[{"id": "5", "expires": "soon"}]), "entry 3, field ids, item 1, field expires"),
    "expires a number": (entry(ids=[{"id": "5", "expires": 2027}]), "entry 3, field ids, item 1, field expires"),
    "note a number": (entry(note=5), "entry 3, field note"),
}


@pytest.mark.parametrize("depth", range(850, 1000, 10))
def test_no_depth_of_nesting_is_a_traceback(depth: int, tmp_path: Path) -> None:
    """Around Python's own limit, too, an id that is nested is one clear error: in parsing, checking or explaining."""
    path = tmp_path / "tags.json"
    path.write_bytes(entry(ids=["DEEP"]).replace(b'"DEEP"', b"[" * depth + b"]" * depth))
    with pytest.raises(ConfigError, match=r"entry 3, field ids, item 1|nested too deeply"):
        read(str(path))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_its_place(name: str, tmp_path: Path) -> None:
    """Each way to break tags.json gives one short line with the file and the entry and field, or line and column."""
    text, place = BROKEN[name]
    path = tmp_path / "tags.json"
    path.write_bytes(text)
    with pytest.raises(ConfigError) as refused:
        read(str(path))
    said = str(refused.value)
    assert said.startswith(f"{path}, ") or said.startswith(f"{path}: ")
    assert place in said
    assert len(said) < len(str(path)) + 300 and "\n" not in said


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """Without the file the message names it."""
    with pytest.raises(MissingError, match=r"/tags\.json is not there"):
        read(str(tmp_path / "tags.json"))


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    """A folder called tags.json is an error of ours, too, not a traceback."""
    with pytest.raises(ShocppError, match="cannot read"):
        read(str(tmp_path))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """What a Windows editor puts in front of a good file does no harm."""
    path = tmp_path / "tags.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert len(read(str(path))) == 2


# --- the quick check of a good file and the schema that explains a bad one agree

SCALAR = st.none() | st.booleans() | st.integers(-2, 220) | st.sampled_from([1.0, 2.5, "x", "", "\x00", "a\n", [], {}])
ID = st.sampled_from(["1", "2", "aB", "Ab", "", "x" * 64, "x" * 65, "\x00", "\ud800"])
TIMES = st.sampled_from(["2027-01-01T00:00:00Z", "2027-01-01", "soon", ""])


def some(fields: dict[str, st.SearchStrategy[Any]], needed: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Build objects that have the needed fields mostly, the others sometimes, and now and then a wrong one."""
    good = st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: value for name, value in fields.items() if name not in needed},
    )
    spoilt = st.builds(
        lambda built, name, value: {**built, name: value}, good, st.sampled_from([*fields, "colour"]), SCALAR
    )
    lacking = st.builds(
        lambda built, gone: {k: v for k, v in built.items() if k != gone}, good, st.sampled_from(needed)
    )
    return st.one_of(good, good, good, spoilt, lacking)


LISTED = some(
    {
        "id": ID,
        "status": st.sampled_from(["Accepted", "Blocked", "Expired", "Invalid"]),
        "expires": TIMES,
        "note": st.text(max_size=2),
    },
    ["id"],
)
ENTRY = some(
    {
        "index": st.integers(1, 4) | st.sampled_from([214, 215, 0]),
        "account": st.sampled_from(["a", "b", "c", "d", "unassigned", "unknown-", "x" * 65]),
        "ids": st.lists(ID | LISTED | SCALAR, max_size=2) | st.lists(st.integers(10, 99).map(str), max_size=3),
        "note": st.text(max_size=2),
    },
    ["index", "account", "ids"],
)


def makes_sense(entries: Any) -> bool:
    """Tell in other words than the code whether a list is good: schema, uniqueness, and what neither can say."""
    if not SCHEMA.is_valid(entries):
        return False
    indexes, names = [each["index"] for each in entries], [each["account"] for each in entries]
    tags = [tag if isinstance(tag, dict) else {"id": tag} for each in entries for tag in each["ids"]]
    keys = [normal(tag["id"]) for tag in tags]
    return (
        all(len(set(values)) == len(values) for values in (indexes, names, keys))
        and all(keys)
        and all(type(index) is int for index in indexes)
        and not any(name == "unassigned" or name.startswith("unknown-") or "\n" in name for name in names)
        and all(parse(tag["expires"]) for tag in tags if "expires" in tag)
    )


@given(st.lists(ENTRY, max_size=3) | SCALAR | st.lists(SCALAR, max_size=2))
@example([{"index": 1.0, "account": "a", "ids": []}])
@example([{"index": True, "account": "a", "ids": []}])
@example([{"index": 1, "account": "a\n", "ids": []}])
def test_the_quick_check_and_the_schema_agree(entries: object) -> None:
    """A list is taken exactly when schema and uniqueness hold, so that a good file needs no schema at run time."""
    try:
        Accounts.from_list(entries)
    except ConfigError:
        assert not makes_sense(entries)
    else:
        assert makes_sense(entries)
