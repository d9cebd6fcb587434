"""The ports that tests hand to programs: a program can listen there, and nothing else gets there before it."""

from __future__ import annotations

import socket

import pytest

from tests.support.ports import held_port, is_listening


def test_no_port_is_given_twice() -> None:
    """However many are asked for, each is another one, also for who asks the kernel."""
    ports = [held_port() for _ in range(50)]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        assert len({*ports, other.getsockname()[1]}) == 51


def test_a_program_can_listen_again_and_again() -> None:
    """A program that ends and starts anew finds its port free; a second one beside it is refused."""
    port = held_port()
    for _ in range(2):
        assert not is_listening(port)
        with socket.create_server(("127.0.0.1", port)):
            assert is_listening(port)
            with pytest.raises(OSError, match="in use"):
                socket.create_server(("127.0.0.1", port))
