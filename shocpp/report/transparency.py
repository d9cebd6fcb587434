"""
The signed meter values of a statement as an XML file for the S.A.F.E. transparency software, to verify them there.

Each value stands in it as it was sent: a letter more or less, and its signature would be wrong.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from shocpp.ocmf.signature import GOOD, decoded, verify
from shocpp.ocmf.value import SignedValue, is_ocmf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # nor a CR, which would become a LF


def document(statement: Statement) -> bytes:
    """
    Write the OCMF values of all sessions, each with the public key of its meter where that is known.

    Returns:
        XML in UTF-8; without sessions that have such values an empty list.
    """
    values = "".join(text for item in statement.items for text in _values(statement, item))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<values>\n{values}</values>\n'.encode()


def _values(statement: Statement, item: Item) -> Iterator[str]:
    keys = tuple(statement.header.keys.get(item.charge.charge_point, ()))
    for sampled in item.charge.signed:
        text = str(sampled.get("value", ""))
        if is_ocmf(text) and not _NOT_IN_XML.search(text):
            context = quoteattr(str(sampled.get("context", "Transaction.End")))
            yield f'  <value transactionId="{item.number}" context={context}>\n'
            yield f'    <signedData format="OCMF" encoding="{_encoding(text)}">{escape(text)}</signedData>\n'
            if key := _key(text, keys):
                encoding = "hex" if _HEX.fullmatch(key) else "base64"
                yield f'    <publicKey encoding="{encoding}">{escape(key)}</publicKey>\n'
            yield "  </value>\n"


def _encoding(text: str) -> str:
    return "hex" if _HEX.fullmatch(text) else "plain"


def _key(text: str, keys: tuple[str, ...]) -> str:
    """Choose the key by which a value verifies, else the first: the software shall say that it does not fit."""
    try:
        value = SignedValue(text)
    except ValueError:
        return ""
    known = [key.replace(" ", "") for key in keys if decoded(key)]
    return next((key for key in known if verify(value, (key,)) == GOOD), known[0] if known else "")
