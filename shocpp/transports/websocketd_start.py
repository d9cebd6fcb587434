"""
From settings to a running websocketd, which takes the place of this process.

Knows what must be in order before that, so that it is said in one sentence; the command line is ``websocketd``'s.
"""

from __future__ import annotations

import os

from shocpp.errors import ConfigError
from shocpp.spool.conf.configuration import find_charge_points
from shocpp.transports import core, ports, websocketd

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from shocpp.settings import Settings


def is_meant(settings: Settings, environ: Mapping[str, str]) -> bool:
    """
    Tell whether websocketd shall accept connections: if that is set, or where nothing is set and it is installed.

    Args:
        settings: The settings in force.
        environ: The environment. Sockets that systemd opened are for this very process: websocketd would not know what
            to do with them.
    """
    if settings.listener != "auto":
        return settings.listener == "websocketd"
    return websocketd.is_there() and "LISTEN_FDS" not in environ


def become(
    settings: Settings,
    options: tuple[str, ...],
    environ: dict[str, str],
    ready: Callable[[list[str], str], object],
    serve: Callable[[socket.socket], None],
    say: Callable[[str, str], None],
) -> NoReturn:
    """
    Run websocketd in the place of this process.

    Args:
        settings: The settings in force.
        options: Further options of websocketd.
        environ: What backends are handed.
        ready: Is called once nothing can go wrong any more, with the address and, in words, how many may connect.
        serve: Serves connections that backends hand over, in a process beside websocketd.
        say: Writes a line of that process's log: level and text.

    Raises:
        ShocppError: Something is not in order: the program, the port, the list of charge points.
    """
    program = websocketd.find()
    if settings.tls_client_ca:
        raise ConfigError("websocketd does not ask for client certificates (SHOCPP_TLS_CLIENT_CA); use --embedded")
    ports.see_that_it_is_free(settings.address, settings.port)
    listed = len(find_charge_points(settings.charge_points_file) or ())
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    arguments = websocketd.command_line(settings, options, listed)
    limit = (
        f"websocketd: at most {websocketd.limit_in(arguments)} connections at a time (SHOCPP_MAXFORKS); "
        "it limits neither the size of a message nor handshakes that are not finished: --embedded does"
    )
    ready([f"{host}:{settings.port}"], limit)
    if settings.hand_over:
        core.start(environ, serve, say)
    websocketd.hand_over_log(environ)
    os.execve(program, arguments, environ)  # noqa: S606 - no shell, on purpose
