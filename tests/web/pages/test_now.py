"""Now: what people see of each connector, and what they may do there."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shocpp.spool.run.held_mailbox import HeldMailbox
from tests.support.page_home import PageHome, furnish
from tests.support.patience import PATIENCE_S, until

HOSTILE = '"><script>alert(1)</script>\u202e'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PageHome]:
    """Give an empty home."""
    made = PageHome(tmp_path / "home")
    yield made
    made.close()


def shown(home: PageHome, name: str, path: str = "", language: str = "en") -> str:
    """Give a page's text without its markup, words apart by one space."""
    text = home.client().get(f"{home.links[name]}{path}", headers={"Accept-Language": language}).text
    content = text.partition("<main")[2] if "<main" in text else text
    return " ".join(re.sub(r"<[^>]*>", " ", content.partition(">")[2]).split())


def pressed(home: PageHome, name: str, act: str, **fields: str) -> str:
    """Press a button as a browser without scripts does; what the page then says of it."""
    client, link = home.client(), home.links[name]
    token = re.search(r'name="token" value="(\w+)"', client.get(link).text)
    form = {"charge_point": "CP001", **fields, "token": token[1] if token else tokens_of(home, name)}
    answer = client.post(f"{link}{act}", data=form, headers={"Accept-Language": "en"})
    assert answer.status_code == 303
    said = re.search(r'<p class="said \w+">.*?</p>', client.get(answer.headers["Location"]).text, re.DOTALL)
    assert said
    return " ".join(re.sub(r"<[^>]*>", " ", said[0]).split())


def tokens_of(home: PageHome, name: str) -> str:
    """Give the token of somebody who has no button."""
    from shocpp.web.pages import tokens

    person = home.site.people().with_link(home.links[name].strip("/"))
    assert person
    return tokens.form_token(person)


@contextmanager
def answering(home: PageHome, *answers: str | None) -> Iterator[list[list[object]]]:
    """Have the charge point answer commands, None never; give the requests that it got."""
    folder, got = HeldMailbox(str(home.home / "run"), "CP001"), []
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # with which commands wake who holds the mailbox: us
    folder.hold()
    ended = threading.Event()

    def answer() -> None:
        for text in answers:
            while (request := folder.request()) is None:
                if ended.wait(0.002):
                    return
            got.append(request)
            if text is not None:
                folder.confirm(text.replace("ID", str(request[1])))

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield got
    finally:
        ended.set()
        thread.join(PATIENCE_S)
        folder.release()
        signal.signal(signal.SIGUSR1, before)


def test_a_charge_is_told_with_all_that_is_known(home: PageHome) -> None:
    """State, power, energy, cost, since when and whose: of a driver's own charge all of it."""
    furnish(home)
    text = shown(home, "Anna")
    assert "Garage Lindenstraße 7 charging Power: 7.4 kW since 07:12 Energy 12.321 kWh" in text
    assert "Cost 3.84 € Account family-y Stop charging" in text
    assert "Hof Lindenstraße 9 paused by the car Power: 0.0 kW since 07:12 Account somebody else" in text
    assert "company-x" not in text
    german = shown(home, "Anna", language="de")
    assert "lädt Leistung: 7,4 kW seit 07:12 Energie 12,321 kWh Kosten 3,84 € Konto family-y Laden beenden" in german
    assert "Tiefgarage 12 nicht verbunden zuletzt gesehen 08:41" in german


def test_states_are_told_by_word_and_sign(home: PageHome) -> None:
    """No state is told by colour alone: each has a word and a sign that is there."""
    furnish(home)
    text = home.client().get(home.links["Oma"]).text
    signs = re.findall(r'class="state">.*?href="#s-(\w+)"', text)
    assert {"charging", "free", "plugged", "car", "fault", "away"} <= set(signs)
    assert all(f'id="s-{sign}"' in text for sign in signs)


