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
    # the head
    "title": ("Ladeabrechnung {span}", "Charging statement {span}"),
    "span": ("{first} bis {last}", "{first} to {last}"),
    "period": ("Zeitraum", "Period"),
    "preliminary": ("noch nicht zu Ende, vorläufig", "not over yet, preliminary"),
    "account": ("Konto", "Account"),
    "charge_point": ("Ladepunkt", "Charger"),
    "charge_points": ("Ladepunkte", "Chargers"),
    "anonymous": ("(ohne Namen)", "(no name)"),
    "serial": ("Nr. {serial}", "no. {serial}"),
    "meter_serial": ("Zähler {serial}", "meter {serial}"),
    "tag": ("Karte", "Card"),
    "tags": ("Karten", "Cards"),
    "price": ("Preis", "Price"),
    "prices": ("Preise", "Prices"),
    "price.valid": ("gültig {span}", "valid {span}"),
    "price.from": ("ab {first}", "from {first}"),
    "price.to": ("bis {last}", "until {last}"),
    "price.always": ("ohne Frist", "at any time"),
    "price.base": ("{price} + {base} Grundpreis", "{price} + {base} base fee"),
    "created": ("Erstellt", "Created"),
    "settled": ("Abgerechnet", "Settled"),
    "seen": ("Stand heute", "as seen today"),
    "seen.settled": ("Stand der Abrechnung", "as seen when settled"),
    # the tables
    "totals": ("Summen", "Totals"),
    "total": ("Summe der Konten", "Total of the accounts"),
    "sessions": ("Ladevorgänge", "Sessions"),
    "count": ("Vorgänge", "Sessions"),
    "number": ("Nr.", "No."),
    "start": ("Beginn", "Start"),
    "end": ("Ende", "End"),
    "until": ("bis", "until"),
    "duration": ("Dauer", "Duration"),
    "hours": ("h", "h"),
    "connector": ("Anschluss", "Connector"),
    "meter": ("Zählerstand", "Meter"),
    "meter_start": ("Zähler Beginn", "Meter start"),
    "meter_end": ("Zähler Ende", "Meter end"),
    "energy": ("Energie", "Energy"),
    "amount": ("Betrag", "Amount"),
    "currency": ("Währung", "Currency"),
    "reason": ("Beendet", "Ended"),
    "booked": ("Buchungsmonat", "Booked in"),
    "start_offset": ("Zeitzone Beginn", "Start offset"),
    "end_offset": ("Zeitzone Ende", "End offset"),
    "flags": ("Kennzeichen", "Flags"),
    "note": ("Anmerkung", "Note"),
    "notes": ("Anmerkungen", "Notes"),
    "unassigned": ("nicht zugeordnet", "unassigned"),
    "anomalies": ("Anomalien", "anomalies"),
    "none": ("Keine Ladevorgänge.", "No sessions."),
    # the picture
    "picture": ("Bild des Zeitraums", "Picture of the period"),
    "by_day": ("Energie je Tag", "Energy by day"),
    "by_month": ("Energie je Monat", "Energy by month"),
    "shares": ("Anteile der Konten", "Shares of the accounts"),
    "earlier": ("früher", "earlier"),
    "later": ("später", "later"),
    "day": ("Tag", "Day"),
    "others": ("andere", "others"),
    "picture.days": (
        "Gestapelte Balken, ein Balken je Tag, an dem Vorgänge endeten. Höchster: {top} mit {most} kWh.",
        "Stacked bars, one for each day on which sessions ended. Highest: {top} with {most} kWh.",
    ),
    "picture.shares": ("Ein Balken je Konto: {shares}.", "One bar for each account: {shares}."),
    "picture.numbers": ("Die Zahlen zum Bild", "The figures of the picture"),
    "picture.scope": (
        "Jeder Vorgang steht bei dem Tag, an dem er endete; ohne nicht zugeordnete Energie, Anomalien und "
        "Zurückgenommenes.",
        "Each session stands at the day on which it ended; without unassigned energy, anomalies and what is withdrawn.",
    ),
    # unaccounted energy
    "unaccounted": ("Nicht erfasst", "Unaccounted"),
    "unaccounted.what": (
        "Was die Zähler zwischen dem Ende eines Vorgangs und dem Beginn des nächsten zulegten.",
        "What the meters gained between the end of one session and the start of the next.",
    ),
    "gap.gained": ("vor Nr. {number}", "before no. {number}"),
    "gap.back": (
        "vor Nr. {number}: Stand niedriger, Zähler getauscht oder zurückgesetzt",
        "before no. {number}: reading lower, meter changed or reset",
    ),
    "gap.delivered": (
        "Nr. {number} nachgeliefert, war in einem früheren Monat enthalten",
        "no. {number} delivered late, was in an earlier month's",
    ),
    # what is said of a session: in short at its line, and why in the notes
    "flag.late": ("spät", "late"),
    "flag.clock": ("Uhr", "clock"),
    "flag.repeated": ("wiederholt", "repeated"),
    "flag.anomaly": ("Anomalie", "anomaly"),
    "flag.unassigned": ("nicht zugeordnet", "unassigned"),
    "flag.foreign-account": ("fremdes Konto", "foreign account"),
    "flag.unknown": ("Konto unbekannt", "account unknown"),
    "flag.corrected": ("berichtigt", "corrected"),
    "flag.correction": ("Berichtigung", "correction"),
    "flag.withdrawn": ("zurückgenommen", "withdrawn"),
    "flag.unpriced": ("ohne Preis", "no price"),
    "note.late": (
        "Der Vorgang endete vor dem Monat, in dem er gemeldet und gebucht wurde; abgerechnete Monate bleiben.",
        "The session ended before the month in which it was reported and booked; settled months stay as they are.",
    ),
    "note.clock": (
        "Die Uhr des Ladepunkts ging offensichtlich falsch; als Ende gilt der Eingang der Meldung.",
        "The charger's clock was plainly wrong; the end is when the report came in.",
    ),
    "note.repeated": (
        "Der Ladepunkt meldete das Ende eines Vorgangs noch einmal; berechnet ist der Vorgang ein Mal.",
        "The charger reported the end of a session once more; the session is charged once.",
    ),
    "note.anomaly": (
        "Die Zählerstände können nicht stimmen; beide sind genannt, berechnet ist nichts.",
        "The meter readings cannot be right; both are shown, nothing is charged.",
    ),
    "note.unassigned": (
        "Der Vorgang gehört zu keinem Konto und ist in keiner Summe eines Kontos enthalten.",
        "The session belongs to no account and is in no account's total.",
    ),
    "note.foreign-account": (
        "Das Konto darf an diesem Ladepunkt nicht laden, und niemand sah den Beginn des Vorgangs.",
        "The account may not charge at this charger, and nobody saw the session begin.",
    ),
    "note.unknown": (
        "Als der Vorgang gebucht wurde, hatte sein Konto keinen Namen in tags.json.",
        "When the session was booked its account had no name in tags.json.",
    ),
    "note.corrected": (
        "Der Vorgang wurde berichtigt und berechnet nichts; die Berichtigung steht in dem Monat, in dem sie entstand.",
        "The session was corrected and charges nothing; the correction is in the month in which it was made.",
    ),
    "note.correction": (
        "Die Berichtigung eines früheren Vorgangs, mit dem Grund; sie gilt an seiner Stelle.",
        "The correction of an earlier session, with the reason; it counts in that one's place.",
    ),
    "note.withdrawn": (
        "Ein abgerechneter Monat hatte den Vorgang berechnet; er wurde berichtigt, und der Betrag geht zurück.",
        "A settled month had charged the session; it was corrected, and the amount is taken back.",
    ),
    "note.unpriced": (
        "Am Ende des Vorgangs galt kein Preis; er hat keinen Betrag.",
        "No price was in force when the session ended; it has no amount.",
    ),
    "rounding": (
        "Beträge sind je Vorgang kaufmännisch gerundet; Summen sind Summen der gezeigten Beträge.",
        "Amounts are rounded half up for each session; totals are sums of the amounts shown.",
    ),
    "evidence": (
        "Zählerstände nach Meldung der Ladepunkte (OCPP); wo mehrere sie sich teilen, kein Nachweis nach Eichrecht.",
        "Readings as reported by the chargers (OCPP); where parties share them, no evidence under calibration law.",
    ),
    "numbers": ("Nr. {numbers}", "No. {numbers}"),
    "anomaly.backwards": ("Zähler lief rückwärts", "meter ran backwards"),
    "anomaly.implausible": ("zu viel Energie für einen Vorgang", "too much energy for a session"),
    "anomaly.unknown-start": ("Beginn unbekannt", "start unknown"),
    # reasons of OCPP 1.6 §7.36
    "reason.DeAuthorized": ("Karte abgelehnt", "card refused"),
    "reason.EmergencyStop": ("Not-Halt", "emergency stop"),
    "reason.EVDisconnected": ("abgesteckt", "unplugged"),
    "reason.HardReset": ("harter Neustart", "hard reset"),
    "reason.Local": ("am Ladepunkt", "at the charger"),
    "reason.Other": ("sonstiges", "other"),
    "reason.PowerLoss": ("Stromausfall", "power loss"),
    "reason.Reboot": ("Neustart", "reboot"),
    "reason.Remote": ("aus der Ferne", "remotely"),
    "reason.SoftReset": ("weicher Neustart", "soft reset"),
    "reason.UnlockCommand": ("entriegelt", "unlocked"),
    # findings of --verify
    "verified": ("Nichts gefunden.", "Nothing found."),
    "finding.overlap": (
        "begann, bevor der vorige am selben Anschluss endete",
        "began before the previous one at the same connector ended",
    ),
    "finding.power": (
        "mehr Energie, als ein Anschluss in der Zeit liefert",
        "more energy than a connector delivers in the time",
    ),
    "finding.backwards": (
        "begann unter dem Zählerstand, mit dem der vorige endete",
        "began below the reading with which the previous one ended",
    ),
    "finding.duplicate": ("hat dieselben Zählerstände wie ein anderer", "has the same readings as another one"),
    "finding.arithmetic": ("Verbrauch ist nicht Ende weniger Beginn", "consumption is not end less begin"),
    "finding.repeated": (
        "für die Wiederholung eines anderen gehalten, ohne dass sein Beginn bekannt ist",
        "taken for a repetition of another one, though its start is not known",
    ),
    "finding.foreign-account": (
        "Ende für ein Konto, das dort nicht laden darf; der Beginn wurde nicht gesehen",
        "ended for an account that may not charge there; the start was not seen",
    ),
    "finding.times": ("endete, bevor er begann", "ended before it began"),
    # the same, of journal and accounting
    "finding.no-stop": ("Ende nie gemeldet; ein anderer begann", "end never reported; another one began"),
    "finding.not-booked": ("bestätigt, aber nicht in der Buchhaltung", "confirmed, but not in accounting"),
    "finding.not-in-journal": ("gebucht, aber nicht im Journal dieses Tages", "booked, but not in that day's journal"),
    "finding.differs": ("Journal und Buchhaltung widersprechen sich", "journal and accounting differ"),
    "finding.unconfirmed": ("Ende gemeldet, aber nie bestätigt", "end reported, but never confirmed"),
}


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
