"""
Where things are before any setting has been read: the checkout, the home, and the configuration file.

Knows two names in the environment and looks whether a checkout is there; what the file says is not known here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

HOME, CONF = "SHOCPP_HOME", "SHOCPP_CONF"
_OF_THE_SYSTEM = "/etc/shocpp/shocpp.conf"  # the Debian package's


def checkout() -> str | None:
    """Give the checkout that this package lies in: the folder above bin/; None when installed."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return above if os.path.exists(os.path.join(above, "bin", "shocpp-backend")) else None


def home_of(environ: Mapping[str, str]) -> str:
    """Give what the paths of settings are relative to: SHOCPP_HOME, the checkout, or the user's data."""
    if environ.get(HOME):
        return os.path.abspath(environ[HOME])
    data = environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return checkout() or os.path.join(data, "shocpp")


def configuration_files(environ: Mapping[str, str]) -> tuple[str, ...]:
    """
    Say where a configuration file is looked for; the first one that is there counts.

    Args:
        environ: What it names with SHOCPP_CONF has to be there. A home that it names, or a checkout, has a file of its
            own and does not look at the system's.
    """
    if environ.get(CONF):
        return (environ[CONF],)
    own = os.path.join(home_of(environ), "conf", "shocpp.conf")
    return (own,) if environ.get(HOME) or checkout() else (own, _OF_THE_SYSTEM)
