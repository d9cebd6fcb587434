"""The README's pictures: they are there, and what the one of the terminal shows is what the demo still says."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from tests.support.pictures import PAGE, ROOT, STATEMENT, TERMINAL, drawn, statement_page

TEXT = "{http://www.w3.org/2000/svg}text"


def test_drawn() -> None:
    """Each line is in the drawing as it was printed, markup and spaces included; what was typed or said is marked."""
    lines = ["$ a <b> & 'c'", "", "    two  spaces", "Said."]
    found = [(each.get("class"), each.text) for each in ET.fromstring(drawn(lines)).iter(TEXT)]
    assert found == [("typed", "$ a <b> & 'c'"), (None, "    two  spaces"), ("said", "Said.")]


def test_pictures_are_there() -> None:
    """The README shows all, and they are what their names say."""
    readme = (ROOT / "README.md").read_text()
    assert all(f"]({path.relative_to(ROOT)})" in readme for path in (STATEMENT, TERMINAL, PAGE))
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (STATEMENT, PAGE))
    assert "family-y" in statement_page()


def test_terminal_is_of_today() -> None:
    """Each sentence of the picture is one that shocpp-demo says: if not, `python -m tests.support.pictures`."""
    said = [each.text for each in ET.parse(TERMINAL).iter(TEXT) if each.get("class") == "said"]
    source = (ROOT / "shocpp/cli/demo.py").read_text()
    assert said
    assert [each for each in said if f'"{each}"' not in source] == []
