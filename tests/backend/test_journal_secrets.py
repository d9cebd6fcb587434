"""What the journal of a connection does not have: passwords and keys, in whatever wrapping they pass or come back."""

from __future__ import annotations

import json

import pytest

from tests.support.journalled import Place


def test_secrets(place: Place) -> None:
    """Keys and passwords that pass in either direction are not in the journal, in whichever wrapping."""
    secret = "s3cr3tpw"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret}])
    place.say(b'[3,"1",{"status":"Accepted"}]')
    place.ask([2, "2", "GetDiagnostics", {"location": f"ftp://joe:{secret}@example.org/"}])
    place.say(f'[2,"3","DataTransfer",{{"vendorId":"x","data":"password={secret}"}}]'.encode())
    place.say(f'[3,"2",{{"configurationKey":[{{"key":"AuthorizationKey","value":"{secret}"'.encode())
    place.backend.finish()
    place.backend.close()
    assert len(place.lines()) == 6
    assert secret.encode() not in b"".join(place.lines())


def test_what_a_boot_tells_beyond_the_specification(place: Place) -> None:
    """A password that a firmware adds to its BootNotification is hidden as anywhere else."""
    boot = {"chargePointVendor": "v", "chargePointModel": "m", "password": "hunter22-secret"}
    place.say(json.dumps([2, "1", "BootNotification", boot]).encode())
    assert b"hunter22" not in b"".join(place.lines())
    assert place.frames()[0][1][3] == {**boot, "password": "***"}


@pytest.mark.parametrize(
    "echo",
    [
        '[4,"1","PropertyConstraintViolation","{} is no key",{{"was":"{}"}}]',
        '[4,"1","NoKey{}","",{{}}]',
        '[2,"9","SecurityEventNotification",{{"type":"x","timestamp":"","techInfo":"set to {}"}}]',
        '[2,"9","StatusNotification",{{"connectorId":1,"status":"Faulted","errorCode":"OtherError","info":"{}"}}]',
        '[2,"9","BootNotification",{{"chargePointVendor":"{}","chargePointModel":"m","{}":1}}]',
        '[2,"9","{}",{{}}]',
        "set {}",
    ],
)
def test_a_key_that_comes_back_is_hidden_by_its_value(place: Place, echo: str) -> None:
    """A key that was sent is neither in journal, log nor status, under whatever name the charge point says it again."""
    key = "0a1b2c3d4e5f60718293"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    place.say(echo.format(key.upper(), key).encode())
    place.backend.finish()
    place.backend.close()
    written = [
        path
        for path in place.home.rglob("*")
        if path.is_file() and path.name not in ("request.json", "confirmation.json")
    ]
    assert len(written) > 2
    assert [path.name for path in written if key in path.read_text().lower()] == []
    assert "***" in b"".join(place.lines()[1:]).decode()


def test_a_long_frame_is_searched_no_longer_than_it_takes(place: Place) -> None:
    """A frame above 64 KiB is kept as it came where nothing can be hidden in it, else its length is; stops are kept."""
    filling = "x" * 70_000
    said = [
        ["DataTransfer", {"vendorId": "v", "data": filling}],
        ["DataTransfer", {"vendorId": "v", "data": filling, "password": "swordfish"}],
        ["DataTransfer", {"vendorId": "v", "data": f"{filling}\n"}],
        ["StopTransaction", {"transactionId": 10_000_001, "meterStop": 5000, "reason": f'{filling}"'}],
    ]
    place.say(*(json.dumps([2, "1", *each]).encode() for each in said))
    kept = [frame for way, frame in place.frames() if way == "in"]
    assert kept[0][2:] == said[0] and kept[3][2:] == said[3]
    for hidden in kept[1:3]:
        assert hidden.startswith("*** (70") and hidden.endswith("characters, too many to be searched for secrets)")


@pytest.mark.parametrize("key", ["0a1b2c/3d4e5f", "12345678", '"sword"fish"'])
def test_a_key_is_hidden_in_a_long_stop(place: Place, key: str) -> None:
    """Of a long stop in which a key comes back all else is in the journal, however the key is spelled there."""
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    payload = {"transactionId": 10_000_001, "meterStop": 5000, "reason": key, "idTag": "x" * 70_000}
    spelled = json.dumps([2, "2", "StopTransaction", payload])
    for text in (spelled, spelled.replace("/", "\\/")):
        place.say(text.encode())
    stops = [frame for way, frame in place.frames() if way == "in" and frame[2] == "StopTransaction"]
    assert stops == [[2, "2", "StopTransaction", {**payload, "reason": "***"}]] * 2
    place.say(spelled.replace("5000", "12345678").encode())
    assert key.encode() not in b"".join(place.lines()[1:])


def test_a_key_that_comes_back_after_a_reconnect(place: Place) -> None:
    """A backend that was not told of a key hides it, too: another process, or a listener that was started anew."""
    key = "0a1b2c3d4e5f60718293"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    place.backend.close()
    other = Place(place.home)
    other.say(f'[2,"9","StatusNotification",{{"connectorId":1,"status":"Faulted","info":"{key}"}}]'.encode())
    other.say(f'[2,"9","SecurityEventNotification",{{"type":"x","techInfo":"set to {key.upper()}."}}]'.encode())
    other.say(f"set {key}".encode())
    other.backend.finish()
    other.backend.close()
    written = [path for path in place.home.rglob("*") if path.is_file() and path.name != "request.json"]
    assert [path.name for path in written if key in path.read_text().lower()] == []
    assert b"".join(place.lines()).count(b"***") == 4


def test_a_key_whose_mark_cannot_be_kept_is_sent(place: Place) -> None:
    """A folder that cannot be written to keeps no command from being sent; the log says what is lost."""
    (place.home / "run/CP%201/sent_keys.json.new").mkdir()
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "0a1b2c3d4e5f60718293"}])
    assert "a key that is sent now is not known any more" in (place.home / "log").read_text()


def test_what_is_short_or_no_key_is_not_hidden(place: Place) -> None:
    """A secret of seven characters, a value that is no secret and numbers stay: what is read later stays true."""
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "1234567"}])
    place.ask([2, "2", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "86400000"}])
    place.ask([2, "3", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "10000001"}])
    said = '[2,"9","DataTransfer",{"vendorId":"1234567","data":"86400000","transactionId":10000001}]'
    place.say(said.encode())
    assert said.encode() in b"".join(place.lines())
