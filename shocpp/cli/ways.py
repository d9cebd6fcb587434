"""
The ways on which a command reaches a charge point: through its mailbox on this machine, or over a broker.

No command itself: what ``shocpp-command`` asks with, whoever is asked.
"""

from __future__ import annotations

from functools import partial

import click

from shocpp.calls import ask
from shocpp.errors import UsageError
from shocpp.spool.files import acting_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings


def way(settings: Settings, broker: str | None, timeout_s: float, force: bool, connector_id: int | None) -> ask.Ask:
    """
    Give what asks a charge point; until the command ends we act as the owner of run/, if that is asked through.

    Args:
        settings: The settings in force.
        broker: The broker's URL; None for this machine's mailboxes.
        timeout_s: How long to wait for other commands, and then again for the answer.
        force: Send what is unknown or against the schema, too.
        connector_id: Where the charge is that a call for the current one ends; None where only one is under way.
    """
    if broker is not None:
        return partial(_over_broker, broker, settings, timeout_s, force)
    click.get_current_context().with_resource(acting_user.owner_of(settings.run_dir))
    return partial(ask.ask, settings.run_dir, timeout_s=timeout_s, force=force, warn=warn, connector_id=connector_id)


def warn(sentence: str) -> None:
    """Say what is to be known beside an answer."""
    click.echo(f"shocpp-command: {sentence}", err=True)


def _over_broker(  # what a partial has made of it is an ``Ask``
    broker: str,
    settings: Settings,
    timeout_s: float,
    force: bool,
    charge_point: str | None,
    call: str,
    wanted: dict[str, object],
) -> ask.Confirmation:
    from shocpp.transports.mqtt import asking

    prepared = ask.prepare(call, wanted, force)
    if ask.ends_current(call, prepared):
        raise UsageError("with --mqtt a transaction is named by its id: which one runs is unknown")
    identity = charge_point or ""
    return ask.send(partial(asking.ask, settings, broker, identity), identity, call, prepared, timeout_s)
