"""
A storm: simulated charge points charge at two connectors while all that serves them is killed at random, with SIGKILL.

    python -m tests.storm                            forty charge points, two minutes, the embedded listener
    python -m tests.storm --kind websocketd
    python -m tests.storm --seconds 20 --clients 10

Killed are the listener and its bookkeeper, or websocketd and its backends; a listener that is gone is started again. It
ends when everything is delivered: then what is billed is what the charge points delivered, to the Wh, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from shocpp.charge_point.core.connector import Transaction
from shocpp.charge_point.links import fleet
from shocpp.charge_point.links.clock import Clock
from shocpp.charge_point.links.link import Link
from shocpp.charge_point.script import parser
from tests.bench.processes import family, wait_for_end
from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.truth import read_billed

SECONDS, CLIENTS = 120.0, 40
KINDS = ("embedded", "websocketd")
_ACCOUNTS = {"1111": "company-x", "2222": "company-x", "3333": "family-y"}
# two cards at two connectors, each charge begun before the other one ends; then the other way round
_ROUND = (
    "set MeterValueSampleInterval 300",
    "wait 0s..5m; plug 1; card 1111 1; wait 1m..5m; plug 2; card 3333 2; wait 5m..10m",
    "card 1111 1; unplug 1; wait 1m..5m; plug 1; card 2222 1; wait 1m..5m; card 3333 2; unplug 2; wait 1m..5m",
    "card 2222 1; unplug 1; wait 10s..5m",
)
_ROUND_S = 3.0  # of ours, roughly
_SPEED = 600.0
_AGO_S = 30 * 86_400.0  # when the charge points' time begins: they never get ahead of ours by a day
_LONGEST_S = _AGO_S / _SPEED / 2
_AT_THE_END_S = 2 * PATIENCE_S
_PAUSE_S = (0.3, 1.5)  # between two kills

Key = tuple[str, int | None, object]  # charge point, reading at the end, time of the end


def storm(home: Path, seconds: float, count: int, kind: str, seed: int = 1) -> dict[str, int]:
    """
    Run it.

    Args:
        home: A folder for the listener.
        seconds: How long there are kills, and roughly how long the charge points go on.
        count: How many charge points.
        kind: ``"embedded"`` or ``"websocketd"``.
        seed: What chance is made of.

    Returns:
        How many charges were delivered, their Wh, and how often what was killed.

    Raises:
        AssertionError: A charge was lost, is there twice, or has a figure that is not the delivered one.
    """
    listener = Listener(Scratch(home, SHOCPP_TRANSACTION_ID="wh"), kind)
    try:
        links, kills = asyncio.run(_rage(listener, seconds, count, random.Random(seed)))
        assert listener.end() == 0 or kind == "websocketd"
    finally:
        _end_all(listener)
    charges = [
        (link.charge_point.state.identity, each) for link in links for each in link.charge_point.charging.finished
    ]
    _compare(home / "accounting", charges)
    return {"charges": len(charges), "energy_wh": sum(charge.delivered_wh for _, charge in charges), **kills}


async def _rage(
    listener: Listener, seconds: float, count: int, chance: random.Random
) -> tuple[list[Link], Counter[str]]:
    """Run the charge points to their end, and kill for a while; give both."""
    clock = Clock(_SPEED, time.time() - _AGO_S)
    script = parser.read(_ROUND) * max(1, int(seconds / _ROUND_S))
    address = f"ws://127.0.0.1:{listener.port}/"
    order = fleet.Order(address, count, 2, frozenset(), chance.randrange(1 << 30), lambda _: script)
    async with asyncio.timeout(seconds + _AT_THE_END_S):
        running = asyncio.create_task(fleet.run(order, clock, None, lambda _: None))
        kills = await _kill(listener, seconds, chance)
        return await running, kills


async def _kill(listener: Listener, seconds: float, chance: random.Random) -> Counter[str]:
    """Kill one process after the other for a while; how often which."""
    kills = Counter(listener=0, below=0)
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s or not all(kills.values()):
        await asyncio.sleep(chance.uniform(*_PAUSE_S))
        below = [pid for pid in _family(listener)[1:] if _name_of(pid) not in ("", "sed")]
        if below and kills["below"] <= kills["listener"]:
            kills["below"] += 1
            with suppress(ProcessLookupError):
                os.kill(chance.choice(below), signal.SIGKILL)
        else:
            kills["listener"] += 1
            await asyncio.to_thread(_start_again, listener)
    return kills


def _start_again(listener: Listener) -> None:
    """Kill the listener, see that what was below it goes, and start it."""
    _end_all(listener)
    listener.start()


def _end_all(listener: Listener) -> None:
    """Kill the listener; what was below it ends by itself."""
    pids = _family(listener)
    listener.process.kill()
    listener.process.wait(PATIENCE_S)
    wait_for_end(pids, PATIENCE_S)
    assert not any(_name_of(pid) for pid in pids), "processes are left without their listener"


def _family(listener: Listener) -> list[int]:
    """Give the listener's process, and all others that serve its home."""
    return family(listener.process.pid, str(listener.scratch.home))


def _name_of(pid: int) -> str:
    """Give a process's name; empty if there is no such process, or no more than its exit status."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    name, _, rest = text.partition("(")[2].rpartition(")")
    return "" if rest.split()[0] == "Z" else name


def _compare(accounting: Path, charges: list[tuple[str, Transaction]]) -> None:
    """Hold what is billed against what was delivered."""
    delivered: dict[Key, Transaction] = {}
    for identity, charge in charges:
        assert charge.is_confirmed, f"{identity}: {charge} was not delivered"
        key = identity, charge.meter_stop_wh, charge.stopped
        assert delivered.setdefault(key, charge) is charge
    seen = Counter[Key]()
    for billed in read_billed(accounting):
        key = billed.charge_point, billed.end_wh, billed.fields.get("stopped")
        assert key in delivered, f"nobody has delivered {billed.fields}"
        true = delivered[key]
        seen[key] += 1
        assert billed.connector_id in (None, true.connector_id), (billed.fields, true)
        assert billed.account == _ACCOUNTS[true.id_tag] and not billed.anomaly, (billed.fields, true)
        assert (billed.consumed_wh, billed.begin_wh) == (true.delivered_wh, true.meter_start_wh), (billed.fields, true)
    lost, twice = delivered.keys() - seen.keys(), [key for key, count in seen.items() if count > 1]
    assert not lost and not twice, f"lost: {lost}, twice: {twice}"


def main() -> None:
    """Run it from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=SECONDS)
    arguments.add_argument("--clients", type=int, default=CLIENTS)
    arguments.add_argument("--kind", choices=KINDS, default=KINDS[0])
    arguments.add_argument("--seed", type=int, default=time.time_ns())
    options = arguments.parse_args()
    if not 0 < options.seconds <= _LONGEST_S:
        arguments.error(f"--seconds takes more than 0 and at most {_LONGEST_S:.0f}")
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print(storm(Path(folder), options.seconds, options.clients, options.kind, options.seed))


if __name__ == "__main__":
    main()
