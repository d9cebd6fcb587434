"""
The process that strangers are: all attacks at once, until the end of its input; then what was done, as JSON.

Arguments: the listener that knows its charge points, and the one where everybody may connect, as ``Target.encode``s.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from tests.hostile import frames, guesses, handshakes, messages, names
from tests.hostile.attack import Attack, Target

Act = Callable[[Attack], None]

# what is done, and the seconds between two times
AT_LISTED: tuple[tuple[Act, float], ...] = (
    (handshakes.connect, 60 / 10_000),
    (handshakes.silent, 0.005),
    (handshakes.half_hello, 0.02),
    (handshakes.slow_handshake, 0.02),
    (guesses.wrong_password, 0.02),
    (guesses.wrong_password_from_anywhere, 0.005),
    (frames.half_frame, 0.02),
    (frames.one_byte_short, 0.05),
    (frames.giant, 0.02),
    (frames.ping_flood, 0.3),
    (messages.dear_message, 0.1),
)
AT_OPEN: tuple[tuple[Act, float], ...] = (
    (names.new_name, 1 / 137),
    (names.new_charge_point, 0.02),
    (messages.stops_in_a_row, 0.5),
)


def main(listed: str, open_to_all: str) -> None:
    """Attack until the end of input."""
    attacks = [
        Attack(target, act, pause_s)
        for target, acts in ((Target.decode(listed), AT_LISTED), (Target.decode(open_to_all), AT_OPEN))
        for act, pause_s in acts
    ]
    names_of = [act.__name__ for act, _ in (*AT_LISTED, *AT_OPEN)]
    sys.stdin.read()
    print(json.dumps({name: attack.end() for name, attack in zip(names_of, attacks, strict=True)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
