"""Links to the page: what they begin with, and to whom one may be given."""

from __future__ import annotations

import socket

from shocpp.errors import MissingError, UsageError
from shocpp.spool.conf.configuration import read_tags
from shocpp.texts import meant, plain
from shocpp.web.pages import people

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings

_ALL = ("", "0.0.0.0", "::")  # noqa: S104 - addresses that stand for all


def base(settings: Settings) -> str:
    """Give what links begin with: what is set, else the address that we listen on, or this machine's name for all."""
    if settings.web_url:
        return settings.web_url.rstrip("/")
    address = settings.web_address
    host = socket.gethostname() if address in _ALL else f"[{address}]" if ":" in address else address
    return f"http://{host}:{settings.web_port}"


def make(settings: Settings, name: str, role: str, account: str) -> str:
    """
    Make a link for somebody.

    Args:
        settings: The settings in force.
        name: What they are called.
        role: What they may; one of ``people.ROLES``.
        account: Whose charges they see and make; empty for a role that has none.

    Raises:
        UsageError: Nobody can see the name, or a driver has no account.
        MissingError: There is no such account.
        ShocppError: The link cannot be kept.
    """
    if not name.isprintable() or not name.strip():
        raise UsageError(f"{name!r} has letters that nobody sees; nothing is written")
    if account:
        known = read_tags(settings.tags_file).names().values()
        if account not in known:
            raise MissingError(f"tags.json has no account {plain(account)}; {meant(account, known)}")
    elif role == people.DRIVER:
        raise UsageError("a driver needs --account ACCOUNT, whose charges these are; others: --role viewer, operator")
    return f"{base(settings)}/{people.add(settings.people_file, name, role, account)}/"
