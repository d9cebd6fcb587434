"""The words of the operator's pages, in German and English."""

from __future__ import annotations

OPERATOR_WORDS: dict[str, tuple[str, str]] = {
    # all charge points
    "search": ("Suchen", "Search"),
    "filter": ("Zustand", "State"),
    "filter.all": ("alle", "all"),
    "found": ("{count} gefunden", "{count} found"),
    "quirk_count": ("{count} Abweichungen", "{count} deviations"),
    "before": ("Zurück", "Back"),
    "next": ("Weiter", "Next"),
    # one of them
    "what": ("Gerät", "Device"),
    "no_boot": ("Das Gerät hat noch keine Angaben zu sich gemacht.", "The device has not said yet what it is."),
    "quirks": ("Abweichungen von der Spezifikation", "Deviations from the specification"),
    "open": ("Offene Ladevorgänge", "Open charges"),
    "presumed_over": ("vermutlich beendet {time}", "presumed over {time}"),
    "command": ("Befehl", "Command"),
    "call": ("Aufruf", "Call"),
    "choose": ("Wählen", "Choose"),
    "optional": ("optional", "optional"),
    "send": ("{call} senden", "Send {call}"),
    "answer": ("Antwort", "Answer"),
    "frames": ("Letzte Nachrichten", "Last messages"),
    "frame.in": ("vom Ladepunkt", "from the charger"),
    "frame.out": ("zum Ladepunkt", "to the charger"),
    "no_frames": ("In letzter Zeit wurden keine Nachrichten ausgetauscht.", "No messages have passed lately."),
    "no_journal": (
        "Es wird kein Journal geführt: SHOCPP_JOURNALDIR legt fest, wo es liegen soll.",
        "No journal is kept: SHOCPP_JOURNALDIR says where to keep it.",
    ),
    # cards
    "refused": ("Abgewiesene Karten", "Refused cards"),
    "new_card": ("Neue Karte", "New card"),
    "card": ("Karte", "Card"),
    "add": ("Hinzufügen", "Add"),
    "block": ("Sperren", "Block"),
    "remove": ("Entfernen", "Remove"),
    "new_account.name": ("oder ein neues Konto", "or a new account"),
    "no_card": ("keine Karte", "no card"),
    "card.Blocked": ("gesperrt", "blocked"),
    "card.Expired": ("abgelaufen", "expired"),
    "card.Invalid": ("ungültig", "invalid"),
    "card.added": ("Karte {card} wurde hinzugefügt.", "Card {card} was added."),
    "card.blocked": (
        "Karte {card} wurde gesperrt. Ladepunkte mit einer eigenen Liste erfahren davon durch shocpp-tags push.",
        "Card {card} was blocked. Chargers with a list of their own learn of it by shocpp-tags push.",
    ),
    "card.removed": (
        "Karte {card} wurde entfernt. Ladepunkte mit einer eigenen Liste erfahren davon durch shocpp-tags push.",
        "Card {card} was removed. Chargers with a list of their own learn of it by shocpp-tags push.",
    ),
    "more_accounts": ("und {count} weitere: suche nach ihnen", "and {count} more: search for them"),
    "not_writable": (
        "Hier kann nichts geändert werden: Dieser Dienst darf in {folder} nicht schreiben. "
        "Wie er es darf, steht im Handbuch bei shocpp-web.",
        "Nothing can be changed here: this service may not write into {folder}. "
        "The manual says at shocpp-web how it may.",
    ),
    # problems
    "all_well": ("Die Konfiguration ist in Ordnung.", "The configuration is in order."),
    "wrong": ("Nicht in Ordnung", "Not in order"),
    "noted": ("Hinweise", "Worth knowing"),
    "in_order": ("In Ordnung", "In order"),
}
