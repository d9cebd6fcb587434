"""
What a charge point says of itself when it boots, in words that are no version's.

Source: OCPP 1.6 §6.3 (BootNotification.req); chargeBoxSerialNumber is its older name of the serial number
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = {
    "vendor": ("chargePointVendor",),
    "model": ("chargePointModel",),
    "serial": ("chargePointSerialNumber", "chargeBoxSerialNumber"),
    "meter_serial": ("meterSerialNumber",),
    "meter_type": ("meterType",),
}


def described(boot: Mapping[str, object]) -> dict[str, str]:
    """
    Describe a charge point by its BootNotification.req; what it did not say is absent.

    >>> described({"chargePointVendor": "acme", "chargePointModel": "", "chargeBoxSerialNumber": "0815", "imsi": "1"})
    {'vendor': 'acme', 'serial': '0815'}
    >>> described({"chargeBoxSerialNumber": "old", "chargePointSerialNumber": "new"})
    {'serial': 'new'}
    """
    found = {}
    for name, fields in _FIELDS.items():
        said = [value for field in fields if isinstance(value := boot.get(field), str) and value]
        if said:
            found[name] = said[0]
    return found
