"""
What a quirk does to the payload of a request: one function a quirk, found through a table a kind.

A ``change_…`` function finds the values that a kind of quirk is about and lets the quirk's function change them; the
functions of ``SHAPES`` are given the whole payload and give another one, since they may also do away with it.
"""

from __future__ import annotations

from datetime import timedelta

from shocpp.ocpp.reading import integer, items, text
from shocpp.ocpp.v16.meter_values import ENERGY
from shocpp.times import parse, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ocpp.frames import Payload

    Stop = tuple[str, Callable[[int, int], object]]
    Samples = Callable[[list[Payload]], list[Payload]]


# --- the transaction id and the meter of a StopTransaction: a field, and its value of transaction id and meter start

STOPS: dict[str, Stop] = {
    "id-zero": ("transactionId", lambda *_: 0),
    "id-minus-one": ("transactionId", lambda *_: -1),
    "id-negative": ("transactionId", lambda transaction_id, _: -transaction_id),
    "id-unknown": ("transactionId", lambda *_: 4711),
    "id-as-text": ("transactionId", lambda transaction_id, _: str(transaction_id)),
    "meter-back": ("meterStop", lambda _, start_wh: start_wh - 1),
    "meter-reset": ("meterStop", lambda *_: 17),
    "meter-impossible": ("meterStop", lambda _, start_wh: start_wh + 2_000_000_000),
}


def change_stop(payload: Payload, stop: Stop, meter_start_wh: int) -> None:
    """Change a field of StopTransaction.req."""
    field, value = stop
    payload[field] = value(integer(payload["transactionId"]) or 0, meter_start_wh)


# --- samples


def _is_energy(sample: Payload) -> bool:
    return sample.get("measurand", ENERGY) == ENERGY


def _bare(sampled: list[Payload]) -> list[Payload]:
    return [
        {"value": sample["value"], "context": sample.get("context", "Sample.Periodic")}
        if _is_energy(sample)
        else sample
        for sample in sampled
    ]


def _kwh(sampled: list[Payload]) -> list[Payload]:
    return [
        {**sample, "value": f"{int(str(sample['value'])) / 1000:.3f}", "unit": "kWh"} if _is_energy(sample) else sample
        for sample in sampled
    ]


def _phases(sampled: list[Payload]) -> list[Payload]:
    parts = [
        {**sample, "value": str(int(str(sample["value"])) // 3), "phase": f"L{phase}"}
        for sample in sampled
        if _is_energy(sample) or sample["measurand"] == "Power.Active.Import"
        for phase in (1, 2, 3)
    ]
    return [*sampled, *parts]


SAMPLES: dict[str, Samples] = {
    "bare-samples": _bare,
    "kwh": _kwh,
    "phases": _phases,
    "unknown-measurand": lambda sampled: [*sampled, {"value": "3", "measurand": "LimitReason"}],
}


def change_samples(payload: Payload, change: Samples) -> None:
    """Change the sampled values of each meter value."""
    for value in _meter_values(payload):
        value["sampledValue"] = change(items(value["sampledValue"]))


def _meter_values(payload: Payload) -> list[Payload]:
    return [*items(payload.get("meterValue")), *items(payload.get("transactionData"))]


# --- id tags

TAGS: dict[str, Callable[[str], str]] = {
    "long-tag": lambda id_tag: id_tag.ljust(21, "0"),
    "tag-case": str.swapcase,
    "tag-control": lambda id_tag: f"{id_tag}\r\n\x00",
    "tag-colons": lambda id_tag: ":".join(id_tag[at : at + 2] for at in range(0, len(id_tag), 2)),
    "tag-vid": lambda id_tag: f"VID:{id_tag}",
}


def change_tag(payload: Payload, change: Callable[[str], str]) -> None:
    """Change the id tag, if there is one."""
    id_tag = text(payload.get("idTag"))
    if id_tag is not None:
        payload["idTag"] = change(id_tag)


# --- times


def _shifted(time: str, by: timedelta) -> str:
    parsed = parse(time)
    return time if parsed is None else utc(parsed + by)


CLOCKS: dict[str, Callable[[str], str | None]] = {
    "clock-no-zone": lambda time: time.rstrip("Z"),
    "clock-short-zone": lambda time: _shifted(time, timedelta(hours=2)).replace("Z", "+02"),
    "clock-1970": lambda time: "1970-01-01T" + time[11:],
    "clock-local": lambda time: _shifted(time, timedelta(hours=2)),
    "clock-future": lambda time: _shifted(time, timedelta(days=3652)),
    "clock-empty": lambda _: "",
    "clock-absent": lambda _: None,
}


def change_times(payload: Payload, change: Callable[[str], str | None]) -> None:
    """Change each timestamp; None is none."""
    for place in (payload, *_meter_values(payload)):
        if "timestamp" in place:
            said = change(str(place.pop("timestamp")))
            if said is not None:
                place["timestamp"] = said


# --- whole payloads


def _each(payload: object, change: Callable[[object], object]) -> object:
    """Change every value in a payload that is neither object nor array."""
    if isinstance(payload, dict):
        return {key: _each(value, change) for key, value in payload.items()}
    if isinstance(payload, list):
        return [_each(value, change) for value in payload]
    return change(payload)


def _text(value: object) -> object:
    return str(value) if value.__class__ in (int, float) else value


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() and not value.startswith("0") else value


def _only(action: str, change: Callable[[Payload], Payload]) -> Callable[[object, str], object]:
    return lambda payload, of: change(payload) if of == action and isinstance(payload, dict) else payload


def _without_samples(payload: Payload) -> Payload:
    return {**payload, "meterValue": [{**value, "sampledValue": []} for value in items(payload.get("meterValue"))]}


def _without_id(payload: Payload) -> Payload:
    return {key: value for key, value in payload.items() if key != "transactionId"}


def _wrong_enum(payload: object, action: str) -> object:
    wrong = {"StatusNotification": {"status": "Occupied", "errorCode": "Fine"}, "StopTransaction": {"reason": "Why?"}}
    return {**payload, **wrong[action]} if isinstance(payload, dict) and action in wrong else payload


def _extra(payload: object, _action: str) -> object:
    return {**payload, "vendorSpecific": {"mood": "fine"}} if isinstance(payload, dict) else payload


SHAPES: dict[str, Callable[[object, str], object]] = {
    "extra-fields": _extra,
    "wrong-enum": _wrong_enum,
    "long-serial": _only("BootNotification", lambda payload: {**payload, "chargePointSerialNumber": "S" * 26}),
    "numbers-as-text": lambda payload, _: _each(payload, _text),
    "text-as-numbers": lambda payload, _: _each(payload, _number),
    "null-payload": lambda payload, _: payload or None,
    "empty-samples": _only("MeterValues", _without_samples),
    "meter-values-no-id": _only("MeterValues", _without_id),
    "meter-values-wrong-id": _only("MeterValues", lambda payload: {**payload, "transactionId": 999_999_999}),
}
