"""The WSDL that is written from the tables: other programs make clients of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from zeep import Client
from zeep.transports import Transport

from shocpp.ocpp.soap.dialects import DIALECTS, SIDES
from shocpp.ocpp.soap.wsdl import wsdl


class Held(Transport):
    """Gives zeep a document that is in memory."""

    def __init__(self, document: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._document = document.encode()

    def load(self, url: str) -> Any:  # noqa: ARG002
        """Give it, whatever is asked for."""
        return BytesIO(self._document).read()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("version", DIALECTS)
def test_zeep_makes_a_client_of_it(version: str, side: str) -> None:
    """Each version's two services have all their operations in zeep's eyes."""
    dialect = DIALECTS[version]
    held = Held(wsdl(dialect, side, "http://127.0.0.1/soap?a&b"))
    client: Any = Client("http://127.0.0.1/?wsdl", transport=held)  # type: ignore[no-untyped-call]
    assert set(client.service._operations) == set(dialect.actions(side))
    assert client.service._binding_options["address"] == "http://127.0.0.1/soap?a&b"
