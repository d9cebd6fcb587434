"""people.json: who has a link, what it lets them do, and that the file gives nobody a link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import ConfigError, DataError, MissingError
from shocpp.web.pages import people
from shocpp.web.pages.people import People, Person, digest
from tests.support.backend import ROOT


def entry(name: str = "Anna", role: str = "driver", **more: Any) -> dict[str, Any]:
    """Give an entry as it stands in the file."""
    given = {"account": "family-y"} if role == "driver" else {}
    return {"name": name, "role": role, "link": digest(f"the id of {name}"), **given, **more}


def test_a_new_link_works_and_is_not_in_the_file(tmp_path: Path) -> None:
    """The id that is printed finds its person; the file, which others may read, has nothing that opens the page."""
    path = tmp_path / "people.json"
    word = people.add(str(path), "Anna", "driver", "family-y")
    found = people.read(str(path)).with_link(word)
    assert found is not None and (found.name, found.account, found.role) == ("Anna", "family-y", "driver")
    assert word not in path.read_text()
    assert people.read(str(path)).with_link(json.loads(path.read_text())[0]["link"]) is None
    assert path.stat().st_mode & 0o007 == 0


def test_a_revoked_link_leads_nowhere(tmp_path: Path) -> None:
    """Who is revoked is found no more by whoever watches the file; the others stay."""
    path, said = tmp_path / "people.json", []
    anna = people.add(str(path), "Anna", "driver", "family-y")
    bert = people.add(str(path), "Bert", "viewer")
    current = people.watched(str(path), lambda *words: said.append(words))
    assert current().with_link(anna)
    people.revoke(str(path), "ANNA")
    assert current().with_link(anna) is None
    assert current().with_link(bert)
    with pytest.raises(MissingError, match="called 'Anna'"):
        people.revoke(str(path), "Anna")
    path.write_text("[")
    assert current().with_link(bert) and len(said) == 1
    path.unlink()
    assert current().with_link(bert) is None


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([entry(), entry(link=digest("another"), name="anna")], "entry 2, field name: 'anna' stands there already"),
        ([entry(), entry(name="Bert", link=digest("the id of Anna"))], "entry 2, field link: it is the link of 'Anna'"),
        ([entry(user="a"), entry("Bert", user="a")], "entry 2, field user: 'a' is 'Anna' already"),
        ([entry(account="")], "entry 1, field account"),
        ([{**entry(), "role": "king"}], "entry 1, field role"),
        ([{**entry(), "link": "an id that somebody pasted"}], "entry 1, field link"),
        ([{"name": "Anna", "role": "driver", "link": digest("x")}], "entry 1, field account: a driver needs one"),
    ],
)
def test_faults_are_named(tmp_path: Path, entries: list[dict[str, Any]], fault: str) -> None:
    """What makes no sense is told with entry and field."""
    path = tmp_path / "people.json"
    path.write_text(json.dumps(entries))
    with pytest.raises(ConfigError, match=fault):
        people.read(str(path))


def test_a_name_is_given_once(tmp_path: Path) -> None:
    """A second link under one name is refused, and nothing is written."""
    path = tmp_path / "people.json"
    people.add(str(path), "Anna", "viewer")
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"nothing is written: .*'Anna' stands there already"):
        people.add(str(path), "Anna", "viewer")
    assert path.read_bytes() == before


def test_what_roles_may() -> None:
    """A viewer acts on nothing, a driver on what is their account's, an operator on everything."""
    viewer, driver = Person("v", "viewer", ""), Person("d", "driver", "", "family-y")
    bound, operator = Person("b", "viewer", "", "family-y"), Person("o", "operator", "")
    assert [each.may_act for each in (viewer, driver, operator)] == [False, True, True]
    assert [each.governs("family-y") for each in (viewer, bound, driver, operator)] == [False, False, True, True]
    assert [each.governs("company-x") for each in (viewer, driver, operator)] == [False, False, True]
    assert [each.sees("company-x") for each in (viewer, bound, driver, operator)] == [True, False, False, True]
    assert not driver.governs(None)


def test_the_example_lets_nobody_in() -> None:
    """The example makes sense, and no id is known that has its link."""
    read = people.read(str(ROOT / "conf/people.json.example"))
    assert len(read) == 1 and not read.have_operator
    assert read.with_link("example") is None


def test_a_user_is_found_by_name() -> None:
    """A web server's user finds their entry; nobody is found by an empty name."""
    read = People.from_list([entry(user="anna"), entry("Bert")])
    assert read.with_user("anna") is read.with_link("the id of Anna")
    assert read.with_user("") is None
