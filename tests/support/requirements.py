"""
What a package needs, with all that this needs in turn, on any machine.

Goes by what is installed here: pip has no other way to know it without a network.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.household import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BASE: list[str] = PROJECT["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def closure(requirements: Iterable[str], machine: str) -> set[str]:
    """
    Give the packages that requirements come to.

    Args:
        requirements: As pyproject.toml has them.
        machine: What Linux calls it: ``x86_64``, ``aarch64``, ``armv7l``.

    Returns:
        Normal names; of a package that is not installed here, its own alone.
    """
    environment = {"platform_machine": machine, "sys_platform": "linux", "platform_system": "Linux"}
    found: set[str] = set()
    wanted = [(Requirement(each), {""}) for each in requirements]
    while wanted:
        requirement, extras = wanted.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        is_meant = not marker or any(marker.evaluate({**environment, "extra": extra}) for extra in extras)
        if not is_meant or (name in found and not requirement.extras):
            continue
        found.add(name)
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        wanted += [(Requirement(each), {"", *requirement.extras}) for each in needs]
    return found
