"""
The answer to a CALL as a line of JSON, and in words for the log.
"""

from __future__ import annotations

from shocpp.central_system import effects
from shocpp.ocpp import refusals
from shocpp.ocpp.codes import CODES
from shocpp.ocpp.frames import CallError, CallResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.central_system.effects import Refuse, Reply
    from shocpp.ocpp.frames import Call

ANSWERED = "answered"


def written(call: Call, answer: Reply | Refuse) -> tuple[str, str]:
    """
    Write an answer as a line.

    Returns:
        The line, and for the log what became of the CALL and of the card in it; empty for what was logged before.
    """
    if isinstance(answer, effects.Refuse):
        code = CODES[answer.kind]
        line = CallError(call.unique_id, code, answer.description).encode()
        return line, "" if answer.kind == refusals.TRY_AGAIN else f"refused {code}"
    line = CallResult(call.unique_id, answer.payload).encode()
    info = answer.payload.get("idTagInfo")
    return line, f"{ANSWERED}, card {info['status']}" if isinstance(info, dict) else ANSWERED
