"""What strangers cost a listener with TLS: they are counted before their handshake, logged, and gone at once."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.load import upgrade
from tests.bench.processes import pss_kib, tree
from tests.support.listening import Listener, certificate, listening, trusting
from tests.support.patience import PATIENCE_S, SOON_S, until

# --- through the real listener

SILENT = 200


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Run a listener with TLS that may open 256 files: 64 handshakes and 46 charge points."""
    made, key = certificate(tmp_path, "server")
    environ = {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key), "SHOCPP_HANDSHAKE_TIMEOUT": "300"}
    launcher = ("sh", "-c", 'ulimit -n 256; exec "$@"', "sh")
    with listening(tmp_path, "embedded", trusting(made), launcher=launcher, **environ) as running:
        yield running


def test_silent_strangers_are_counted_before_tls(listener: Listener) -> None:
    """They leave room for those who come after them, take little memory, and nothing of it is said at length."""
    assert listener.status_of("/CP1") == 101  # what is needed once is there
    before_kib = pss_kib(tree(listener.process.pid))
    silent = [socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) for _ in range(SILENT)]
    assert listener.status_of("/CP1") == 101
    assert pss_kib(tree(listener.process.pid)) - before_kib < 64 * 100
    status = listener.scratch.home / "run/listener.json"
    until(lambda: f'"handshakes_dropped": {SILENT - 63}' in status.read_text(), "the oldest to be dropped")
    assert "Traceback" not in listener.said()
    for each in silent:
        each.close()


def test_handshakes_that_fail_are_counted_and_logged(listener: Listener) -> None:
    """Who speaks no TLS, and who does not trust our certificate, stands in the log with the reason."""
    untrusting = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) as plain, pytest.raises(ssl.SSLError):
        untrusting.wrap_socket(plain, server_hostname="127.0.0.1")
    until(lambda: listener.has_said("no TLS with 127.0.0.1: tlsv1 alert unknown ca"), "the first to be logged")
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) as plain:
            plain.sendall(b"GET /CP1 HTTP/1.1\r\n\r\n")
            while plain.recv(4096):
                pass
    counted = listener.scratch.home / "run/listener.json"
    until(lambda: '"tls_handshakes_failed": 21' in counted.read_text(), "all to be counted")
    until(lambda: listener.has_said("no TLS with 127.0.0.1: http request"), "some of them to be logged")
    assert "Traceback" not in listener.said()


def test_a_refused_one_does_not_keep_its_socket(listener: Listener) -> None:
    """Whoever is refused and does not hang up is gone at once, not after half a minute."""
    assert listener.context is not None
    files = Path(f"/proc/{listener.process.pid}/fd")
    listener.scratch.configure("charge-points.json", '[{"identity": "CP1"}]')
    until(lambda: listener.status_of("/stranger") == 404, "the list to be in force")
    before = len(list(files.iterdir()))
    plain = socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S)
    plain.settimeout(SOON_S)
    with listener.context.wrap_socket(plain, server_hostname="127.0.0.1") as stranger:
        stranger.sendall(upgrade("/stranger", listener.port))
        assert stranger.recv(4096).startswith(b"HTTP/1.1 404 ")
        raw = socket.socket(fileno=os.dup(stranger.fileno()))
        raw.settimeout(SOON_S)
        with raw:
            while raw.recv(4096):  # up to the end of the TCP connection, without a word of TLS from us
                pass
        until(lambda: len(list(files.iterdir())) <= before, "the socket to be gone")
