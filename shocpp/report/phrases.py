"""
The words of a statement's parts, in German and English: its head, its tables, its chart, and what is below them.

Every word has both languages side by side, so that none can be missing in one.
"""

from __future__ import annotations

PHRASES: dict[str, tuple[str, str]] = {
    # the head
    "title": ("Ladeabrechnung {span}", "Charging statement {span}"),
    "span": ("{first} bis {last}", "{first} to {last}"),
    "period": ("Zeitraum", "Period"),
    "preliminary": ("noch nicht abgeschlossen, vorläufig", "not over yet, preliminary"),
    "not_begun": ("noch nicht begonnen", "not begun yet"),
    "account": ("Konto", "Account"),
    "charge_point": ("Ladepunkt", "Charger"),
    "charge_points": ("Ladepunkte", "Chargers"),
    "anonymous": ("(ohne Bezeichnung)", "(no name)"),
    "serial": ("Nr. {serial}", "no. {serial}"),
    "meter_serial": ("Zähler {serial}", "meter {serial}"),
    "tag": ("Karte", "Card"),
    "tags": ("Karten", "Cards"),
    "price": ("Preis", "Price"),
    "prices": ("Preise", "Prices"),
    "price.valid": ("gültig {span}", "valid {span}"),
    "price.from": ("ab {first}", "from {first}"),
    "price.to": ("bis {last}", "until {last}"),
    "price.always": ("unbefristet", "no time limit"),
    "price.base": ("{price} + {base} Grundpreisanteil", "{price} + {base} base fee"),
    "recipient": ("Empfänger", "Recipient"),
    "employee": ("Arbeitnehmer", "Employee"),
    "plate": ("Kennzeichen", "Plate"),
    "created": ("Erstellt", "Created"),
    "settled": ("Abgerechnet", "Settled"),
    "seen": ("Stand heute", "as seen today"),
    "seen.settled": ("Stand der Abrechnung", "as seen when settled"),
    # the tables
    "totals": ("Summen", "Totals"),
    "total": ("Summe der Konten", "Total of the accounts"),
    "total.account": ("Summe", "Total"),
    "vat": ("Umsatzsteuer", "Value added tax"),
    "vat.rate": ("Steuersatz", "Rate"),
    "vat.gross": ("inkl. {percent} % USt", "incl. {percent} % VAT"),
    "vat.net": ("zzgl. {percent} % USt", "plus {percent} % VAT"),
    "vat.none": ("ohne Angabe", "none named"),
    "vat.total": ("Summe", "Total"),
    "vat.percent": ("USt %", "VAT %"),
    "per_kwh_is": ("Preis ist", "Price is"),
    "net": ("Netto", "Net"),
    "tax": ("USt", "VAT"),
    "gross": ("Brutto", "Gross"),
    "sessions": ("Ladevorgänge", "Sessions"),
    "count": ("Vorgänge", "Sessions"),
    "number": ("Nr.", "No."),
    "sum_number": ("Summe Nr.", "Total no."),
    "start": ("Beginn", "Start"),
    "end": ("Ende", "End"),
    "until": ("bis", "until"),
    "duration": ("Dauer", "Duration"),
    "hours": ("h", "h"),
    "connector": ("Anschluss", "Connector"),
    "meter": ("Zählerstand", "Meter"),
    "meter_start": ("Zählerstand Beginn", "Meter start"),
    "meter_end": ("Zählerstand Ende", "Meter end"),
    "energy": ("Energie", "Energy"),
    "amount": ("Betrag", "Amount"),
    "currency": ("Währung", "Currency"),
    "reason": ("Beendet", "Ended"),
    "booked": ("Buchungsmonat", "Booked in"),
    "start_offset": ("Zeitzone Beginn", "Start offset"),
    "end_offset": ("Zeitzone Ende", "End offset"),
    "flags": ("Vermerke", "Flags"),
    "note": ("Erläuterung", "Note"),
    "notes": ("Erläuterungen", "Notes"),
    "unassigned": ("nicht zugeordnet", "unassigned"),
    "anomalies": ("Anomalien", "anomalies"),
    "none": ("Keine Ladevorgänge.", "No sessions."),
    "none.not_begun": ("Der Zeitraum hat noch nicht begonnen.", "The period has not begun yet."),
    # the chart
    "chart": ("Grafik", "Chart"),
    "by_day": ("Energie je Tag", "Energy by day"),
    "by_month": ("Energie je Monat", "Energy by month"),
    "shares": ("Anteile der Konten", "Shares of the accounts"),
    "earlier": ("früher", "earlier"),
    "later": ("später", "later"),
    "day": ("Tag", "Day"),
    "month": ("Monat", "Month"),
    "others": ("Übrige", "others"),
    "chart.days": (
        "Gestapelte Balken, einer je Tag mit beendeten Ladevorgängen. Höchster Wert: {top} mit {most} kWh.",
        "Stacked bars, one for each day on which sessions ended. Highest: {top} with {most} kWh.",
    ),
    "chart.months": (
        "Gestapelte Balken, einer je Monat mit beendeten Ladevorgängen. Höchster Wert: {top} mit {most} kWh.",
        "Stacked bars, one for each month in which sessions ended. Highest: {top} with {most} kWh.",
    ),
    "chart.shares": ("Anteile: {shares}.", "Shares: {shares}."),
    "chart.numbers": ("Zahlen zur Grafik", "The figures of the chart"),
    "chart.scope.days": (
        "Jeder Ladevorgang ist dem Tag zugeordnet, an dem er endete. Nicht zugeordnete Energie, Anomalien und "
        "stornierte Vorgänge sind nicht enthalten.",
        "Each session is shown on the day on which it ended. Unassigned energy, anomalies and withdrawn sessions are "
        "left out.",
    ),
    "chart.scope.months": (
        "Jeder Ladevorgang ist dem Monat zugeordnet, in dem er endete. Nicht zugeordnete Energie, Anomalien und "
        "stornierte Vorgänge sind nicht enthalten.",
        "Each session is shown in the month in which it ended. Unassigned energy, anomalies and withdrawn sessions are "
        "left out.",
    ),
    # unaccounted energy
    "unaccounted": ("Nicht erfasste Energie", "Unaccounted energy"),
    "unaccounted.what": (
        "Zuwachs der Zähler zwischen dem Ende eines Ladevorgangs und dem Beginn des nächsten.",
        "What the meters gained between the end of one session and the start of the next.",
    ),
    "gap.gained": ("vor Nr. {number}", "before no. {number}"),
    "gap.back": (
        "vor Nr. {number}: Zählerstand niedriger als zuvor (Zähler getauscht oder zurückgesetzt)",
        "before no. {number}: reading lower than before (meter replaced or reset)",
    ),
    "gap.delivered": (
        "Nr. {number} nachgemeldet; in einem früheren Monat als nicht erfasste Energie ausgewiesen",
        "no. {number} reported late; shown as unaccounted energy in an earlier month",
    ),
    # below
    "rounding": (
        "Beträge sind je Ladevorgang kaufmännisch gerundet; Summen sind die Summen der ausgewiesenen Beträge.",
        "Amounts are rounded half up for each session; totals are sums of the amounts shown.",
    ),
    "vat.rounding": (
        "Die Umsatzsteuer wird je Steuersatz einmal aus der Summe der Beträge berechnet und kaufmännisch gerundet.",
        "Value added tax is computed once for each rate, on the total of its amounts, and rounded half up.",
    ),
    "signature": (
        "Signierte Zählerstände wurden mit dem hinterlegten öffentlichen Schlüssel geprüft; maßgeblich ist die Prüfung "
        "mit der S.A.F.E.-Transparenzsoftware.",
        "Signed meter values were verified with the public key that is listed; what counts is what the S.A.F.E. "
        "transparency software says.",
    ),
    "evidence": (
        "Zählerstände wie von den Ladepunkten gemeldet (OCPP); bei gemeinsam genutzten Ladepunkten kein "
        "eichrechtskonformer Nachweis.",
        "Meter readings as reported by the chargers (OCPP); where several parties share a charger they are no evidence "
        "under calibration law.",
    ),
    "numbers": ("Nr. {numbers}", "No. {numbers}"),
}
