"""The words of a statement in one language: names of months, phrases, remarks and findings. Knows no layout."""

from __future__ import annotations

from shocpp.report.finding_words import FINDINGS
from shocpp.report.phrases import PHRASES
from shocpp.report.remarks import REMARKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shocpp.ledger.span import Span

LANGUAGES = ("de", "en")

_MONTHS = (
    ("Januar", "January"),
    ("Februar", "February"),
    ("März", "March"),
    ("April", "April"),
    ("Mai", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("August", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Dezember", "December"),
)

_WORDS = PHRASES | REMARKS | FINDINGS


class Words:
    """
    The words of one language.

    Args:
        language: ``"de"`` or ``"en"``.

    >>> Words("de")["start"], Words("en").of_anomaly("backwards")
    ('Beginn', 'meter ran backwards')
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __getitem__(self, name: str) -> str:
        return _WORDS[name][self._column]

    def month(self, year: int, month: int) -> str:
        """Name a month: September 2026."""
        return f"{_MONTHS[month - 1][self._column]} {year}"

    def of_anomaly(self, anomaly: str) -> str:
        """Say what is wrong with readings; a kind that is not known here is given as it is."""
        return self[f"anomaly.{anomaly}"] if f"anomaly.{anomaly}" in _WORDS else anomaly

    def of_reason(self, reason: str) -> str:
        """Say why a session ended; a reason that the specification does not know is given as it is."""
        return self[f"reason.{reason}"] if f"reason.{reason}" in _WORDS else reason

    def of_signature(self, why: str) -> str:
        """Say why signed meter values are not valid, or nothing can be said; a reason not known here as it is."""
        return self[f"signed.{why}"] if f"signed.{why}" in _WORDS else why

    def of_span(self, span: Span, first: str, last: str) -> str:
        """Name a span: as a month or a year if it is one, else by its first and last day as written."""
        if span.is_month:
            return self.month(span.first.year, span.first.month)
        if span.is_year:
            return str(span.first.year)
        return self["span"].format(first=first, last=last)


def language_of(environ: Mapping[str, str], language: str = "") -> str:
    """
    Choose the language that is asked for: German for what begins with de, English for all else.

    Args:
        environ: Its ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` say it where nothing else does.
        language: The language that is set; empty for none.

    >>> language_of({"LC_ALL": "", "LANG": "de_AT.UTF-8"}), language_of({"LANG": "C.UTF-8"}), language_of({}, "de")
    ('de', 'en', 'de')
    """
    said = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    asked = language or next(filter(None, said), "")
    return "de" if asked.lower().startswith("de") else "en"
