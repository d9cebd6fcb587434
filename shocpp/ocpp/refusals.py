"""
Why a request is refused, in words that belong to no wire.

Whoever reads messages says one of these; each wire has one table of its own that turns them into its codes
(``codes`` for JSON).
"""

from __future__ import annotations

UNKNOWN_ACTION = "unknown action"  # the version of the protocol has no such message
NOT_SERVED = "not served"  # it has, but not for whoever was asked
MALFORMED = "malformed"  # not built as that message is
MISSING = "missing field"
WRONG_TYPE = "wrong type"
NOT_ALLOWED = "value not allowed"
TRY_AGAIN = "try again"  # no fault of the request's: it was not served, and may be sent again
