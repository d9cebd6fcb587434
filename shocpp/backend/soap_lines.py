"""
Lines of a charge point that speaks OCPP over SOAP: they come out of envelopes and go into such, and a sighting says so.

Whoever carries the envelopes reads and writes them; here they are only noted in the journal, where that is wanted.
"""

from __future__ import annotations

from shocpp.backend.lines import Lines

XML = "xml"  # what an envelope is called among the journal's events


class SoapLines(Lines):
    """Serves one charge point that speaks OCPP over SOAP."""

    def note_envelope(self, direction: str, data: bytes) -> None:
        """
        Note an envelope in the journal, if one is kept, its secrets hidden.

        Args:
            direction: ``IN`` from the charge point, ``OUT`` to it.
            data: The envelope.
        """
        if self._journal is not None:
            from shocpp.ocpp.soap.masked_envelope import masked  # seldom wanted

            self._journal.note_event(XML, {"direction": direction, "xml": masked(data, self._keys.hide)})


class SoapLines12(SoapLines):
    """Serves one charge point that speaks OCPP 1.2."""

    protocol = "OCPP 1.2 over SOAP"


class SoapLines15(SoapLines):
    """Serves one charge point that speaks OCPP 1.5."""

    protocol = "OCPP 1.5 over SOAP"


class SoapLines16(SoapLines):
    """Serves one charge point that speaks OCPP 1.6 over SOAP."""

    protocol = "OCPP 1.6 over SOAP"


SOAP_LINES: dict[str, type[SoapLines]] = {"1.2": SoapLines12, "1.5": SoapLines15, "1.6": SoapLines16}
