"""
The picture of a statement: energy by day stacked by account, and each account's share. Geometry, no markup.

Integers throughout, in units of which ten make a CSS pixel, so that the same statement gives the same picture on every
machine. What a bar shows is also there in words.
"""

from __future__ import annotations

from datetime import date, timedelta

from shocpp.columns import fit
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.span import Span
    from shocpp.report.view import View

    Bucket = tuple[int, int, int]

MOST_SERIES = 7
_MOST_DAYS = 62
_EARLIER, _LATER = (0, 0, 0), (9999, 99, 99)

WIDTH, LEFT, RIGHT, TOP, HEIGHT = 7200, 620, 40, 100, 1900
_FIRST_LINE, _SECOND_LINE = 170, 340
_LABEL_EVERY = 200
SHARE_WIDTH, SHARE_HEIGHT = 3500, 180
_NAME_COLUMNS = 24


class Bar:
    """A piece of a bar: where it stands, whose it is, and what it shows in words."""

    __slots__ = ("height", "series", "text", "width", "x", "y")

    def __init__(self, series: int, x: int, y: int, width: int, height: int, text: str) -> None:
        self.series = series
        self.x = x
        self.y = y
        self.width = width
        self.height = height
        self.text = text


class Label:
    """A text at a place; a minor one is left out where there is little room, as on a phone."""

    __slots__ = ("is_minor", "text", "x", "y")

    def __init__(self, x: int, y: int, text: str, is_minor: bool = False) -> None:
        self.x = x
        self.y = y
        self.text = text
        self.is_minor = is_minor


class Share:
    """What an account has of the whole: its name, its figures, and how long its bar is."""

    __slots__ = ("figures", "name", "series", "width")

    def __init__(self, series: int, name: str, figures: str, width: int) -> None:
        self.series = series
        self.name = name
        self.figures = figures
        self.width = width


