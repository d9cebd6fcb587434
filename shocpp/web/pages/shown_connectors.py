"""
Connectors as people see them: what each does, in words and figures, and what may be done there.

Pure: the rows of ``status``, accounts and prices come in. Whoever looks sees of others' charges that there is one, and
neither whose it is nor what it comes to.
"""

from __future__ import annotations

from decimal import Decimal

from shocpp.ledger.start import Start
from shocpp.texts import plain
from shocpp.times import parse
from shocpp.web.pages.sparkline import Sparkline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.ledger.prices import Prices
    from shocpp.report.forms import Forms
    from shocpp.status.rows import Row
    from shocpp.web.pages.page_words import PageWords
    from shocpp.web.pages.people import Person
    from shocpp.web.pages.power_history import PowerHistory

_STATES = {
    "Available": "free",
    "Preparing": "plugged",
    "Charging": "charging",
    "SuspendedEV": "car",
    "SuspendedEVSE": "paused",
    "Finishing": "finished",
    "Reserved": "reserved",
    "Unavailable": "out",
    "Faulted": "fault",
}
_STARTABLE = {"free", "plugged", "finished", "reserved", "unknown"}


class ShownConnector:
    """
    A connector as it is shown.

    Attributes:
        identity, connector_id: Where it is; the connector is None where none was seen yet.
        title, location: What people call it, and where it is; the latter may be empty.
        state: A name of ``page_words``' states, without ``state.``.
        since: When that began, or was seen last, in words; may be empty.
        figures: What is shown of the charge, as pairs of a name and a text.
        power: Its power with unit, empty where none is known.
        curve, curve_words: Its power so far; None and empty where that is not known.
        accounts: On whose accounts a charge may be started here; empty where none may.
        transaction_id: The charge that may be stopped here; None where none may.
        is_busy: Whether there is a charge.
    """

    __slots__ = (
        "accounts",
        "connector_id",
        "curve",
        "curve_words",
        "figures",
        "identity",
        "is_busy",
        "location",
        "power",
        "since",
        "state",
        "title",
        "transaction_id",
    )

    def __init__(self, identity: str, connector_id: int | None) -> None:
        self.identity = identity
        self.connector_id = connector_id
        self.title = self.location = self.power = self.since = self.curve_words = ""
        self.state = "unknown"
        self.figures: list[tuple[str, str]] = []
        self.curve: Sparkline | None = None
        self.accounts: list[str] = []
        self.transaction_id: int | None = None
        self.is_busy = False

    @property
    def anchor(self) -> str:
        """Give what it is called in its page: letters and digits."""
        return f"c{self.identity.encode().hex()}-{self.connector_id or 0}"