def test_roles_have_their_buttons(home: PageHome) -> None:
    """A viewer has none, a driver starts and stops what is theirs, an operator everything."""
    furnish(home)
    viewer, driver, operator = (shown(home, name) for name in ("Oma", "Anna", "Hausmeister"))
    assert "charging" not in re.sub("charging Power", "", viewer).replace("Garage", "")
    assert (driver.count("Start charging"), driver.count("Stop charging")) == (2, 1)
    assert (operator.count("Start charging"), operator.count("Stop charging")) == (2, 2)
    assert "company-x family-y tenant-z Start charging" in operator


def test_a_driver_sees_where_they_may_charge(home: PageHome) -> None:
    """A charge point that is for other accounts is none of theirs: neither seen nor started."""
    home.configure("charge-points.json", [{"identity": "CP001", "accounts": ["company-x"]}, {"identity": "CP002"}])
    home.see("CP001", "Available")
    home.see("CP002", "Available")
    home.person("Anna", "driver", "family-y")
    assert "CP001" not in shown(home, "Anna") and "CP002" in shown(home, "Anna")
    assert "may not do that" in pressed(home, "Anna", "start", connector="1")


def test_start_sends_the_persons_card(home: PageHome) -> None:
    """Start is a RemoteStartTransaction with the account's first usable card, on the connector that was chosen."""
    home.see("CP001", "Preparing", 2, connected=False)
    home.person("Anna", "driver", "family-y")
    with answering(home, '[3,"ID",{"status":"Accepted"}]', '[3,"ID",{"status":"Rejected"}]') as got:
        assert "CP001 has accepted the start." in pressed(home, "Anna", "start", connector="2")
        assert "CP001 did not accept the start." in pressed(home, "Anna", "start", connector="")
    assert [request[2:] for request in got] == [
        ["RemoteStartTransaction", {"idTag": "3333", "connectorId": 2}],
        ["RemoteStartTransaction", {"idTag": "3333"}],
    ]


def test_a_person_has_a_card_of_their_own(home: PageHome) -> None:
    """The card of people.json is sent, if it is one of the account; another account's never is."""
    home.see("CP001", "Available", connected=False)
    home.person("Anna", "driver", "family-y")
    listed = home.site.people()
    person = listed.with_link(home.links["Anna"].strip("/"))
    assert person
    with answering(home, *['[3,"ID",{"status":"Accepted"}]'] * 2) as got:
        for card in ("04A2B3C4D5E680", "1111"):
            person.card = card
            pressed(home, "Anna", "start")
    assert [request[3] for request in got] == [{"idTag": "04A2B3C4D5E680"}, {"idTag": "3333"}]


def test_stop_ends_the_charge_that_was_shown(home: PageHome) -> None:
    """Stop names the transaction of the page; one that is over, or another's, is not sent at all."""
    home.see("CP001", "Charging", connected=False)
    home.charge("CP001", "family-y")
    home.charge("CP001", "company-x", 2, 10_009_042)
    home.person("Anna", "driver", "family-y")
    home.person("Oma", "viewer", "family-y")
    with answering(home, '[3,"ID",{"status":"Accepted"}]') as got:
        assert "CP001 ends the charge." in pressed(home, "Anna", "stop", transaction="20009042")
        assert "over already" in pressed(home, "Anna", "stop", transaction="5")
        assert "may not do that" in pressed(home, "Anna", "stop", transaction="10009042")
        assert "may not do that" in pressed(home, "Oma", "stop", transaction="20009042")
    assert [request[2:] for request in got] == [["RemoteStopTransaction", {"transactionId": 20_009_042}]]
    assert home.client().post(f"{home.links['Anna']}stop", data={"token": tokens_of(home, "Anna")}).status_code == 400


