"""
A Debian in a folder with systemd running in it, as in a container: with processes, mounts and a network of its own.

Needs root, and a kernel that lets systemd have a hierarchy of control groups of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import until

_DEVICES = "null zero full random urandom tty"
_BOOT = f"""
mount --bind $1 $1
mount -t proc proc $1/proc
for place in run tmp dev; do mount -t tmpfs tmpfs $1/$place; done
for name in {_DEVICES}; do touch $1/dev/$name; mount --bind /dev/$name $1/dev/$name; done
mkdir $1/dev/pts $1/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts $1/dev/pts
ln -s pts/ptmx $1/dev/ptmx
mount -t sysfs -o ro sysfs $1/sys
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 $1/sys/fs/cgroup
else
    mount -t tmpfs tmpfs $1/sys/fs/cgroup
    mkdir $1/sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup $1/sys/fs/cgroup/systemd
fi
ip link set lo up
cd $1
mkdir -p old
pivot_root . old
umount -l /old
exec env -i container=lxc PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --log-target=null --show-status=0
"""
_RUN_S = 300


class Booted:
    """
    A Debian that runs.

    Args:
        init: The process that is its first.
    """

    def __init__(self, init: int) -> None:
        self._init = init

    def run(self, script: str) -> str:
        """Run a shell script as its root; what was printed, whatever became of it."""
        enter = ["nsenter", "--target", str(self._init), "--all", "sh", "-uc", f"cd /; {script}"]
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        out = subprocess.run(
            enter,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_RUN_S,
        )
        return out.stdout


@contextmanager
def booted(folder: Path) -> Iterator[Booted]:
    """Boot the Debian in a folder; with the end of the block it is ended, with all that runs in it."""
    apart = ["--mount", "--propagation", "private", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "--net"]
    with subprocess.Popen(["unshare", *apart, "sh", "-euc", _BOOT, "boot", str(folder)]) as outside:
        children = Path(f"/proc/{outside.pid}/task/{outside.pid}/children")
        until(lambda: bool(children.read_text().strip()), "the first process")
        init = int(children.read_text())
        system = Booted(init)
        try:
            until(lambda: "/systemd" in os.readlink(f"/proc/{init}/exe"), "systemd to take over")
            until(
                lambda: system.run("systemctl is-system-running").strip() in ("running", "degraded"), "the boot's end"
            )
            yield system
        finally:
            os.kill(init, signal.SIGKILL)
