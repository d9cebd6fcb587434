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

_PREFIXES = ("urn:uuid:", "uuid:")
_LONGEST_ID = 80  # characters of a MessageID that is echoed as a unique id

Response = tuple[int, bytes]  # a status of HTTP and a body


class SoapCall:
    """
    One request that asks for a side's service.

    Args:
        data: The body of an HTTP request.
        side: Whose service is asked.
        message_id: A URI that no other message has: that of the answer.

    Attributes:
        data: What came, byte for byte.
        envelope: The same, as far as it could be read.
        refusal: The answer to what is no request; None for one that is.
        why: What is wrong with it, in words; empty for one that is.
    """

    __slots__ = ("_message_id", "_side", "data", "envelope", "refusal", "why")

    def __init__(self, data: bytes, side: str, message_id: str) -> None:
        self._side = side
        self._message_id = message_id
        self.data = data
        self.refusal: Response | None = None
        self.why = ""
        try:
            self.envelope = read(data)
            if self.envelope.side != side or self.envelope.kind != REQUEST:
                raise EnvelopeError("it is no request to this side", self.envelope)
        except EnvelopeError as error:
            self.envelope = error.envelope or Envelope()
            self.turn_down(write_envelope.PROTOCOL_ERROR, str(error))

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
        assert envelope.dialect is not None  # noqa: S101 - it is a request
        try:
            body = write_envelope.response(
                envelope.dialect,
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

    def turn_down(self, subcode: str, reason: str) -> None:
        """Take it for no request, and say why."""
        self.refusal, self.why = self.refuse(subcode, reason), reason

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
