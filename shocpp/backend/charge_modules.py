"""
What a charge needs, imported before the first one comes.

A backend that starts for each connection does so when its first answers have left; one that serves many, before it
serves. Where code is updated a while before the restart, no charge is served by the old one and the new one in part.
"""

from __future__ import annotations


def import_them() -> None:
    """Import what charges of OCPP 1.6 need of the modules that are imported late otherwise."""
    from shocpp.central_system.v16 import charges  # noqa: F401 - it is there when it is needed
    from shocpp.ledger import open_charges  # noqa: F401
    from shocpp.ocpp.v16 import meter_values  # noqa: F401
    from shocpp.spool.accounting import accounting, booked_charges  # noqa: F401
