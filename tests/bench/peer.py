"""
What people otherwise write: the ``ocpp`` package on ``websockets``, doing the same job as shocpp.

Boot, heartbeat, authorize against tags.json, start, meter values, stop with a durable accounting file.
Run as ``python -m tests.bench.peer PORT FOLDER``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from datetime import UTC, datetime

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


def now() -> str:
    """Give our time."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class CentralSystem(ChargePoint):  # type: ignore[misc]
    """One connection."""

    folder = ""
    tags: dict[str, int] = {}  # noqa: RUF012
    begun: dict[int, int] = {}  # noqa: RUF012

    @on("BootNotification")  # type: ignore[untyped-decorator]
    def on_boot(self, **_: object) -> object:
        return call_result.BootNotification(now(), 55, "Accepted")

    @on("Heartbeat")  # type: ignore[untyped-decorator]
    def on_heartbeat(self) -> object:
        return call_result.Heartbeat(now())

    @on("StatusNotification")  # type: ignore[untyped-decorator]
    def on_status(self, **_: object) -> object:
        return call_result.StatusNotification()

    @on("Authorize")  # type: ignore[untyped-decorator]
    def on_authorize(self, id_tag: str) -> object:
        return call_result.Authorize({"status": "Accepted" if id_tag in self.tags else "Invalid"})

    @on("StartTransaction")  # type: ignore[untyped-decorator]
    def on_start(self, id_tag: str, meter_start: int, **_: object) -> object:
        transaction_id = self.tags.get(id_tag, 0) * 10_000_000 + meter_start // 1000
        self.begun[transaction_id] = meter_start
        status = "Accepted" if id_tag in self.tags else "Invalid"
        return call_result.StartTransaction(transaction_id, {"status": status})

    @on("MeterValues")  # type: ignore[untyped-decorator]
    def on_meter_values(self, **_: object) -> object:
        return call_result.MeterValues()

    @on("StopTransaction")  # type: ignore[untyped-decorator]
    def on_stop(self, transaction_id: int, meter_stop: int, timestamp: str, **_: object) -> object:
        begin = self.begun.pop(transaction_id, meter_stop)
        record = {"charge_point": self.id, "transaction_id": transaction_id, "stopped": timestamp,
                  "begin_wh": begin, "end_wh": meter_stop, "consumed_wh": meter_stop - begin}  # fmt: skip
        path = os.path.join(self.folder, f"{self.id}-{transaction_id}.json")
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.rename(f"{path}.new", path)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return call_result.StopTransaction()


async def main(port: int, folder: str) -> None:
    """Serve for ever."""
    logging.disable(logging.CRITICAL)
    CentralSystem.folder = folder
    CentralSystem.tags = {"1111": 1}

    async def serve_one(connection: ServerConnection) -> None:
        assert connection.request is not None
        identity = connection.request.path.strip("/").rpartition("/")[2]
        try:
            await CentralSystem(identity, connection).start()
        except ConnectionClosed:
            pass

    async with serve(serve_one, "127.0.0.1", port, subprotocols=["ocpp1.6"], compression=None):  # type: ignore[list-item]
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
