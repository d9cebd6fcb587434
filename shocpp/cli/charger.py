"""shocpp-charger: a simulated charge point, or a fleet of them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import IO

import click

from shocpp.charge_point.links import fleet
from shocpp.charge_point.links.clock import Clock
from shocpp.charge_point.quirks.catalogue import chosen, listing
from shocpp.charge_point.script import parser
from shocpp.cli.needs import see_that_lxml_is_there
from shocpp.cli.run import HELP, entry_point, version_option
from shocpp.errors import UsageError


def _list_quirks(context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    if "list" in names:
        click.echo(listing())
        context.exit()
    return names


@click.command(context_settings=HELP)
@click.option("--connect", "url", metavar="URL", help="Connect to ws://[USER:PASSWORD@]HOST:PORT/ID (or wss://).")
@click.option(
    "--soap",
    type=click.Choice(("1.2", "1.5", "1.6")),
    help="Speak this OCPP over SOAP, to http://HOST/soap/ID.",
)
@click.option("--script", "file", type=click.File(), help="Read the script from a file; - is stdin.")
@click.option("--speed", type=click.FloatRange(0.01, 100_000), default=1, help="How many times as fast as real time.")
@click.option("--seed", type=int, help="Choose at random as a run with this seed did.")
@click.option("--connectors", type=click.IntRange(1, 50), default=1, help="Connectors of each charge point.")
@click.option(
    "--quirk", "quirks", multiple=True, callback=_list_quirks, help="Get this wrong, or all; list lists them."
)
@click.option("--print", "prints", is_flag=True, help="Print all frames as JSON Lines; as a filter to stderr.")
@click.option("--count", type=click.IntRange(1, 10_000), help="Run this many charge points: ID0001, ID0002, …")
@click.option("--card", default="1111", help="The card that a fleet charges with when it has no script.")
@click.option("--for", "lasting", metavar="TIME", help="End after this time of its clock: charges are stopped.")
@click.option("--json", "is_json", is_flag=True, help="Print the table at the end as JSON.")
@click.argument("words", nargs=-1)
@version_option
def charger(
    url: str | None,
    soap: str | None,
    file: IO[str] | None,
    speed: float,
    seed: int | None,
    connectors: int,
    quirks: tuple[str, ...],
    prints: bool,
    count: int | None,
    card: str,
    lasting: str | None,
    is_json: bool,
    words: tuple[str, ...],
) -> None:
    """
    Be a charge point: boot, do what the script's WORDS say, answer commands.

    Without --connect this is a filter: frames of the central system on stdin, its own on stdout. With it and
    without WORDS or --script, words are read from stdin. Without any words it serves until it is stopped.

    \b
    shocpp-charger --connect ws://localhost:8080/CP001 --speed 60 \\
        plug, card 1111, wait 1h, unplug
    """
    _check(url, count, soap)
    clock = Clock(speed, time.time())
    steps = _steps(file, words, connectors) or ([] if count is None else fleet.everyday(card))
    order = fleet.Order(
        url or "",
        count,
        connectors,
        chosen(quirks),
        time.time_ns() if seed is None else seed,
        lambda _: steps,
        None if lasting is None else clock.now_s() + _span(lasting),
        soap or "",
    )
    if url is None:
        _filter(order, clock, prints)
        return
    is_typed = count is None and file is None and not words
    links = asyncio.run(fleet.run(order, clock, click.echo if prints else None, _say, is_typed))
    if count is not None or is_json:
        sums = fleet.total(links)
        click.echo(json.dumps(sums) if is_json else fleet.table(sums))


def _check(url: str | None, count: int | None, soap: str | None) -> None:
    """
    Refuse what does not go together, and what is not installed.

    Raises:
        ShocppError: An option lacks what it needs.
    """
    if url is None and count is not None:
        raise UsageError("--count needs --connect")
    if url is None and soap:
        raise UsageError("--soap needs --connect")
    if soap:
        see_that_lxml_is_there("--soap")


def _filter(order: fleet.Order, clock: Clock, prints: bool) -> None:
    from shocpp.charge_point.links import filter

    link, _ = fleet.build(order, clock, _say if prints else None, 1)
    filter.run(link)


def _steps(file: IO[str] | None, words: tuple[str, ...], connectors: int) -> list[parser.Step]:
    if file is not None and words:
        raise UsageError("give either --script or words, not both")
    steps = parser.read(file, file.name) if file is not None else parser.read([" ".join(words)], "arguments")
    parser.check(steps, connectors)
    return steps


def _span(text: str) -> float:
    try:
        return parser.duration_s(text)
    except ValueError as error:
        raise UsageError(f"--for takes {error}") from None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


main = entry_point(charger)
