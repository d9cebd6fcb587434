"""
One signed meter value: an OCMF text taken apart, without judging it.

What was signed is kept as it was sent: read and written again it would be another text. Numbers are Decimal.

Source: OCMF 1.x (S.A.F.E.): ``OCMF|payload|signature``, both JSON objects
"""

from __future__ import annotations

import json
from decimal import Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEADER = "OCMF"
_WH = {"Wh": Decimal(1), "kWh": Decimal(1000)}
_INHERITED = ("TM", "TX", "RI", "RU", "RT", "EF", "ST")


class Reading:
    """
    A reading of the meter.

    Attributes:
        kind: ``B`` for a begin, ``E`` and others for an end.
        register: Its OBIS code; empty where there is none.
        wh: Its value in Wh; None where it is no energy.
        is_good: The meter says that it is: its state is good and no error is flagged.
    """

    __slots__ = ("is_good", "kind", "register", "wh")

    def __init__(self, fields: dict[str, Any]) -> None:
        self.kind = str(fields.get("TX", ""))[:1]
        self.register = str(fields.get("RI", ""))
        factor = _WH.get(str(fields.get("RU")))
        value = fields.get("RV")
        is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
        self.wh = Decimal(value) * factor if factor is not None and is_number and value is not None else None
        self.is_good = fields.get("ST") == "G" and not fields.get("EF")


class SignedValue:
    """
    A signed meter value.

    Attributes:
        payload: What was signed, byte for byte.
        signature: The fields of the signature section.
        meter: What names the meter: its serial number, or the gateway's where it has none.
        page: Kind and number of its page, such as ``("T", 32)``; None without one.
        readings: Its readings, in order.
    """

    __slots__ = ("meter", "page", "payload", "readings", "signature")

    def __init__(self, text: str) -> None:
        """
        Take an OCMF text apart; one that was sent hex-encoded, too.

        Raises:
            ValueError: It is none.
        """
        try:
            self._read(text)
        except (RecursionError, ArithmeticError) as error:  # nested too deeply, or a number beyond all sense
            raise ValueError(f"it cannot be read: {type(error).__name__}") from None

    def _read(self, text: str) -> None:
        header, payload, signature = _decoded(text).split("|")
        if header != _HEADER:
            raise ValueError("it does not begin with OCMF")
        self.payload = payload.encode()
        said, self.signature = _object(payload), _object(signature)
        self.meter = str(said.get("MS") or said.get("GS") or "")
        page = str(said.get("PG", ""))
        self.page = (page[:1], int(page[1:])) if page[1:].isascii() and page[1:].isdecimal() else None
        self.readings = list(_readings(said.get("RD")))


def is_ocmf(text: str) -> bool:
    """
    Tell whether a text claims to be OCMF, plain or hex-encoded.

    >>> is_ocmf("OCMF|{}|{}"), is_ocmf("4F434D467C7B7D"), is_ocmf("AP;0;3")
    (True, True, False)
    """
    return _decoded(text).startswith(f"{_HEADER}|")


def _decoded(text: str) -> str:
    """Give the text that was meant: OCPP has signed data hex-encoded, most charge points send them as they are."""
    try:
        return bytes.fromhex(text).decode()
    except ValueError:
        return text


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text, parse_float=Decimal)
    if not isinstance(found, dict):
        raise ValueError("a section is no object")
    return found


def _readings(entries: object) -> list[Reading]:
    """Read all readings; a field that is as in the reading before may be missing."""
    found, before = [], dict[str, object]()
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            raise ValueError("a reading is no object")
        fields = {name: before[name] for name in _INHERITED if name in before} | entry
        found.append(Reading(fields))
        before = fields
    return found
