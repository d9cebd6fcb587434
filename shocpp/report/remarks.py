"""
What is said of a session, in German and English: in short at its line, and why in the notes.

Every remark has both languages side by side, so that none can be missing in one.
"""

from __future__ import annotations

REMARKS: dict[str, tuple[str, str]] = {
    "flag.late": ("nachgemeldet", "late"),
    "flag.clock": ("Uhrzeit unsicher", "clock"),
    "flag.repeated": ("mehrfach gemeldet", "repeated"),
    "flag.anomaly": ("Anomalie", "anomaly"),
    "flag.unassigned": ("nicht zugeordnet", "unassigned"),
    "flag.foreign-account": ("fremdes Konto", "foreign account"),
    "flag.unknown": ("Konto unbekannt", "account unknown"),
    "flag.corrected": ("berichtigt", "corrected"),
    "flag.correction": ("Berichtigung", "correction"),
    "flag.withdrawn": ("storniert", "withdrawn"),
    "flag.unpriced": ("ohne Preis", "no price"),
    "note.late": (
        "Der Ladevorgang endete vor dem Monat, in dem er gemeldet und gebucht wurde; abgerechnete Monate bleiben "
        "unverändert.",
        "The session ended before the month in which it was reported and booked; settled months stay as they are.",
    ),
    "note.clock": (
        "Die Uhr des Ladepunkts ging offensichtlich falsch; als Ende gilt der Zeitpunkt, zu dem die Meldung eintraf.",
        "The charger's clock was plainly wrong; the time at which the report came in is taken for the end.",
    ),
    "note.repeated": (
        "Der Ladepunkt hat das Ende dieses Ladevorgangs mehrfach gemeldet; berechnet wird er nur einmal.",
        "The charger reported the end of this session more than once; it is charged only once.",
    ),
    "note.anomaly": (
        "Die Zählerstände sind nicht plausibel; beide sind angegeben, berechnet wird nichts.",
        "The meter readings cannot be right; both are shown, and nothing is charged.",
    ),
    "note.unassigned": (
        "Der Ladevorgang ist keinem Konto zugeordnet und in keiner Kontosumme enthalten.",
        "The session belongs to no account and is in no account's total.",
    ),
    "note.foreign-account": (
        "Das Konto darf an diesem Ladepunkt nicht laden, und der Beginn des Ladevorgangs ist nicht bekannt.",
        "The account may not charge at this charger, and the start of the session is not known.",
    ),
    "note.unknown": (
        "Als der Ladevorgang gebucht wurde, war für sein Konto in tags.json kein Name hinterlegt.",
        "When the session was booked, its account had no name in tags.json.",
    ),
    "note.corrected": (
        "Der Ladevorgang wurde berichtigt und wird nicht berechnet; an seiner Stelle gilt die Berichtigung in dem "
        "Monat, in dem sie erstellt wurde.",
        "The session was corrected and is not charged; the correction counts in its place, in the month in which the "
        "correction was made.",
    ),
    "note.correction": (
        "Berichtigung eines früheren Ladevorgangs unter Angabe des Grundes; sie tritt an dessen Stelle.",
        "Corrects an earlier session, with the reason; it counts in place of that session.",
    ),
    "note.withdrawn": (
        "Der Ladevorgang wurde in einem abgerechneten Monat berechnet und später berichtigt; sein Betrag wird "
        "gutgeschrieben.",
        "The session was charged in a settled month and corrected later; its amount is credited.",
    ),
    "note.unpriced": (
        "Am Ende des Ladevorgangs war kein Preis gültig; es wird kein Betrag ausgewiesen.",
        "No price was in force when the session ended; it has no amount.",
    ),
    "anomaly.backwards": ("Zähler lief rückwärts", "meter ran backwards"),
    "anomaly.implausible": ("unplausibel hohe Energiemenge", "more energy than a session can take"),
    "anomaly.unknown-start": ("Beginn unbekannt", "start unknown"),
    # verdicts on signed meter values, and their reasons
    "signature.valid": ("Signatur gültig", "signature valid"),
    "signature.invalid": ("Signatur ungültig", "signature not valid"),
    "signature.unknown": ("Signatur nicht prüfbar", "signature unknown"),
    "signature.none": ("ohne Signatur", "no signature"),
    "signed.signature": ("passt nicht zum öffentlichen Schlüssel", "does not fit the public key"),
    "signed.meter": ("Beginn und Ende stammen von verschiedenen Zählern", "begin and end are from different meters"),
    "signed.pages": ("Seiten nicht fortlaufend nummeriert", "pages are not numbered consecutively"),
    "signed.incomplete": ("zum Beginn fehlt das Ende", "the end that belongs to the begin is missing"),
    "signed.begin": ("Beginn wurde nicht mit dem Ende übermittelt", "the begin was not sent with the end"),
    "signed.flags": ("Zähler meldet einen Fehler", "the meter reports an error"),
    "signed.energy": ("Energie weicht von der gebuchten ab", "the energy differs from what was booked"),
    "signed.format": ("Format nicht lesbar", "the format cannot be read"),
    "signed.algorithm": ("Verfahren unbekannt", "the algorithm is not known"),
    "signed.key": ("kein öffentlicher Schlüssel hinterlegt", "no public key is listed"),
    "signed.package": ("Prüfprogramm ist nicht installiert", "the package that verifies is not installed"),
    # reasons of OCPP 1.6 §7.36
    "reason.DeAuthorized": ("Karte abgelehnt", "card refused"),
    "reason.EmergencyStop": ("Not-Halt", "emergency stop"),
    "reason.EVDisconnected": ("abgesteckt", "unplugged"),
    "reason.HardReset": ("Neustart (Hard Reset)", "hard reset"),
    "reason.Local": ("am Ladepunkt", "at the charger"),
    "reason.Other": ("Sonstiges", "other"),
    "reason.PowerLoss": ("Stromausfall", "power loss"),
    "reason.Reboot": ("Neustart", "reboot"),
    "reason.Remote": ("per Fernzugriff", "remotely"),
    "reason.SoftReset": ("Neustart (Soft Reset)", "soft reset"),
    "reason.UnlockCommand": ("Stecker entriegelt", "connector unlocked"),
}
