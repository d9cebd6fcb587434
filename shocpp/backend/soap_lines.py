"""
Lines of a charge point that speaks OCPP over SOAP: they come out of envelopes and go into such, and a sighting says so.
"""

from __future__ import annotations

from shocpp.backend.lines import Lines


class SoapLines12(Lines):
    """Serves one charge point that speaks OCPP 1.2."""

    protocol = "OCPP 1.2 over SOAP"


class SoapLines15(Lines):
    """Serves one charge point that speaks OCPP 1.5."""

    protocol = "OCPP 1.5 over SOAP"


class SoapLines16(Lines):
    """Serves one charge point that speaks OCPP 1.6 over SOAP."""

    protocol = "OCPP 1.6 over SOAP"


SOAP_LINES: dict[str, type[Lines]] = {"1.2": SoapLines12, "1.5": SoapLines15, "1.6": SoapLines16}
