"""
What shocpp knows of itself, as text for Prometheus (node_exporter's textfile collector reads it from a file).

Pure: sightings come in, the text comes out. Knows the text format and how our figures are called there; does not know
where sightings lie nor who writes the file.

Source: Prometheus' text-based exposition format 0.0.4
"""

from __future__ import annotations

from shocpp.texts import plain
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from shocpp.status.rows import Row

    Label = tuple[str, str]
    Samples = dict[tuple[Label, ...], int | float]

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class _Families:
    """Metrics by name, in the order in which they were first spoken of; samples with equal labels add up."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, str]] = {}
        self._samples: dict[str, Samples] = {}

    def describe(self, name: str, kind: str, text: str) -> None:
        """Begin a family of metrics: its name, its type (``counter`` or ``gauge``) and its help in words."""
        self._kinds[name] = (kind, text)
        self._samples.setdefault(name, {})

    def add(self, name: str, value: object, *labels: Label) -> None:
        """Add a value; what is no number counts as nothing."""
        if value.__class__ in (int, float):
            samples = self._samples[name]
            samples[labels] = samples.get(labels, 0) + value

    def text(self) -> str:
        """Write all families that have samples, in the text format of Prometheus."""
        lines = []
        for name, (kind, text) in self._kinds.items():
            if self._samples[name]:
                lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
                lines += [f"{name}{_braced(labels)} {value:.15g}" for labels, value in self._samples[name].items()]
        return "".join(f"{line}\n" for line in lines)


def render(
    seen: Iterable[tuple[str, bool, Mapping[str, Any]]],
    listener: Mapping[str, Any],
    energy_wh: Mapping[str, int] | None = None,
    rows: Iterable[Row] = (),
) -> str:
    """
    Write all metrics.

    Args:
        seen: For each charge point seen its identity, whether it is connected, and what its status.json says.
        listener: What run/listener.json says; empty where websocketd listens.
        energy_wh: What each account drew, in Wh; None to leave it out, since it tells about people.
        rows: What each charge point does now.

    Returns:
        The text, with HELP and TYPE lines, ending in a newline.

    >>> print(render([("CP001", True, {"frames": {"Heartbeat": 7}})], {}), end="")
    # HELP shocpp_connected Whether a charge point is connected.
    # TYPE shocpp_connected gauge
    shocpp_connected{charge_point="CP001"} 1
    # HELP shocpp_frames_total Requests of charge points, by action.
    # TYPE shocpp_frames_total counter
    shocpp_frames_total{action="Heartbeat"} 7
    """
    families = _Families()
    for name, kind, text in _METRICS:
        families.describe(name, kind, text)
    for identity, is_connected, status in seen:
        families.add("shocpp_connected", int(is_connected), ("charge_point", identity))
        last_seen = parse(status.get("last_seen"))
        if last_seen is not None:
            families.add("shocpp_last_seen_timestamp_seconds", last_seen.timestamp(), ("charge_point", identity))
        for section, name, label in _COUNTED:
            for key, count in _entries(status.get(section)):
                families.add(name, count, (label, key))
        for field, name, divisor in _SUMMED:
            value = status.get(field)
            families.add(name, value / divisor if value.__class__ is int and divisor > 1 else value)
    for row in rows:
        _add_row(families, row)
    families.add("shocpp_handshakes_accepted_total", listener.get("accepted"))
    for status_code, count in _entries(listener.get("refused")):
        families.add("shocpp_handshakes_refused_total", count, ("status", status_code))
    families.add("shocpp_handshakes_dropped_total", listener.get("handshakes_dropped"))
    families.add("shocpp_tls_handshakes_failed_total", listener.get("tls_handshakes_failed"))
    for account, consumed_wh in sorted((energy_wh or {}).items()):
        families.add("shocpp_energy_joules_total", consumed_wh * 3600, ("account", account))
    return families.text()


def _add_row(families: _Families, row: Row) -> None:
    """Add what a charge point is and does now: its connectors, its open charges, and how often it broke the rules."""
    here: Label = ("charge_point", row["charge_point"] or "")
    said = (("protocol", row.get("protocol", _USUAL)), *((label, row["boot"].get(field)) for label, field in _BOOT))
    families.add("shocpp_charge_point_info", 1, here, *((label, plain(str(value or ""))) for label, value in said))
    families.add("shocpp_open_charges", len(row["transactions"]), here)
    for _, count in _entries(row["quirks"]):
        families.add("shocpp_charge_point_quirks_total", count, here)
    for number, connector in row["connectors"].items():
        at: Label = ("connector", number)
        if connector.get("status"):
            families.add("shocpp_connector_status", 1, here, at, ("status", plain(str(connector["status"]))))
        families.add("shocpp_power_watts", connector.get("power_w"), here, at)
        energy_wh = connector.get("energy_wh")
        families.add("shocpp_register_joules_total", energy_wh * 3600 if energy_wh.__class__ is int else None, here, at)


_USUAL = "OCPP-J"  # what a charge point speaks of which nothing else is said
_BOOT = (("vendor", "chargePointVendor"), ("model", "chargePointModel"))
_METRICS = (
    ("shocpp_connected", "gauge", "Whether a charge point is connected."),
    ("shocpp_charge_point_info", "gauge", "1 for the protocol, the vendor and the model of a charge point."),
    ("shocpp_last_seen_timestamp_seconds", "gauge", "When a charge point was seen last."),
    ("shocpp_connector_status", "gauge", "1 for the status that a connector has."),
    ("shocpp_power_watts", "gauge", "Power that flows at a connector, at its last reading."),
    ("shocpp_register_joules_total", "counter", "Energy register of a connector, at its last reading."),
    ("shocpp_open_charges", "gauge", "Charges that are under way at a charge point."),
    ("shocpp_charge_point_quirks_total", "counter", "Deviations from the specification, by charge point."),
    ("shocpp_frames_total", "counter", "Requests of charge points, by action."),
    ("shocpp_quirks_total", "counter", "Deviations from the specification, by kind."),
    ("shocpp_commands_total", "counter", "Commands sent to charge points."),
    ("shocpp_records_total", "counter", "Charges booked."),
    ("shocpp_booking_seconds_sum", "counter", "Seconds spent until records were safe on disk."),
    ("shocpp_booking_seconds_count", "counter", "Records that were waited for."),
    ("shocpp_handshakes_accepted_total", "counter", "Handshakes accepted since the listener started."),
    ("shocpp_handshakes_refused_total", "counter", "Handshakes refused since the listener started, by HTTP status."),
    ("shocpp_handshakes_dropped_total", "counter", "Handshakes that took too long or had to make room."),
    ("shocpp_tls_handshakes_failed_total", "counter", "TLS handshakes that failed."),
    ("shocpp_energy_joules_total", "counter", "Energy of the records, by account."),
)
_SUMMED = (
    ("commands", "shocpp_commands_total", 1),
    ("records", "shocpp_records_total", 1),
    ("booking_us", "shocpp_booking_seconds_sum", 1_000_000),
    ("bookings", "shocpp_booking_seconds_count", 1),
)
_COUNTED = (("frames", "shocpp_frames_total", "action"), ("quirks", "shocpp_quirks_total", "kind"))


def _entries(value: object) -> list[tuple[str, object]]:
    """Give the fields of an object as text and value; a sighting may hold anything."""
    return [(str(key), each) for key, each in value.items()] if isinstance(value, dict) else []


def _braced(labels: tuple[Label, ...]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels) + "}"
