"""
The answer to a CALL as a line of JSON, and in words for the log.
"""

from __future__ import annotations

from shocpp.backend import own_faults
from shocpp.central_system import effects
from shocpp.ocpp import refusals
from shocpp.ocpp.codes import CODES
from shocpp.ocpp.frames import CallError, result_line
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.central_system.effects import Refuse, Reply
    from shocpp.ocpp.frames import Call, UniqueId

_ANSWERED = "answered"
_ROUTINE = ("Heartbeat", "MeterValues")  # what comes by itself, again and again: its answers are for debugging


def line_of(say: Callable[[str, str], None], unwanted: str, call: Call, answer: Reply | Refuse, is_quiet: bool) -> str:
    """
    Write the answer to a CALL as a line, and into the log what became of it.

    Args:
        say: Writes a line of the log: level and text.
        unwanted: The level whose lines are not even made; empty for none.
        call: The CALL.
        answer: The answer.
        is_quiet: No line shall be in the log.
    """
    try:
        if isinstance(answer, effects.Refuse):
            line, outcome = _refused(call.unique_id, answer)
        else:
            line, info = result_line(call.unique_id, answer.payload), answer.payload.get("idTagInfo")
            outcome = f"{_ANSWERED}, card {info['status']}" if isinstance(info, dict) else _ANSWERED
    except Exception as error:
        own_faults.report(say, f"{clean(call.action)} id={clean(call.unique_id)}", error)
        return CallError(call.unique_id, CODES[refusals.TRY_AGAIN], "try again").encode()
    level = "DEBUG" if call.action in _ROUTINE and outcome == _ANSWERED else "INFO"
    if outcome and level != unwanted and not is_quiet:
        say(level, f"{clean(f'{call.action} id={call.unique_id}')} {outcome}")
    return line


def refusal_of(unique_id: UniqueId, why: str, say: Callable[[str, str], None]) -> str:
    """Write the answer to what cannot be read but has an id, and into the log that it was refused."""
    code = CODES[refusals.MALFORMED]
    say("WARNING", f"id={clean(unique_id)} refused {code}")
    return CallError(unique_id, code, why).encode()


def _refused(unique_id: UniqueId, refusal: Refuse) -> tuple[str, str]:
    """
    Write a refusal as a line.

    Returns:
        The line, and for the log what became of the CALL; empty for what was logged before.
    """
    code = CODES[refusal.kind]
    line = CallError(unique_id, code, refusal.description).encode()
    return line, "" if refusal.kind == refusals.TRY_AGAIN else f"refused {code}"
