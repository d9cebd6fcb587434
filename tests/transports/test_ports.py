"""What is said of a port before anything listens on it, and that looking does not accept a connection."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from shocpp.errors import NotPermittedError, ShocppError, UnavailableError, UsageError
from shocpp.transports import ports


def test_a_bound_port_accepts_nobody() -> None:
    """Whoever connects to a port that is only bound is refused: no connection is accepted and then lost."""
    (bound,) = ports.bind("127.0.0.1", 0)
    with bound, pytest.raises(ConnectionRefusedError):
        socket.create_connection(bound.getsockname())


def test_a_port_that_is_free_is_free_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeing that it is free does not listen on it, and whoever shall listen there can."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "listen", lambda *_: pytest.fail("it listens"))
        ports.see_that_it_is_free("127.0.0.1", port)
    socket.create_server(("127.0.0.1", port)).close()


def test_a_port_in_use() -> None:
    """A port on which somebody listens is said to be in use, also where its listener may share addresses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"^port {port} is in use; end what listens there"):
            ports.see_that_it_is_free("127.0.0.1", port)


@pytest.mark.parametrize(
    ("settings", "number", "kind", "words"),
    [
        ("WS", errno.EACCES, NotPermittedError, "port 80 is not for this user; choose a WS_PORT above 1023"),
        (
            "SHOCPP_WEB",
            errno.EADDRINUSE,
            UnavailableError,
            "port 80 is in use; end what listens there or choose another SHOCPP_WEB_PORT",
        ),
        (
            "WS",
            errno.EADDRNOTAVAIL,
            UsageError,
            "cannot listen on '::1': Cannot assign requested address; see WS_ADDRESS",
        ),
    ],
)
def test_a_port_that_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, settings: str, number: int, kind: type[ShocppError], words: str
) -> None:
    """The reason is one sentence, with what to do about it: the setting of whoever listens."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(kind) as raised:
        ports.bind("::1", 80, settings)
    assert str(raised.value) == words


def test_a_name_that_stands_for_no_address() -> None:
    """A name that cannot be found is a wrong address, not a fault of ours."""
    with pytest.raises(UsageError, match=r"cannot listen on 'no\.such\.name\.invalid'"):
        ports.bind("no.such.name.invalid", 80)
