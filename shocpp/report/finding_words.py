"""
What ``--verify`` finds, in German and English.

Every finding has both languages side by side, so that none can be missing in one.
"""

from __future__ import annotations

FINDINGS: dict[str, tuple[str, str]] = {
    "verified": ("Keine Auffälligkeiten.", "Nothing found."),
    "finding.overlap": (
        "begann, bevor der vorherige Ladevorgang am selben Anschluss endete",
        "began before the previous session at the same connector ended",
    ),
    "finding.power": (
        "mehr Energie, als ein Anschluss in dieser Zeit liefern kann",
        "more energy than a connector can deliver in that time",
    ),
    "finding.backwards": (
        "begann unter dem Zählerstand, mit dem der vorherige Ladevorgang endete",
        "began below the reading with which the previous session ended",
    ),
    "finding.duplicate": (
        "hat dieselben Zählerstände wie ein anderer Ladevorgang",
        "has the same readings as another session",
    ),
    "finding.arithmetic": (
        "die Energie entspricht nicht der Differenz der Zählerstände",
        "the energy is not the difference of the meter readings",
    ),
    "finding.repeated": (
        "als Wiederholung eines anderen Ladevorgangs gewertet, obwohl der Beginn nicht bekannt ist",
        "taken for a repetition of another session, though its start is not known",
    ),
    "finding.foreign-account": (
        "beendet für ein Konto, das dort nicht laden darf; der Beginn ist nicht bekannt",
        "ended for an account that may not charge there; the start is not known",
    ),
    "finding.times": ("endete, bevor er begann", "ended before it began"),
    # the same, of journal and accounting
    "finding.no-stop": (
        "Ende nie gemeldet; ein anderer Ladevorgang begann",
        "end never reported; another session began",
    ),
    "finding.not-booked": ("bestätigt, aber nicht gebucht", "confirmed, but not booked"),
    "finding.not-in-journal": ("gebucht, aber nicht im Journal dieses Tages", "booked, but not in that day's journal"),
    "finding.differs": (
        "Journal und Buchung stimmen nicht überein",
        "journal and accounting differ",
    ),
    "finding.unconfirmed": ("Ende gemeldet, aber nie bestätigt", "end reported, but never confirmed"),
}
