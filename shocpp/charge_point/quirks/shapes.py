"""
What a quirk does to the payload of a request: one function a quirk, found through a table a kind.

The functions of ``IDS``, ``METERS``, ``TAGS`` and ``CLOCKS`` change the payload that they are given; those of
``SHAPES`` give another one, since they may also do away with it.
"""

from __future__ import annotations

from datetime import timedelta

from shocpp.charge_point.core.metering import ENERGY
from shocpp.ocpp.reading import integer, items, text
from shocpp.times import parse, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.outbox import Message
    from shocpp.ocpp.frames import Payload

    Change = Callable[[Payload, Message], None]
    Shape = Callable[[object, Message], object]


# --- the transaction id and the meter of a StopTransaction


def _stop(change: Callable[[Payload, int, int], None]) -> Change:
    """Make a change of StopTransactions alone: it is given transaction id and meter start."""

    def apply(payload: Payload, message: Message) -> None:
        if message.action == "StopTransaction" and message.transaction is not None:
            change(payload, integer(payload["transactionId"]) or 0, message.transaction.meter_start_wh)

    return apply


def _set(field: str, value: Callable[[int, int], object]) -> Change:
    return _stop(lambda payload, transaction_id, start_wh: payload.update({field: value(transaction_id, start_wh)}))


IDS: dict[str, Change] = {
    "id-zero": _set("transactionId", lambda *_: 0),
    "id-minus-one": _set("transactionId", lambda *_: -1),
    "id-negative": _set("transactionId", lambda transaction_id, _: -transaction_id),
    "id-unknown": _set("transactionId", lambda *_: 4711),
    "id-as-text": _set("transactionId", lambda transaction_id, _: str(transaction_id)),
    "meter-back": _set("meterStop", lambda _, start_wh: start_wh - 1),
    "meter-reset": _set("meterStop", lambda *_: 17),
    "meter-impossible": _set("meterStop", lambda _, start_wh: start_wh + 2_000_000_000),
}


# --- samples


def _sampled(change: Callable[[list[Payload]], list[Payload]]) -> Change:
    def apply(payload: Payload, message: Message) -> None:  # noqa: ARG001 - one shape for all
        for field in ("meterValue", "transactionData"):
            for value in items(payload.get(field)):
                value["sampledValue"] = change(items(value["sampledValue"]))

    return apply


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
        if sample.get("measurand", ENERGY) in (ENERGY, "Power.Active.Import")
        for phase in (1, 2, 3)
    ]
    return [*sampled, *parts]


def _is_energy(sample: Payload) -> bool:
    return sample.get("measurand", ENERGY) == ENERGY


METERS: dict[str, Change] = {
    "bare-samples": _sampled(_bare),
    "kwh": _sampled(_kwh),
    "phases": _sampled(_phases),
    "unknown-measurand": _sampled(lambda sampled: [*sampled, {"value": "3", "measurand": "LimitReason"}]),
}


# --- id tags


def _tag(change: Callable[[str], str]) -> Change:
    def apply(payload: Payload, message: Message) -> None:  # noqa: ARG001 - one shape for all
        id_tag = text(payload.get("idTag"))
        if id_tag is not None:
            payload["idTag"] = change(id_tag)

    return apply


TAGS: dict[str, Change] = {
    "long-tag": _tag(lambda id_tag: id_tag.ljust(21, "0")),
    "tag-case": _tag(str.swapcase),
    "tag-control": _tag(lambda id_tag: f"{id_tag}\r\n\x00"),
    "tag-colons": _tag(lambda id_tag: ":".join(id_tag[at : at + 2] for at in range(0, len(id_tag), 2))),
    "tag-vid": _tag(lambda id_tag: f"VID:{id_tag}"),
}


# --- times


def _clock(change: Callable[[str], str | None]) -> Change:
    def apply(payload: Payload, message: Message) -> None:  # noqa: ARG001 - one shape for all
        for place in (payload, *items(payload.get("meterValue")), *items(payload.get("transactionData"))):
            if "timestamp" in place:
                said = change(str(place.pop("timestamp")))
                if said is not None:
                    place["timestamp"] = said

    return apply


def _shifted(time: str, by: timedelta) -> str:
    parsed = parse(time)
    return time if parsed is None else utc(parsed + by)


CLOCKS: dict[str, Change] = {
    "clock-no-zone": _clock(lambda time: time.rstrip("Z")),
    "clock-short-zone": _clock(lambda time: _shifted(time, timedelta(hours=2)).replace("Z", "+02")),
    "clock-1970": _clock(lambda time: "1970-01-01T" + time[11:]),
    "clock-local": _clock(lambda time: _shifted(time, timedelta(hours=2))),
    "clock-future": _clock(lambda time: _shifted(time, timedelta(days=3652))),
    "clock-empty": _clock(lambda _: ""),
    "clock-absent": _clock(lambda _: None),
}


# --- shapes


def _each(payload: object, change: Callable[[object], object]) -> object:
    """Change every value in a payload that is neither object nor array."""
    if isinstance(payload, dict):
        return {key: _each(value, change) for key, value in payload.items()}
    if isinstance(payload, list):
        return [_each(value, change) for value in payload]
    return change(payload)


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() and not value.startswith("0") else value


def _only(*actions: str) -> Callable[[Callable[[Payload], Payload]], Shape]:
    def make(change: Callable[[Payload], Payload]) -> Shape:
        return lambda payload, message: (
            change(payload) if message.action in actions and isinstance(payload, dict) else payload
        )

    return make


def _without_samples(payload: Payload) -> Payload:
    return {**payload, "meterValue": [{**value, "sampledValue": []} for value in items(payload.get("meterValue"))]}


def _wrong_enum(payload: object, message: Message) -> object:
    wrong = {"StatusNotification": {"status": "Occupied", "errorCode": "Fine"}, "StopTransaction": {"reason": "Why?"}}
    return {**payload, **wrong[message.action]} if isinstance(payload, dict) and message.action in wrong else payload


def _extra(payload: object, message: Message) -> object:  # noqa: ARG001 - one shape for all
    return {**payload, "vendorSpecific": {"mood": "fine"}} if isinstance(payload, dict) else payload


SHAPES: dict[str, Shape] = {
    "extra-fields": _extra,
    "wrong-enum": _wrong_enum,
    "long-serial": _only("BootNotification")(lambda payload: {**payload, "chargePointSerialNumber": "S" * 26}),
    "numbers-as-text": lambda payload, _: _each(
        payload, lambda value: str(value) if value.__class__ in (int, float) else value
    ),
    "text-as-numbers": lambda payload, _: _each(payload, _number),
    "null-payload": lambda payload, _: payload or None,
    "empty-samples": _only("MeterValues")(_without_samples),
    "meter-values-no-id": _only("MeterValues")(
        lambda payload: {key: value for key, value in payload.items() if key != "transactionId"}
    ),
    "meter-values-wrong-id": _only("MeterValues")(lambda payload: {**payload, "transactionId": 999_999_999}),
}
