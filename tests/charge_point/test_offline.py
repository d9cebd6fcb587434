"""What becomes of messages that cannot be sent, or are refused: they wait, come again, and keep their order."""

from __future__ import annotations

import pytest

from shocpp.charge_point.core.connector import Transaction
from shocpp.charge_point.core.outbox import Outbox, QueuedCall
from tests.support.coupled import BEGAN_S
from tests.support.coupled_world import World


def test_offline_charge_is_told_later_in_order() -> None:
    """A charge that begins and ends while nobody listens is told later: start, meter values, stop, with its id."""
    world = World("set AllowOfflineTxForUnknownId true; offline 2h; plug; card 1111; wait 1h; card 1111; wait 3h")
    world.run()
    told = [call.action for call in world.central.seen if call.action.endswith(("Transaction", "Values"))]
    assert told[0] == "StartTransaction"
    assert told[-1] == "StopTransaction"
    assert len(told) > 50
    assert (
        world.sent("StopTransaction")[0]["transactionId"]
        == 10_000_000 + world.sent("StartTransaction")[0]["meterStart"] % 1_000_000
    )
    assert not world.sent("Authorize")


def test_unknown_card_offline_is_refused_unless_configured() -> None:
    """Without AllowOfflineTxForUnknownId nobody charges who is not known from before."""
    world = World("offline 2h; plug; card 1111; wait 3h")
    world.run()
    assert not world.charge_point.charging.finished
    assert not world.sent("StartTransaction")


@pytest.mark.parametrize(("failures", "is_told"), [(2, True), (3, False)])
def test_refused_stop_is_repeated(failures: int, is_told: bool) -> None:
    """A refused StopTransaction comes TransactionMessageAttempts times, each time after a longer interval."""
    world = World("plug; card 1111; wait 1h; card 1111; wait 2h")
    left = [True] * failures
    world.central.fail = lambda: bool(left and left.pop())
    world.run()
    times = world.sent("StopTransaction")
    assert len(times) == min(3, failures + 1)
    assert world.charge_point.charging.finished[0].is_confirmed == is_told
    assert world.charge_point.state.tally.discarded == (0 if is_told else 1)


def test_same_digest_after_a_repeat() -> None:
    """A repeated stop is the same in every byte but its unique id, so that it is booked once."""
    world = World("plug; card 1111; wait 1h; card 1111; wait 2h")
    left = [True]
    world.central.fail = lambda: bool(left and left.pop())
    world.run()
    first, second = world.sent("StopTransaction")
    assert first == second
    assert len(world.central.records) == 1


def test_a_message_that_was_given_back_goes_first() -> None:
    """What a connection took with it is sent before all that came later: a start before its stop."""
    outbox = Outbox()
    transaction = Transaction(1, "1111", 0, BEGAN_S, "")
    for action in ("StartTransaction", "StopTransaction"):
        outbox.add(QueuedCall(action, {}, transaction))
    first = outbox.next(BEGAN_S, True)
    assert first is not None
    outbox.give_back(first)
    assert outbox.next(BEGAN_S, True) is first
