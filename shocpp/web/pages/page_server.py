"""The page served to whoever asks over HTTP, and charge points looked at meanwhile although nobody watches them."""

from __future__ import annotations

import threading
import time

from shocpp.errors import ShocppError
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any

    from shocpp.web.pages.site import Site

_THREADS = 8  # a command that waits for its charge point holds one of them
_SAMPLE_S = 10.0


def serve(site: Site, application: Any, sockets: list[socket.socket], ready: Callable[[], object]) -> None:
    """
    Serve until the process is told to end.

    Args:
        site: What the page stands on.
        application: The page, as WSGI has it.
        sockets: Where to listen.
        ready: Is called once requests are accepted.
    """
    from waitress import create_server

    # of whom to believe what a proxy says, the application decides
    keep = {"clear_untrusted_proxy_headers": not site.settings.web_proxy, "ident": None}
    server = create_server(application, sockets=sockets, threads=_THREADS, **keep)
    threading.Thread(target=_sample, args=(site,), daemon=True).start()
    ready()
    server.run()


def _sample(site: Site) -> None:
    """Look at all charge points again and again, so that a charge has a curve although nobody watches it."""
    while True:
        try:
            site.rows()
        except ShocppError as error:
            site.say("WARNING", clean(error, 500))
        time.sleep(_SAMPLE_S)
