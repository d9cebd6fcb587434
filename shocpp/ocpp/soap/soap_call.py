"""
A request over SOAP as the CALL that it is, and the answer to that CALL as the envelope that it becomes.

What carries envelopes hands bodies of HTTP over and is handed such back; what answers CALLs knows nothing of this.
"""

from __future__ import annotations

from shocpp.ocpp.frames import Call, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import REQUEST
from shocpp.ocpp.soap.elements import NotExpressibleError
from shocpp.ocpp.soap.read_envelope import Envelope, EnvelopeError, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import CallError
    from shocpp.ocpp.soap.dialects import Dialect

_PREFIXES = ("urn:uuid:", "uuid:")
_LONGEST_ID = 80  # characters of a MessageID that is echoed as a unique id

Response = tuple[int, bytes]  # a status of HTTP and a body


class _Asked:
    """
    What asks for a side's service, and how it is refused.

    Attributes:
        data: What came, byte for byte.
        envelope: The same, as far as it could be read.
    """

    __slots__ = ("_message_id", "_side", "data", "envelope")

    def __init__(self, data: bytes, envelope: Envelope, side: str, message_id: str) -> None:
        self.data = data
        self.envelope = envelope
        self._side = side
        self._message_id = message_id

    def refuse(self, subcode: str, reason: str) -> Response:
        """Write a fault."""
        envelope = self.envelope
        body = write_envelope.fault(
            envelope.dialect,
            self._side,
            subcode,
            reason,
            envelope.identity,
            self._message_id,
            envelope.message_id,
        )
        return write_envelope.status_of(subcode), body

    def turned_down(self, subcode: str, reason: str) -> SoapRefusal:
        """Take it for no request, and say why."""
        return SoapRefusal(self.data, self.envelope, self._side, self._message_id, subcode, reason)


class SoapRefusal(_Asked):
    """
    What is no request, or none that may be served.

    Attributes:
        response: The answer to it.
        why: What is wrong with it, in words.
    """

    __slots__ = ("response", "why")

    def __init__(self, data: bytes, envelope: Envelope, side: str, message_id: str, subcode: str, reason: str) -> None:
        super().__init__(data, envelope, side, message_id)
        self.response, self.why = self.refuse(subcode, reason), reason


class SoapCall(_Asked):
    """
    A request.

    Attributes:
        dialect: The version that it is in.
    """

    __slots__ = ("dialect",)

    def __init__(self, data: bytes, envelope: Envelope, dialect: Dialect, side: str, message_id: str) -> None:
        super().__init__(data, envelope, side, message_id)
        self.dialect = dialect

    @property
    def call(self) -> Call:
        """The CALL that the request is; its id is the MessageID, or that of the answer where there is none."""
        envelope = self.envelope
        unique_id = (envelope.message_id or self._message_id)[:_LONGEST_ID]
        for prefix in _PREFIXES:
            unique_id = unique_id.removeprefix(prefix)
        return Call(unique_id, envelope.action, envelope.payload)

    def answer(self, frame: CallResult | CallError) -> Response:
        """Write the answer to the CALL."""
        if not isinstance(frame, CallResult):
            return self.refuse(write_envelope.subcode_of(frame.code), frame.description)
        envelope = self.envelope
        try:
            body = write_envelope.response(
                self.dialect,
                self._side,
                envelope.action,
                frame.payload,
                envelope.identity,
                self._message_id,
                envelope.message_id,
            )
        except NotExpressibleError as error:
            return self.refuse(write_envelope.INTERNAL_ERROR, str(error))
        return 200, body


def read_call(data: bytes, side: str, message_id: str) -> SoapCall | SoapRefusal:
    """
    Read what asks for a side's service.

    Args:
        data: The body of an HTTP request.
        side: Whose service is asked.
        message_id: A URI that no other message has: that of the answer.

    Raises:
        ImportError: lxml is not installed.
    """
    try:
        envelope = read(data)
        if envelope.side != side or envelope.kind != REQUEST or envelope.dialect is None:
            raise EnvelopeError("it is no request to this side", envelope)
    except EnvelopeError as error:
        refused = error.envelope or Envelope()
        return SoapRefusal(data, refused, side, message_id, write_envelope.PROTOCOL_ERROR, str(error))
    return SoapCall(data, envelope, envelope.dialect, side, message_id)
