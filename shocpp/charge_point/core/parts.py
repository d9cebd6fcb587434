"""The parts of a charge point on their common state, each above those that it uses: what commands work on."""

from __future__ import annotations

from shocpp.charge_point.core.charging import Charging
from shocpp.charge_point.core.life import Life
from shocpp.charge_point.core.maintenance import Maintenance
from shocpp.charge_point.core.supply import Supply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.state import State
    from shocpp.ocpp.frames import Payload

    Handler = Callable[["Parts", Payload, float], Payload]


class Parts:
    """
    A charge point but for its connection.

    Args:
        state: What the parts share.
        power_w: What one connector can deliver.
    """

    def __init__(self, state: State, power_w: float) -> None:
        self.state = state
        self.supply = Supply(state, power_w)
        self.charging = Charging(state, self.supply)
        self.life = Life(state, self.supply, self.charging)
        self.maintenance = Maintenance(state, self.supply, self.life)
