"""
An envelope for people to read: as it came, its secrets hidden; for where others may read it, too.

What is secret is told by ``secrets``, as for frames of JSON: an element takes the place of a member. Knows no action.
"""

from __future__ import annotations

from shocpp.ocpp.secrets import MASK, hidden_names, hide_in_text, masked_text
from shocpp.ocpp.soap.read_envelope import EnvelopeError, decoded, parsed, without_declaration
from shocpp.ocpp.soap.read_payload import local_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

_LONGEST = 1 << 16  # characters that are kept
_NOT_IN_TREE = ("<!--", "<?")  # comments and instructions, which the parser leaves out


def masked(data: bytes, hide_keys: Callable[[str], str]) -> str:
    """
    Write an envelope without its secrets; one that has none stands as it came.

    Args:
        data: What came, or was sent, whatever it is.
        hide_keys: Hides the keys that were sent lately in a text, as ``SentKeys.hide`` does.

    Returns:
        XML; in words how long it is where it is too long to be kept, or mentions a secret and cannot be read.

    Raises:
        ImportError: lxml is not installed.
    """
    try:
        text = hide_keys(decoded(data))
    except EnvelopeError as error:
        return f"({len(data)} bytes: {error})"
    if len(text) > _LONGEST:
        return f"{MASK} ({len(text)} characters, too many to be kept)"
    document = without_declaration(text)
    try:
        root, has_other_faults = parsed(document)
    except EnvelopeError:
        return masked_text(text)
    if has_other_faults:
        return masked_text(text)  # there may be more in it than could be read
    if _hide_in(root, hide_keys) or any(mark in document for mark in _NOT_IN_TREE):
        from lxml import etree

        return str(etree.tostring(root, encoding="unicode"))
    return text


def _hide_in(root: _Element, hide_keys: Callable[[str], str]) -> bool:
    """Hide the secrets below an element, in texts and attributes; tell whether there were any."""
    has_hidden = False
    for element in list(root.iter()):
        members: dict[str, object] = {}
        for child in element:
            if said := "".join(child.itertext()).strip():
                members.setdefault(local_name(child.tag), said)
        hidden = hidden_names(members)
        for child in element:
            if local_name(child.tag) in hidden:
                del child[:]
                child.text, has_hidden = MASK, True
        for name, value in element.attrib.items():
            shown = MASK if hidden_names({local_name(name): value}) else hide_in_text(hide_keys(str(value)))
            if shown != value:
                element.set(name, shown)
                has_hidden = True
        if element.text:
            shown = hide_in_text(hide_keys(element.text))
            if shown != element.text:
                element.text, has_hidden = shown, True
    return has_hidden
