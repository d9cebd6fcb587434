"""What is said when something begins to serve charge points, over whatever transport: where, for whom, with what."""

from __future__ import annotations

import os

from shocpp import installation
from shocpp.admission import passwords
from shocpp.errors import MissingError, ShocppError
from shocpp.spool.conf.configuration import read_charge_points, read_tags
from shocpp.store_address import shown
from shocpp.transports import websocketd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.settings import Settings


def of_listener(settings: Settings, where: list[str], limit: str, is_encrypted: bool = False) -> list[str]:
    """
    Say where a listener listens, for whom and for how many, and where accounting goes.

    Args:
        settings: The settings in force.
        where: The addresses, with ports.
        limit: How many may connect, in words.
        is_encrypted: TLS is spoken, though no setting says so.
    """
    said = [*of_connections(settings, where, is_encrypted), *accounts_in(settings.tags_file)]
    said.append(accounting_in(settings.accounting))
    if os.path.exists(settings.calls_file) and not websocketd.is_loopback(settings.address):
        page = installation.page("shocpp-caller.md")
        reason = f"websocketd cannot do it safely for others than this machine; see {page}"
        said.append(f"canned calls are left to a web server: {reason}")
    return [*said, limit]


def of_connections(settings: Settings, where: list[str], is_encrypted: bool = False) -> list[str]:
    """
    Say where connections are accepted, and whose.

    Args:
        settings: The settings in force.
        where: The addresses, with ports.
        is_encrypted: TLS is spoken, though no setting says so.
    """
    scheme = "wss" if is_encrypted or settings.tls_certificate else "ws"
    addresses = [f"listening on {scheme}://{each}/<charge point>" for each in where]
    return [*addresses, *_charge_points_in(settings.charge_points_file, settings.charge_points_required)]


def _charge_points_in(path: str, is_required: bool) -> list[str]:
    """Say which charge points may connect; a broken file keeps nobody from service."""
    try:
        listed = read_charge_points(path)
    except MissingError as error:
        if is_required:
            return [f"warning: {error}: nobody may connect (SHOCPP_CHARGEPOINTS_REQUIRED)"]
        return [f"charge points: all may connect ({error})"]
    except ShocppError as error:  # it was in order a moment ago: somebody is editing it
        return _warnings(error, "nobody may connect until that is mended")
    of_passwords = [f"warning: {warning}" for warning in passwords.warnings(listed)]
    return [f"charge points: {len(listed)} may connect, listed in {path}", *of_passwords]


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
        return _warnings(error, "every card is refused until that is mended")


def accounting_in(where: str) -> str:
    """
    Say where records go, or that this user may not write there: charge points keep their stops then.

    Args:
        where: A folder, or the address of a store.
    """
    if os.path.isdir(where) and not os.access(where, os.W_OK | os.X_OK, effective_ids=True):
        return f"warning: {where} may not be written by this user: no charge is booked; shocpp-check says more"
    return f"accounting: {shown(where)}"


def _warnings(error: ShocppError, consequence: str) -> list[str]:
    """Say all that is wrong with a file, and what follows from it."""
    return [f"warning: {fault}" for fault in (*error.faults, consequence)]
