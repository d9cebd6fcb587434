"""A real gateway in a scratch home: the embedded listener with a broker behind it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch


class Gateway(Listener):
    """
    A shocpp-listener --mqtt.

    Args:
        scratch: Its home.
        url: The broker's.
        context: The clients' TLS context, which trusts its certificate; None without TLS.
    """

    def __init__(self, scratch: Scratch, url: str, context: ssl.SSLContext | None = None) -> None:
        self._url = url
        super().__init__(scratch, context=context)

    def begin(self, options: Sequence[str] = ()) -> None:
        """Start it."""
        super().begin(["--mqtt", self._url, *options])

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(PATIENCE_S)


@contextmanager
def gateway(home: Path, url: str, context: ssl.SSLContext | None = None, **environ: str) -> Iterator[Gateway]:
    """Run a gateway in a fresh home."""
    home.mkdir(exist_ok=True)
    made = Gateway(Scratch(home, **environ), url, context)
    try:
        yield made
    finally:
        made.kill()
