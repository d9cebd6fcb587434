"""
The notation of the tables: which elements a message holds, of which types, and under which keys a payload has them.

A record is a line of fields, in the order in which its elements stand::

    connectorId:Int  reservationId:Int?  key*  values>meterValue:MeterValue*
    ^ element, key    ? may be missing   * any number, + at least one: a list
    ^ its type (Text if there is none)          > stands before a key that has another name than the element

    @unit:Unit?      an attribute            #value     the text of the record's own element
    hash>            read and dropped        a/b>key*   elements b within one element a, as one list
    value>key:Wh1    one element, of which a payload has a list
    -reason          a key that this version has no element for: left out
    !phase:Never     the same, but left out only where its value is one of the type's; else it cannot be said

A type of words may say what each means in OCPP 1.6: ``Occupied=Charging,Finishing`` is read as Charging, and both are
written as Occupied.
"""

from __future__ import annotations

import re

from shocpp.errors import ShocppError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD = re.compile(
    r"(?P<place>[-!@#]?)(?:(?P<wrapper>\w+)/)?(?P<name>\w+)(?P<other>>(?P<key>\w*))?(?::(?P<type>[A-Z]\w*?))?(?P<count>[?*+1]?)"
)

ELEMENT, ATTRIBUTE, TEXT, LEFT_OUT, UNSAID = "", "@", "#", "-", "!"


class NotExpressibleError(ShocppError):
    """A payload says something that a version of OCPP over SOAP has no words for."""


class Scalar:
    """
    A type without elements.

    Args:
        base: What XML Schema calls it, without prefix.
        longest: The characters that a text may have; None for any number.
        words: The words that it may be, each perhaps with what it means in OCPP 1.6; None for any text.
        is_verbatim: Its text is a payload's value as it is, whatever the base.

    Attributes:
        words: The words of this version; None for any text.
        lifted: What they mean, where it is another word.
        lowered: The word of this version for each of those of OCPP 1.6 that it has one for.
    """

    __slots__ = ("base", "is_verbatim", "lifted", "longest", "lowered", "words")

    def __init__(
        self, base: str, longest: int | None = None, words: str | None = None, is_verbatim: bool = False
    ) -> None:
        self.base = base
        self.longest = longest
        self.is_verbatim = is_verbatim
        self.words: list[str] | None = None
        self.lifted: dict[str, str] = {}
        self.lowered: dict[str, str] = {}
        if words is not None:
            self.words = []
            for word, _, meanings in (each.partition("=") for each in words.split()):
                self.words.append(word)
                for meaning in (meanings or word).split(","):
                    self.lifted.setdefault(word, meaning)
                    self.lowered.setdefault(meaning, word)


class Elements:
    """
    A type of elements: fields as the notation says them.

    Args:
        notation: The fields.
        is_skippable: In a list, one that cannot be said is left out.
    """

    __slots__ = ("is_skippable", "notation")

    def __init__(self, notation: str, is_skippable: bool = False) -> None:
        self.notation = notation
        self.is_skippable = is_skippable


class Field:
    """
    A field of a record.

    Attributes:
        place: ``ELEMENT``, ``ATTRIBUTE``, ``TEXT``, or that it has none: ``LEFT_OUT``, ``UNSAID``.
        name: That of the element or attribute.
        wrapper: The element that it stands in, with others of its name; empty for none.
        key: That of a payload; empty where it is dropped.
        type_name: Its type's, in the table of its version.
        type: Its type.
        is_optional: It may be missing.
        is_list: A payload has a list of it.
        is_repeated: There may be several elements of it.
    """

    __slots__ = ("is_list", "is_optional", "is_repeated", "key", "name", "place", "type", "type_name", "wrapper")

    type: Type

    def __init__(self, token: str) -> None:
        found = _FIELD.fullmatch(token)
        if found is None:
            raise ValueError(token)
        count = found["count"]
        self.place = found["place"]
        self.name = found["name"]
        self.wrapper = found["wrapper"] or ""
        self.key = found["key"] if found["other"] else self.name
        self.type_name = found["type"] or "Text"
        self.is_optional = count in ("?", "*")
        self.is_list = count in ("*", "+", "1")
        self.is_repeated = count in ("*", "+")


class Fields:
    """
    A record whose types are known.

    Attributes:
        name: The record's type; empty for that of a message.
        fields: All, in the order of their elements.
        by_name: The elements and wrappers.
        attributes: The attributes.
        text: What the text is; None for a record of elements.
        keys: The keys that a payload may have.
    """

    __slots__ = ("attributes", "by_name", "fields", "is_skippable", "keys", "name", "text")

    def __init__(
        self, name: str, record: Elements, types: Mapping[str, Scalar | Elements], known: dict[str, Type]
    ) -> None:
        self.name = name
        self.is_skippable = record.is_skippable
        self.fields = [Field(token) for token in record.notation.split()]
        for field in self.fields:
            field.type = resolved(field.type_name, types, known)
        self.by_name = {field.wrapper or field.name: field for field in self.fields if field.place == ELEMENT}
        self.attributes = {field.name: field for field in self.fields if field.place == ATTRIBUTE}
        self.text = next((field for field in self.fields if field.place == TEXT), None)
        self.keys = {field.key for field in self.fields}


Type = Scalar | Fields

COMMON: dict[str, Scalar | Elements] = {
    "Text": Scalar("string"),
    "IdTag": Scalar("string", 20),
    "Int": Scalar("int"),
    "Bool": Scalar("boolean"),
    "Decimal": Scalar("decimal"),
    "Time": Scalar("dateTime"),
    "Uri": Scalar("anyURI"),
    "Never": Scalar("string", words=""),
}


def resolved(name: str, types: Mapping[str, Scalar | Elements], known: dict[str, Type]) -> Type:
    """
    Give a type whose own types are known.

    Args:
        name: Its name.
        types: The table of its version.
        known: Those that are resolved already; it is added.
    """
    if name not in known:
        found = types[name]
        known[name] = found if isinstance(found, Scalar) else Fields(name, found, types, known)
    return known[name]
