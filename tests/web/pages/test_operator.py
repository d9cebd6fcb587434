"""The operator's pages: all charge points, one of them, commands, cards, problems; and that they are the operator's."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.errors import DataError
from shocpp.spool.journal.journal_tail import last_frames
from shocpp.web.pages.command_form import fields_of, payload_of
from tests.support.page_home import PageHome, furnish
from tests.web.pages.test_now import answering, tokens_of

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PageHome]:
    """Give a home with charge points in every state, and a journal."""
    made = PageHome(tmp_path / "home", SHOCPP_JOURNALDIR=str(tmp_path / "journal"))
    furnish(made)
    yield made
    made.close()


def page(home: PageHome, path: str, name: str = "Hausmeister") -> str:
    """Give a page."""
    answer = home.client().get(f"{home.links[name]}{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(text: str) -> str:
    """Give what a page says."""
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", text.partition("<main")[2].partition(">")[2]).split()))


def post(home: PageHome, path: str, **fields: str) -> str:
    """Send a form, and give what the page that follows says."""
    form = {**fields, "token": tokens_of(home, "Hausmeister")}
    answer = home.client().post(
        f"{home.links['Hausmeister']}{path}", data=form, headers={"Accept-Language": "en"}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text
    return words(answer.text)


@pytest.mark.parametrize("path", ["points/", "point?id=CP001", "access", "problems"])
def test_they_are_the_operators(home: PageHome, path: str) -> None:
    """To anybody else they are not there, and what they do is not done."""
    assert home.client().get(f"{home.links['Hausmeister']}{path}").status_code == 200
    for name in ("Anna", "Oma"):
        assert home.client().get(f"{home.links[name]}{path}").status_code == 404
        form = {"token": tokens_of(home, name), "card": "3333", "charge_point": "CP001", "call": "ClearCache"}
        for act in ("command", "access/add", "access/block", "access/remove", "access/push"):
            assert home.client().post(f"{home.links[name]}{act}", data=form).status_code == 404
    assert "points/" not in page(home, "", "Anna")


def test_points_are_found(home: PageHome) -> None:
    """By any word that is shown of them, and by what their connectors do."""
    assert "5 found" in words(page(home, "points/"))
    garage = "Garage CP001 · Lindenstraße 7 · Wallbox AG Home 11 · 5.2.1 · connected since"
    assert garage in words(page(home, "points/?q=5.2.1"))
    assert "Hof" in words(page(home, "points/?q=lindenstrasse%209".replace("strasse", "stra%C3%9Fe")))
    fault = words(page(home, "points/?state=fault"))
    assert "1 found" in fault and "Gäste" in fault
    assert "2 found" in words(page(home, "points/?state=charging"))
    assert "0 found" in words(page(home, "points/?q=nowhere"))


def test_a_thousand_are_listed(home: PageHome) -> None:
    """A hundred a page, none above 100 kB; each is found by its name."""
    listed = [{"identity": f"CP{number:04}", "name": f"Bay {number}", "location": "Level 2"} for number in range(1000)]
    home.configure("charge-points.json", listed)
    first, last = page(home, "points/"), page(home, "points/?page=11")
    assert len(first.encode()) < 100_000 and first.count("<li>\n    <a href") == 100
    assert "1,005 found" in words(first) and "page=2" in first
    assert last.count('class="states"') == 5 and "page=10" in last
    assert "Bay 777" in words(page(home, "points/?q=CP0777"))


def test_a_point_tells_what_is_known(home: PageHome) -> None:
    """What it is, what it gets wrong, its open charges, and what passed last."""
    told = words(page(home, "point?id=CP003"))
    assert "Vendor Wallbox AG Model Home 11 Firmware 5.2.1" in told and "no-stop 2×" in told
    assert "10009042 company-x , Connector 1, since 07:12, 12.321 kWh" in told
    assert '[2, "7", "MeterValues"' in words(page(home, "point?id=CP001"))
    assert home.client().get(f"{home.links['Hausmeister']}point?id=nobody").status_code == 404


def test_a_command_is_sent_as_it_is_filled_in(home: PageHome) -> None:
    """The form has the schema's fields; what was filled in is sent, and the answer shown without its secrets."""
    told = page(home, "point?id=CP001&call=ChangeConfiguration")
    assert 'name="key"' in told and 'maxlength="50"' in told and "ReserveNow" in told
    keys = [{"key": "AuthorizationKey", "readonly": False, "value": "0a0b0c"}]
    answer = json.dumps({"configurationKey": keys})
    with answering(home, f'[3,"ID",{answer}]', '[3,"ID",{"status":"Accepted"}]') as got:
        told = post(home, "command", charge_point="CP001", call="GetConfiguration", key="")
        assert '"AuthorizationKey"' in told and "0a0b0c" not in told and '"***"' in told
        post(home, "command", charge_point="CP001", call="UnlockConnector", connectorId="1")
    assert [each[2:] for each in got] == [["GetConfiguration", {}], ["UnlockConnector", {"connectorId": 1}]]
    assert "Reset" in post(home, "command", charge_point="CP001", call="Reset", type="Sideways")
    assert "not connected" in post(home, "command", charge_point="CP005", call="ClearCache")


def test_forms_are_made_of_every_schema() -> None:
    """Each call has a form, required fields first; what takes JSON refuses what is none."""
    from shocpp.calls import ask

    for action in ask.calls():
        required = [field.is_required for field in fields_of(action)]
        assert required == sorted(required, reverse=True), action
    kinds = {field.name: field.kind for field in fields_of("RemoteStartTransaction")}
    assert kinds == {"idTag": "text", "connectorId": "number", "chargingProfile": "long"}
    with pytest.raises(DataError, match="chargingProfile takes JSON"):
        payload_of("RemoteStartTransaction", {"idTag": "1", "chargingProfile": "{"})


