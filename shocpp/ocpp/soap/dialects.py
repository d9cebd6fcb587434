"""The versions of OCPP over SOAP, each with its tables and namespaces: told apart by the namespace of a message."""

from __future__ import annotations

from shocpp.ocpp.soap import v12, v15, v16
from shocpp.ocpp.soap.elements import Elements, Fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shocpp.ocpp.soap.elements import Scalar, Type

CENTRAL_SYSTEM, CHARGE_POINT = "Cs", "Cp"  # the two services, as namespaces name them
SIDES = (CENTRAL_SYSTEM, CHARGE_POINT)
REQUEST, RESPONSE = "Request", "Response"

Rows = dict[str, tuple[str, str]]


class Dialect:
    """
    A version of OCPP over SOAP.

    Args:
        version: Its number: ``1.5``.
        date: What its namespaces have in the place of it: ``2012/06``.
        types: The table of its types.
        to_central_system: What charge points ask for: request and response of each action, in the notation.
        to_charge_point: What the central system asks for.

    Attributes:
        types: All types that are used.
    """

    def __init__(
        self,
        version: str,
        date: str,
        types: Mapping[str, Scalar | Elements],
        to_central_system: Rows,
        to_charge_point: Rows,
    ) -> None:
        self.version = version
        self._date = date
        self.types: dict[str, Type] = {}
        self._messages: dict[tuple[str, str, str], Fields] = {}
        for side, rows in ((CENTRAL_SYSTEM, to_central_system), (CHARGE_POINT, to_charge_point)):
            for action, notations in rows.items():
                for kind, notation in zip((REQUEST, RESPONSE), notations, strict=True):
                    self._messages[side, action, kind] = Fields("", Elements(notation), types, self.types)
        self._by_element = {(side, element_name(action, kind)): (action, kind) for side, action, kind in self._messages}

    def namespace(self, side: str) -> str:
        """Give the namespace of the service that a side offers."""
        return f"urn://Ocpp/{side}/{self._date}/"

    def actions(self, side: str) -> list[str]:
        """Give the actions of the service that a side offers, in order."""
        return [action for other, action, kind in self._messages if other == side and kind == REQUEST]

    def message(self, side: str, action: str, kind: str) -> Fields | None:
        """Give what a message holds; None where this version has none."""
        return self._messages.get((side, action, kind))

    def meaning(self, side: str, element: str) -> tuple[str, str] | None:
        """Give the action and the kind of the message whose element has a name; None where there is none."""
        return self._by_element.get((side, element))


def element_name(action: str, kind: str) -> str:
    """
    Give the name of a message's element.

    >>> element_name("BootNotification", REQUEST)
    'bootNotificationRequest'
    """
    return f"{action[0].lower()}{action[1:]}{kind}"


DIALECTS = {
    version: Dialect(version, date, module.TYPES, module.TO_CENTRAL_SYSTEM, module.TO_CHARGE_POINT)
    for version, date, module in (("1.2", "2010/08", v12), ("1.5", "2012/06", v15), ("1.6", "2015/10", v16))
}
_BY_NAMESPACE = {dialect.namespace(side): (dialect, side) for dialect in DIALECTS.values() for side in SIDES}


def of_namespace(namespace: str) -> tuple[Dialect, str] | None:
    """
    Give the version that a namespace is of, and the side whose service it is; None for a strange one.

    >>> of_namespace("urn://Ocpp/Cs/2012/06/")[0].version
    '1.5'
    """
    return _BY_NAMESPACE.get(namespace)
