"""The CALLERROR codes of OCPP-J: the one table from why a request is refused to the word for it on this wire."""

from __future__ import annotations

from shocpp.ocpp import frames, refusals

# Source: OCPP-J 1.6 §4.2.3, table 7
CODES = {
    refusals.UNKNOWN_ACTION: frames.NOT_IMPLEMENTED,
    refusals.NOT_SERVED: frames.NOT_SUPPORTED,
    refusals.MALFORMED: frames.FORMATION_VIOLATION,
    refusals.MISSING: frames.OCCURRENCE_CONSTRAINT_VIOLATION,
    refusals.WRONG_TYPE: frames.TYPE_CONSTRAINT_VIOLATION,
    refusals.NOT_ALLOWED: frames.PROPERTY_CONSTRAINT_VIOLATION,
    refusals.TRY_AGAIN: frames.INTERNAL_ERROR,
}