class Picture:
    """
    Everything that is drawn.

    Attributes:
        is_daily: One bar is a day; else a month.
        names: The series: accounts by their energy, the largest first, the small ones together as the last.
        has_shares: There is more than one, so that shares say something.
        bars, ticks, labels: The stacked bars, the lines of the scale, what stands below the bars.
        shares: A bar for each series, its name and its figures.
        rows: The same figures as a table: a bucket's name, and kWh for each series.
    """

    width = WIDTH
    left = LEFT
    base = TOP + HEIGHT
    share_width, share_height = SHARE_WIDTH, SHARE_HEIGHT

    def __init__(self, view: View) -> None:
        """Draw a statement that has energy in its accounts."""
        self._view = view
        span = view.header.span
        self.is_daily = (span.last - span.first).days < _MOST_DAYS
        ranked = sorted(view.statement.summary.accounts.items(), key=lambda item: (-item[1].energy_wh, item[0]))
        named = [name for name, _ in ranked][: MOST_SERIES if len(ranked) <= MOST_SERIES else MOST_SERIES - 1]
        self._series = {name: number for number, name in enumerate(named)}
        self.names = [plain(name) for name in named]
        if len(ranked) > len(named):
            self.names.append(view.words["others"])
        self.has_shares = len(self.names) > 1
        self._energy = self._by_bucket(span)
        self._buckets = list(_buckets(span, self._energy, self.is_daily))
        self._most_wh = max(map(sum, self._energy.values()), default=0)
        self.ticks, self._scale_wh = self._scale()
        self.bars = list(self._bars())
        self.labels = list(self._labels(span))
        self.height = max((label.y for label in self.labels), default=self.base) + 60
        self.shares = list(self._shares())
        self.rows = [(self._name(bucket), self._figures(self._energy[bucket])) for bucket in sorted(self._energy)]

    @property
    def has_energy(self) -> bool:
        """Whether there is anything to draw."""
        return self._most_wh > 0

    def days_in_words(self) -> str:
        """Describe the bars for those who do not see them."""
        top = min(self._energy, key=lambda bucket: (-sum(self._energy[bucket]), bucket))
        what = self._view.words["chart.days" if self.is_daily else "chart.months"]
        return what.format(top=self._name(top), most=self._kwh(self._most_wh))

    def shares_in_words(self) -> str:
        """Describe the shares for those who do not see them."""
        shares = (f"{each.name}: {each.figures}" for each in self.shares)
        return self._view.words["chart.shares"].format(shares="; ".join(shares))

    # -- figures

    def _by_bucket(self, span: Span) -> dict[Bucket, list[int]]:
        energy: dict[Bucket, list[int]] = {}
        for item in self._view.statement.items:
            if item.is_account and item.energy_wh > 0:
                bucket = self._bucket(self._view.header.local(item.charge.ended).date(), span)
                series = self._series.get(item.charge.account, len(self.names) - 1)
                energy.setdefault(bucket, [0] * len(self.names))[series] += item.energy_wh
        return energy

    def _bucket(self, day: date, span: Span) -> Bucket:
        if day < span.first:
            return _EARLIER
        if day > span.last:
            return _LATER
        return (day.year, day.month, day.day if self.is_daily else 0)

    def _name(self, bucket: Bucket) -> str:
        if bucket in (_EARLIER, _LATER):
            return self._view.words["earlier" if bucket == _EARLIER else "later"]
        year, month, day = bucket
        return self._view.forms.date(date(year, month, day)) if day else self._view.words.month(year, month)

    def _figures(self, energy: list[int]) -> list[str]:
        return [self._kwh(wh) if wh else "" for wh in energy]

    def _kwh(self, wh: int) -> str:
        return self._view.forms.kwh(wh, self._view.statement.summary.total.is_exact)

    # -- geometry

    def _scale(self) -> tuple[list[Label], int]:
        """Choose a scale with about five round steps, and give its lines and the Wh of its whole height."""
        step = _round_up(max(1, -(-self._most_wh // 5)))
        count = max(1, -(-self._most_wh // step))
        is_fine = step % 1000 != 0
        ticks = [
            Label(LEFT, self.base - HEIGHT * number // count, self._view.forms.kwh(step * number, is_fine))
            for number in range(count + 1)
        ]
        return ticks, step * count

    def _bars(self) -> Iterator[Bar]:
        room = WIDTH - LEFT - RIGHT
        count = len(self._buckets)
        for number, bucket in enumerate(self._buckets):
            x, end = LEFT + room * number // count, LEFT + room * (number + 1) // count
            gap = max(5, min(120, (end - x) // 6))
            below = 0
            for series, wh in enumerate(self._energy.get(bucket, ())):
                low, high = (HEIGHT * part // self._scale_wh for part in (below, below + wh))
                below += wh
                if wh:
                    text = f"{self._name(bucket)} · {self.names[series]}: {self._kwh(wh)} kWh"
                    wide = min(end - x - 2 * gap, 600)
                    left = (x + end - wide) // 2
                    yield Bar(series, left, self.base - high, wide, max(high - low, 4), text)

    def _labels(self, span: Span) -> Iterator[Label]:
        room = WIDTH - LEFT - RIGHT
        count = len(self._buckets)
        every = -(-_LABEL_EVERY * count // room)
        month = 0
        for number, bucket in enumerate(self._buckets):
            x = LEFT + room * (2 * number + 1) // (2 * count)
            if bucket in (_EARLIER, _LATER):
                yield Label(x, self.base + _SECOND_LINE, self._name(bucket))
                continue
            if self.is_daily and (bucket[2] % every == 0 or every == 1):
                yield Label(x, self.base + _FIRST_LINE, str(bucket[2]), is_minor=bucket[2] % 5 != 0)
            if bucket[1] != month and not span.is_month:
                y = self.base + (_SECOND_LINE if self.is_daily else _FIRST_LINE)
                yield Label(x, y, f"{bucket[1]:02}/{bucket[0] % 100:02}", not self.is_daily and bucket[1] % 3 != 1)
            month = bucket[1]

    def _shares(self) -> Iterator[Share]:
        energy = [sum(each[series] for each in self._energy.values()) for series in range(len(self.names))]
        total, most = sum(energy), max(energy, default=0)
        for series, wh in enumerate(energy):
            name = fit(self.names[series], _NAME_COLUMNS).rstrip()
            figures = f"{self._kwh(wh)} kWh · {self._view.forms.percent(wh, total)}"
            yield Share(series, name, figures, max(SHARE_WIDTH * wh // most if most else 0, 4))


def _buckets(span: Span, energy: dict[Bucket, list[int]], is_daily: bool) -> Iterator[Bucket]:
    """Give all buckets from left to right: every day or month, and what lies before and after if there is any."""
    if _EARLIER in energy:
        yield _EARLIER
    day, last = span.first, (0, 0, 0)
    while day <= span.last:
        bucket = (day.year, day.month, day.day if is_daily else 0)
        if bucket != last:
            yield bucket
        last = bucket
        day += timedelta(days=1)
    if _LATER in energy:
        yield _LATER


def _round_up(number: int) -> int:
    """Give the next of 1, 2, 5, 10, 20, 50 …

    >>> [_round_up(each) for each in (1, 3, 6_400, 20_001)]
    [1, 5, 10000, 50000]
    """
    power = int("1" + "0" * (len(str(number)) - 1))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= number)