class ShownConnectors:
    """
    Shows connectors to whoever looks.

    Args:
        person: Who looks.
        words, forms, zone: How they read.
        accounts: The names of all accounts, for those who may start a charge on any.
        prices: What a kWh costs; None where nobody said.
        listed: What charge-points.json says; None without one.
        history: The power of open charges so far.
    """

    def __init__(
        self,
        person: Person,
        words: PageWords,
        forms: Forms,
        zone: tzinfo | None,
        accounts: list[str],
        prices: Prices | None,
        listed: ChargePoints | None,
        history: PowerHistory,
    ) -> None:
        self._person = person
        self._words = words
        self._forms = forms
        self._zone = zone
        self._accounts = accounts if person.is_operator else [person.account] if person.may_act else []
        self._prices = prices
        self._listed = listed
        self._history = history

    def of(self, rows: Iterable[Row], now: datetime, most: int | None = None) -> tuple[list[ShownConnector], int]:
        """
        Give the connectors of all charge points at which they may charge or that they look after.

        Args:
            rows: What is seen.
            now: The time.
            most: How many at most, about; those with a charge before all others. None for all of them.

        Returns:
            The connectors, in the order of the rows, and how many more there are.
        """
        theirs = [row for row in rows if self._may_see(row)]
        count = sum(len(_numbers(row)) for row in theirs)
        if most is not None and count > most:
            first = sorted(range(len(theirs)), key=lambda at: not theirs[at]["transactions"])[:most]
            theirs = [theirs[at] for at in sorted(first)]
        connectors = [each for row in theirs for each in self._of_row(row, now)]
        return connectors, count - len(connectors)

    def name_of(self, row: Row) -> str:
        """Give what people call a charge point."""
        return plain(str(row.get("name") or row["charge_point"] or "")) or self._words["anonymous"]

    def states_of(self, row: Row) -> list[str]:
        """Give the states of a charge point's connectors."""
        if not row["connected"]:
            return ["away"]
        numbers = _numbers(row)
        return [_STATES.get(str(row["connectors"].get(each or "0", {}).get("status")), "unknown") for each in numbers]

    def seen_of(self, row: Row, now: datetime) -> str:
        """Say since when a charge point is connected, or when it was seen last."""
        at = self.moment(row["since"], now)
        name = "connected_since" if row["connected"] else "last_seen"
        return self._words.say(name, time=at) if at else self._words["never_seen"]

    def moment(self, text: object, now: datetime) -> str:
        """Write a time as people say it: without the day if that is today."""
        at = parse(text)
        if at is None:
            return ""
        local = at.astimezone(self._zone)
        written, _ = self._forms.time(local)
        return written[-5:] if local.date() == now.astimezone(self._zone).date() else written

    def _may_see(self, row: Row) -> bool:
        """Tell whether a charge point is shown: operators see all, others those where their account may charge."""
        person = self._person
        return person.is_operator or not person.account or self._lets_charge(row["charge_point"] or "", person.account)

    def _of_row(self, row: Row, now: datetime) -> Iterator[ShownConnector]:
        numbers = _numbers(row)
        for number in numbers:
            shown = ShownConnector(row["charge_point"] or "", int(number) if number else None)
            shown.title = self.name_of(row)
            where = [self._words.say("connector", number=number)] if len(numbers) > 1 else []
            shown.location = " · ".join([*where, *filter(None, [plain(str(row.get("location") or ""))])])
            connector = row["connectors"].get(number or "0", {})
            charge = _charge_on(row, number, len(numbers))
            self._tell_state(shown, row, connector, charge, now)
            if charge:
                self._tell_charge(shown, row, connector, charge, now)
            elif row["connected"] and shown.state in _STARTABLE:
                shown.accounts = [each for each in self._accounts if self._lets_charge(shown.identity, each)]
            yield shown

    def _lets_charge(self, identity: str, account: str) -> bool:
        listed = self._listed.get(identity) if self._listed else None
        return listed is None or listed.lets_charge(account)

    def _tell_state(self, shown: ShownConnector, row: Row, connector: Row, charge: Row | None, now: datetime) -> None:
        shown.is_busy = charge is not None
        if not row["connected"]:
            shown.state = "away"
            shown.since = self.seen_of(row, now)
            return
        shown.state = _STATES.get(str(connector.get("status")), "unknown")
        began = Start.from_sighting(charge) if charge else None
        since = self.moment((began.started or began.received) if began else connector.get("at"), now)
        shown.since = self._words.say("since", time=since) if since else ""

    def _tell_charge(self, shown: ShownConnector, row: Row, connector: Row, charge: Row, now: datetime) -> None:
        start, words = Start.from_sighting(charge), self._words
        if row["connected"] and self._person.governs(start.account):
            shown.transaction_id = charge.get("transaction_id")
        power_w = connector.get("power_w")
        if isinstance(power_w, int):
            shown.power = f"{self._kw(power_w)} kW"
        if not self._person.sees(start.account):
            shown.figures = [(words["whose"], words["another"])]
            return
        drawn_wh = charge.get("drawn_wh")
        if isinstance(drawn_wh, int):
            shown.figures.append((words["drawn"], f"{self._forms.kwh(drawn_wh)} kWh"))
            shown.figures += self._cost(start, drawn_wh, now)
        shown.figures.append((words["whose"], plain(start.account or "?")))
        points = self._history.of(shown.identity, int(charge.get("transaction_id") or 0))
        if len(points) > 1:
            shown.curve = Sparkline(points)
            since = self.moment(points[0][0].isoformat(), now)
            shown.curve_words = words.say("curve", time=since, most=self._kw(shown.curve.most_w))

    def _cost(self, start: Start, drawn_wh: int, now: datetime) -> list[tuple[str, str]]:
        """Say what a charge would cost if it ended now, as its statement will."""
        price = self._prices.of(start.account or "", now.astimezone(self._zone).date()) if self._prices else None
        if price is None or self._prices is None:
            return []
        return [(self._words["cost"], self._forms.money(price.amount(drawn_wh), self._prices.currency))]

    def _kw(self, power_w: int) -> str:
        return self._forms.decimal(Decimal(power_w // 100).scaleb(-1))


def _numbers(row: Row) -> list[str | None]:
    """Give the numbers of a charge point's connectors; None alone where none was seen."""
    return [number for number in row["connectors"] if number.isdecimal() and number != "0"] or [None]


def _charge_on(row: Row, number: str | None, count: int) -> Row | None:
    """Give the charge that runs on a connector: of several that were seen to begin there the last one."""
    running = []
    for charge in row["transactions"]:
        start = Start.from_sighting(charge)
        is_here = str(start.connector_id) == number or (start.connector_id is None and count < 2) or number is None
        if is_here and not start.presumed_over:
            running.append((start.received or "", charge))
    return max(running, key=lambda each: each[0])[1] if running else None
