"""
What is known of a charge point when a charge begins: what it said when it booted, and what is listed of it.

Source: OCPP 1.6 §6.3 (BootNotification.req); chargeBoxSerialNumber is its older name of the serial number
"""

from __future__ import annotations

from shocpp.ledger import evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.central_system.context import Context
    from shocpp.ledger.evidence import Evidence


def evidence_of(context: Context) -> Evidence:
    """Give what is known of the charge point, as a record has it: what is not known is absent."""
    boot, listed = context.boot, context.charge_point
    return evidence.read(
        {
            "vendor": boot.get("chargePointVendor"),
            "model": boot.get("chargePointModel"),
            "serial": boot.get("chargePointSerialNumber") or boot.get("chargeBoxSerialNumber"),
            "meter_serial": boot.get("meterSerialNumber"),
            "meter_type": boot.get("meterType"),
            "name": listed.name if listed else None,
            "location": listed.location if listed else None,
        }
    )
