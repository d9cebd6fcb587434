"""
How the mask is taken off a client's frames (RFC 6455 §5.3): each byte xor one of four.

The ``websockets`` package does it in C, by a function of its own that may move or not be built: then Python does it.

Source: RFC 6455 §5.3
"""

from __future__ import annotations

import websockets.frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Unmask = Callable[[memoryview, memoryview], bytes]


def unmask_in_python(data: memoryview, mask: memoryview) -> bytes:
    """
    Take the mask off.

    Args:
        data: The bytes as they came.
        mask: Four bytes.

    >>> unmask_in_python(memoryview(b"abcde"), memoryview(b"    "))
    b'ABCDE'
    """
    size = len(data)
    repeated = (bytes(mask) * (size // 4 + 1))[:size]
    return (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)


def fastest(frames: object) -> Unmask:
    """
    Choose how to unmask: as the package does if it can, else in Python.

    Args:
        frames: The package's module ``frames``. Without its C part, its function does not take views of memory.
    """
    found: Unmask = getattr(frames, "apply_mask", unmask_in_python)
    try:
        is_right = found(memoryview(b"abc"), memoryview(b"    ")) == b"ABC"
    except (TypeError, ValueError):
        is_right = False
    return found if is_right else unmask_in_python


unmask = fastest(websockets.frames)
