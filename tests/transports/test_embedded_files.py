"""Files that change while the embedded listener serves: lists of charge points and cards, certificates."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.listening import certificate, is_served, listening, trusting
from tests.support.patience import PATIENCE_S, until


def test_not_listed_any_more(tmp_path: Path) -> None:
    """Who is taken off the list is disconnected; without passwords a stranger gets 404."""
    with listening(tmp_path) as listener:
        listener.scratch.configure("charge-points.json", '[{"identity": "CP1"}, {"identity": "CP2"}]')
        assert listener.status_of("/CP3") == 404
        with listener.connect("/CP1") as first, listener.connect("/CP2") as second:
            assert is_served(first) and is_served(second)
            listener.scratch.configure("charge-points.json", '[{"identity": "CP1"}]')
            with pytest.raises(ConnectionClosed):
                second.recv(PATIENCE_S)
            assert is_served(first)


def test_certificates(tmp_path: Path) -> None:
    """A client's certificate lets in whom it is for and nobody else; without one there is no connection."""
    server = certificate(tmp_path, "server")
    authority = certificate(tmp_path, "authority")
    own, other = certificate(tmp_path, "CP1", authority), certificate(tmp_path, "CP2", authority)
    (tmp_path / "list.json").write_text('[{"identity": "CP1"}, {"identity": "CP2"}]')
    environ = {
        "SHOCPP_TLS_CERTIFICATE": str(server[0]),
        "SHOCPP_TLS_KEY": str(server[1]),
        "SHOCPP_TLS_CLIENT_CA": str(authority[0]),
        "SHOCPP_CHARGEPOINTSFILE": str(tmp_path / "list.json"),
    }
    with listening(tmp_path, "embedded", trusting(server[0], own), **environ) as listener:
        assert listener.status_of("/CP1") == 101
        assert listener.status_of("/CP2") == 403
        listener.context = trusting(server[0], other)
        assert listener.status_of("/CP1") == 403
        assert listener.status_of("/CP2") == 101
        listener.context = trusting(server[0])
        with suppress(OSError):  # the end of the connection, or the alert, whichever is seen first
            assert listener.status_of("/CP1") == 0


def test_sighup(tmp_path: Path) -> None:
    """SIGHUP brings a new certificate into force, connections go on; a broken file changes nothing."""
    made, key = certificate(tmp_path, "server")
    old = trusting(made)
    environ = {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key)}
    with listening(tmp_path, "embedded", old, **environ) as listener, listener.connect("/CP1") as connection:
        certificate(tmp_path, "server")
        listener.context = trusting(made)
        listener.signal(signal.SIGHUP)
        until(lambda: "read anew" in listener.said(), "the certificate to be read")
        assert listener.status_of("/CP2") == 101
        made.write_text("broken")
        listener.signal(signal.SIGHUP)
        until(lambda: "stays as it was" in listener.said(), "the fault to be logged")
        assert listener.status_of("/CP2") == 101
        assert is_served(connection)


def test_a_mistake_among_thousands_of_cards_keeps_nobody_waiting(tmp_path: Path) -> None:
    """
    While a large tags.json with a mistake is read and explained, the old accounts serve on and on.

    It is a FIFO, so that it is known when it is read. To explain it takes seconds, in which hundreds can be served.
    """
    cards = [f"{number:08X}" for number in range(10_000)]
    tags, writing = tmp_path / "conf/tags.json", list[int]()
    with listening(tmp_path) as running, running.connect("/CP1") as connection:

        def serve() -> None:
            connection.send('[2,"1","Authorize",{"idTag":"1111"}]')
            assert json.loads(connection.recv(PATIENCE_S))[2] == {"idTagInfo": {"status": "Accepted"}}

        def is_read() -> bool:
            serve()
            with suppress(OSError):  # nobody reads it yet
                writing.append(os.open(tags, os.O_WRONLY | os.O_NONBLOCK))
            return bool(writing)

        serve()
        tags.unlink()
        os.mkfifo(tags)
        until(is_read, "the new file to be read")
        serve()
        os.set_blocking(writing[0], True)
        with open(writing[0], "w") as file:
            json.dump([{"index": 1, "account": "a", "ids": [*cards, cards[0]]}], file)
        served = 0
        while "stay in force" not in running.said():
            serve()
            served += 1
    assert served > 10
