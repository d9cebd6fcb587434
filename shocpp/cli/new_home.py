"""
What ``shocpp-check --init`` does: make a home, and say what was made and what is to be done next.

No command itself: an option that is a work of its own, and imported only where it is given.
"""

from __future__ import annotations

import os

import click

from shocpp import installation
from shocpp.locations import HOME
from shocpp.settings import Settings
from shocpp.spool.conf import home as new

_SERVICE = "shocpp"  # the user that units and manual have


def lay_out(home: str) -> None:
    """
    Make what is missing of a home; as root give the service what it writes.

    Args:
        home: Where; empty for the home that commands have without being told.

    Raises:
        ShocppError: A part of it cannot be made; what was made before is said and stays.
    """
    usual = Settings.from_environ().home
    home = os.path.abspath(home or usual)
    is_root = os.geteuid() == 0
    owner = _service() if is_root else None
    for said in new.lay_out(home, installation.examples(), owner):
        click.echo(said)
    if is_root and owner is None:
        click.echo(f"there is no user {_SERVICE}: accounting/ and run/ are root's, and so has to be who writes there")
    click.echo(f"next: put your accounts in the place of those in {home}/conf/tags.json")
    if home != usual:
        click.echo(f"commands look there with {HOME}={home} in their environment")


def _service() -> tuple[int, int] | None:
    """Give user and group of the service, if this machine has them."""
    import pwd

    try:
        entry = pwd.getpwnam(_SERVICE)
    except KeyError:
        return None
    return entry.pw_uid, entry.pw_gid
