"""Who waits for which answer, at both ends of a conversation."""

from __future__ import annotations

import pytest

from shocpp.errors import TryAgainError
from shocpp.ocpp.frames import Call, CallError, CallResult, Garbage
from shocpp.ocpp.rpc import Answer, Peer, Stray


def test_two_peers_in_memory() -> None:
    """A charge point and a central system talk without anything between them, both asking at once."""
    charge_point, central_system = Peer(), Peer()
    boot = charge_point.call(Call("1", "BootNotification", {}))
    reset = central_system.call(Call("1", "Reset", {"type": "Soft"}))
    (asked,) = central_system.receive(boot.encode())
    (commanded,) = charge_point.receive(reset.encode())
    assert isinstance(asked, Call)
    assert isinstance(commanded, Call)
    assert (asked.action, commanded.action) == ("BootNotification", "Reset")
    (answer,) = charge_point.receive(CallResult(asked.unique_id, {"status": "Accepted"}).encode().encode())
    (refusal,) = central_system.receive(CallError(commanded.unique_id, "InternalError").encode().encode())
    assert isinstance(answer, Answer)
    assert isinstance(refusal, Answer)
    assert (answer.call.action, refusal.call.action) == ("BootNotification", "Reset")
    assert charge_point.waiting_for is central_system.waiting_for is None


def test_one_call_at_a_time() -> None:
    """A second CALL of ours waits until the first one is answered or given up (OCPP-J 1.6 §4.1.1)."""
    peer = Peer()
    peer.call(Call("1", "Reset", {}))
    with pytest.raises(TryAgainError, match="Reset"):
        peer.call(Call("2", "ClearCache", {}))
    peer.abandon()
    peer.call(Call("2", "ClearCache", {}))


def test_late_answer() -> None:
    """The answer to a CALL that was given up is nobody's, and the next CALL still gets its own."""
    peer = Peer()
    peer.call(Call("1", "Reset", {}))
    peer.abandon()
    peer.call(Call("2", "ClearCache", {}))
    late, own, again = peer.receive(b'[3,"1",{}][3,"2",{"status":"Accepted"}][3,"2",{}]')
    assert isinstance(late, Stray)
    assert isinstance(own, Answer)
    assert isinstance(own.frame, CallResult)
    assert own.frame.payload == {"status": "Accepted"}
    assert isinstance(again, Stray)


@pytest.mark.parametrize("line", [b'[3,17,{"a":1}]', b'[3,"17",{"a":1}]', b'["3",17,{"a":1}]'])
def test_id_in_another_type(line: bytes) -> None:
    """An answer whose id lost or found its quotes is still the answer (quirk 18)."""
    peer = Peer()
    peer.call(Call("17", "Reset", {}))
    (event,) = peer.receive(line)
    assert isinstance(event, Answer)


def test_any_number_of_theirs() -> None:
    """Any number of their CALLs comes through while one of ours waits, in order, garbage between them."""
    peer = Peer()
    peer.call(Call("1", "Reset", {}))
    events = [
        event for line in (b'[2,"1","A",{}]', b"pong", b'[2,"1","B",{}]', b'[3,"1",{}]') for event in peer.receive(line)
    ]
    assert [type(event) for event in events] == [Call, Garbage, Call, Answer]


def test_unfinished() -> None:
    """Half a frame is waited for until its owner says that nothing follows."""
    peer = Peer()
    assert peer.receive(b'[2,"1","A",{}') == []
    assert peer.unfinished
    (event,) = peer.finish()
    assert isinstance(event, Call)
    assert not peer.unfinished
    assert peer.finish() == []