def test_cards_are_changed_as_by_the_command(home: PageHome) -> None:
    """A refused card is added to an account, old or new; cards are blocked and removed; with all checks."""
    assert "04DEADBEEF0001" in words(page(home, "access"))
    assert "Card 04DEADBEEF0001 was added." in post(home, "access/add", card="04DEADBEEF0001", account="family-y")
    assert "Refused" not in words(page(home, "access"))
    assert "is a card of family-y already" in post(home, "access/add", card="3333", account="company-x")
    assert "letters that nobody sees" in post(home, "access/add", card="\u200b", account="company-x")
    assert "has 21 characters" in post(home, "access/add", card="7" * 21, account="company-x")
    assert "was added" in post(home, "access/add", card="7777", account="company-x", new_account="Gäste")
    assert "Card 3333 was blocked." in post(home, "access/block", card="3333")
    assert "Card 1111 was removed." in post(home, "access/remove", card="1111")
    assert "has no card tenant-z" in post(home, "access/remove", card="tenant-z")
    listed = {each["account"]: each["ids"] for each in json.loads((home.home / "conf/tags.json").read_text())}
    assert listed["company-x"] == [] and listed["Gäste"] == ["7777"]
    assert listed["family-y"] == [{"id": "3333", "status": "Blocked"}, "04A2B3C4D5E680", "04DEADBEEF0001"]


def test_lists_in_charge_points_are_renewed(home: PageHome) -> None:
    """A button sends the list to all that are connected, and a sentence says who has it, keeps none, or failed."""
    for identity in ("CP002", "CP003", "CP004"):
        home.hang_up(identity)
    sizes = '{"configurationKey":[]}'
    with answering(home, '[3,"ID",{"listVersion":5}]', f'[3,"ID",{sizes}]', '[3,"ID",{"status":"Accepted"}]') as got:
        assert "These have the new list: Garage." in post(home, "access/push")
    assert [each[2] for each in got] == ["GetLocalListVersion", "GetConfiguration", "SendLocalList"]
    assert '{"idTag": "3333", "idTagInfo": {"status": "Accepted"}}' in json.dumps(got[2])
    with answering(home, '[3,"ID",{"listVersion":-1}]', '[4,"ID","NotImplemented","",{}]', '[3,"ID",{}]'):
        for _ in range(3):
            assert "These keep no list of their own: Garage." in post(home, "access/push")
    with answering(home, '[3,"ID",{"listVersion":5}]', f'[3,"ID",{sizes}]', '[3,"ID",{"status":"Failed"}]'):
        assert "This failed: CP001 did not accept SendLocalList: Failed." in post(home, "access/push")
    home.hang_up("CP001")
    assert "No charger is connected." in post(home, "access/push")
    assert "access/push" not in page(home, "access")


def test_forms_are_not_there_where_nothing_may_be_written(home: PageHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service may not write into conf/ the page says so, and has no form that would fail; lists are sent."""
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    told = page(home, "access")
    assert "this service may not write into" in words(told)
    assert re.findall(r'method="post" action="[^"]*/(access/\w+)"', told) == ["access/push"]


def test_problems_are_those_of_the_check(home: PageHome) -> None:
    """What makes no sense is told with file and entry; what is in order, too."""
    assert "The configuration is in order." in words(page(home, "problems"))
    home.configure("prices.json", {"currency": "EUR", "prices": [{"per_kwh": "x"}]})
    told = words(page(home, "problems"))
    assert "Not in order" in told and "prices file : " in told and "item 1" in told
    assert "tags file : 3 accounts" in told


def test_hostile_names_are_text(home: PageHome) -> None:
    """What charge points and cards say is text on each of these pages."""
    refused = {HOSTILE: {"at": home.ago(5), "status": "Invalid"}}
    boot = {"chargePointVendor": HOSTILE, "firmwareVersion": HOSTILE}
    home.see(HOSTILE, HOSTILE, boot=boot, quirks={HOSTILE: 1}, refused_tags=refused)
    home.charge(HOSTILE, HOSTILE)
    home.journal(HOSTILE, [2, HOSTILE, HOSTILE, {HOSTILE: HOSTILE}])
    home.configure("tags.json", [{"index": 1, "account": HOSTILE, "ids": [f"{HOSTILE}x"]}])
    for path in ("points/", "access", f"point?id={HOSTILE.replace('/', '%2F')}&call=DataTransfer"):
        told = page(home, path)
        assert "<script>" not in told and told.count("&lt;script&gt;") > 1, path


def test_the_end_of_a_journal_is_read_backwards(tmp_path: Path) -> None:
    """The last frames of one charge point are found in long files and over midnight, the newest first."""
    for day in (25, 26):
        path = tmp_path / f"2026/11/{day}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps({"time": f"2026-11-{day}T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000Z",
                        "charge_point": f"CP{number % 7}", "direction": "in", "frame": [2, str(number), "x" * 90, {}]},
                       separators=(",", ":"))
            for number in range(7000 if day == 26 else 70)
        ]  # fmt: skip
        path.write_text("\n".join(lines) + "\n")
    found = last_frames(str(tmp_path), "CP3", 1005)
    assert len(found) == 1005
    assert [each.frame[1] for each in found[:2]] == ["6996", "6989"]  # type: ignore[index]
    assert [each.time.day for each in found] == [26] * 1000 + [25] * 5
    assert last_frames(str(tmp_path / "none"), "CP3", 5) == []
