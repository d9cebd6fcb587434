"""
Many commands from one process: JSON Lines in and out, and one call to every connected charge point.

The shapes are those that Node-RED's OCPP nodes use, so that a flow can keep one ``shocpp-command`` open.
Commands for one charge point go one after another, for several side by side.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import click

from shocpp.calls.ask import fresh_id
from shocpp.cli.run import standard_input, status_of
from shocpp.errors import ShocppError, UnavailableError
from shocpp.ocpp.v16.coercion import from_json
from shocpp.spool.run.mailbox import connected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.calls.ask import Ask

_MOST_AT_ONCE = 64


def broadcast(run_dir: str, action: str, payload: dict[str, object], asking: Ask) -> int:
    """
    Send one call to every connected charge point and print a JSON line for each.

    Args:
        run_dir: The folder run/.
        action: The call's name.
        payload: What is sent.
        asking: Asks one charge point.

    Returns:
        The first fault's exit status.

    Raises:
        UnavailableError: None is connected.
    """
    there = connected(run_dir)
    if not there:
        raise UnavailableError(f"no charge point is connected (no process holds anything below {run_dir})")

    def ask_one(identity: str) -> tuple[int, dict[str, object]]:
        head = {"charge_point": identity or None, "command": action}
        try:
            answer = asking(identity, action, payload)
        except ShocppError as error:
            return status_of(error), {**head, "error": "; ".join(error.faults)}
        return 0, {**head, "data": answer.payload, **({"quirk": answer.quirk} if answer.quirk else {})}

    worst = 0
    with ThreadPoolExecutor(min(len(there), _MOST_AT_ONCE)) as pool:
        for status, line in pool.map(ask_one, there):
            click.echo(json.dumps(line))
            worst = worst or status
    return worst


def serve(identity: str | None, asking: Ask) -> int:
    """
    Read commands from stdin until it ends; write an answer for each, in order for each charge point.

    Args:
        identity: Whom those ask that do not say it; None for the one that is connected.
        asking: Asks a charge point.

    Returns:
        The exit status.
    """
    conversation = _Conversation(asking)
    try:
        for text in standard_input():
            if text.strip():
                conversation.take(text, identity)
        return conversation.finish()
    finally:
        conversation.abandon()


class _Conversation:
    """Commands under way: one worker for each charge point that is named."""

    def __init__(self, asking: Ask) -> None:
        self._asking = asking
        self._workers: dict[str | None, ThreadPoolExecutor] = {}
        self._under_way: deque[Future[None]] = deque()
        self._printing = threading.Lock()
        self._status = 0

    def take(self, text: bytes, identity: str | None) -> None:
        """Take one line; what cannot be read is answered at once."""
        try:
            message = _read(text, identity)
        except ValueError as error:
            self._status = 65
            self._print({"ocpp": {}, "payload": {"error": f"{error}"}})
            return
        target = message["chargeBoxIdentity"]
        key = target if isinstance(target, str) else None
        if key not in self._workers:
            self._workers[key] = ThreadPoolExecutor(1)
        self._under_way.append(self._workers[key].submit(self._serve, message))
        while self._under_way and self._under_way[0].done():
            self._under_way.popleft().result()

    def finish(self) -> int:
        """Wait until all is answered; the exit status: 65 if a line could not be read."""
        for each in self._under_way:
            each.result()  # raises what the worker did: the reader has gone
        return self._status

    def abandon(self) -> None:
        """Forget the commands that have not begun."""
        for worker in self._workers.values():
            worker.shutdown(cancel_futures=True)

    def _serve(self, message: dict[str, object]) -> None:
        self._print(self._ask(message))

    def _ask(self, message: dict[str, object]) -> dict[str, object]:
        action, data, identity = message["command"], message["data"], message["chargeBoxIdentity"]
        assert isinstance(action, str) and isinstance(data, dict)  # noqa: S101 - read so
        assert identity is None or isinstance(identity, str)  # noqa: S101
        payload: dict[str, object] = {"command": action}
        try:
            answer = self._asking(identity, action, data)
        except ShocppError as error:
            payload["error"] = "; ".join(error.faults)
        else:
            payload["data"] = answer.payload
            message = {**message, "chargeBoxIdentity": answer.identity or None}
        return {"ocpp": {**message, "ocppVer": "1.6j"}, "payload": payload}

    def _print(self, line: dict[str, object]) -> None:
        with self._printing:
            click.echo(json.dumps(line))


def _read(text: bytes, identity: str | None) -> dict[str, object]:
    """
    Read one command.

    Raises:
        ValueError: It is none; says why.
    """
    value = from_json(text)
    if not isinstance(value.get("command"), str):
        raise ValueError('not an object with a "command"')
    data = value.get("data")
    if not isinstance({} if data is None else data, dict):
        raise ValueError('"data" is not an object')
    target = value.get("chargeBoxIdentity", identity)
    if target is not None and not isinstance(target, str):
        raise ValueError('"chargeBoxIdentity" is not a text')
    message_id = value.get("MessageId") or fresh_id()
    return {"command": value["command"], "MessageId": message_id, "chargeBoxIdentity": target, "data": data or {}}
