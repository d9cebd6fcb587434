"""
Frames that went wrong: good ones, changed in their bytes, their structure, their types and their sizes.

The same seed makes the same message. Knows nothing of what a backend makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

MIB = 1 << 20
SAMPLES = [
    {"value": "9042.7", "unit": "kWh", "context": "Transaction.Begin"},
    {"value": "11000", "measurand": "Power.Active.Import", "unit": "W", "phase": "L1", "location": "Outlet"},
]
METER_VALUE = [{"timestamp": "2023-09-03T06:00:00Z", "sampledValue": SAMPLES}]
CHARGE = {"idTag": "1111", "timestamp": "2023-09-03T06:00:00Z"}
GOOD: list[list[Any]] = [
    [2, "1", "Authorize", {"idTag": "3333"}],
    [2, 2, "BootNotification", {"chargePointVendor": "v", "chargePointModel": "m", "firmwareVersion": "1"}],
    [2, "3", "DataTransfer", {"vendorId": "v", "messageId": "m", "data": "{}"}],
    [2, "4", "DiagnosticsStatusNotification", {"status": "Idle"}],
    [2, "5", "FirmwareStatusNotification", {"status": "Idle"}],
    [2, "6", "Heartbeat", {}],
    [2, "7", "MeterValues", {"connectorId": 1, "transactionId": 10000001, "meterValue": METER_VALUE}],
    [2, "8", "StartTransaction", {"connectorId": 1, "meterStart": 1000, **CHARGE}],
    [2, "9", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "info": "i"}],
    [2, "10", "StopTransaction", {"transactionId": 10000001, "meterStop": 2000, "reason": "Local", **CHARGE}],
    [2, "11", "StopTransaction", {"transactionId": -1, "meterStop": 99, "transactionData": METER_VALUE, **CHARGE}],
    [2, "12", "SecurityEventNotification", {"type": "SettingSystemTime", "timestamp": "2023-09-03T06:00:00Z"}],
    [2, "13", "SignCertificate", {"csr": "x"}],
    [2, "14", "Reset", {"type": "Soft"}],
    [2, "15", "Nap", {}],
    [3, "command", {"status": "Accepted"}],
    [4, "command", "InternalError", "words", {"a": 1}],
]
# what Python's json would not write is put in as text afterwards
RAW: dict[str, Callable[[Random], str]] = {
    "@digits@": lambda _: "9" * 5000,
    "@long-digits@": lambda _: "-" + "1" * 4000,
    "@nan@": lambda random: random.choice(["NaN", "Infinity", "-Infinity"]),
    "@exponent@": lambda _: "1e999",
    "@deep@": lambda random: _nested(random.choice([50, 400, 10_000, *(random.randint(960, 1000) for _ in range(9))])),
    "@surrogate@": lambda random: random.choice([r'"\ud800"', r'"\udc00\ud800"', r'"a\ud83d"']),
    "@leading-zero@": lambda _: "007",
    "@twice@": lambda _: '{"a":1,"a":{"a":2,"a":3}}',
}
NASTY: list[Any] = [
    *RAW,
    *["@deep@"] * 12,
    *[None, True, False, 0, -1, 1.5, -0.0, 1e308, 2**31, 2**63, -(2**63) - 1, 10**50, [], {}, "", " ", "0", "-1"],
    *["1e999", "nan", "0x10", "1_000", "\uff11\uff12", "\u0663", "9" * 41, "\x00", "\n", "\u2028", "\ufeff", "a" * 30],
    *["1970-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2023-02-30T00:00:00Z"],
    *[[[]], [{}], [None], {"": None}, {"value": []}, "Occupied", "kWh", "Transaction.Begin", 2, 3, 4, "2"],
]
BYTES = [
    b"\x00",
    b"\xff",
    b"\n",
    b"\r",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\xef\xbb\xbf",
    b"\x0b",
    b"2",
]


def message(seed: int, good: Sequence[Any] = GOOD) -> bytes:
    """Make the message of a seed, out of one of the good ones."""
    random = Random(seed)
    value: Any = deepcopy(random.choice(good))
    for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
        value = _restructure(value, random)
    if random.random() < 0.004:
        value = _swell(value, random)
    data = _write(value, random)
    if random.random() < 0.3:
        for _ in range(random.choice([1, 1, 2, 5])):
            data = random.choice(BYTE_CHANGES)(data, random)[:MIB]
    if random.random() < 0.05:
        data = random.choice(WHOLE_CHANGES)(data, random)
    return data[:MIB]


def _write(value: Any, random: Random) -> bytes:
    indent = random.choice([None] * 12 + [0, 1, 2])
    text = json.dumps(value, indent=indent, ensure_ascii=random.random() < 0.8)
    for mark, make in RAW.items():
        if mark in text:
            text = text.replace(f'"{mark}"', make(random), 3)
    return text.encode("utf-8", "surrogatepass")


def _restructure(value: Any, random: Random) -> Any:
    """Change one place of a JSON value."""
    places: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    for path, each in places:
        pairs = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
        places += [((*path, key), inner) for key, inner in pairs]
    path, old = random.choice(places)
    if not path:
        return random.choice([value, _nasty(random)]) if random.random() < 0.1 else _reshape(value, random)
    *above, last = path
    parent = value
    for key in above:
        parent = parent[key]
    change = random.random()
    if change < 0.5:
        parent[last] = _nasty(random)
    elif change < 0.65:
        del parent[last]
    elif change < 0.75:
        parent[last] = str(old) if not isinstance(old, str) else random.choice([len(old), [old], {"a": old}])
    elif change < 0.9 and isinstance(parent, dict):
        parent[random.choice([str(last).upper(), "extra", "", "@surrogate@", "transactionId"])] = _nasty(random)
    else:
        parent[last] = _reshape(old, random)
    return value


def _reshape(value: Any, random: Random) -> Any:
    if isinstance(value, list):
        return random.choice([value + value, value[::-1], value[:-1], [value], [*value, _nasty(random)]])
    return random.choice([[value], {"a": value}, str(value)])


def _swell(value: Any, random: Random) -> Any:
    """Make one place of a frame huge."""
    size = random.choice([10_000, 100_000, MIB])
    huge: Any = random.choice(
        [
            "x" * size,
            "\x0b" * (size // 6),
            ["x"] * (size // 5),
            [{}] * (size // 4),
            {str(number): number for number in range(size // 16)},
            [{"timestamp": "t", "sampledValue": SAMPLES}] * (size // 220),
        ]
    )
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        key = random.choice([*value[-1], "extra"])
        value[-1][key] = huge
        return value
    return huge


def _nasty(random: Random) -> Any:
    """Give a value of its own: what is put into a frame may be changed there once more."""
    return deepcopy(random.choice(NASTY))


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth if depth % 2 else '{"a":' * depth + "1" + "}" * depth


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _insert(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(BYTES) * random.choice([1, 1, 1, 3]) + data[at:]


def _remove(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + data[at + random.choice([1, 1, 2, 9]) :]


def _flip(data: bytes, random: Random) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _repeat(data: bytes, random: Random) -> bytes:
    begin, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    return data[:end] + data[begin:end] * random.choice([1, 2, 50]) + data[end:]


BYTE_CHANGES: list[Callable[[bytes, Random], bytes]] = [_cut, _insert, _insert, _remove, _remove, _flip, _repeat]
WHOLE_CHANGES: list[Callable[[bytes, Random], bytes]] = [
    lambda data, _: data + data,
    lambda data, _: data[1:-1],
    lambda data, _: data + b"]",
    lambda data, _: b"\xef\xbb\xbf" + data,
    lambda data, _: b"pong" + data,
    lambda data, _: data.replace(b",", b",\n"),
    lambda _, random: random.choice(BYTES) * random.choice([10, 1000, MIB]),
    lambda data, random: data + b" " * random.choice([10, MIB]),
    lambda data, random: b",".join([data[: MIB // 10]] * random.choice([3, 100])),
]
