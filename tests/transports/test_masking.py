"""Frames are unmasked the same way, whether the ``websockets`` package does it or we do."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import websockets.frames
import websockets.utils
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from shocpp.transports.wires import masking, wire


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_python_unmasks_like_the_package(data: bytes, mask: bytes) -> None:
    """Any bytes under any mask: what the package's own Python gives."""
    assert masking.unmask_in_python(memoryview(data), memoryview(mask)) == websockets.utils.apply_mask(data, mask)


@pytest.mark.parametrize(
    "frames",
    [
        SimpleNamespace(),
        SimpleNamespace(apply_mask=websockets.utils.apply_mask),
        SimpleNamespace(apply_mask=lambda data: data),
        SimpleNamespace(apply_mask=lambda data, *_: bytes(data)),
    ],
    ids=["gone", "without its C part", "called otherwise", "means something else"],
)
def test_what_the_package_cannot_do_is_done_in_python(frames: SimpleNamespace) -> None:
    """A function that is not there, or not what it was, is done without."""
    assert masking.fastest(frames) is masking.unmask_in_python


def test_the_package_does_it_where_it_can() -> None:
    """What is there and right is used: it is faster."""
    given = SimpleNamespace(apply_mask=lambda data, mask: websockets.utils.apply_mask(bytes(data), bytes(mask)))
    assert masking.fastest(given) is given.apply_mask


def test_messages_are_read_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wire serves as before with the fall-back in place."""
    monkeypatch.setattr(wire, "unmask", masking.unmask_in_python)
    for size in (0, 1, 125, 126, 4000):
        sent = Frame(Opcode.TEXT, b"x" * size).serialize(mask=True)
        assert wire.Wire(4000, logging.getLogger()).receive_plain(memoryview(sent)) == b"x" * size
