"""
A record as a document for other tools: natural types, a stable id, one line of JSON.

Pure: knows what a record says, not where it lay. The id is the same wherever and whenever the record is read.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

from shocpp.errors import DataError
from shocpp.ledger.accounts import UNKNOWN
from shocpp.ledger.charge import Charge
from shocpp.ledger.record import FOREIGN_ACCOUNT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from shocpp.ledger.accounts import Accounts

_WHOLE = ("unixtime", "begin_kwh", "end_kwh", "consumed_kwh")
_OURS = ("_id", "month", "repeated", "record", "energy_wh", "corrected_in")  # what a document has and a record has not
_PLACE = re.compile(r"([0-9]{4}/[0-9]{2})/([^/]+\.json)")
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
_encode = json.JSONEncoder(separators=(",", ":")).encode


def document(charge: Charge, correction: Charge | None = None) -> dict[str, Any]:
    """
    Make the document of a charge.

    Args:
        charge: The charge.
        correction: The one that counts in its place; None where it counts itself.

    Returns:
        ``_id``, ``month``, what the record says with numbers as numbers, ``record``: where it lies, and ``energy_wh``:
        what is to be billed; ``repeated`` names the record that bills the charge where this one only reports it once
        more, ``corrected_in`` the correction that counts in its place. The
        id is the digest of the stop; of a record that has none it is made of what the record says, 16 digits long, so
        that a copy under another name has the same one.
    """
    fields = {**charge.fields, **{name: getattr(charge, name) for name in _WHOLE}}
    fields.pop("_id", None)
    year, month = charge.month
    booked = {"_id": charge.digest or _digest(fields), "month": f"{year:04}-{month:02}"}
    repeated = {"repeated": charge.repeats} if charge.repeats else {}
    made = {**booked, **fields, **repeated, "record": charge.ref, "energy_wh": charge.energy_wh}
    return {**made, "energy_wh": 0, "corrected_in": correction.ref} if correction else made


def restored(made: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """
    Give the record that a document was made of: its month's folder, the name of its file, and its fields in order.

    Raises:
        DataError: It is no document of a record.
    """
    found = _PLACE.fullmatch(str(made.get("record")))
    if found is None or found[2].startswith("."):
        raise DataError("does not say where its record lay")
    fields = {name: value for name, value in made.items() if name not in _OURS}
    fields.update({name: str(fields[name]) for name in _WHOLE if name in fields})
    Charge(fields)  # or it is no record
    return found[1], found[2], fields


def line(made: dict[str, Any]) -> str:
    """Write a document as one line of ASCII JSON."""
    return _encode(made) + "\n"


def renamed(made: dict[str, Any], accounts: Accounts) -> dict[str, Any]:
    """
    Name the account of a document that was booked to nobody, if it is known by now.

    ``unknown-7`` is account 7, if that is listed; ``unassigned`` belongs to the account that its card is assigned to.
    The document says under which name it was booked. What is nobody's since its account may not charge there stays so.
    """
    account = made["account"]
    index, name = None, None
    if made.get("unassigned_because") == FOREIGN_ACCOUNT:
        return made
    if account == "unassigned" and isinstance(made.get("id_tag"), str):
        tag = accounts.find(made["id_tag"])
        index, name = (tag.index, tag.account) if tag else (None, None)
    elif account.startswith(UNKNOWN) and account[len(UNKNOWN) :].isdecimal():
        index = int(account[len(UNKNOWN) :][:9])
        name = accounts.names().get(index)
    if name is None:
        return made
    return {**made, "account": name, "account_index": index, "booked_as": account}


def _digest(fields: dict[str, Any]) -> str:
    return sha256(_canonical(fields).encode("utf-8", "backslashreplace")).hexdigest()[:16]
