"""What the journal says of a connection beside its frames: that it began and ended, and what was against the rules."""

from __future__ import annotations

import json
from typing import Any

from tests.support.journalled import HEARTBEAT, Place

ODD = b'[2,"1","Heartbeat",{"odd":1}]'


def told(place: Place) -> list[tuple[str, dict[str, Any]]]:
    """Read what the journal says, by the last of the tags; a frame by its direction."""
    found = [json.loads(line) for line in place.kept()]
    assert {each["charge_point"] for each in found} == {"CP 1"}
    assert all(each["data"].pop("cp") == "CP 1" for each in found if "tags" in each)
    return [(each["tags"][-1], each["data"]) if "tags" in each else (each["direction"], {}) for each in found]


def names(place: Place) -> list[str]:
    """Read what the journal says, without what is known of it."""
    return [name for name, _ in told(place)]


def test_a_connection_begins_and_ends(place: Place) -> None:
    """The begin stands before the first frame, with its own time; the end behind the last one."""
    place.now += 0.5
    place.say(HEARTBEAT)
    place.now += 60
    place.backend.close()
    assert names(place) == ["connected", "in", "out", "disconnected"]
    first, last = place.kept()[0], place.kept()[-1]
    assert first.startswith(b'{"time":"2026-05-01T12:00:00.250Z","charge_point":"CP 1","tags":["ocpp","charger",')
    assert last.startswith(b'{"time":"2026-05-01T12:01:00.750Z"')


def test_who_hangs_up_at_once_writes_nothing(place: Place) -> None:
    """A thousand connections over which nothing comes cannot fill a disk; one that lasts for a second is told of."""
    for _ in range(10):
        place.backend.close()
        place.backend.open()
        assert place.backend.do_deferred(is_idle=True) == 1.0
    assert not (place.home / "journal").exists()
    place.now += 1.0
    assert place.backend.do_deferred(is_idle=True) is None
    place.backend.close()
    assert names(place) == ["connected", "disconnected"]


def test_a_charge_point_that_connects_again_was_never_away(place: Place) -> None:
    """Where a newer connection takes over, the older one's end is none of the charge point's."""
    place.say(HEARTBEAT)
    newer = Place(place.home)
    newer.say(HEARTBEAT)
    place.backend.close()
    newer.backend.close()
    assert names(place) == ["connected", "in", "out", "connected", "in", "out", "disconnected"]


def test_a_quirk_is_told_once_a_connection(place: Place) -> None:
    """What is against the rules stands behind the frame that shows it, the first time that it comes."""
    place.say(ODD, ODD)
    place.say(ODD)
    assert names(place) == ["connected", *["in", "out"] * 2, "quirk", "in", "out"]
    ((_, quirk),) = [each for each in told(place) if each[0] == "quirk"]
    assert quirk == {"kind": "Heartbeat/odd", "text": "/odd: is not a field of this message"}


def test_a_key_is_not_in_a_quirk(place: Place) -> None:
    """A key that was sent is hidden in what is said of quirks, too."""
    key = "0a1b2c3d4e5f60718293"  # the test's own
    place.ask([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key}])
    place.say(f'[2,"9","Heartbeat",{{"{key}":1}}]'.encode())
    assert names(place)[-1] == "quirk"
    assert key.encode() not in b"".join(place.kept())
