"""The tables of docs/performance.md are made of what was measured, and of nothing else."""

from __future__ import annotations

from tests.bench import performance


def runs(*cpu_us: float, errors: int = 0) -> list[dict[str, float]]:
    """Make runs of a server."""
    rest = {"first_reply_ms_p50": 1.5, "mem_kib_per_connection": 9.6, "pss_base_mib": 30.04, "records_missing": -1}
    return [{"cpu_us_per_frame": each, "errors": errors, **rest} for each in cpu_us]


def test_a_table_has_medians_and_ratios() -> None:
    """Each figure is the median of its rounds; the last column has the CPU beside another's."""
    run = performance.Run(("long",), (performance.OURS, performance.PEER), performance.PEER)
    results = {performance.OURS: {"long": runs(80, 60, 1000)}, performance.PEER: {"long": runs(99, 100, 101)}}
    table = performance.table(run, "long", results)
    assert "| shocpp | 80 | 1.5 | 10 | 30.0 | 0.80 |\n" in table
    assert "| ocpp-rpc | 100 | 1.5 | 10 | 30.0 | 1.00 |\n" in table
    assert table.count("###") == 1


def test_who_makes_a_mistake_has_no_figures() -> None:
    """What was not answered, or not booked, was not measured."""
    run = performance.Run(("idle",), (performance.OURS, performance.PEER), performance.PEER)
    results = {performance.OURS: {"idle": runs(5, errors=1)}, performance.PEER: {"idle": runs(100)}}
    _, ours, _, _ = performance.table(run, "idle", results).rsplit("\n", 3)
    assert ours.startswith("| shocpp | answers or records are missing |") and "5" not in ours


def test_the_page_has_a_place_for_them() -> None:
    """What is measured again takes the place of what was there; all around it stays."""
    page = performance.PAGE.read_text()
    once = performance.filled(page, "figures")
    assert performance.filled(once, "figures") == once
    assert once.partition(performance.BEGIN)[0] == page.partition(performance.BEGIN)[0]
    assert once.partition(performance.END)[2] == page.partition(performance.END)[2] != ""
