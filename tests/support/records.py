"""Records for tests: the fields of a file, and the file in its folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def legacy(
    account: str = "family-y", local: str = "2023-09-03 09:52:10", begin: int = 9042, end: int = 9075, fold: int = 0
) -> dict[str, Any]:
    """Make a record of the six fields that every record has had; ``fold`` 1: the second of an hour that comes twice."""
    return {
        "localtime": local,
        "unixtime": str(int(datetime.fromisoformat(local).replace(tzinfo=BERLIN, fold=fold).timestamp())),
        "account": account,
        "begin_kwh": str(begin),
        "end_kwh": str(end),
        "consumed_kwh": str(end - begin),
    }


def exact(
    account: str = "family-y",
    local: str = "2026-09-03 09:52:10",
    begin_wh: int = 9_042_700,
    end_wh: int = 9_075_100,
    duration_s: int = 3600,
    fold: int = 0,
    **fields: Any,
) -> dict[str, Any]:
    """Make a record that knows Wh; further fields replace or add, None takes one out."""
    record = legacy(account, local, begin_wh // 1000, end_wh // 1000, fold)
    ended = int(record["unixtime"])
    made = {
        **record,
        "charge_point": "garage",
        "connector_id": 1,
        "transaction_id": 20_000_000 + begin_wh // 1000,
        "account_index": 2,
        "id_tag": "04A2B3C4D5E680",
        "reason": "Local",
        "begin_wh": begin_wh,
        "end_wh": end_wh,
        "consumed_wh": end_wh - begin_wh,
        "started": _utc(ended - duration_s),
        "stopped": _utc(ended),
        "duration_s": duration_s,
        "received": _utc(ended + 2),
        **fields,
    }
    return {name: value for name, value in made.items() if value is not None}


def unseen(record: dict[str, Any]) -> dict[str, Any]:
    """Take out of a record what is only known where the start was seen."""
    return {name: value for name, value in record.items() if name not in _OF_THE_START}


_OF_THE_START = ("connector_id", "id_tag", "begin_wh", "consumed_wh", "started", "duration_s")


def put(folder: Path, record: dict[str, Any], month: str = "", name: str = "", digest: str = "") -> Path:
    """Write a record into an accounting folder, by default where and as it would be booked at once."""
    path = folder / (month or record["localtime"][:7].replace("-", "/"))
    path.mkdir(parents=True, exist_ok=True)
    digest = digest or f"{hash_of(record):012x}"
    file = path / (name or f"{record['unixtime']}-{digest}.json")
    file.write_text(json.dumps(record, indent=2))
    return file


def hash_of(record: dict[str, Any]) -> int:
    """Make 48 bits of a record that are the same in every run."""
    from zlib import crc32

    return crc32(json.dumps(record, sort_keys=True).encode()) << 8


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
