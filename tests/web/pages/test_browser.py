"""A person with a browser: starts, sees power rise, stops, finds the record; with scripts and without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from shocpp.spool.run.command_lock import held
from shocpp.spool.run.held_mailbox import LOCK
from shocpp.web.pages import people
from tests.support.axe import violations
from tests.support.browser import Browser
from tests.support.page_home import PageHome, furnish
from tests.support.page_pictures import PAGES
from tests.support.page_street import Street, street
from tests.support.patience import PATIENCE_S, until

# all that the page says of acts, one sentence after another
SENTENCES = """
    sentences = [];
    new MutationObserver(() => sentences.push(said.innerText.trim())).observe(said, {childList: true});
"""
# the page is looked at anew as it does every 5 s by itself, if it does; it may be leaving for another one
REFRESH = "typeof refresh === 'function' && void refresh()"
GARAGE = "[aria-labelledby='c676172616765-1']"  # its card
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser that all tests of this module share."""
    made = Browser()
    yield made
    made.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Give a house with a wallbox at which a cable is plugged in."""
    with street(tmp_path_factory.mktemp("street")) as made:
        made.wallbox("garage", "plug, wait forever", options=("--speed", "60"))
        yield made


def text_of(browser: Browser) -> str:
    """Give what is to be read on the page; nothing while it makes room for another one."""
    return " ".join(str(browser.look("document.querySelector('main')?.innerText || ''")).split())


def says(browser: Browser, *words: str) -> None:
    """Wait until the page, looked at anew, says something."""
    until(
        lambda: (browser.look(REFRESH), all(each in text_of(browser) for each in words))[1], f"the page to say {words}"
    )


def records(house: Street) -> dict[str, dict[str, Any]]:
    """Give the records of the house, by their charge points, which charge once."""
    return {each["charge_point"]: each for each in house.scratch.records().values()}


def test_a_charge_from_beginning_to_end(browser: Browser, house: Street) -> None:
    """Start is pressed, what came of it is said in place; power rises by itself; stop; the month has the session."""
    link = house.link("Anna", "driver", "family-y")
    browser.open(f"{link}?lang=en")
    says(browser, "plugged in")
    browser.tell("window.stayed = true")
    browser.press(f"{GARAGE} button.start")
    says(browser, "garage has accepted the start.", "charging", "Stop charging")
    amount = f'+(document.querySelector("{GARAGE} .amount")||{{}}).innerText || 0'
    until(lambda: float(browser.look(amount)) > 0, "power to rise")
    until(lambda: house.scratch.sighting("garage", "meter.json").get("1", {}).get("energy_wh", 0) > 0, "energy")
    says(browser, "Energy", "family-y")
    browser.press(f"{GARAGE} button.stop")
    says(browser, "garage ends the charge.")
    assert browser.tell("window.stayed") is True
    until(lambda: "garage" in records(house), "the record")
    record = records(house)["garage"]
    browser.open(f"{link}month/")
    assert f"{record['consumed_wh'] / 1000:.3f} kWh" in text_of(browser)
    assert record["account"] == "family-y"


def test_the_same_without_scripts(browser: Browser, house: Street) -> None:
    """Every step is a page: the button leads back to Now, which says what came of it."""
    link = house.link("Bert", "driver", "company-x")
    house.wallbox("carport", "plug, wait forever", options=("--speed", "60"))
    browser.run_scripts(False)
    try:
        browser.open(f"{link}?lang=en")
        clicked(browser, "button.start")
        assert "carport has accepted the start." in text_of(browser)
        until(lambda: any((house.scratch.folder("carport") / "transactions").glob("*.json")), "the charge")
        browser.open(link)
        clicked(browser, "button.stop")
        assert "carport ends the charge." in text_of(browser)
    finally:
        browser.run_scripts(True)
    until(lambda: "carport" in records(house), "the record")


def clicked(browser: Browser, selector: str) -> None:
    """Press a button that leads to another page, and wait for that."""
    browser.tell("window.before = true")
    browser.press(selector)
    until(lambda: browser.look("document.readyState === 'complete' && !window.before"), "the next page")


def test_two_phones_see_the_same(browser: Browser, house: Street) -> None:
    """What one phone starts, another one shows by itself; each with what its person may know."""
    anna, viewer = house.link("Anna 2", "driver", "family-y"), house.link("Oma", "viewer")
    house.wallbox("yard", "plug, wait forever", options=("--speed", "60"))
    browser.open(f"{viewer}?lang=en")
    says(browser, "yard")
    assert not browser.tell("!!document.querySelector('button')")
    other = Browser()
    try:
        other.open(f"{anna}?lang=en")
        other.press("[aria-labelledby='c79617264-1'] button.start")
        says(browser, "charging", "family-y")
    finally:
        other.close()


def test_a_charge_point_that_never_answers_and_one_that_is_busy(browser: Browser, house: Street) -> None:
    """The button waits, says so, cannot be pressed twice, and then says that there was no answer, or why not."""
    connections = [house.mute("silent"), house.mute("engaged")]
    browser.open(f"{house.link('Carla', 'driver', 'company-z')}?lang=en")
    browser.tell(SENTENCES)
    with held(str(house.scratch.folder("engaged") / LOCK), PATIENCE_S):  # by somebody's command, which goes on
        for card in ("c73696c656e74-1", "c656e6761676564-1"):
            browser.press(f"[aria-labelledby='{card}'] button.start")
            button = f"document.querySelector(\"[aria-labelledby='{card}'] button\")"
            assert browser.tell(f"{button}.innerText") == "Waiting for the charger …"
            assert browser.tell(f"{button}.getAttribute('aria-disabled')") == "true"
        until(lambda: len(browser.tell("sentences")) == 2, "what came of both")
    assert sorted(browser.tell("sentences")) == [
        "engaged is busy with something else. Try again in a moment.",
        "silent gave no answer in time. If it happens all the same, you will see it here.",
    ]
    assert connections


def test_a_charge_point_that_refuses_and_one_that_has_gone(browser: Browser, house: Street) -> None:
    """Each is said in a sentence in place; of one that went after the page was drawn that nothing was done."""
    connection = house.mute("stubborn")
    link = house.link("Emil", "driver", "company-z")
    browser.open(f"{link}?lang=en")
    button = "[aria-labelledby='c73747562626f726e-1'] button.start"
    browser.press(button)
    asked = json.loads(connection.recv(PATIENCE_S))
    connection.send(json.dumps([3, asked[1], {"status": "Rejected"}]))
    says(browser, "stubborn did not accept the start.")
    browser.tell("waiting = 1")  # the page stays as it was drawn
    connection.close()
    until(lambda: b"not connected" in fetched(link), "it to be gone")
    browser.press(button)
    until(lambda: "stubborn is not connected. Nothing was done." in text_of(browser), "what came of it")


def fetched(link: str) -> bytes:
    """Give a page in English as it would be drawn now."""
    with urlopen(Request(link, headers={"Accept-Language": "en"}), timeout=PATIENCE_S) as answer:
        read: bytes = answer.read()
        return read


def test_a_link_that_is_revoked_while_it_is_open(browser: Browser, house: Street) -> None:
    """The page that is open shows by itself that its link leads nowhere any more."""
    browser.open(f"{house.link('Doris', 'viewer')}?lang=en")
    says(browser, "garage")
    people.revoke(house.scratch.settings.people_file, "Doris")
    browser.look(REFRESH)
    until(lambda: "There is nothing here" in text_of(browser), "the page to be gone")


def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """What charge points, accounts and people are called is text in a browser, too, also in a fragment."""
    home = PageHome(tmp_path / "home")
    home.configure("tags.json", [{"index": 1, "account": HOSTILE, "ids": ["1111"]}])
    home.see(HOSTILE, "Charging", power_w=5)
    home.charge(HOSTILE, HOSTILE)
    home.person(HOSTILE, "operator")
    with home.served() as address:
        browser.open(f"{address}{home.links[HOSTILE]}?lang=en")
        home.meter(HOSTILE, 1, 700, 9_060_000)
        says(browser, "0.7")
        assert browser.tell("document.title") == "Now · Wallbox"
        assert browser.tell("document.images.length") == 0
        assert {each.split("/")[2] for each in browser.requests} == {address.split("/")[2]}
    home.close()


def looked_at(browser: Browser, folder: Path, looks: list[tuple[tuple[str, str], int, str, str]]) -> dict[str, object]:
    """Open pages, each in a width, a scheme and a language; give what keeps people from using which."""
    home = PageHome(folder / "home", SHOCPP_JOURNALDIR=str(folder / "journal"))
    furnish(home)
    found: dict[str, object] = {}
    with home.served() as address:
        for (name, path), width, scheme, language in looks:
            browser.open(
                f"{address}{home.links[name]}{path}{'&' if '?' in path else '?'}lang={language}", width, scheme
            )
            wrong: list[str] = violations(browser)
            if browser.tell("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append("it is wider than the screen")
            if wrong:
                found[f"{name} {path} {width} {scheme} {language}"] = wrong
    home.close()
    return found


def test_everybody_can_use_it(browser: Browser, tmp_path: Path) -> None:
    """On each page axe-core finds nothing, and nothing is wider than a small phone: in one look each."""
    schemes = ("light", "dark")
    looks = [(page, 360, schemes[number % 2], "de") for number, page in enumerate(PAGES)]
    assert looked_at(browser, tmp_path, looks) == {}


@pytest.mark.thorough
def test_everybody_can_use_all_of_it(browser: Browser, tmp_path: Path) -> None:
    """The same on each page in both themes and languages, from the smallest phone to a large screen."""
    looks = list(product(PAGES, (360, 768, 1920), ("light", "dark"), ("de", "en")))
    assert looked_at(browser, tmp_path, looks) == {}
