"""How a span of days is asked for on the command line: YEAR and MONTH, --year, --from and --to. No command itself."""

from __future__ import annotations

from shocpp.errors import UsageError
from shocpp.ledger.span import Span, parse_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date


def span_of(
    today: date, month: tuple[str, ...] = (), year: str | None = None, first: str | None = None, last: str | None = None
) -> Span:
    """
    Choose the span.

    Args:
        today: The local day.
        month: What was typed for YEAR and MONTH; empty for the month before.
        year: What was typed for a whole year.
        first, last: What was typed for the first and last day of any span.

    Raises:
        UsageError: What was typed is none, or is too much.
    """
    if sum((bool(month), year is not None, first is not None or last is not None)) > 1:
        raise UsageError("give YEAR and MONTH, or --year, or --from and --to: only one of them")
    if first is not None or last is not None:
        if first is None:
            raise UsageError("--to needs --from, the first day")
        return Span(parse_day(first), today if last is None else parse_day(last, is_last=True))
    if year is not None:
        if not _is_year(year):
            raise UsageError(f"{year[:40]!r} is no year such as 2026")
        return Span.of_year(int(year))
    if not month:
        return Span.of_month_before(today)
    if len(month) == 1:
        raise UsageError(f"which month of {month[0][:40]!r}? Give YEAR and MONTH, such as 2026 9")
    if len(month) != 2 or not _is_year(month[0]) or not month[1].isdecimal() or not 1 <= int(month[1][:9]) <= 12:
        raise UsageError(f"{' '.join(month)[:40]!r} is no month; give YEAR and MONTH, such as 2026 9")
    return Span.of_month(int(month[0]), int(month[1]))


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4 and int(text) > 0
