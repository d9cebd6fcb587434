"""
The words of a statement, in German and English. Knows no layout.

Every word has both languages side by side, so that none can be missing in one.
"""

from __future__ import annotations

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

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Ladeabrechnung {span}", "Charging statement {span}"),
    "span": ("{first} bis {last}", "{first} to {last}"),
    "period": ("Zeitraum", "Period"),
    "account": ("Konto", "Account"),
    "charge_point": ("Ladepunkt", "Charger"),
    "charge_points": ("Ladepunkte", "Chargers"),
    "anonymous": ("(ohne Namen)", "(no name)"),
    "connector": ("Anschluss", "Connector"),
    "tag": ("Karte", "Card"),
    "tags": ("Karten", "Cards"),
    "created": ("Erstellt", "Created"),
    "created_with": ("{time}, shocpp {version}", "{time}, shocpp {version}"),
    "totals": ("Summen", "Totals"),
    "total": ("Gesamt", "Total"),
    "sessions": ("Ladevorgänge", "Sessions"),
    "count": ("Vorgänge", "Sessions"),
    "number": ("Nr.", "No."),
    "start": ("Beginn", "Start"),
    "end": ("Ende", "End"),
    "duration": ("Dauer", "Duration"),
    "unassigned": ("nicht zugeordnet", "unassigned"),
    "anomalies": ("Anomalien", "anomalies"),
    "none": ("Keine Ladevorgänge.", "No sessions."),
    "notes": ("Anmerkungen", "Notes"),
    "until": ("bis", "until"),
    "hours": ("h", "h"),
    # what is said of a session: in short at its line, and why in the notes
    "flag.late": ("spät", "late"),
    "flag.clock": ("Uhr", "clock"),
    "flag.anomaly": ("Anomalie", "anomaly"),
    "flag.unassigned": ("nicht zugeordnet", "unassigned"),
    "flag.unknown": ("Konto unbekannt", "account unknown"),
    "note.late": (
        "Der Vorgang endete vor dem Monat, in dem er gemeldet und gebucht wurde; abgerechnete Monate bleiben.",
        "The session ended before the month in which it was reported and booked; settled months stay as they are.",
    ),
    "note.clock": (
        "Die Uhr des Ladepunkts ging offensichtlich falsch; als Ende gilt der Eingang der Meldung.",
        "The charger's clock was plainly wrong; the end is when the report came in.",
    ),
    "note.anomaly": (
        "Die Zählerstände können nicht stimmen; beide sind genannt, berechnet ist nichts.",
        "The meter readings cannot be right; both are shown, nothing is charged.",
    ),
    "note.unassigned": (
        "Der Vorgang gehört zu keinem Konto und ist in keiner Summe eines Kontos enthalten.",
        "The session belongs to no account and is in no account's total.",
    ),
    "note.unknown": (
        "Als der Vorgang gebucht wurde, hatte sein Konto keinen Namen in tags.json.",
        "When the session was booked its account had no name in tags.json.",
    ),
    "anomaly.backwards": ("Zähler lief rückwärts", "meter ran backwards"),
    "anomaly.implausible": ("zu viel Energie für die Dauer", "too much energy for the time"),
    "anomaly.unknown-start": ("Zählerstand am Beginn unbekannt", "reading at the start unknown"),
}


class Words:
    """
    The words of one language.

    Args:
        language: ``"de"`` or ``"en"``.

    >>> Words("de")["total"], Words("en").of_anomaly("backwards")
    ('Gesamt', 'meter ran backwards')
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

    def of_span(self, span: Span, first: str, last: str) -> str:
        """Name a span: as a month or a year if it is one, else by its first and last day as written."""
        if span.is_month:
            return self.month(span.first.year, span.first.month)
        if span.is_year:
            return str(span.first.year)
        return self["span"].format(first=first, last=last)


def language_of(environ: Mapping[str, str]) -> str:
    """
    Choose the language that the environment asks for; German where it asks for neither.

    >>> language_of({"LC_ALL": "", "LANG": "en_GB.UTF-8"}), language_of({"LANG": "C.UTF-8"})
    ('en', 'de')
    """
    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "en" if asked.lower().startswith("en") else "de"
