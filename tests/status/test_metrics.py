"""Metrics for Prometheus: names, units, labels, and that nothing a charge point says can break the format."""

from __future__ import annotations

import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from shocpp.status import rows
from shocpp.status.metrics import render

STATUS = {
    "frames": {"Heartbeat": 7, "StopTransaction": 1},
    "quirks": {"clock": 2},
    "commands": 3,
    "records": 1,
    "bookings": 2,
    "booking_us": 2500,
}
LINE = re.compile(r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+]+)')


def samples(text: str) -> dict[str, float]:
    """Give all samples of a text by name and labels."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_adds_up() -> None:
    """Counters of all charge points add up, times are in seconds, energy is in joules."""
    listener = {"accepted": 5, "refused": {"401": 2, "404": 1}, "handshakes_dropped": 4, "tls_handshakes_failed": 3}
    found = samples(render([("CP1", True, STATUS), ("CP2", False, STATUS)], listener, {"family-y": 1000}))
    assert found['shocpp_connected{charge_point="CP2"}'] == 0
    assert found['shocpp_frames_total{action="Heartbeat"}'] == 14
    assert found['shocpp_quirks_total{kind="clock"}'] == 4
    assert found["shocpp_commands_total"] == 6
    assert found["shocpp_booking_seconds_sum"] == 0.005
    assert found["shocpp_booking_seconds_count"] == 4
    assert found['shocpp_handshakes_refused_total{status="401"}'] == 2
    assert found["shocpp_handshakes_dropped_total"] == 4
    assert found["shocpp_tls_handshakes_failed_total"] == 3
    assert found['shocpp_energy_joules_total{account="family-y"}'] == 3_600_000


NAME = 'C"P\\\n1'
NOW = rows.row(
    NAME,
    True,
    {"connectors": {"1": {"status": 'Char"ging\n'}, "2": {"status": "Available"}}, "quirks": {"clock": 2, "x": "y"}},
    {"1": {"power_w": 11000, "energy_wh": 9_045_600}, "2": {"power_w": "much", "energy_wh": None}},
    {20_009_042: {"connector_id": 1}},
)


def parsed(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Read a text as Prometheus' own client does: by name, the values of the labels but the charge point's."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.labels.pop("charge_point", NAME) == NAME
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_prometheus_reads_it() -> None:
    """Its own parser finds each connector and charge point, whatever they are called, with values in base units."""
    found = parsed(render([(NAME, True, {"last_seen": "2026-01-01T00:00:00Z"})], {}, None, [NOW]))
    assert found["shocpp_connector_status"] == {("1", 'Char"ging<0A>'): 1, ("2", "Available"): 1}
    assert found["shocpp_power_watts"] == {("1",): 11000}
    assert found["shocpp_register_joules_total"] == {("1",): 9_045_600 * 3600}
    assert found["shocpp_open_charges"] == {(): 1}
    assert found["shocpp_charge_point_info"] == {("OCPP-J", "", ""): 1}
    assert found["shocpp_charge_point_quirks_total"] == {(): 2}
    assert found["shocpp_last_seen_timestamp_seconds"] == {(): 1_767_225_600}


def test_says_what_a_charge_point_speaks() -> None:
    """Its protocol stands beside its vendor and model, whatever these have in them."""
    boot = {"chargePointVendor": 'V"\n', "chargePointModel": 7}
    spoken = rows.row(NAME, True, {"protocol": "OCPP 1.5 over SOAP", "boot": boot}, {}, {})
    found = parsed(render([], {}, None, [spoken]))
    assert found["shocpp_charge_point_info"] == {("OCPP 1.5 over SOAP", 'V"<0A>', "7"): 1}


def test_the_dashboard_shows_what_there_is() -> None:
    """Each metric that the dashboard asks for is one that is made."""
    dashboard = json.loads((Path(__file__).parents[2] / "conf/grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    made = set(
        re.findall(r"# TYPE (\w+)", render([(NAME, True, {**STATUS, "last_seen": "2026-01-01"})], {}, {"a": 1}, [NOW]))
    )
    assert {name for expr in asked for name in re.findall(r"shocpp_\w+", expr)} <= made
    assert len(asked) >= 8 and len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_energy_is_opt_in() -> None:
    """Without accounts there is no word of energy."""
    assert "shocpp_energy" not in render([("CP1", True, STATUS)], {}, None, [NOW])


def test_format_holds() -> None:
    """Names with quotes, backslashes and line breaks and sightings that hold anything leave every line well-formed."""
    status = {"frames": {'a"b\\c\nd': 1, "x": "many"}, "quirks": [1], "records": True, "booking_us": "1"}
    text = render([('C"P\\\n1', True, status), ("", False, {})], {"refused": 7, "accepted": None})
    assert text.endswith("\n")
    for line in text.splitlines():
        assert LINE.fullmatch(line), line


def test_each_family_is_described_once() -> None:
    """HELP and TYPE stand before the samples of a family, once."""
    lines = render([("CP1", True, STATUS), ("CP2", True, STATUS)], {}).splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    names = [re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")]
    assert list(dict.fromkeys(names)) == types
