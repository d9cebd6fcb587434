"""A charge's power so far: what is kept of it, and how it is drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shocpp.web.pages.power_history import MOST_POINTS, PowerHistory
from shocpp.web.pages.sparkline import HEIGHT, WIDTH, Sparkline

BEGUN = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


def row(second: int, power_w: int, transaction_id: int = 7) -> dict[str, Any]:
    """Give a charge point's row with one charge and a reading."""
    received = (BEGUN + timedelta(seconds=second)).isoformat()
    return {
        "charge_point": "CP001",
        "connectors": {"1": {"power_w": power_w, "received": received}},
        "transactions": [{"transaction_id": transaction_id, "connector_id": 1}],
    }


def test_a_reading_is_one_point() -> None:
    """However often a reading is seen, the curve has it once; a charge that is over is forgotten."""
    history = PowerHistory()
    for second, power_w in ((0, 100), (0, 100), (10, 200), (10, 200)):
        history.see([row(second, power_w)])
    assert [power_w for _, power_w in history.of("CP001", 7)] == [100, 200]
    history.see([row(20, 300, transaction_id=8)])
    assert history.of("CP001", 7) == []
    assert len(history.of("CP001", 8)) == 1


def test_a_long_charge_keeps_its_shape_in_few_points() -> None:
    """Of a day's readings no more than are drawn are kept, the first and the last one among them."""
    history = PowerHistory()
    for number in range(8_640):
        history.see([row(10 * number, number)])
    points = history.of("CP001", 7)
    assert MOST_POINTS // 2 <= len(points) <= MOST_POINTS + 1
    assert (points[0][1], points[-1][1]) == (0, 8_639)


def test_a_curve_fills_its_frame() -> None:
    """It goes from edge to edge, its highest reading at the top, 0 W at the bottom."""
    at = [BEGUN + timedelta(minutes=minute) for minute in (0, 5, 10)]
    drawn = Sparkline(list(zip(at, (0, 11_000, 5_500), strict=True)))
    assert drawn.line == f"M0 {HEIGHT - 3}L{WIDTH // 2} 3L{WIDTH} {HEIGHT // 2}"
    assert drawn.area == f"{drawn.line}V{HEIGHT}H0Z"
    assert drawn.most_w == 11_000


def test_a_meter_that_says_nonsense_draws_inside_the_frame() -> None:
    """Readings below nothing, and all alike, stay within the picture."""
    drawn = Sparkline([(BEGUN, -5_000), (BEGUN, 0)])
    assert drawn.line == f"M0 {HEIGHT - 3}L0 {HEIGHT - 3}"
