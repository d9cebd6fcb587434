"""
Signed meter values: what a meter signed, which whoever got the bill can have verified.

Knows them by their format, and which of them to keep where there are too many; what is in them is the meter's maker's.

Source: OCPP 1.6 §7.43 (SampledValue), §7.44 (ValueFormat), §7.35 (ReadingContext)
"""

from __future__ import annotations

from shocpp.compact_json import make_encode
from shocpp.ocpp.reading import text
from shocpp.ocpp.v16.sampled_values import sampled_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.v16.sampled_values import SampledValue

# bytes of JSON that are kept of one stop: a night of values each quarter of an hour, and far from what no record may be
MOST_BYTES = 1 << 18
_MOST = 2_000  # of one stop that are looked at for that: as many do not fit, unless they are too short to be signed
_ENDS = ("Transaction.Begin", "Transaction.End")
_PLAIN = (str, int, bool, type(None))

_encode = make_encode(between=", ", colon=": ")  # as it stands in the record


def is_signed(sampled: SampledValue) -> bool:
    """
    Tell whether a value is signed; OCMF is, whatever its format is said to be.

    >>> is_signed({"value": "AB", "format": "SignedData"}), is_signed({"value": "OCMF|{}"}), is_signed({"value": "5"})
    (True, True, False)
    """
    said = text(sampled.get("value")) or ""
    return bool(said) and (sampled.get("format") == "SignedData" or said.startswith("OCMF|"))


def signed_values(meter_values: object) -> tuple[list[SampledValue], int]:
    """
    Gather the signed values of a ``meterValue`` array, as they were sent.

    Returns:
        Those that are kept, in order, and the number of those that are left out: where they are too many, those of the
        begin and the end go before those between. One that holds more than texts and numbers is left out, too.
    """
    found = [sampled for sampled, _ in sampled_values(meter_values) if is_signed(sampled)]
    if not found:
        return [], 0
    kept: set[int] = set()
    left = MOST_BYTES
    ends_first = sorted(enumerate(found), key=lambda each: each[1].get("context") not in _ENDS)
    for number, sampled in ends_first[:_MOST]:
        if all(value.__class__ in _PLAIN for value in sampled.values()):
            size = len(_encode(sampled)) + len(", ")
            if size <= left:
                left -= size
                kept.add(number)
    return [found[number] for number in sorted(kept)], len(found) - len(kept)
