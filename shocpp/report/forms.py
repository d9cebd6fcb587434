"""
How numbers, dates and durations are written in a language. Knows no words.

No float anywhere: an amount of energy is an integer of Wh, money is Decimal.
"""

from __future__ import annotations

from decimal import Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

LOCALES = ("de", "en")
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


class Forms:
    """
    The forms of one locale.

    Args:
        locale: ``"de"`` or ``"en"``.
        is_grouped: Thousands stand apart: for people, not for spreadsheets.

    Attributes:
        locale: The same.
    """

    def __init__(self, locale: str, is_grouped: bool = True) -> None:
        self.locale = locale
        self._is_german = locale == "de"
        self._is_grouped = is_grouped

    def whole(self, number: int) -> str:
        """
        Write a whole number.

        >>> Forms("de").whole(1234567), Forms("en").whole(-1234)
        ('1.234.567', '-1,234')
        """
        return self._local(f"{number:,}")

    def decimal(self, number: Decimal) -> str:
        """
        Write a decimal number with the digits that it has.

        >>> Forms("de").decimal(Decimal("1234.50")), Forms("de", is_grouped=False).decimal(Decimal("1234.50"))
        ('1.234,50', '1234,50')
        """
        return self._local(f"{number:,f}")

    def kwh(self, wh: int, is_exact: bool = True) -> str:
        """
        Write Wh as kWh: with three decimals where Wh are known, else with none.

        >>> Forms("de").kwh(9_042_700), Forms("en").kwh(33_000, is_exact=False), Forms("en").kwh(-5)
        ('9.042,700', '33', '-0.005')
        """
        if not is_exact:
            return self.whole(wh // 1000)
        kwh, rest = divmod(abs(wh), 1000)
        return self._local(f"{'-' if wh < 0 else ''}{kwh:,}.{rest:03}")

    def money(self, amount: Decimal, currency: str) -> str:
        """
        Write an amount with its currency.

        >>> Forms("de").money(Decimal("9.72"), "EUR"), Forms("en").money(Decimal("9.72"), "CHF")
        ('9,72 €', '9.72 CHF')
        """
        return f"{self.decimal(amount)} {symbol(currency)}"

    def percent(self, part: int, whole: int) -> str:
        """
        Write a share with one decimal, rounded half up.

        >>> Forms("de").percent(1, 3), Forms("en").percent(2, 3)
        ('33,3 %', '66.7 %')
        """
        tenths = (part * 2000 + whole) // (2 * whole) if whole else 0
        return f"{self.decimal(Decimal(tenths).scaleb(-1))} %"

    def date(self, day: date) -> str:
        """Write a day: 03.09.2026, in English 2026-09-03."""
        return self._day(day.isoformat())

    def time(self, time: datetime, is_to_the_second: bool = False) -> tuple[str, str]:
        """
        Write a local time, and how far it is from UTC.

        >>> from datetime import datetime
        >>> Forms("de").time(datetime.fromisoformat("2026-09-03T09:52:10+02:00"))
        ('03.09.2026 09:52', '+02:00')
        """
        written = time.isoformat(" ", "seconds")  # once: it asks the zone, which takes longer than all the rest
        clock = written[11:19] if is_to_the_second else written[11:16]
        return f"{self._day(written)} {clock}", written[19:25]

    def duration(self, seconds: int) -> str:
        """
        Write a duration in hours and minutes.

        >>> Forms("de").duration(42_119), Forms("en").duration(59)
        ('11:41', '0:00')
        """
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}"

    def _day(self, iso: str) -> str:
        """Write the day with which a text in the form of ISO 8601 begins."""
        return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}" if self._is_german else iso[:10]

    def _local(self, english: str) -> str:
        if not self._is_grouped:
            english = english.replace(",", "")
        return english.translate(_SWAPPED) if self._is_german else english


def symbol(currency: str) -> str:
    """Give a currency's sign, or its code where it has none that is clear."""
    return _SYMBOLS.get(currency, currency)


_SWAPPED = str.maketrans(",.", ".,")
