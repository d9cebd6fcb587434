"""
A service's WSDL, written from the table of its version: for programs that make a client or a server of it.

Source: WSDL 1.1 §2, WSDL 1.1 binding extension for SOAP 1.2; WS-Addressing 1.0 metadata §4.4 (wsam:Action)
"""

from __future__ import annotations

from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, REQUEST, RESPONSE, element_name
from shocpp.ocpp.soap.elements import ELEMENT, LEFT_OUT, UNSAID, Fields
from shocpp.ocpp.soap.write_payload import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shocpp.ocpp.soap.dialects import Dialect
    from shocpp.ocpp.soap.elements import Field, Scalar

_NAMES = {CENTRAL_SYSTEM: "CentralSystemService"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata"
    xmlns:s="{namespace}" targetNamespace="{namespace}">
<wsdl:types><xs:schema targetNamespace="{namespace}" elementFormDefault="qualified">
"""


def wsdl(dialect: Dialect, side: str, address: str) -> str:
    """
    Write the WSDL of the service that a side offers.

    Args:
        dialect: The version.
        side: Whose service it is.
        address: The URL where it is.
    """
    return "".join(_lines(dialect, side, address))


def _lines(dialect: Dialect, side: str, address: str) -> Iterator[str]:
    actions = dialect.actions(side)
    yield _HEAD.format(namespace=dialect.namespace(side))
    yield from _types(dialect, side)
    yield '<xs:element name="chargeBoxIdentity" type="xs:string"/>\n'
    for action in actions:
        for kind in (REQUEST, RESPONSE):
            fields = dialect.message(side, action, kind)
            assert fields is not None  # noqa: S101 - it is one of its actions
            name = element_name(action, kind)
            yield f'<xs:element name="{name}"><xs:complexType>{_sequence(fields)}</xs:complexType></xs:element>\n'
    yield "</xs:schema></wsdl:types>\n"
    yield '<wsdl:message name="Header">'
    yield '<wsdl:part name="ChargeBoxIdentity" element="s:chargeBoxIdentity"/></wsdl:message>\n'
    for action in actions:
        for kind in (REQUEST, RESPONSE):
            part = f'<wsdl:part name="parameters" element="s:{element_name(action, kind)}"/>'
            yield f'<wsdl:message name="{action}{kind}">{part}</wsdl:message>\n'
    yield from _port(actions, _NAMES.get(side, "ChargePointService"), address)


def _types(dialect: Dialect, side: str) -> Iterator[str]:
    """Write the types that the messages of a service use."""
    used: dict[str, object] = {}
    for action in dialect.actions(side):
        for kind in (REQUEST, RESPONSE):
            fields = dialect.message(side, action, kind)
            assert fields is not None  # noqa: S101 - it is one of its actions
            _collect(fields, used)
    for name in sorted(used):
        kind_of = dialect.types[name]
        yield _record(name, kind_of) if isinstance(kind_of, Fields) else _scalar(name, kind_of)


def _collect(fields: Fields, used: dict[str, object]) -> None:
    for field in fields.fields:
        if not _is_said(field):
            continue
        if isinstance(field.type, Fields):
            used[field.type_name] = None
            _collect(field.type, used)
        elif _has_facets(field.type):
            used[field.type_name] = None


def _is_said(field: Field) -> bool:
    return field.place not in (LEFT_OUT, UNSAID)


def _has_facets(kind: Scalar) -> bool:
    return kind.longest is not None or kind.words is not None


def _scalar(name: str, kind: Scalar) -> str:
    facets = "".join(f'<xs:enumeration value="{word}"/>' for word in kind.words or ())
    if kind.longest is not None:
        facets += f'<xs:maxLength value="{kind.longest}"/>'
    restriction = f'<xs:restriction base="xs:{kind.base}">{facets}</xs:restriction>'
    return f'<xs:simpleType name="{name}">{restriction}</xs:simpleType>\n'


def _record(name: str, fields: Fields) -> str:
    attributes = "".join(
        f'<xs:attribute name="{attribute}" type="{_type(field)}"/>' for attribute, field in fields.attributes.items()
    )
    if fields.text is None:
        inner = _sequence(fields)
    else:
        extension = f'<xs:extension base="{_type(fields.text)}">{attributes}</xs:extension>'
        inner = f"<xs:simpleContent>{extension}</xs:simpleContent>"
    return f'<xs:complexType name="{name}">{inner}</xs:complexType>\n'


def _sequence(fields: Fields) -> str:
    return f"<xs:sequence>{''.join(_elements(fields))}</xs:sequence>"


def _elements(fields: Fields) -> Iterator[str]:
    for field in fields.fields:
        if field.place != ELEMENT:
            continue
        least = ' minOccurs="0"' if field.is_optional else ""
        most = ' maxOccurs="unbounded"' if field.is_repeated else ""
        element = f'<xs:element name="{field.name}" type="{_type(field)}"{least}{most}/>'
        if field.wrapper:
            element = (
                f'<xs:element name="{field.wrapper}" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>'
                f"{element}</xs:sequence></xs:complexType></xs:element>"
            )
        yield element


def _type(field: Field) -> str:
    if isinstance(field.type, Fields) or _has_facets(field.type):
        return f"s:{field.type_name}"
    return f"xs:{field.type.base}"


def _port(actions: Iterable[str], name: str, address: str) -> Iterator[str]:
    yield f'<wsdl:portType name="{name}">\n'
    for action in actions:
        yield (
            f'<wsdl:operation name="{action}"><wsdl:input message="s:{action}{REQUEST}" wsam:Action="/{action}"/>'
            f'<wsdl:output message="s:{action}{RESPONSE}" wsam:Action="/{action}{RESPONSE}"/></wsdl:operation>\n'
        )
    yield f'</wsdl:portType>\n<wsdl:binding name="{name}Soap" type="s:{name}">\n'
    yield '<soap12:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n'
    for action in actions:
        yield (
            f'<wsdl:operation name="{action}"><soap12:operation soapAction="/{action}" style="document"/><wsdl:input>'
            '<soap12:header use="literal" message="s:Header" part="ChargeBoxIdentity"/><soap12:body use="literal"/>'
            '</wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output></wsdl:operation>\n'
        )
    yield (
        f'</wsdl:binding>\n<wsdl:service name="{name}"><wsdl:port name="{name}Soap12" binding="s:{name}Soap">'
        f'<soap12:address location="{escaped(address)}"/></wsdl:port></wsdl:service>\n</wsdl:definitions>\n'
    )
