"""What strangers who are let in do with messages: of 1 MiB, allowed, and as dear as can be."""

from __future__ import annotations

import random
from functools import cache

from tests.bench.load import frame
from tests.hostile.attack import Attack
from tests.support.hostile_lines import FRAMES, GARBAGE, line

_KINDS = {**GARBAGE, **FRAMES}
_TOGETHER = 8
_PATIENCE_S = 2.0  # with an answer that there may be


@cache
def _message(kind: str) -> bytes:
    return frame(line(_KINDS[kind]))


def dear_message(attack: Attack) -> None:
    """Send a message that is dear, and see what comes of it."""
    sending = attack.connect_as_stranger(_message(random.choice(list(_KINDS))))
    sending.settimeout(_PATIENCE_S)
    while len(sending.recv(65_536)) == 65_536:
        pass


def stops_in_a_row(attack: Attack) -> None:
    """Send stops of 1 MiB, each of which waits for the disk, and read no answer."""
    sending = attack.connect_as_stranger()
    sending.settimeout(_PATIENCE_S)
    for _ in range(_TOGETHER):
        sending.sendall(_message("StopTransaction, full values"))
