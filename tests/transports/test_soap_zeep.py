"""An independent client of SOAP, zeep, asks for every operation of both services in all versions, by their WSDLs."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from zeep import Client
from zeep.transports import Transport

from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, CHARGE_POINT, DIALECTS, REQUEST, RESPONSE
from shocpp.ocpp.soap.wsdl import wsdl
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S
from tests.support.soap_charger import soap_charger
from tests.support.soap_messages import fields_of, utmost

LAST = ("UpdateFirmware", "Reset")  # after which a charge point is away for a while


class Held(Transport):
    """Gives zeep a document that is in memory, and posts as ever."""

    def __init__(self, document: str) -> None:
        super().__init__(operation_timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
        self._document = document.encode()

    def load(self, url: str) -> Any:  # noqa: ARG002
        """Give it, whatever is asked for."""
        return BytesIO(self._document).read()


def client(version: str, side: str, url: str) -> Any:
    """Have zeep make a client of a service."""
    document = wsdl(DIALECTS[version], side, url)
    return Client(url, transport=Held(document))  # type: ignore[no-untyped-call]


def ask_all(version: str, side: str, url: str, identity: str) -> dict[str, Any]:
    """Ask for every operation, with the utmost that its request may say; the answers by action."""
    asking, dialect = client(version, side, url), DIALECTS[version]
    header = etree.Element(f"{{{dialect.namespace(side)}}}chargeBoxIdentity")
    header.text = identity
    actions = sorted(dialect.actions(side), key=lambda action: LAST.index(action) if action in LAST else -1)
    return {
        action: asking.service[action](**utmost(fields_of(version, side, action, REQUEST)), _soapheaders=[header])
        for action in actions
    }


def is_whole(answers: dict[str, Any], version: str, side: str) -> bool:
    """Tell whether there is an answer for each operation that has anything in it."""
    return all(
        answers[action] is not None
        for action in DIALECTS[version].actions(side)
        if any(not field.is_optional for field in fields_of(version, side, action, RESPONSE).fields)
    )


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give a listener that lets everybody in."""
    with listening(tmp_path_factory.mktemp("zeep") / "home") as running:
        yield running


@pytest.mark.parametrize("version", DIALECTS)
def test_the_central_system_serves_zeep(listener: Listener, version: str) -> None:
    """Each operation of a charge point is answered as the WSDL has it, whatever the limits of its fields let it say."""
    answers = ask_all(version, CENTRAL_SYSTEM, f"http://127.0.0.1:{listener.port}/cs", f"zeep {version}")
    assert is_whole(answers, version, CENTRAL_SYSTEM)
    assert answers["BootNotification"].status == "Accepted"
    assert answers["Authorize"].status == "Invalid"
    assert answers["StartTransaction"].idTagInfo.status == "Invalid"
    assert answers["Heartbeat"].tzinfo is not None


@pytest.mark.parametrize("version", DIALECTS)
def test_a_charge_point_serves_zeep(listener: Listener, version: str) -> None:
    """Each operation of a central system is answered by the simulated charge point as the WSDL has it."""
    with soap_charger(listener, version, f"charger{version}") as url:
        answers = ask_all(version, CHARGE_POINT, url, f"charger{version}")
    assert is_whole(answers, version, CHARGE_POINT)
    assert answers["Reset"] == "Accepted"
