"""
What a quirk does to the bytes of a frame: it is given them and a further CALL, and gives the messages that are sent.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DAMAGE: dict[str, Callable[[bytes, bytes], list[bytes]]] = {
    "text-pong": lambda data, _: [b"pong", data],
    "empty-line": lambda data, _: [b"", data],
    "truncated": lambda data, further: [further[:-3], data],
    "bom": lambda data, _: [b"\xef\xbb\xbf" + data],
    "pretty": lambda data, _: [json.dumps(json.loads(data), indent=2).encode()],
    "two-in-one": lambda data, further: [data + b" " + further],
    "no-brackets": lambda data, _: [data[1:-1]],
    "result-unknown-id": lambda data, _: [b'[3,"nobody",{}]', data],
    "invalid-utf8": lambda data, _: [data.replace(b",{", b',{"note":"\xff",', 1).replace(b'",}', b'"}')],
}
