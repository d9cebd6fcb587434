"""
The words of the page, in German and English, side by side so that none can be missing in one.

What a statement says has its own (``report.phrases``).
"""

from __future__ import annotations

from shocpp.web.pages.operator_words import OPERATOR_WORDS

WORDS: dict[str, tuple[str, str]] = {
    **OPERATOR_WORDS,
    # everywhere
    "product": ("Wallbox", "Wallbox"),
    "now": ("Jetzt", "Now"),
    "month": ("Mein Monat", "My month"),
    "month.all": ("Monat", "Month"),
    "points": ("Ladepunkte", "Chargers"),
    "access": ("Karten", "Cards"),
    "problems": ("Zustand", "Health"),
    "skip": ("Zum Inhalt", "Skip to content"),
    "pages": ("Seiten", "Pages"),
    "language": ("English", "Deutsch"),
    "anonymous": ("Ladepunkt ohne Namen", "charger without a name"),
    "connector": ("Anschluss {number}", "Connector {number}"),
    # what is wrong
    "error.403": ("Das geht von hier aus nicht", "Not from here"),
    "error.403.text": (
        "Die Anfrage kam nicht von dieser Seite. Öffne die Seite noch einmal und versuche es dort.",
        "The request did not come from this page. Open the page again, and try it from there.",
    ),
    "error.404": ("Hier ist nichts", "There is nothing here"),
    "error.404.text": (
        "Öffne den Link, den du bekommen hast. Funktioniert er nicht mehr, wurde er ersetzt: Bitte um einen neuen.",
        "Open the link that you were given. If it does not work any more it was replaced: ask for a new one.",
    ),
    "error.405": ("So geht das nicht", "Not this way"),
    "error.405.text": ("Öffne die Seite noch einmal.", "Open the page again."),
    "error.413": ("Das ist zu viel", "That is too much"),
    "error.413.text": ("Öffne die Seite noch einmal.", "Open the page again."),
    "error.429": ("Zu viele falsche Links", "Too many wrong links"),
    "error.429.text": ("Warte eine Minute.", "Wait a minute."),
    "error.500": ("Das hat nicht geklappt", "That did not work"),
    "error.500.text": (
        "Warum, steht im Protokoll von shocpp-web.",
        "The log of shocpp-web says why.",
    ),
    # what a connector does
    "state.free": ("frei", "free"),
    "state.plugged": ("eingesteckt", "plugged in"),
    "state.charging": ("lädt", "charging"),
    "state.car": ("Auto pausiert", "paused by the car"),
    "state.paused": ("Ladepunkt pausiert", "paused by the charger"),
    "state.finished": ("fertig, noch eingesteckt", "finished, still plugged in"),
    "state.reserved": ("reserviert", "reserved"),
    "state.out": ("außer Betrieb", "out of service"),
    "state.fault": ("Störung", "fault"),
    "state.away": ("nicht verbunden", "not connected"),
    "state.unknown": ("unbekannt", "unknown"),
    "since": ("seit {time}", "since {time}"),
    "connected_since": ("verbunden seit {time}", "connected since {time}"),
    "last_seen": ("zuletzt gesehen {time}", "last seen {time}"),
    "never_seen": ("noch nie gesehen", "never seen"),
    "power": ("Leistung", "Power"),
    "drawn": ("Energie", "Energy"),
    "cost": ("Kosten", "Cost"),
    "whose": ("Konto", "Account"),
    "another": ("jemand anderes", "somebody else"),
    "curve": (
        "Leistung dieses Ladevorgangs seit {time}, höchstens {most} kW.",
        "Power of this charge since {time}, {most} kW at most.",
    ),
    "none": ("Noch kein Ladepunkt", "No charger yet"),
    "none.text": (
        "Sobald sich ein Ladepunkt verbindet, steht er hier.",
        "As soon as a charger connects, it is shown here.",
    ),
    "more": ("und {count} weitere ohne Ladevorgang", "and {count} more without a charge"),
    "updated": ("Stand {time}", "As of {time}"),
    "offline": ("Keine Verbindung. Die Anzeige kann veraltet sein.", "No connection. What is shown may be old."),
    # start and stop
    "start": ("Laden starten", "Start charging"),
    "stop": ("Laden beenden", "Stop charging"),
    "waiting": ("Warte auf den Ladepunkt …", "Waiting for the charger …"),
    "on_account": ("auf das Konto", "for the account"),
    "start.done": (
        "{where} hat den Start angenommen. Geladen wird, sobald das Kabel steckt.",
        "{where} has accepted the start. It charges as soon as the cable is in.",
    ),
    "stop.done": ("{where} beendet den Ladevorgang.", "{where} ends the charge."),
    "start.rejected": ("{where} hat den Start abgelehnt.", "{where} did not accept the start."),
    "stop.rejected": ("{where} hat das Beenden abgelehnt.", "{where} did not accept the stop."),
    "act.away": (
        "{where} ist nicht verbunden. Es ist nichts geschehen.",
        "{where} is not connected. Nothing was done.",
    ),
    "act.busy": (
        "{where} ist gerade mit etwas anderem beschäftigt. Versuche es gleich noch einmal.",
        "{where} is busy with something else. Try again in a moment.",
    ),
    "act.silent": (
        "{where} hat nicht rechtzeitig geantwortet. Ob es doch noch geschieht, zeigt sich hier.",
        "{where} gave no answer in time. If it happens all the same, you will see it here.",
    ),
    "act.refused": ("{where} hat einen Fehler gemeldet.", "{where} reported an error."),
    "act.over": ("Dieser Ladevorgang ist schon zu Ende.", "This charge is over already."),
    "act.twice": (
        "Zwei Ladevorgänge haben dieselbe Nummer. Beende sie am Ladepunkt.",
        "Two charges have the same number. Stop them at the charger.",
    ),
    "act.card": (
        "Für dieses Konto gibt es keine Karte, die laden darf.",
        "This account has no card that may charge.",
    ),
    "act.forbidden": ("Das darf dieser Link nicht.", "This link may not do that."),
    "act.failed": (
        "Das geht zurzeit nicht. Warum, steht im Protokoll von shocpp-web.",
        "This does not work at present. The log of shocpp-web says why.",
    ),
    # the month
    "earlier": ("Vorheriger Monat", "Month before"),
    "later": ("Nächster Monat", "Month after"),
    "months": ("Monate", "Months"),
    "take": ("Herunterladen", "Download"),
    "sessions": ("Ladevorgänge", "Sessions"),
    "all_accounts": ("alle Konten", "all accounts"),
    "only_latest": (
        "Die letzten {count} von {all}; die Dateien enthalten alle.",
        "The last {count} of {all}; the files have all of them.",
    ),
    "show": ("Anzeigen", "Show"),
}


class PageWords:
    """
    The words of one language.

    >>> PageWords("de")["now"], PageWords("en").say("since", time="07:12")
    ('Jetzt', 'since 07:12')
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._column = ("de", "en").index(language)

    def __getitem__(self, name: str) -> str:
        return WORDS[name][self._column]

    def of_field(self, field: str) -> str:
        """Name a field of BootNotification; one of a vendor's own stays as it is."""
        name = f"boot.{field}"
        return self[name] if name in WORDS else field

    def say(self, name: str, **values: object) -> str:
        """Give a sentence with its values."""
        return self[name].format(**values)
