"""
A scripted charge point: it makes calls, and answers those of the central system, over pipes or over a WebSocket.

Knows frames as arrays and nothing of what they mean: what it answers is a table.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.patience import PATIENCE_S
from tests.support.preloaded import Process

Json = dict[str, Any]
Answer = Json | str | Callable[[Json], Json | None]


class Wire(Protocol):
    """What carries frames."""

    def send(self, frame: str) -> None:
        """Send one frame."""

    def __iter__(self) -> Iterator[str]:
        """Give the frames that come until the other end hangs up."""

    def close(self) -> None:
        """Hang up."""


class Pipes:
    """A backend of one's own in the home that a checkout is."""

    def __init__(self, home: Path, identity: str, **environ: str) -> None:
        environ = {"PATH": os.defpath, "SHOCPP_HOME": str(home), "PATH_INFO": f"/{identity}", **environ}
        self.process = Process("backend", [], environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin and self.process.stdout
        self._stdin, self._stdout = self.process.stdin, self.process.stdout

    def send(self, frame: str) -> None:
        """Write a line."""
        self._stdin.write(f"{frame}\n".encode())
        self._stdin.flush()

    def __iter__(self) -> Iterator[str]:
        """Read lines."""
        for line in self._stdout:
            yield line.decode()

    def close(self) -> None:
        """End the input and see the backend end well."""
        self._stdin.close()
        assert self.process.wait(PATIENCE_S) == 0
        self._stdout.close()


class Socket:
    """A connection to a listener."""

    def __init__(self, url: str) -> None:
        self._stack = ExitStack()
        options: Any = {"compression": None, "open_timeout": PATIENCE_S, "ping_interval": None}
        connecting = connect(url, subprotocols=[Subprotocol("ocpp1.6")], **options)
        self.socket = self._stack.enter_context(connecting)

    def send(self, frame: str) -> None:
        """Send a text message."""
        self.socket.send(frame)

    def __iter__(self) -> Iterator[str]:
        """Receive text messages."""
        try:
            for message in self.socket:
                assert isinstance(message, str)
                yield message
        except ConnectionClosed:
            pass

    def close(self) -> None:
        """Close the connection."""
        self._stack.close()


class ChargePoint:
    """
    A charge point that is connected, and has booted once this returns.

    Args:
        wire: What carries its frames.
        answers: By action: the payload of a confirmation, the code of a CALLERROR, or what makes one of them out of
            the request; without one it keeps silent.

    Attributes:
        asked: The calls that came, with their payloads, in order.
    """

    def __init__(self, wire: Wire, answers: Mapping[str, Answer] | None = None) -> None:
        self.asked: list[tuple[str, Json]] = []
        self.wire = wire
        self._answers = answers or {}
        self._confirmed = threading.Condition()
        self._confirmations: dict[str, list[Any]] = {}
        self._count = 0
        self._is_gone = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.call("BootNotification", {"chargePointVendor": "acme", "chargePointModel": "one"})

    def __enter__(self) -> ChargePoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, action: str, payload: Json) -> Json:
        """Make a call and give the payload of its confirmation."""
        self._count += 1
        unique_id = f"{action}-{self._count}"
        self.wire.send(json.dumps([2, unique_id, action, payload]))
        with self._confirmed:
            is_there = self._confirmed.wait_for(lambda: unique_id in self._confirmations or self._is_gone, PATIENCE_S)
            assert is_there and not self._is_gone, f"{action}: no confirmation"
            frame = self._confirmations.pop(unique_id)
        assert frame[0] == 3, frame
        confirmation: Json = frame[2]
        return confirmation

    def close(self) -> None:
        """Hang up."""
        self.wire.close()
        self._thread.join(PATIENCE_S)

    def wait_until_gone(self) -> None:
        """Wait until the other end has hung up."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        for text in self.wire:
            kind, unique_id, *rest = json.loads(text)
            if kind == 2:
                self.asked.append((rest[0], rest[1]))
                self._answer(unique_id, rest[0], rest[1])
                continue
            with self._confirmed:
                self._confirmations[unique_id] = [kind, unique_id, *rest]
                self._confirmed.notify_all()
        with self._confirmed:
            self._is_gone = True
            self._confirmed.notify_all()

    def _answer(self, unique_id: str, action: str, payload: Json) -> None:
        answer = self._answers.get(action)
        if callable(answer):
            answer = answer(payload)
        if isinstance(answer, str):
            self.wire.send(json.dumps([4, unique_id, answer, "", {}]))
        elif answer is not None:
            self.wire.send(json.dumps([3, unique_id, answer]))
