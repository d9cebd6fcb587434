"""What is known of a charge point when a charge begins: what it said when it booted, and what is listed of it."""

from __future__ import annotations

from shocpp.ledger import evidence
from shocpp.ocpp.v16.boot_notification import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.central_system.context import Context
    from shocpp.ledger.evidence import Evidence


def evidence_of(context: Context) -> Evidence:
    """Give what is known of the charge point, as a record has it: what is not known is absent."""
    listed = context.charge_point
    listing = {"name": listed.name, "location": listed.location} if listed else {}
    return evidence.read({**described(context.boot), **listing})
