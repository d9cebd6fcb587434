"""What stands in the place of a call: ``start`` and ``stop``, made into the call that is meant."""

from __future__ import annotations

from datetime import UTC, datetime

from shocpp.calls import charging
from shocpp.errors import UsageError
from shocpp.spool.configuration import read_tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings

    Meant = tuple[str, dict[str, object], str | None]


def meant(
    settings: Settings, word: str, words: tuple[str, ...], identity: str | None, connector_id: int | None
) -> Meant:
    """
    Make a call of a word.

    Args:
        settings: Where tags.json and run/ are.
        word: ``start`` or ``stop``.
        words: What follows it.
        identity: The charge point that is named; None where none is.
        connector_id: The connector that is named; None where none is.

    Returns:
        The call's name, its payload, and the charge point; None for the one that is connected.

    Raises:
        ShocppError: What is said means nothing; see ``charging``.
    """
    if word == "stop":
        if words:
            raise UsageError(
                "stop takes no card: whatever charge is under way ends; see --charge-point and --connector"
            )
        return *charging.stop(), charging.where_to_stop(settings.run_dir, identity)
    if len(words) > 1:
        raise UsageError("start takes one card or account")
    accounts = read_tags(settings.tags_file)
    return *charging.start(accounts, words[0] if words else None, connector_id, datetime.now(UTC)), identity
