"""What names promise: a class is one thing, and the glossary has the words."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.backend import ROOT

PACKAGE = ROOT / "shocpp"


def classes() -> Iterator[tuple[str, Path]]:
    """Give all classes that other modules may use, with their modules."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, path.relative_to(PACKAGE)


def test_a_class_is_one_thing() -> None:
    """What a class is called, no other class is called, in whatever room it is."""
    found = list(classes())
    counted = Counter(name for name, _ in found)
    assert [(name, str(path)) for name, path in found if counted[name] > 1] == []


def test_the_glossary_has_the_words_of_the_books() -> None:
    """The classes that a charge goes through on its way to a statement are words of the glossary."""
    told = (ROOT / "docs" / "glossary.md").read_text()
    for word in ("start", "stop", "record", "charge", "statement", "finding", "setting"):
        assert f"\n| {word} |" in told, word
