"""
shocpp-backend: frames of one charge point on stdin, answers on stdout.

Started for every connection: where a listener serves it, both are handed over and nothing else is imported.
"""

from __future__ import annotations

import gc
import os
import sys

from shocpp.settings import HAND_OVER_DESCRIPTOR


def main(argv: list[str] | None = None) -> int:
    """Serve stdin until it ends; the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    is_wanted = HAND_OVER_DESCRIPTOR in os.environ
    if is_wanted and not arguments:
        from shocpp.transports.handing_over import hand_over

        if hand_over(os.environ):
            return 0
    gc.disable()  # nothing of what is imported is garbage: to look for it takes a twentieth of the start
    from shocpp.cli import filter_lines

    gc.freeze()
    gc.enable()
    return filter_lines.main(arguments, has_lost_listener=is_wanted)
