"""
What a statement says, put into words and forms: the pieces that text, CSV and HTML lay out, each in its way.

Every text from outside that comes out of here has gone through ``plain``. Knows no layout.
"""

from __future__ import annotations

from shocpp.ledger.item import ANOMALY, CORRECTION, UNPRICED
from shocpp.ledger.unaccounted import BACK
from shocpp.ledger.vat import GROSS, NET
from shocpp.report.price_view import PriceView
from shocpp.texts import masked, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from shocpp.ledger.item import Item
    from shocpp.ledger.signature_verdict import SignatureVerdict
    from shocpp.ledger.statement import Statement
    from shocpp.ledger.sums import Sum
    from shocpp.ledger.unaccounted import Gap
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words


class View:
    """
    A statement in a language.

    Args:
        statement: The statement.
        words: Its words.
        forms: How it writes numbers and dates.
    """

    def __init__(self, statement: Statement, words: Words, forms: Forms) -> None:
        self.statement = statement
        self.header = statement.header
        self.words = words
        self.forms = forms
        self._prices = PriceView(words, forms, statement.prices.currency if statement.prices else "")
        self.has_amounts = statement.prices is not None
        self.taxed = statement.taxed()
        self._has_signatures = statement.has_signatures

    @property
    def currency(self) -> str:
        """The currency's sign; empty without prices."""
        return self._prices.currency

    # -- the head

    def title(self) -> str:
        """Name the statement."""
        return self.words["title"].format(span=self.words.of_span(self.header.span, *self._ends()))

    def period(self) -> str:
        """Give first and last day, the zone, and that it is not over yet if so."""
        first, last = self._ends()
        more = [self.header.zone_name] if self.header.zone_name else []
        if self.header.is_preliminary:
            more.append(self.words["preliminary" if self.header.has_begun else "not_begun"])
        return self.words["span"].format(first=first, last=last) + (f" ({'; '.join(more)})" if more else "")

    def account(self) -> str:
        """Name the account that the statement is for; empty for all."""
        return plain(self.header.account or "")

    def issuer(self) -> list[str]:
        """Give the lines of the letterhead; none where nobody said them."""
        return [plain(line, 80) for line in self.header.parties.issuer]

    def party(self) -> list[tuple[str, list[str]]]:
        """Say whom the statement of an account is for: names of fields and their lines, as far as they are known."""
        party = self.header.parties.of(self.header.account)
        known = {"recipient": party.recipient, "employee": (party.employee,), "plate": (party.plate,)}
        lines = ((name, [plain(line, 80) for line in filter(None, values)]) for name, values in known.items())
        return [(self.words[name], values) for name, values in lines if values]

    def charge_points(self) -> list[tuple[str, str]]:
        """Give name and description of each charge point; one that was replaced comes more than once."""
        return [
            (self.name_of(identity), self._description(known, is_seen))
            for identity, known, is_seen in self.statement.evidence()
        ]

    def tags(self) -> str:
        """Give the cards of the account that the statement is for."""
        return ", ".join(dict.fromkeys(map(masked, self.statement.id_tags())))

    def prices(self) -> list[str]:
        """Describe the prices that were applied: what, when, for whom, and where they come from."""
        return [" · ".join(self._prices.about(each)) for each in self.statement.prices_used()]

    def created(self) -> str:
        """Say when and with what the statement was made."""
        return f"{self.time(self.header.created)}, shocpp {self.header.version}"

    def none(self) -> str:
        """Say that there is nothing, and that nothing can be there yet if so."""
        return self.words["none" if self.header.has_begun else "none.not_begun"]

    # -- the sums

    def sums(self) -> list[tuple[str, Sum]]:
        """Give each account's sum; of a single account its own, even if it is nothing."""
        summary = self.statement.summary
        if self.header.account is not None:
            return [(self.account(), summary.total)]
        return [(plain(name), each) for name, each in summary.accounts.items()]

    def total(self) -> tuple[str, Sum] | None:
        """Give the sum of all accounts; None in a statement of one account: its own sum is the same."""
        return None if self.header.account is not None else (self.words["total"], self.statement.summary.total)

    def apart(self) -> list[tuple[str, Sum]]:
        """Give the sums of what is on no account, as far as there is any."""
        summary = self.statement.summary
        sums = (("unassigned", summary.unassigned), ("anomalies", summary.anomalies))
        return [(self.words[name], each) for name, each in sums if each.count]

    def taxes(self) -> list[tuple[str, list[str]]]:
        """Give net, tax and gross of each rate of value added tax; nothing where no price has one."""
        return self._prices.taxes(self.taxed)

    # -- an item

    def account_of(self, item: Item) -> str:
        """Name an item's account."""
        return self.words["unassigned"] if item.charge.is_unassigned else plain(item.charge.account)

    def time(self, time: datetime) -> str:
        """Write a time with its offset."""
        local, offset = self.forms.time(self.header.local(time))
        return f"{local} {offset}"

    def start_of(self, item: Item) -> str:
        """Write when an item began; empty if that is not known."""
        started = item.charge.started
        return self.time(started) if started else ""

    def end_of(self, item: Item) -> str:
        """Write when an item ended."""
        return self.time(item.charge.ended)

    def duration_of(self, item: Item) -> str:
        """Write how long an item took; empty if that is not known."""
        seconds = item.charge.duration_s
        return "" if seconds is None else self.forms.duration(seconds)

    def connector_of(self, item: Item) -> str:
        """Name charge point and connector."""
        return _with_connector(plain(item.charge.charge_point), item.charge.connector_id)

    def called(self, item: Item, names: Mapping[str, str]) -> str:
        """
        Say what people call the charge point, with the connector; else as ``connector_of``.

        Args:
            item: The item.
            names: What charge points are called today, by identity, for records that do not say it.
        """
        charge = item.charge
        name = dict(charge.evidence).get("name") or names.get(charge.charge_point) or ""
        return _with_connector(plain(name, 40), charge.connector_id) if name else self.connector_of(item)

    def tag_of(self, item: Item) -> str:
        """Give the masked card."""
        return masked(item.charge.id_tag)

    def readings_of(self, item: Item) -> tuple[str, str]:
        """Write the meter's readings in kWh, to the Wh where they are known."""
        charge = item.charge
        return self._reading(charge.begin_wh, charge.begin_kwh), self._reading(charge.end_wh, charge.end_kwh)

    def energy_of(self, item: Item) -> str:
        """Write an item's kWh."""
        return self.forms.kwh(item.energy_wh, item.charge.is_exact)

    def price_of(self, item: Item) -> str:
        """Write what a kWh of it costs; empty without a price."""
        return self.forms.decimal(item.price.all_in) if item.price else ""

    def rate_of(self, item: Item) -> tuple[str, str]:
        """Give the rate of value added tax in percent, and whether the price has it in it; empty without one."""
        vat = item.price.vat if item.price else None
        return ("", "") if vat is None else (self._prices.percent(vat), self.words[GROSS if vat.is_gross else NET])

    def record_of(self, item: Item) -> str:
        """Name the record of an item that is on no account, for whoever corrects it."""
        return "" if item.is_account or not item.charge.name else plain(item.charge.ref, 80)

    def amount(self, amount: Decimal | None) -> str:
        """Write an amount without its currency; empty without one."""
        return "" if amount is None else self.forms.decimal(amount)

    def reason_of(self, item: Item) -> str:
        """Say why an item ended; empty if that is not known."""
        return plain(self.words.of_reason(item.charge.reason), 40)

    def marks_of(self, item: Item) -> list[str]:
        """Give what must be said of an item, in short."""
        marks = [self._mark(item, flag) for flag in item.flags]
        return [*marks, self._signature(item.signature)] if self._has_signatures else marks

    # -- below

    def short_of(self, each: Sum) -> list[str]:
        """Say that a sum's amount lacks items, if it does."""
        return [f"{each.unpriced} × {self.words['flag.unpriced']}"] if each.unpriced else []

    def gap(self, gap: Gap) -> tuple[str, str]:
        """Say where a gap lies, and its kWh; those are empty where the meter was changed."""
        what = self.words[f"gap.{gap.kind}"].format(number=gap.item.number)
        where = "" if gap.connector_id is None else f"{self.words['connector']} {gap.connector_id}, "
        return where + what, "" if gap.kind == BACK else self.forms.kwh(gap.wh, gap.is_exact)

    def notes(self) -> list[tuple[str, str]]:
        """Explain every mark that is used: the mark and what it means."""
        return [(self.words[f"flag.{flag}"], self._note(flag)) for flag in self.statement.flags()]

    def fine_print(self) -> list[str]:
        """Give what holds for the whole statement."""
        is_said = {"rounding": self.has_amounts, "vat.rounding": self.taxed, "signature": self._has_signatures}
        return [self.words[name] for name in (*filter(is_said.get, is_said), "evidence")]

    def name_of(self, identity: str) -> str:
        """Name a charge point."""
        return plain(identity) or self.words["anonymous"]

    # --

    def _ends(self) -> tuple[str, str]:
        return self.forms.date(self.header.span.first), self.forms.date(self.header.span.last)

    def _description(self, known: dict[str, str], is_seen: bool) -> str:
        """Describe a charge point: what people call it and where it is, what it is, and since when that is known."""
        told = {name: plain(value, 40) for name, value in known.items()}
        names = [told[name] for name in ("name", "location") if name in told]
        kind = " ".join(told[name] for name in ("vendor", "model") if name in told)
        numbers = [self.words[name].format(serial=told[name]) for name in ("serial", "meter_serial") if name in told]
        kinds = [told["meter_type"]] if "meter_type" in told else []
        seen = [self.words["seen.settled" if self.header.is_settled else "seen"]] if is_seen else []
        return ", ".join(filter(None, [*names, kind, *numbers, *kinds, *seen]))

    def _reading(self, wh: int | None, kwh: int) -> str:
        return self.forms.kwh(kwh * 1000, is_exact=False) if wh is None else self.forms.kwh(wh)

    def _mark(self, item: Item, flag: str) -> str:
        """Name a flag: an anomaly with its kind, a correction with its reason."""
        what = {ANOMALY: self.words.of_anomaly(item.charge.anomaly), CORRECTION: item.charge.why}.get(flag, "")
        return self.words[f"flag.{flag}"] + (f": {plain(what, 60)}" if what else "")

    def _signature(self, signature: SignatureVerdict | None) -> str:
        """Say what was found of signed meter values, and why."""
        if signature is None:
            return self.words["signature.none"]
        said = self.words[f"signature.{signature.verdict}"]
        return f"{said}: {self.words.of_signature(signature.why)}" if signature.why else said

    def _note(self, flag: str) -> str:
        """Explain a flag; items that have no price although there are prices are named."""
        numbers = [str(each.number) for each in self.statement.items if flag == UNPRICED and flag in each.flags]
        named = f" ({self.words['numbers'].format(numbers=', '.join(numbers))})" if numbers else ""
        return self.words[f"note.{flag}"] + named


def _with_connector(name: str, connector_id: int | None) -> str:
    return name if connector_id is None else f"{name}/{connector_id}"
