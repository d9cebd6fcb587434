"""What strangers do where everybody may connect: each of them under a name that nobody has ever heard of."""

from __future__ import annotations

import random

from tests.bench.load import frame, upgrade
from tests.hostile.attack import Attack

_BOOT = frame(b'[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')


def new_name(attack: Attack) -> None:
    """Connect under a new name and hang up."""
    attack.connect(upgrade(f"/{random.randbytes(8).hex()}", attack.target.port)).close()


def new_charge_point(attack: Attack) -> None:
    """Connect under a new name and boot, as good ones do."""
    attack.connect(upgrade(f"/{random.randbytes(8).hex()}", attack.target.port) + _BOOT)
