"""What the generator of validators promises: the bytes that are checked in, and words where something is missing."""

from __future__ import annotations

from typing import Any

import pytest

from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import CHARGE_POINT, OPERATIONS, Operation
from tests.generators import validators


def test_the_generated_code_is_that_of_the_schemas() -> None:
    """Generating the validators anew gives the bytes that are checked in, and no others are there."""
    written = {path.name: path.read_bytes() for path in validators.FOLDER.glob("*.py")}
    made = {name: content.encode() for name, content in validators.modules().items()}
    differing = sorted(name for name in written.keys() | made.keys() if written.get(name) != made.get(name))
    assert differing == [], f"not what the schemas say: {differing}; run `python -m tests.generators.validators`"


@pytest.fixture
def wave(monkeypatch: pytest.MonkeyPatch) -> str:
    """The action of an operation that is in the table and has neither schema nor validators."""
    monkeypatch.setitem(OPERATIONS, "Wave", Operation("Wave", CHARGE_POINT, "Vendor", "nowhere"))
    return "Wave"


def test_a_missing_schema_says_what_to_write(wave: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever adds an operation without a schema is told the file and what it holds, by the generator as well."""
    sentence = "Wave has no schema: write shocpp/ocpp/v16/schemas/Wave.json"
    with pytest.raises(FileNotFoundError, match=sentence):
        payloads.explain(wave, "request", {})
    assert validators.main() == 1
    assert capsys.readouterr().err.startswith(f"nothing written: {sentence}")


def test_missing_validators_say_what_to_run(wave: str) -> None:
    """Whoever has not generated the validators is told the command that does."""
    with pytest.raises(ModuleNotFoundError, match=r"run `python -m tests\.generators\.validators`"):
        payloads.fits(wave, "request", {})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "a"},
        {"type": "integer", "minimum": 0},
        {"type": "object", "properties": {}},
        {"type": "array", "items": {}, "minItems": 2},
        {"type": "number", "multipleOf": 0.5},
        {"type": "null"},
        {},
    ],
)
def test_the_generator_refuses_what_it_cannot_write(schema: dict[str, Any]) -> None:
    """A rule for which there is no code is an error, not a rule that nobody checks."""
    with pytest.raises(validators.UnsupportedError):
        validators.check(schema)
