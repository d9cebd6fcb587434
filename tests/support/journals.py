"""Journals for tests: lines of a conversation, and the folder that holds them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shocpp.spool.journal.journal_entry import IN, OUT, JournalEntry, read

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def line(frame: object, direction: str = IN, charge_point: str = "CP001", time: datetime = NOON) -> bytes:
    """Make a line of the journal."""
    stamp = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"
    entry = {"time": stamp, "charge_point": charge_point, "direction": direction, "frame": frame}
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


class Talk:
    """
    A charge point's conversation, written down as a journal has it: each call is one second after the one before.

    Attributes:
        lines: What was written down.
    """

    def __init__(self, charge_point: str = "CP001", time: datetime = NOON) -> None:
        self.charge_point = charge_point
        self.time = time
        self.lines: list[bytes] = []
        self._number = 0

    def call(self, action: str, payload: dict[str, Any], answer: dict[str, Any] | None = None) -> None:
        """Let the charge point send a CALL; without an answer it never gets one."""
        self._number += 1
        self._say([2, str(self._number), action, payload], IN)
        if answer is not None:
            self._say([3, str(self._number), answer], OUT)

    def start(self, transaction_id: int, meter_wh: int, id_tag: str = "1111", connector: int = 1, **more: Any) -> None:
        """Start a transaction."""
        request = {"connectorId": connector, "idTag": id_tag, "meterStart": meter_wh, "timestamp": self.stamp, **more}
        status = "Accepted" if transaction_id >= 10_000_000 else "Invalid"
        answer = {"transactionId": transaction_id, "idTagInfo": {"status": status}}
        self.call("StartTransaction", request, answer)

    def meter(self, transaction_id: int | None, *sampled: dict[str, Any], connector: int = 1) -> None:
        """Send meter values."""
        request: dict[str, Any] = {"connectorId": connector, "transactionId": transaction_id}
        request["meterValue"] = [{"timestamp": self.stamp, "sampledValue": list(sampled)}]
        self.call("MeterValues", {name: value for name, value in request.items() if value is not None}, {})

    def stop(self, transaction_id: int, meter_wh: int, confirmed: bool = True, **more: Any) -> None:
        """Stop a transaction."""
        request = {"transactionId": transaction_id, "meterStop": meter_wh, "timestamp": self.stamp, **more}
        self.call("StopTransaction", request, {} if confirmed else None)

    def wait(self, **span: float) -> None:
        """Let time go by."""
        self.time += timedelta(**span)

    @property
    def stamp(self) -> str:
        """The time as a charge point writes it."""
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def entries(self) -> list[JournalEntry]:
        """What was written down, read back."""
        return [entry for each in self.lines if (entry := read(each))]

    def _say(self, frame: object, direction: str) -> None:
        self.lines.append(line(frame, direction, self.charge_point, self.time))
        self.time += timedelta(seconds=1)


def put(folder: Path, lines: list[bytes]) -> None:
    """Write lines into the files of their days."""
    for each in lines:
        entry = read(each)
        assert entry is not None
        path = folder / entry.time.strftime("%Y/%m/%d.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(each)
