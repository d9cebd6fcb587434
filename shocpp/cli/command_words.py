"""What stands in the place of a call: ``start``, ``stop`` and ``limit``, made into the calls that are meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from shocpp.calls import ask, start_stop
from shocpp.errors import UsageError
from shocpp.spool.conf.configuration import read_tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.calls.ask import Ask
    from shocpp.settings import Settings

    NamedCall = tuple[str, dict[str, object], str | None]


def call_of(
    settings: Settings, word: str, words: tuple[str, ...], identity: str | None, connector_id: int | None
) -> NamedCall:
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
        ShocppError: What is said means nothing; see ``start_stop``.
    """
    if word == "stop":
        if words:
            raise UsageError(
                "stop takes no card: whatever charge is under way ends; see --charge-point and --connector"
            )
        return *start_stop.stop(), start_stop.where_to_stop(settings.run_dir, identity)
    if len(words) > 1:
        raise UsageError("start takes one card or account")
    accounts = read_tags(settings.tags_file)
    return *start_stop.start(accounts, words[0] if words else None, connector_id, datetime.now(UTC)), identity


def limit(
    run_dir: str,
    words: tuple[str, ...],
    phases: str | None,
    identity: str | None,
    connector_id: int | None,
    asking: Ask,
) -> int:
    """
    Limit a charge point, or take our limit away, and print its confirmation.

    Args:
        run_dir: The folder run/.
        words: What follows ``limit``: an amount, or ``off``.
        phases: On how many phases; None where nobody said.
        identity: The charge point that is named; None where none is.
        connector_id: The connector that is named; None where none is.
        asking: Asks a charge point.

    Raises:
        ShocppError: What is said means nothing, or the charge point does not accept; see ``calls.limit``.
    """
    from shocpp.calls.limit import Limit, put, take_away

    if len(words) != 1:
        raise UsageError("limit takes one amount, 16A or 11kW, or off")
    if words[0] == "off":
        answer = take_away(asking, run_dir, ask.choose(run_dir, identity), connector_id)
        click.echo(json.dumps(answer.payload))
        return 0
    wanted = Limit.from_text(words[0], int(phases) if phases else None)
    answer = put(asking, run_dir, ask.choose(run_dir, identity), connector_id, wanted)
    click.echo(json.dumps(answer.payload))
    ask.require_accepted(answer)
    return 0
