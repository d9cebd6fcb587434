"""JSON as charge points write it is read in linear time: Python does not look for garbage meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from shocpp.json_reading import LONG
from shocpp.ocpp import assembler, lenient_json

LISTS = "[]," * (LONG // 3)


@pytest.fixture
def collections() -> Iterator[list[str]]:
    """Note each collection of garbage that begins."""
    seen: list[str] = []

    def note(phase: str, _info: object) -> None:
        if phase == "start":
            seen.append(phase)

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_a_long_document_is_read_without_a_collection(collections: list[str]) -> None:
    """Ten thousands of lists are read without a search for garbage among them, which comes back afterwards."""
    text = f"[{LISTS}[]]"
    lenient_json.read(text)
    during = len(collections)
    assert gc.isenabled()
    made = [[] for _ in range(20_000)]  # type: ignore[var-annotated]
    assert during <= 1 < len(collections), len(made)  # what was read may be looked through once


def test_a_frame_is_read_without_a_collection(collections: list[str]) -> None:
    """So is a frame as it should be, whose way in is another one."""
    message = f'[2,"1","A",{{"x":[{LISTS}[]]}}]'.encode()
    collections.clear()
    assert len(list(assembler.Assembler().feed_message(message))) == 1
    assert len(collections) <= 1


@pytest.mark.parametrize("text", ["[" * LONG, f"[{'9' * 5000}{' ' * LONG}", f"[{LISTS}"])
def test_what_cannot_be_read_leaves_it_as_it_was(text: str) -> None:
    """Whatever is wrong with a document, garbage is looked for again; where it was not, it is not."""
    for turn in (gc.enable, gc.disable):
        turn()
        try:
            lenient_json.document(text, 0)
            assert gc.isenabled() is (turn is gc.enable)
        finally:
            gc.enable()
