"""Many charge points in one process, and what they have to tell in the end."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.links.address import HTTP, WEBSOCKET, Address
from shocpp.charge_point.links.client import Client
from shocpp.charge_point.links.link import Link
from shocpp.charge_point.links.typed import Typed
from shocpp.charge_point.quirks.quirks import Quirks
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.links.clock import Clock
    from shocpp.charge_point.links.soap_client import SoapClient

_PROGRESS_S = 0.5
_SPREAD_S = 2.0  # of ours, within which a fleet connects

EVERYDAY = "wait 0s..5m; plug; card {card}; wait 10m..40m; card {card}; wait 10s..1m; unplug; wait 1m..10m; repeat"
_NOWHERE = "ws://stdin/charger"  # for a filter: whose identity is the end of the path


@dataclass(frozen=True, slots=True)
class Order:
    """
    What the charge points of a fleet have in common.

    Attributes:
        url: Where they connect to; empty for a filter, which connects nowhere.
        count: How many there are; None for one that bears the URL's own identity.
        connectors: How many each has.
        quirks: The names of the quirks that are on.
        seed: What all chance is made of.
        script: Gives the steps of a charge point by its number.
        until_s: When they shall come to rest, None for never.
        soap: The version of OCPP that they speak over SOAP; empty for OCPP-J.
    """

    url: str
    count: int | None
    connectors: int
    quirks: frozenset[str]
    seed: int
    script: Callable[[int], list[parser.Step]]
    until_s: float | None = None
    soap: str = ""


def everyday(card: str) -> list[parser.Step]:
    """Give what a charge point of a fleet does when it is told nothing else: charge with one card, again and again."""
    return parser.read([EVERYDAY.format(card=card)])


def build(order: Order, clock: Clock, report: Callable[[str], None] | None, number: int) -> tuple[Link, Address]:
    """Build one charge point with its link; each has its own chance, made of the seed and its number."""
    rng = Random(f"{order.seed}-{number}")  # noqa: S311 - a simulation
    url, scheme = order.url or _NOWHERE, HTTP if order.soap else WEBSOCKET
    address = Address(url, number if order.count is not None else None, order.quirks, scheme)
    quirks = Quirks(order.quirks, rng)
    charge_point = SimulatedChargePoint(address.identity, rng, clock.now_s(), order.connectors, quirks)
    player = Player(charge_point, order.script(number))
    return Link(charge_point, player, clock, report, order.until_s), address


async def run(
    order: Order,
    clock: Clock,
    report: Callable[[str], None] | None,
    say: Callable[[str], None],
    is_typed: bool = False,
) -> list[Link]:
    """
    Run a fleet until every script is over; give their links.

    Args:
        order: What it consists of.
        clock: Its time.
        report: Is given a JSON Line for every message; None for none.
        say: Takes words for people.
        is_typed: The (only) charge point's script comes from stdin.

    Raises:
        DataError: What came from stdin makes no sense.
    """
    is_watched = sys.stderr.isatty()
    if is_watched and not is_typed:
        say, report = _in_its_place(say), report and _in_its_place(report)
    built = [build(order, clock, report, number) for number in range(1, (order.count or 1) + 1)]
    links = [link for link, _ in built]
    progress = None
    if is_watched:
        progress = asyncio.create_task(_say_changes(links, say) if is_typed else _show(links, clock))
    clients = [
        _client(order, link, address, Random(f"{order.seed}-link-{number}"), say)  # noqa: S311 - a simulation
        for number, (link, address) in enumerate(built)
    ]
    typed = Typed(links[0].player, clients[0].wake) if is_typed else None
    if typed is not None:
        typed.listen()
    spread = Random(order.seed)  # noqa: S311 - a simulation
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(_later(spread.uniform(0, _SPREAD_S) if len(clients) > 1 else 0, client))
    if typed is not None and typed.fault is not None:
        raise typed.fault
    if progress is not None:
        progress.cancel()
    return links


def _client(order: Order, link: Link, address: Address, rng: Random, say: Callable[[str], None]) -> Client | SoapClient:
    """Make what carries a charge point's messages; what SOAP needs is imported where it is spoken."""
    if not order.soap:
        return Client(link, address, rng, say)
    from shocpp.charge_point.links.soap_client import SoapClient

    return SoapClient(link, address, order.soap, rng, say)


async def _later(delay_s: float, client: Client | SoapClient) -> None:
    await asyncio.sleep(delay_s)
    await client.run()


async def _show(links: list[Link], clock: Clock) -> None:
    """Show how it goes in one line, until it is cancelled; nothing is left of it then."""
    began_s = clock.now_s()
    try:
        while True:
            minutes = int(clock.now_s() - began_s) // 60
            _write_in_its_place(f"{minutes // 60}:{minutes % 60:02} {_state_of(links)}")
            await asyncio.sleep(_PROGRESS_S)
    finally:
        _write_in_its_place("")


async def _say_changes(links: list[Link], say: Callable[[str], None]) -> None:
    """Show how it goes to somebody who types: in a line of its own whenever it has changed, not over what is typed."""
    said = ""
    while True:
        state = _state_of(links)
        if state != said:
            say(state)
            said = state
        await asyncio.sleep(_PROGRESS_S)


def _state_of(links: list[Link]) -> str:
    connected = sum(link.charge_point.state.is_connected for link in links)
    charging = sum(len(link.charge_point.supply.charging()) for link in links)
    finished = sum(len(link.charge_point.charging.finished) for link in links)
    return f"{connected}/{len(links)} connected, {charging} charging, {finished} charges done"


def _in_its_place(say: Callable[[str], None]) -> Callable[[str], None]:
    """Have lines stand where progress does, and not behind it; it is shown again below them."""

    def said(line: str) -> None:
        _write_in_its_place("")
        say(line)

    return said


def _write_in_its_place(words: str) -> None:
    """Write words over the line of a terminal that shows progress."""
    print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def total(links: list[Link]) -> dict[str, object]:
    """Add up what the central system was told and how it answered; energies are of confirmed charges."""
    charges = {
        (link.charge_point.state.identity, charge.id, charge.meter_stop_wh, charge.stopped): charge
        for link in links
        for charge in link.charge_point.charging.finished
        if charge.is_confirmed
    }
    kwh = (
        charge.meter_stop_wh // 1000 - charge.meter_start_wh // 1000
        for charge in charges.values()
        if charge.meter_stop_wh is not None
    )
    tallies = [link.charge_point.state.tally for link in links]
    latencies = sorted(latency_s for link in links for latency_s in link.latencies_s)
    return {
        "charge_points": len(links),
        "charges": len(charges),
        "energy_wh": sum(charge.delivered_wh for charge in charges.values()),
        "energy_kwh": sum(kwh),
        "unconfirmed": sum(not charge.is_confirmed for link in links for charge in link.charge_point.charging.finished),
        "frames_sent": sum(tally.sent for tally in tallies),
        "frames_received": sum(tally.received for tally in tallies),
        "latency_p50_ms": _percentile_ms(latencies, 0.5),
        "latency_p99_ms": _percentile_ms(latencies, 0.99),
        "refused": sum(tally.refused for tally in tallies),
        "unanswered": sum(tally.unanswered for tally in tallies),
        "discarded": sum(tally.discarded for tally in tallies),
        "connections_lost": sum(link.lost_connections for link in links),
    }


def table(sums: dict[str, object]) -> str:
    """Write the sums for people."""
    return "\n".join(f"{name.replace('_', ' '):<18}{value}" for name, value in sums.items())


def _percentile_ms(latencies: list[float], share: float) -> float | None:
    return round(latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1000, 1) if latencies else None
