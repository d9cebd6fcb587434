"""What strangers do to get in: they try passwords."""

from __future__ import annotations

import random

from tests.bench.load import upgrade
from tests.hostile.attack import Attack
from tests.support.listening import basic


def wrong_password(attack: Attack) -> None:
    """Try a password, from one address."""
    _try(attack, "127.0.0.1")


def wrong_password_from_anywhere(attack: Attack) -> None:
    """Try a password, from one of sixteen million addresses."""
    _try(attack, ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))]))


def _try(attack: Attack, source: str) -> None:
    name = random.choice(("CP1", "CP2", "nobody"))
    attack.connect(upgrade(f"/{name}", attack.target.port, basic(name, random.randbytes(8))), source)
