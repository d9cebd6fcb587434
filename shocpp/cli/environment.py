"""
The environment of a command: what the configuration file says is added to it, and what has no effect is named.

Each command does it once, before it looks at any setting, so that what it starts has the same settings. A backend
that a listener starts for a connection need not; one that a person starts does it, too.
"""

from __future__ import annotations

import os
import sys
import time

from shocpp import environment_file, locations, settings
from shocpp.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = list[tuple[int, str, str]]

_PREFIX = "SHOCPP_"
_OF_THE_SERVICE = "/etc/default/shocpp"  # where settings were before there was a configuration file


def complete(program: str) -> None:
    """
    Add what the configuration file says to the environment, which goes before it, and warn of what has no effect.

    Args:
        program: The command's name, for the warnings.

    Raises:
        ConfigError: The file cannot be read, or a line of it makes no sense; says which one.
    """
    warnings = [f"{name} {_no_setting(meant)}" for name in os.environ if (meant := _meant_by(name)) is not None]
    path, found = configuration()
    for number, name, value in found:
        try:
            settings.check(name, value)
        except ConfigError as error:
            raise ConfigError(f"{path}, line {number}: {error}") from None
        meant = _meant_by(name)
        if meant is not None:
            warnings.append(f"{path}, line {number}: {name} {_no_setting(meant)}")
    said = {name: value for _, name, value in found}
    for name, value in said.items():
        os.environ.setdefault(name, value)
    if "TZ" in said:
        time.tzset()
    if not os.environ.get(locations.CONF):
        warnings += _left_behind(path)
    if said:
        os.environ[locations.CONF] = path  # SHOCPP_HOME may stand in it: it is this file all the same
    if sys.stderr is not None:  # it may be closed
        sys.stderr.writelines(f"{program}: warning: {warning}\n" for warning in warnings)


def configuration() -> tuple[str, Found]:
    """
    Read the configuration file; give its path, or that where one could be, and what it says, by line, name and value.

    Raises:
        ConfigError: It cannot be read, or a line of it is none.
    """
    paths = locations.configuration_files(os.environ)
    for path in paths:
        found = environment_file.read(path)
        if found is not None:
            return path, found
    if os.environ.get(locations.CONF):
        raise ConfigError(f"{paths[0]}, which {locations.CONF} names, is not there")
    return paths[0], []


def _meant_by(name: str) -> str | None:
    """
    Say what a name that looks like a setting was meant to be.

    Returns:
        The nearest name that there is, empty if none is near; None for a setting and for what belongs to others.

    >>> _meant_by("SHOCPP_TAGFILE"), _meant_by("SHOCPP_TAGSFILE"), _meant_by("PATH")
    ('SHOCPP_TAGSFILE', None, None)
    """
    if not name.startswith(_PREFIX) or name in settings.passed_on():
        return None
    from difflib import get_close_matches  # there is no need of it unless a name is wrong

    known = (locations.HOME, locations.CONF, *(row.variable for row in settings.SETTINGS.values()))
    names = {each.removeprefix(_PREFIX): each for each in known}
    return next((names[near] for near in get_close_matches(name.removeprefix(_PREFIX), names, 1)), "")


def _no_setting(meant: str) -> str:
    return f"is no setting and has no effect; did you mean {meant}?" if meant else "is no setting and has no effect"


def _left_behind(path: str) -> list[str]:
    """Say what the service alone knows, from the file where its settings were; commands would not believe the same."""
    try:
        found = environment_file.read(_OF_THE_SERVICE) or []
    except ConfigError as error:
        return [f"{error}; what it says belongs into {path}"]
    said = {name: value for _, name, value in found}
    return [
        f"{_OF_THE_SERVICE} sets {name}={value}, which the service alone reads; move that line to {path}"
        for name, value in said.items()
        if os.environ.get(name, "") != value
    ]
