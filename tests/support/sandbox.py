"""
What a unit's sandbox keeps a program from, as far as that can be had without systemd. Needs root.

Everything is read-only, no capability can be had back, and only the standard devices are there. More than a unit does,
/tmp and /dev/shm, where tests have their homes, are read-only, too. System calls are not filtered.
"""

from __future__ import annotations

from pathlib import Path

_ENTER = """
for place in $(findmnt --raw --noheadings --output TARGET); do
    case $place in /dev/shm) ;; /proc* | /sys* | /dev*) continue ;; esac
    mount -o remount,bind,ro "$place"
done
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
"""


def sandboxed(*command: str | Path) -> list[str]:
    """Give the command that runs a command in the sandbox."""
    enter = ["unshare", "--mount", "--propagation", "private", "sh", "-euc", _ENTER, "sandbox"]
    return [*enter, *map(str, command)]
