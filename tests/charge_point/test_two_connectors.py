"""Two charges of one account at one charge point that begin in the same kWh: two ids, and each ends on its own."""

from __future__ import annotations

from shocpp.charge_point.core.metering import Meter
from tests.support.coupled import BEGAN_S
from tests.support.coupled_world import World


def test_a_remote_stop_ends_one_of_two() -> None:
    """Both meters begin in one kWh; RemoteStopTransaction of the second ends that one, the first goes on to its own."""
    world = World("wait 1m; card 1111 1; plug 1; card 1111 2; plug 2; wait 6h", connectors=2)
    for connector in world.charge_point.connectors.values():
        connector.meter = Meter(0)
    world.coupling.run(BEGAN_S + 1800)
    first, second = world.central.transactions
    assert (first, second) == (10_000_000, 11_000_000)
    world.order(1800, "RemoteStopTransaction", {"transactionId": second})
    world.coupling.run(BEGAN_S + 3600)
    assert [stop["transactionId"] for stop in world.sent("StopTransaction")] == [second]
    assert list(world.central.transactions) == [first]
    (record,) = world.central.records.values()
    assert (record["connector_id"], record["begin_wh"], record["account"]) == (2, 0, "company-x")
    world.order(3600, "RemoteStopTransaction", {"transactionId": first})
    world.coupling.run(BEGAN_S + 5400)
    assert sorted(record["connector_id"] for record in world.central.records.values()) == [1, 2]
    assert all(record["consumed_wh"] > 0 for record in world.central.records.values())
