"""
The curve of a charge's power, as it is drawn: geometry, no markup.

Whole numbers throughout, so that the same readings give the same curve, and a poll that finds nothing new says so.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.web.pages.power_history import Point

WIDTH, HEIGHT = 320, 56
_EDGE = 3  # room for the line's own width, above and below


class Sparkline:
    """
    A curve from the first reading to the last one, from 0 W to the highest.

    Attributes:
        line, area: The path of the curve, and of what lies below it.
        most_w: The highest reading.
    """

    width, height = WIDTH, HEIGHT

    def __init__(self, points: list[Point]) -> None:
        """Draw readings, of which there are two at least."""
        first, last = points[0][0], points[-1][0]
        whole_s = max(1.0, (last - first).total_seconds())
        self.most_w = max(1, *(power_w for _, power_w in points))
        room = HEIGHT - 2 * _EDGE
        places = [
            (
                int(WIDTH * (at - first).total_seconds() / whole_s),
                HEIGHT - _EDGE - room * max(0, power_w) // self.most_w,
            )
            for at, power_w in points
        ]
        self.line = "M" + "L".join(f"{x} {y}" for x, y in places)
        self.area = f"{self.line}V{HEIGHT}H0Z"
