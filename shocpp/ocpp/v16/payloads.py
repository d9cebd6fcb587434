"""
Do payloads keep to the specification, and if not, what is wrong with them?

`fits` answers fast, with code generated from the schemas; `explain` says what is wrong, slowly, with jsonschema.
Both judge alike: an integer is an ``int`` (``1.0`` is not), 0.3 is a multiple of 0.1, a time has a zone, and NaN
is no number (see `shocpp.ocpp.json_types`). Knows nothing of frames and of what the messages mean. A backend imports
this module for every connection, so what only `explain` needs is imported there.

Source: OCPP 1.6 §6 and §7, the errata sheet 4.0, OCPP-J 1.6 §4.2.3.
"""

from __future__ import annotations

from shocpp.ocpp.v16.operations import KINDS, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ocpp.v16.violation import Violation

MOST_EXPLAINED = 20
_validators: dict[tuple[str, str], Callable[[object], bool]] = {}


def fits(action: str, kind: str, payload: object) -> bool:
    """
    Tell whether a payload is exactly as specified.

    Args:
        action: The operation, as in a CALL.
        kind: ``"request"`` or ``"confirmation"``.
        payload: Any value as `json.loads` makes it.

    Raises:
        UnknownActionError: There is no such message; ask `shocpp.ocpp.v16.operations` first.

    >>> fits("Authorize", "request", {"idTag": "1111"}), fits("Authorize", "request", {"idTag": 1111})
    (True, False)
    """
    try:
        return _validators[action, kind](payload)
    except KeyError:
        return _load(action, kind)(payload)


def explain(action: str, kind: str, payload: object) -> Violation | None:
    """
    Say what is wrong with a payload, or None if it fits.

    Args and Raises are those of `fits`. The first call imports jsonschema, which takes a while.

    >>> explain("Authorize", "request", {"idTag": "x" * 21})
    Violation('/idTag', 'maxLength', '/idTag: is 21 characters long, at most 20', 'value not allowed')
    """
    from shocpp.ocpp.v16 import explanation

    require(action, kind)
    return next(explanation.violations(action, kind, payload), None)


def explain_all(action: str, kind: str, payload: object) -> list[Violation]:
    """
    Say all that is wrong with a payload, up to `MOST_EXPLAINED` faults; nothing if it fits.

    Args and Raises are those of `fits`, and what it costs is what `explain` does.

    >>> [each.pointer for each in explain_all("Authorize", "request", {"idtag": 1})]
    ['/idTag', '/idtag']
    """
    from itertools import islice

    from shocpp.ocpp.v16 import explanation

    require(action, kind)
    return list(islice(explanation.violations(action, kind, payload), MOST_EXPLAINED))


def _load(action: str, kind: str) -> Callable[[object], bool]:
    """
    Import the generated validators of an operation.

    Raises:
        ModuleNotFoundError: They have not been generated; says how that is done.
    """
    require(action, kind)
    try:
        module = __import__(f"shocpp.ocpp.v16.validators.{action}", fromlist=KINDS)
    except ModuleNotFoundError:
        command = "python -m tests.generators.validators"
        raise ModuleNotFoundError(f"{action} has no validators: run `{command}`, which makes them") from None
    for each in KINDS:
        _validators[action, each] = getattr(module, each)
    return _validators[action, kind]
