"""
From settings to a running listener: files, sockets, then ``Server``.

Knows what must be in order before the first connection is accepted, so that it is said in one sentence.
"""

from __future__ import annotations

from shocpp.errors import MissingError
from shocpp.spool.conf.configuration import read_charge_points
from shocpp.transports import ports
from shocpp.transports.connections import tls
from shocpp.transports.embedded import sockets
from shocpp.transports.embedded.backend_service import BackendService
from shocpp.transports.embedded.server import Server
from shocpp.transports.open_files import allowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from shocpp.settings import Settings
    from shocpp.transports.embedded.service import MakeService

_FILES_FOR_ONE = 2  # a connection and its mailbox
_FILES_FOR_HANDED_OVER = 4  # two pipes, what its process waits for, and its mailbox
_FILES_FOR_OTHERS = 100  # records, sightings, configuration
_MOST_HALF_OPEN = 4096  # more than come at once when all charge points return after a restart


def serve(
    settings: Settings,
    environ: Mapping[str, str],
    ready: Callable[[list[str], str], object],
    make_service: MakeService = BackendService,
) -> None:
    """
    Accept charge points until SIGTERM or SIGINT.

    Args:
        settings: The settings in force.
        environ: The environment, which tells whether systemd opened the sockets.
        ready: Is called in a thread once connections are accepted, with the addresses where they are, and in words how
            many charge points may be connected.
        make_service: Makes what serves them.

    Raises:
        ShocppError: Something is not in order: address, port, certificate, list of charge points.
    """
    try:
        read_charge_points(settings.charge_points_file)
    except MissingError:
        pass  # everybody may connect
    tls.context(settings)
    listeners = sockets.handed_over(environ) or ports.bind(settings.address, settings.port)
    where = [sockets.name_of(each) for each in listeners]
    most, half_open, files = _limits(settings.connection_limit)
    said = f"embedded: at most {most} charge points at a time (SHOCPP_CONNECTION_LIMIT)"
    if most < settings.connection_limit:
        said = (
            f"{said}, not {settings.connection_limit}: no more than {files} files may be open (LimitNOFILE, ulimit -n)"
        )
    Server(settings, listeners, most, half_open, lambda: ready(where, said), make_service).run()


def serve_handed_over(settings: Settings, source: socket.socket) -> None:
    """
    Serve the connections that websocketd accepts until nobody can hand one over any more, SIGTERM or SIGINT.

    Args:
        settings: The settings in force.
        source: The socket over which they come.
    """
    most, half_open, _ = _limits(settings.connection_limit, _FILES_FOR_HANDED_OVER)
    Server(settings, [], most, half_open, lambda: None, BackendService, source).run()


def _limits(wanted: int, files_for_one: int = _FILES_FOR_ONE) -> tuple[int, int, int]:
    """
    Have as many open files allowed as are needed, or as can be had.

    Args:
        wanted: How many charge points shall be connected.
        files_for_one: How many files are open for each.

    Returns:
        How many may be, how many handshakes may go on, and how many files may be open.
    """
    soft = allowed(wanted * files_for_one + _MOST_HALF_OPEN + _FILES_FOR_OTHERS)
    half_open = max(1, min(_MOST_HALF_OPEN, soft // 4))
    return max(1, min(wanted, (soft - half_open - _FILES_FOR_OTHERS) // files_for_one)), half_open, soft
