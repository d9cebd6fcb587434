"""
A bare Debian in a folder: made by debootstrap, with processes and /proc of its own. Needs root and a network.

Knows how commands run in it, not what is tested there.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_MAKE_S, _RUN_S = 1200, 600
_PACKAGES = "python3,adduser,procps,tzdata"  # what is depended on: no package comes from elsewhere later
_MIRROR = "http://deb.debian.org/debian"


class Debian:
    """
    A Debian of this machine's release, with Python.

    Args:
        folder: Where it is made; it is not there yet.
        more: Packages beside those that ours depends on.
    """

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
        make = [
            "debootstrap",
            "--variant=minbase",
            f"--include={','.join((_PACKAGES, *more))}",
            release["VERSION_CODENAME"],
        ]
        subprocess.run([*make, folder, _MIRROR], check=True, capture_output=True, timeout=_MAKE_S)
        (folder / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (folder / "usr/sbin/policy-rc.d").chmod(0o755)

    def run(self, script: str, user: str = "root", status: int = 0) -> str:
        """
        Run a shell script as a user of it, with an environment that has nothing of ours.

        Returns:
            What was printed, on stdout and stderr.

        Raises:
            AssertionError: It did not end with that status; says what was printed.
        """
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.folder}/proc"]
        inside = ["chroot", str(self.folder), "runuser", "-u", user, "--", "sh", "-euc", f"cd /; {script}"]
        done = subprocess.run(
            [*enter, *inside],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_RUN_S,
        )
        assert done.returncode == status, f"{script}\n{done.stdout}"
        return done.stdout
