"""How a format says that the package which writes it is missing: what to type, in this installation."""

from __future__ import annotations

import shlex

from shocpp.errors import UnavailableError
from shocpp.installation import installing


def missing(what: str, package: str, requirement: str) -> UnavailableError:
    """
    Make the error of a format whose package is not there.

    Args:
        what: The format.
        package: What its people call the package.
        requirement: What pip is asked for; as in pyproject.toml.

    Returns:
        The error, with the command that installs the package into the Python that runs.
    """
    return UnavailableError(f"{what} needs {package}, which is not installed: {installing(shlex.quote(requirement))}")
