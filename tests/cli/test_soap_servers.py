"""
shocpp-soap behind the manual's web servers: its configurations as printed, in real ones, with its owners of files.

Only folders, ports and the numbers of users are others.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from shocpp.admission import passwords
from shocpp.ocpp.soap.read_envelope import read
from tests.support.installed import USERS, Installation, installed, printed
from tests.support.listening import basic
from tests.support.patience import until
from tests.support.ports import held_port
from tests.support.soap_peers import asked, post
from tests.support.web_servers import Process, Server, Unit

PAGE = "shocpp-soap"
START = {"connectorId": 1, "idTag": "1111", "timestamp": "2026-01-31T09:00:00Z", "meterStart": 9_042_700}
STOP = {"idTag": "1111", "timestamp": "2026-01-31T12:00:00Z", "meterStop": 9_075_300}


def lighttpd(installation: Installation, stack: ExitStack) -> tuple[Server, Path]:
    """Start the service that is lighttpd; give it, and the log that has what shocpp-soap says."""
    port = held_port()
    text = installation.moved(printed(PAGE, "lighttpd")).replace("8080", str(port))
    (installation.home / "conf/lighttpd-soap.conf").write_text(f'{text}\nserver.bind = "127.0.0.1"\n')
    unit = Unit(installation.moved(printed(PAGE, "ini", "### lighttpd")), USERS)
    log = installation.write("lighttpd.log", "")
    return stack.enter_context(closing(Server(unit.command, log, port, **unit.who))), log


def nginx(installation: Installation, stack: ExitStack) -> tuple[Server, Path]:
    """Start nginx with a server of ours, and fcgiwrap on its socket; give the one and the log of the other."""
    unit = Unit(installation.moved(printed(PAGE, "systemd")), USERS)
    log = installation.write("fcgiwrap.log", "")
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        path = installation.folder / "runtime-soap.socket"
        listening.bind(str(path))
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, USERS["www-data"], 0)
        listening.listen()
        stack.enter_context(closing(Process(unit.command, log, stdin=listening, **unit.who)))
    folder, port = installation.folder, held_port()
    (folder / "fastcgi_params").symlink_to("/etc/nginx/fastcgi_params")
    of_http = ["access_log off;"]
    of_http += [f"{name}_temp_path {folder}/{name};" for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")]
    server = f"server {{ listen 127.0.0.1:{port}; {installation.moved(printed(PAGE, 'nginx'))} }}"
    main = f"daemon off; user www-data; pid {folder}/pid; error_log stderr; events {{}}"
    config = installation.write("nginx.conf", f"{main} http {{ {' '.join(of_http)} {server} }}")
    nginx_log = installation.write("nginx.log", "")
    return stack.enter_context(closing(Server(["nginx", "-e", "stderr", "-c", str(config)], nginx_log, port))), log


@pytest.fixture
def installation() -> Iterator[Installation]:
    """Give an installation where CP001 may connect with a password."""
    with installed() as made:
        entry = {"identity": "CP001", "passwords": [passwords.make("secret")]}
        (made.home / "conf/charge-points.json").write_text(json.dumps([entry]))
        made.protect("conf/charge-points.json", "root", 0o640)
        yield made


@pytest.mark.parametrize("start", [lighttpd, nginx])
def test_recipe(start: Callable[[Installation, ExitStack], tuple[Server, Path]], installation: Installation) -> None:
    """A charge is booked as the service's user; who has no password is refused, and the WSDL names its own address."""
    password = basic("CP001", "secret")

    def said(action: str, payload: dict[str, Any]) -> dict[str, Any]:
        status, body = post(server.port, asked("1.5", action, payload, identity=""), "/soap/CP001", **password)
        assert status == 200, (body, log.read_text())
        return read(body).payload

    with ExitStack() as stack:
        server, log = start(installation, stack)
        assert post(server.port, asked("1.5", "Heartbeat", {}), "/soap/CP001")[0] == 401
        started = said("StartTransaction", START)
        said("StopTransaction", STOP | {"transactionId": started["transactionId"]})
        status, wsdl = server.ask("/soap?wsdl=1.5")
        assert (status, f'location="http://127.0.0.1:{server.port}/soap"' in wsdl) == (200, True), wsdl[-300:]
        assert server.ask("/soap/../conf/tags.json")[0] in (400, 403, 404)
        until(lambda: "CP001 refused 401" in log.read_text(), "the refusal to be logged")
    (record,) = installation.home.glob("accounting/**/*.json")
    assert json.loads(record.read_text())["consumed_wh"] == 32_600
    if os.geteuid() == 0:
        assert (record.stat().st_uid, record.stat().st_gid) == (USERS["shocpp"], USERS["shocpp"])
