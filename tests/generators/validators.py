"""
Write the validators: the schemas turned into plain Python that only says whether a payload fits.

Run it as ``python -m tests.generators.validators`` after a change of a schema or of the table of operations; a test
compares what is checked in. Knows the keywords our schemas use and refuses any other, so that no rule can be lost
silently. The code it writes needs no library: it uses builtins and `shocpp.ocpp.json_types`, one function for each
type that is an object.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from shocpp.ocpp.v16 import schemas
from shocpp.ocpp.v16.operations import OPERATIONS

Schema = dict[str, Any]

FOLDER = Path(schemas.__file__).parent / "validators"
ANNOTATIONS = {"$comment", "$defs", "$schema", "title"}
KEYWORDS = {
    "array": {"items", "minItems"},
    "boolean": set(),
    "integer": set(),
    "number": {"multipleOf"},
    "object": {"additionalProperties", "properties", "required"},
    "string": {"enum", "format", "maxLength"},
}
FORMATS = {"date-time": "is_date_time", "uri": "is_uri"}
HEADER = '''"""
{title}.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""'''


class UnsupportedError(ValueError):
    """A schema uses something the generator has no code for."""


class Writer:
    """Turns the schemas of one module into functions, each ``name(value) -> bool``."""

    def __init__(self, shared: dict[str, Schema], elsewhere: bool) -> None:
        self.shared = shared
        self.elsewhere = elsewhere  # whether functions of shared types live in another module
        self.functions: list[str] = []
        self.imported: set[str] = set()
        self.formats: set[str] = set()

    def function(self, name: str, schema: Schema) -> None:
        """Add the function that says whether a value is the object of a schema."""
        check(schema)
        required = schema.get("required", [])
        properties = schema.get("properties", {})
        body = ["if type(value) is not dict:", "    return False"]
        optional = [key for key in properties if key not in required]
        if optional:
            body.append(f"known = {len(required)}")
        for key in required:
            # A missing field reads as None, which is of none of the types.
            body += [f"field = value.get({text(key)})", *self.misfit(properties[key], "field", f"{name}_{snake(key)}")]
        for key in optional:
            body += [f"if {text(key)} in value:", "    known += 1", f"    field = value[{text(key)}]"]
            body += ["    " + line for line in self.misfit(properties[key], "field", f"{name}_{snake(key)}")]
        body.append(f"return len(value) == {'known' if optional else len(required)}")
        lines = "\n".join("    " + line for line in body)
        self.functions.append(f"def {name}(value: object) -> bool:\n{lines}\n")

    def misfit(self, schema: Schema, variable: str, name: str) -> list[str]:
        """Give the lines that leave the function with False if the variable does not fit."""
        schema, type_name = self.resolve(schema)
        kind = schema["type"]
        if kind == "object":
            conditions = [f"not {self.object_function(schema, type_name, name)}({variable})"]
        elif kind == "array":
            conditions = [f"type({variable}) is not list", *[f"not {variable}"] * schema.get("minItems", 0)]
        else:
            conditions = self.scalar(schema, variable)
        lines = [f"if {' or '.join(conditions)}:", "    return False"]
        if kind == "array":
            lines.append(f"for item in {variable}:")
            lines += ["    " + line for line in self.misfit(schema["items"], "item", name)]
        return lines

    def scalar(self, schema: Schema, variable: str) -> list[str]:
        """Give the conditions, the type first, under which a value is none of the schema's."""
        kind = schema["type"]
        if kind == "number":
            self.formats |= {"is_number", "is_tenths"}
            return [f"not is_number({variable})", *[f"not is_tenths({variable})"] * ("multipleOf" in schema)]
        conditions = [f"type({variable}) is not {({'string': 'str', 'integer': 'int', 'boolean': 'bool'})[kind]}"]
        if "enum" in schema:
            conditions.append(f"{variable} not in {{{', '.join(text(each) for each in schema['enum'])}}}")
        if "maxLength" in schema:
            conditions.append(f"len({variable}) > {schema['maxLength']}")
        if "format" in schema:
            self.formats.add(FORMATS[schema["format"]])
            conditions.append(f"not {FORMATS[schema['format']]}({variable})")
        return conditions

    def object_function(self, schema: Schema, type_name: str, name: str) -> str:
        """Give the name of the function for an object inside another, writing it unless a shared one serves."""
        if not type_name:
            self.function(name, schema)
            return name
        if self.elsewhere:
            self.imported.add(type_name)
        return type_name

    def resolve(self, schema: Schema) -> tuple[Schema, str]:
        """Give the schema that is meant and, if it is a shared one, its name."""
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = self.shared[name] if name else schema
        check(schema)
        return schema, name

    def module(self, title: str) -> str:
        """Give the text of the whole module."""
        imports = []
        if self.formats:
            imports.append(f"from shocpp.ocpp.json_types import {', '.join(sorted(self.formats))}\n")
        if self.imported:
            imports.append(f"from shocpp.ocpp.v16.validators.types import {', '.join(sorted(self.imported))}\n")
        parts = [HEADER.format(title=title), "".join(imports), *self.functions]
        return "\n\n".join(part for part in parts if part).replace("\n\n\nfrom", "\n\nfrom")


def check(schema: Schema) -> None:
    """
    Make sure that the generator has code for all that a schema says.

    Raises:
        UnsupportedError: it has not.
    """
    kind = schema.get("type")
    unknown = schema.keys() - KEYWORDS.get(kind, set()) - ANNOTATIONS - {"type"} if kind in KEYWORDS else {"type"}
    if unknown or schema.get("multipleOf", 0.1) != 0.1 or schema.get("minItems", 1) != 1:
        raise UnsupportedError(f"no code for {sorted(unknown) or schema}")
    if kind == "object" and schema.get("additionalProperties") is not False:
        raise UnsupportedError("every object must say additionalProperties: false")


def text(value: str) -> str:
    """Give a string literal with the quotes the formatter would choose."""
    return json.dumps(value)


def snake(name: str) -> str:
    """
    Give a specification name in snake case.

    >>> snake("IdTagInfo"), snake("csChargingProfiles")
    ('id_tag_info', 'cs_charging_profiles')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def modules() -> dict[str, str]:
    """
    Give the generated files: name and text.

    Raises:
        FileNotFoundError: An operation has no schema.
        UnsupportedError: A schema says what there is no code for.
    """
    shared = schemas.document("types")["$defs"]
    writer = Writer(shared, elsewhere=False)
    for name, schema in shared.items():
        if schema["type"] == "object":
            writer.function(name, schema)
    files = {"types.py": writer.module("Say whether the objects that messages share fit their schemas")}
    for action in OPERATIONS:
        definitions = schemas.document(action)["$defs"]
        writer = Writer(shared, elsewhere=True)
        writer.function("request", definitions["request"])
        writer.function("confirmation", definitions["confirmation"])
        files[f"{action}.py"] = writer.module(f"Say whether the payloads of {action} fit their schemas")
    files["__init__.py"] = HEADER.format(title="One module an operation, with `request` and `confirmation`") + "\n"
    return files


def main() -> int:
    """Write all validators, and remove those of operations that are no longer there."""
    try:
        files = modules()
    except (FileNotFoundError, UnsupportedError) as error:
        print(f"nothing written: {error}", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    for stale in {path.name for path in FOLDER.glob("*.py")} - files.keys():
        (FOLDER / stale).unlink()
    for name, content in files.items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
