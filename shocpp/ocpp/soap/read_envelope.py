"""
Bytes to an envelope: what the headers say, and the message in the body, whatever is wrong around it.

No header is needed. Prefixes that are declared nowhere are read over, and a header that is not well-formed, which some
firmware sends, leaves the body as it is; a body that is not well-formed is refused, since half of a number is another
number. Documents have neither entities nor a DOCTYPE, and nothing is fetched.

Source: SOAP 1.2 part 1 §5, WS-Addressing 1.0 §3; OCPP 1.5 §4 (chargeBoxIdentity)
"""

from __future__ import annotations

import re
from functools import cache

from shocpp.errors import ShocppError
from shocpp.ocpp.soap.dialects import RESPONSE, Dialect, of_namespace
from shocpp.ocpp.soap.read_payload import local_name, payload_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

    from shocpp.ocpp.frames import Payload

_LONGEST_HEADER = 1000  # characters
_DEEPEST = 24  # levels of elements; a charging profile has eight
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "utf-16"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BODY = re.compile(r"<((?:[\w.-]+:)?Body)(?=[\s>/])")
_ROOT = re.compile(r"<(?:[\w.-]+:)?Envelope\b[^<>]*>")  # stops at another: else many of them take their square


class EnvelopeError(ShocppError):
    """
    Bytes that are no message of OCPP.

    Attributes:
        envelope: What could be read all the same, so that whoever sent it can be answered.
    """

    def __init__(self, reason: str, envelope: Envelope | None = None) -> None:
        super().__init__(reason)
        self.envelope = envelope


class Envelope:
    """
    What came in one envelope.

    Attributes:
        identity: The charge point's; empty if the header does not say it.
        message_id: The message's; empty without one.
        from_address: Where the sender serves; empty if it does not say so.
        dialect: The version; None in a fault, which has none.
        side: Whose service it belongs to.
        action: What it is about; empty in a fault.
        kind: Request or response.
        payload: What it says, in the words of OCPP 1.6.
        fault: The code and the reason of a fault; None if it is none.
    """

    __slots__ = ("action", "dialect", "fault", "from_address", "identity", "kind", "message_id", "payload", "side")

    def __init__(self) -> None:
        self.identity = self.message_id = self.from_address = ""
        self.dialect: Dialect | None = None
        self.side = self.action = self.kind = ""
        self.payload: Payload = {}
        self.fault: tuple[str, str] | None = None


def read(data: bytes) -> Envelope:
    """
    Read an envelope.

    Args:
        data: It, no longer than whoever received it lets anything be.

    Raises:
        EnvelopeError: It is none, or none with a message of OCPP.
        ImportError: lxml is not installed.
    """
    text = without_declaration(decoded(data))
    root, has_other_faults = parsed(text)
    if has_other_faults:
        body = _body_alone(text)
        _take_out_bodies(root)
    else:
        body = next((each for each in root.iter() if local_name(each.tag) == "Body"), None)
        if body is not None and body.getparent() is not None:
            body.getparent().remove(body)
    envelope = _headers(root)
    if body is None:
        raise EnvelopeError("there is no Body", envelope)
    _read_message(body, envelope)
    return envelope


