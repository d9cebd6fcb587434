"""Metrics for Prometheus: names, units, labels, and that nothing a charge point says can break the format."""

from __future__ import annotations

import re

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


def test_energy_is_opt_in() -> None:
    """Without accounts there is no word of energy."""
    assert "energy" not in render([("CP1", True, STATUS)], {})


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