def test_what_goes_wrong_is_a_sentence(home: PageHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """A charge point that is away, answers with an error, or never: each is told, and nothing of how we are set up."""
    home.see("CP001", "Available", connected=False)
    home.person("Anna", "driver", "family-y")
    home.person("Zoe", "driver", "tenant-z")
    assert "CP001 is not connected. Nothing was done." in pressed(home, "Anna", "start")
    with answering(home, '[4,"ID","InternalError","secret words",{}]'):
        said = pressed(home, "Anna", "start")
    assert "CP001 reported an error." in said and "secret" not in said
    monkeypatch.setattr("shocpp.calls.ask.send.__defaults__", (0.05,))
    monkeypatch.setattr("shocpp.calls.ask.ask.__defaults__", (0.05, False, lambda _: None, None))
    with answering(home, None):
        assert "CP001 gave no answer in time." in pressed(home, "Anna", "start")
    home.configure("tags.json", [{"index": 2, "account": "family-y", "ids": []}])
    assert "no card that may charge" in pressed(home, "Anna", "start")
    (home.home / "conf/tags.json").unlink()


def test_nothing_is_done_for_another_account(home: PageHome) -> None:
    """A driver who writes another account into the form starts nothing; an operator may."""
    home.see("CP001", "Available", connected=False)
    home.person("Anna", "driver", "family-y")
    home.person("Hausmeister", "operator")
    with answering(home, '[3,"ID",{"status":"Accepted"}]') as got:
        assert "may not do that" in pressed(home, "Anna", "start", account="company-x")
        assert "accepted" in pressed(home, "Hausmeister", "start", account="company-x")
    assert [request[3] for request in got] == [{"idTag": "1111"}]


def test_the_fragment_is_told_apart_from_what_changed(home: PageHome) -> None:
    """As long as nothing changes the browser gets 304; a new reading, a new start, another language are news."""
    furnish(home)
    client, link = home.client(), home.links["Anna"]
    first = client.get(f"{link}fragment")
    tag = first.headers["ETag"]
    assert f'data-tag="{tag.strip(chr(34))}"' in client.get(link).text
    again = client.get(f"{link}fragment", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    home.meter("CP001", 1, 7_500, 9_054_400)
    assert "7.5" in client.get(f"{link}fragment", headers={"If-None-Match": tag}).text
    assert client.get(f"{link}fragment", headers={"If-None-Match": tag, "Accept-Language": "de"}).status_code == 200


def test_hostile_names_are_text(home: PageHome) -> None:
    """What charge points, cards, accounts and people are called is shown as text, wherever it is shown."""
    home.configure("tags.json", [{"index": 1, "account": HOSTILE, "ids": ["1111"]}])
    home.see(HOSTILE, HOSTILE, power_w=5)
    home.charge(HOSTILE, HOSTILE)
    home.person(f"Anna {HOSTILE[:-1]}", "operator")
    page = home.client().get(home.links[f"Anna {HOSTILE[:-1]}"]).text
    assert page.count("&lt;script&gt;alert(1)") >= 3
    assert "<script>" not in page and "\u202e" not in re.sub('value="[^"]*"', "", page)


def test_most_of_a_thousand_are_left_to_the_list(home: PageHome) -> None:
    """Of very many charge points those that charge come first, and the page stays small."""
    for number in range(200):
        home.see(f"CP{number:03}", "Available", connected=False)
    home.see("CP150", "Charging", power_w=11_000)
    home.charge("CP150", "family-y")
    home.person("Hausmeister", "operator")
    page = home.client().get(home.links["Hausmeister"]).text
    assert "CP150" in page and page.count("<article") == 24 and len(page) < 100_000
    assert "176" in page


def test_readings_go_with_the_connection(home: PageHome) -> None:
    """Of a charge point that is away no power is shown, and nothing can be started or stopped there."""
    home.see("CP001", "Charging", power_w=7_400, connected=False)
    home.charge("CP001", "family-y")
    home.person("Anna", "driver", "family-y")
    text = shown(home, "Anna")
    assert "not connected" in text and "kW " not in text.replace("kWh", "") and "Stop" not in text
    until(lambda: "12.321 kWh" in shown(home, "Anna"), "the energy")