def decoded(data: bytes) -> str:
    """
    Decode a document.

    Raises:
        EnvelopeError: It has an encoding that is not known, or is not encoded as it says, or has a DOCTYPE.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _ENCODING.match(data[:200])
        encoding = declared[1].decode().lower() if declared else "utf-8"
        if encoding == "utf-16":
            encoding = "utf-8"  # what could be read up to here is no UTF-16
    if encoding not in _ENCODINGS | {"utf-8-sig"}:
        raise EnvelopeError(f"the encoding {encoding} is not known here")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise EnvelopeError(f"it is not {encoding}") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise EnvelopeError("a DOCTYPE is not accepted")
    return text


def without_declaration(text: str) -> str:
    """
    Leave out what a document says of its encoding: it is decoded.

    >>> without_declaration('<?xml version="1.0" encoding="utf-16"?> <a/>')
    ' <a/>'
    """
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


@cache
def _parser() -> XMLParser:
    from lxml import etree

    return etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def parsed(text: str) -> tuple[_Element, bool]:
    """
    Parse a document; tell whether more is wrong with it than prefixes that are not declared.

    Raises:
        EnvelopeError: Nothing is left of it.
    """
    from lxml import etree

    parser = _parser()
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise EnvelopeError(f"it is no XML: {error.msg or 'there is nothing'}") from None
    if root is None:
        raise EnvelopeError("it is no XML: there is nothing")
    _require_shallow(root)
    has_other_faults = any(each.domain != etree.ErrorDomains.NAMESPACE for each in parser.error_log)
    return root, has_other_faults


def _require_shallow(root: _Element) -> None:
    """
    Make sure that a document is no deeper than any message.

    Raises:
        EnvelopeError: It is.
    """
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise EnvelopeError(f"elements nest more than {_DEEPEST} deep")


def _body_alone(text: str) -> _Element:
    """
    Read the body of an envelope whose header is not well-formed; of several, the last: the header cannot have that.

    Raises:
        EnvelopeError: It is not well-formed either.
    """
    root, begins = _ROOT.search(text), list(_BODY.finditer(text))
    if root is None or not begins:
        raise EnvelopeError("it is not well-formed")
    begin = begins[-1]
    end = text.find(f"</{begin[1]}", begin.end())
    close = text.find(">", end)
    if end < 0 or close < 0:
        raise EnvelopeError("its body has no end")
    name = re.match(r"<([\w.:-]+)", root[0])
    assert name is not None  # noqa: S101 - it begins so
    opening = root[0].replace("/>", ">")
    body, has_other_faults = parsed(f"{opening}{text[begin.start() : close + 1]}</{name[1]}>")
    if has_other_faults:
        raise EnvelopeError("its body is not well-formed")
    return body[0]


def _take_out_bodies(root: _Element) -> None:
    """Leave only what may be headers: what a broken one has swallowed says nothing."""
    for element in [each for each in root.iter() if local_name(each.tag) == "Body"]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _headers(root: _Element) -> Envelope:
    envelope = Envelope()
    for element in root.iter():
        name = local_name(element.tag)
        text = (element.text or "").strip()[:_LONGEST_HEADER]
        if name == "chargeBoxIdentity":
            envelope.identity = text
        elif name == "MessageID":
            envelope.message_id = text
        elif name == "Address":
            parent = element.getparent()
            if parent is not None and local_name(parent.tag) == "From":
                envelope.from_address = text
    return envelope


def _read_message(body: _Element, envelope: Envelope) -> None:
    """
    Read the message that a body holds.

    Raises:
        EnvelopeError: It is none of OCPP.
    """
    if not len(body):
        raise EnvelopeError("the Body is empty", envelope)
    message = body[0]
    name = local_name(message.tag)
    if name == "Fault":
        envelope.fault = _fault(message)
        return
    found = of_namespace(str(message.tag).rpartition("}")[0].removeprefix("{"))
    if found is None:
        raise EnvelopeError(f"{name[:50]} is in no namespace of OCPP 1.2, 1.5 or 1.6", envelope)
    envelope.dialect, envelope.side = found
    meaning = envelope.dialect.meaning(envelope.side, name)
    if meaning is None:
        raise EnvelopeError(f"OCPP {envelope.dialect.version} has no {name[:50]}", envelope)
    envelope.action, envelope.kind = meaning
    fields = envelope.dialect.message(envelope.side, envelope.action, envelope.kind)
    assert fields is not None  # noqa: S101 - it has a meaning
    envelope.payload = payload_of(message, fields)


def _fault(element: _Element) -> tuple[str, str]:
    """Read a fault, of SOAP 1.2 or 1.1, and of what some libraries make of them: its code and its reason."""
    texts: dict[str, str] = {}
    for each in element.iter():
        texts.setdefault(local_name(each.tag), (each.text or "").strip()[:_LONGEST_HEADER])
    values = [local_name(each.text.strip()) for each in element.iter() if local_name(each.tag) == "Value" and each.text]
    code = values[-1] if values else local_name(texts.get("faultcode", ""))
    return code or "InternalError", texts.get("Text") or texts.get("faultstring") or ""


def is_answer(envelope: Envelope) -> bool:
    """Tell whether an envelope answers a request."""
    return envelope.fault is not None or envelope.kind == RESPONSE
