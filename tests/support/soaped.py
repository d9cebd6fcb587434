"""
Conversations in envelopes: a message goes through OCPP over SOAP and back before it is served, and so does its answer.

Knows which transcripts a version can express; HTTP, which carries envelopes, is tested with a real listener.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from shocpp.ocpp import frames
from shocpp.ocpp.frames import Call, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS
from shocpp.ocpp.soap.elements import NotExpressibleError
from shocpp.ocpp.soap.read_envelope import read
from shocpp.ocpp.soap.soap_call import SoapCall
from tests.support.soap_peers import call_in
from tests.support.transcripts import Transcript


class Envelopes:
    """
    Both ends of one charge point's envelopes.

    Args:
        version: Of OCPP.
        identity: The charge point's.
    """

    def __init__(self, version: str, identity: str) -> None:
        self._dialect = DIALECTS[version]
        self._identity = identity
        self._commands: deque[SoapCall] = deque()

    def up(self, message: bytes) -> tuple[SoapCall | None, bytes]:
        """Write a charge point's message as an envelope; give what to answer, and the line that is read out of it."""
        frame = frames.parse(json.loads(message))
        if not isinstance(frame, Call):
            _, body = self._commands.popleft().answer(frame)
            return None, CallResult(frame.unique_id, read(body).payload).encode().encode()
        soap_call = call_in(self._request(frame, CENTRAL_SYSTEM), CENTRAL_SYSTEM)
        return soap_call, soap_call.call.encode().encode()

    def down(self, soap_call: SoapCall, line: str) -> str:
        """Write the answer to a message as an envelope; give the line that is read out of it."""
        frame = frames.parse(json.loads(line))
        assert not isinstance(frame, Call)
        return CallResult(frame.unique_id, read(soap_call.answer(frame)[1]).payload).encode()

    def command(self, line: str) -> str:
        """Write a command as an envelope; give the line that is read out of it."""
        frame = frames.parse(json.loads(line))
        assert isinstance(frame, Call)
        self._commands.append(call_in(self._request(frame, CHARGE_POINT), CHARGE_POINT))
        return self._commands[-1].call.encode()

    def _request(self, call: Call, side: str) -> bytes:
        return write_envelope.request(
            self._dialect,
            side,
            call.action,
            call.payload,
            self._identity,
            f"uuid:{call.unique_id}",
            "http://127.0.0.1/",
        )


def is_expressible(transcript: Transcript, version: str) -> bool:
    """Tell whether all that is said in a transcript can be said in envelopes, and means the same then."""
    if not transcript.identity or any(step.mark == "~" for step in transcript.steps):
        return False
    return all(_survives(step.data or step.text.encode(), step.mark, version) for step in transcript.steps)


def _survives(data: bytes, mark: str, version: str) -> bool:
    if mark not in (">", "<", "$", "="):
        return True
    try:
        value = json.loads(data)
    except ValueError:
        return False
    if mark in ("<", "="):
        return bool(value[0] != frames.CALL_ERROR)
    if not isinstance(value, list) or len(value) < 3 or not isinstance(value[1], str):
        return False
    if value[0] == frames.CALL_RESULT:
        return [] not in value[2].values()  # XML has no empty list
    return value[0] == frames.CALL and _survives_journey(value, mark, version)


def _survives_journey(value: list[Any], mark: str, version: str) -> bool:
    side = CENTRAL_SYSTEM if mark == ">" else CHARGE_POINT
    call = frames.parse(value)
    assert isinstance(call, Call)
    try:
        data = write_envelope.request(DIALECTS[version], side, call.action, call.payload, "CP1", "uuid:1", "")
    except NotExpressibleError:
        return False
    return _but_status(call.action, read(data).payload) == _but_status(call.action, call.payload)


def _but_status(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out the one word that is another one after the journey: a connector that is Preparing is Occupied."""
    return payload | {"status": ""} if action == "StatusNotification" else payload
