"""What is said of the accounts when something begins to serve charge points, over whatever transport."""

from __future__ import annotations

from shocpp import installation
from shocpp.errors import MissingError, ShocppError
from shocpp.spool.conf.configuration import read_tags


def accounts_in(path: str) -> list[str]:
    """
    Say how many accounts there are, or why every card is refused; that keeps nobody from being served.

    Args:
        path: That of tags.json.
    """
    try:
        return [f"accounts: {len(read_tags(path))} in {path}"]
    except MissingError:
        example = f"{installation.examples()}/tags.json.example shows how it is written"
        return [f"warning: {path} is not there: every card is refused; {example}"]
    except ShocppError as error:
        return warnings(error, "every card is refused until that is mended")


def warnings(error: ShocppError, consequence: str) -> list[str]:
    """Say all that is wrong with a file, and what follows from it."""
    return [f"warning: {fault}" for fault in (*error.faults, consequence)]
