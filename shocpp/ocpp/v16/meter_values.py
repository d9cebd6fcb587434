"""
What sampled values say: measurand, unit and phase with the specification's defaults, and readings made of them.

Knows the ``meterValue`` array of MeterValues and ``transactionData`` of StopTransaction; keeps what it does not know.

Source: OCPP 1.6 §7.33 (MeterValue), §7.43 (SampledValue), §7.31 (Measurand)
"""

from __future__ import annotations

from shocpp.ocpp.reading import text
from shocpp.ocpp.v16.sampled_values import ends, sampled_values
from shocpp.ocpp.v16.signed_values import is_signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
_PHASES = {"L1", "L2", "L3", "L1-N", "L2-N", "L3-N", "L1N", "L2N", "L3N"}
_KILO = {"kWh": 1000, "kW": 1000, "kvarh": 1000, "kvar": 1000, "kVA": 1000}
_INLET = "Inlet"
_DEFAULT_CONTEXT = "Sample.Periodic"
_FIELDS = ("value", "measurand", "unit", "phase", "context", "location")
_MOST = 2_000  # samples that are made of one message; the last of each measurand are what a sighting keeps


class Sample:
    """One sampled value as sent, its defaults filled in; ``phase`` is empty for a total."""

    __slots__ = ("at", "context", "is_signed", "location", "measurand", "phase", "unit", "value")

    def __init__(self, sampled: dict[str, object], at: str) -> None:
        self.value, measurand, unit, self.phase, context, location = [
            said if said.__class__ is str else text(said) or "" for said in map(sampled.get, _FIELDS)
        ]
        self.at = at
        self.measurand = measurand or ENERGY
        self.unit = unit or ("Wh" if self.measurand == ENERGY else "")
        self.context = context or _DEFAULT_CONTEXT
        self.location = location or "Outlet"
        self.is_signed = is_signed(sampled)

    def base(self) -> int | None:
        """
        Give the value in its unit without kilo, as a whole number; None if it is no number.

        >>> Sample({"value": "9042.7", "unit": "kWh"}, "").base(), Sample({"value": ""}, "").base()
        (9042700, None)
        """
        factor = _KILO.get(self.unit, 1)
        if factor == 1 and self.value.isdecimal() and len(self.value) < 20:
            return int(self.value)
        from decimal import Decimal, InvalidOperation

        try:
            number = Decimal(self.value)
        except InvalidOperation:
            return None
        return int(number * factor) if number.is_finite() and abs(number.adjusted()) < 18 else None


def samples(meter_values: object, contexts: Container[str] | None = None) -> list[Sample]:
    """
    Read the samples of a ``meterValue`` array in order; those without a value are left out.

    Of more than anybody has a use for, the first and the last are read.

    Args:
        meter_values: The array as sent.
        contexts: Those that are wanted; None for all.
    """
    sent = sampled_values(meter_values)
    if contexts is not None:
        sent = [each for each in sent if (text(each[0].get("context")) or _DEFAULT_CONTEXT) in contexts]
    return [sample for sampled, at in ends(sent, _MOST) if (sample := Sample(sampled, at)).value]


def energy_wh(found: list[Sample], context: str | None = None) -> int | None:
    """
    Give the last reading of the energy register in Wh: a total at the outlet; of one context, if one is named.

    A signed one that stands beside it is no number.
    """
    wanted = [
        sample
        for sample in found
        if sample.measurand == ENERGY
        and not sample.is_signed
        and not sample.phase
        and sample.location != _INLET
        and context in (None, sample.context)
    ]
    return wanted[-1].base() if wanted else None


def power_w(found: list[Sample]) -> int | None:
    """Give the last active power in W: the total where there is one, else the sum of the phases."""
    power = [sample for sample in found if sample.measurand == POWER and sample.location != _INLET]
    totals = [sample for sample in power if not sample.phase]
    if totals:
        return totals[-1].base()
    phases = {sample.phase: sample.base() for sample in power if sample.phase in _PHASES}
    known = [watts for watts in phases.values() if watts is not None]
    return sum(known) if known else None


def sighting(meter_values: object) -> dict[str, object]:
    """
    Make what meter.json keeps of one connector: ``power_w``, ``energy_wh`` and all values as sent.

    >>> sighting({"sampledValue": {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"}})["power_w"]
    11000
    """
    found = samples(meter_values)
    known = {"power_w": power_w(found), "energy_wh": energy_wh(found)}
    values = {
        ".".join(filter(None, (sample.measurand, sample.phase))): {
            "value": sample.value,
            "unit": sample.unit,
            "at": sample.at,
        }
        for sample in found
    }
    return {**{name: value for name, value in known.items() if value is not None}, "values": values}
