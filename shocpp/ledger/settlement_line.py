"""
What a month was settled with, as a line for other tools: the text of its file, which has to stay as it is.

Pure: knows the line, not what is in a settlement.
"""

from __future__ import annotations

import json
import re

from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shocpp.ledger.charge import Month


_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_encode = json.JSONEncoder(separators=(",", ":")).encode


def line(month: Month, text: str) -> str:
    r"""
    Write what a month was settled with as one line of ASCII JSON.

    >>> line((2026, 3), "{}")
    '{"_id":"settlement-2026-03","month":"2026-03","settlement":"{}"}\n'
    """
    name = f"{month[0]:04}-{month[1]:02}"
    return _encode({"_id": f"settlement-{name}", "month": name, "settlement": text}) + "\n"


def restored(made: Mapping[str, object]) -> tuple[Month, str]:
    """
    Give the month of such a line, and what it was settled with.

    Raises:
        DataError: It is none.

    >>> restored({"month": "2026-03", "settlement": "{}"})
    ((2026, 3), '{}')
    """
    found = _MONTH.fullmatch(str(made.get("month")))
    text = made.get("settlement")
    if found is None or not isinstance(text, str):
        raise DataError("does not say which month was settled, and with what")
    return (int(found[1]), int(found[2])), text
