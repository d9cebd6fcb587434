"""
The manual's web servers: its configurations as printed, in the real servers, with its users and its owners of files.

Only folders, ports and the numbers of users are others. Whoever is not root is all of the users at once.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls.canned_file import fresh_id
from tests.support.household import ROOT, Wallbox
from tests.support.installed import USERS, Installation, installed, printed
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port
from tests.support.web_servers import PROGRAMS, Process, Server, Unit

PAGE = (ROOT / "docs/shocpp-caller.md").read_text()
AS_SERVICE = {"user": USERS["shocpp"], "group": USERS["shocpp"], "extra_groups": []} if os.geteuid() == 0 else {}
HOST = "raspberrypi.local:8081"
TIME = "2026-05-01T18:00:00Z"
POWER = {"value": "11.0", "unit": "kW", "measurand": "Power.Active.Import"}
APACHE_MODULES = "mpm_event authz_core setenvif proxy proxy_fcgi"


CALLS: dict[str, dict[str, Any]] = json.loads(printed("shocpp-caller", "json"))
START, STOP, READING = CALLS


@pytest.fixture
def installation() -> Iterator[Installation]:
    """Give an installation that has the calls of the manual."""
    with installed() as made:
        (made.home / "conf/calls.json").write_text(json.dumps(CALLS))
        made.protect("conf/calls.json", "root", 0o640)
        yield made


@pytest.fixture
def wallbox(installation: Installation) -> Iterator[Wallbox]:
    """Give a wallbox that charges, connected to the service, and has told its power."""
    accepted: dict[str, dict[str, Any] | str] = {
        "RemoteStartTransaction": {"status": "Accepted"},
        "RemoteStopTransaction": {"status": "Accepted"},
    }
    with closing(Wallbox(installation.home, "CP001", accepted, **AS_SERVICE)) as connected:
        begun = {"connectorId": 1, "idTag": "1111", "meterStart": 9042000, "timestamp": TIME}
        connected.send("StartTransaction", begun)
        values = {"connectorId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": [POWER]}]}
        connected.send("MeterValues", values)
        seen = [installation.home / f"run/CP001/{name}" for name in ("meter.json", "transactions/20009042.json")]
        until(lambda: all(path.exists() for path in seen), "the sightings of the charge")
        yield connected


class Running:
    """
    A web server that answers for shocpp-caller.

    Args:
        server: The web server.
        errors: Has what shocpp-caller says of failures.
        address_logs: The server's logs that must not have an id.
    """

    def __init__(self, server: Server, errors: Path, *address_logs: Path) -> None:
        self.port = server.port
        self.errors = errors
        self.address_logs = address_logs


def lighttpd(installation: Installation, stack: ExitStack) -> Running:
    """Start the service that is lighttpd."""
    port = held_port()
    text = installation.moved(printed("shocpp-caller", "lighttpd")).replace("8081", str(port))
    (installation.home / "conf/lighttpd.conf").write_text(f'{text}\nserver.bind = "127.0.0.1"\n')
    unit = Unit(installation.moved(printed("shocpp-caller", "ini", "### lighttpd")), USERS)
    log = installation.write("lighttpd.log", "")
    server = stack.enter_context(closing(Server(unit.command, log, port, **unit.who)))
    return Running(server, log, log)


def fcgiwrap(installation: Installation, stack: ExitStack) -> Path:
    """Start the service that is fcgiwrap; give its log."""
    unit = Unit(installation.moved(printed("shocpp-caller", "ini", "### nginx")), USERS)
    unit.make_runtime_directory(installation.folder / "runtime-caller")
    log = installation.write("fcgiwrap.log", "")
    service = stack.enter_context(closing(Process(unit.command, log, **unit.who)))
    service.wait_for((installation.folder / "runtime-caller/socket").exists)
    return log


def nginx(installation: Installation, stack: ExitStack) -> Running:
    """Start nginx with a server of ours, and fcgiwrap."""
    said = fcgiwrap(installation, stack)
    folder, port = installation.folder, held_port()
    (folder / "fastcgi_params").symlink_to("/etc/nginx/fastcgi_params")
    of_http = [f"access_log {folder}/access.log;"]
    of_http += [f"{name}_temp_path {folder}/{name};" for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")]
    server = f"server {{ listen 127.0.0.1:{port}; {installation.moved(printed('shocpp-caller', 'nginx'))} }}"
    main = f"daemon off; user www-data; pid {folder}/pid; error_log stderr; events {{}}"
    config = installation.write("nginx.conf", f"{main} http {{ {' '.join(of_http)} {server} }}")
    log = installation.write("nginx.log", "")
    started = stack.enter_context(closing(Server(["nginx", "-e", "stderr", "-c", str(config)], log, port)))
    return Running(started, said, log, folder / "access.log")


def apache(installation: Installation, stack: ExitStack) -> Running:
    """Start Apache with a virtual host of ours, and fcgiwrap."""
    said = fcgiwrap(installation, stack)
    folder, port = installation.folder, held_port()
    lines = [f"Listen 127.0.0.1:{port}", "ServerName localhost", f"PidFile {folder}/pid", "ErrorLog /dev/stderr"]
    lines += [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in APACHE_MODULES.split()]
    lines += ["User www-data", "Group www-data"] if os.geteuid() == 0 else []
    lines += ['LogFormat "%h %l %u %t \\"%r\\" %>s %O" combined', "<VirtualHost *>"]
    lines += [installation.moved(printed("shocpp-caller", "apache")), "</VirtualHost>", ""]
    config = installation.write("apache.conf", "\n".join(lines))
    log = installation.write("apache.log", "")
    command = ["apache2", "-D", "FOREGROUND", "-f", str(config)]
    started = stack.enter_context(closing(Server(command, log, port, {"APACHE_LOG_DIR": str(folder)})))
    return Running(started, said, log, folder / "access.log")


@pytest.fixture(params=[lighttpd, nginx, apache], ids=["lighttpd", "nginx", "apache"])
def running(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Running]:
    """Start each of the web servers in turn."""
    start: Callable[[Installation, ExitStack], Running] = request.param
    with ExitStack() as stack:
        yield start(installation, stack)


def curl(running: Running, line: str, word: str) -> str:
    """Type a line that begins with curl, for the id and the server that are here; give what it printed."""
    assert HOST in line, line
    done = subprocess.run(
        ["sh", "-c", line.replace(HOST, f"127.0.0.1:{running.port}")],
        env={"PATH": PROGRAMS, "id": word},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done
    return done.stdout.strip()


def test_recipe(running: Running, wallbox: Wallbox) -> None:
    """Both curl lines of the manual get their answer; no log of the server has an id, and what failed is in ours."""
    (by_post,) = re.findall(r"^    (curl .*\$id.*)$", PAGE, re.MULTILINE)
    (by_get,) = re.findall(rf"^    \$ (curl .*{READING}.*)$", PAGE, re.MULTILINE)
    unknown = fresh_id()
    assert curl(running, by_post, STOP) == "Accepted"
    assert curl(running, by_get, "") == "11000 W"
    assert curl(running, by_get.replace(READING, START), "") == "Accepted"
    assert curl(running, by_post, unknown) == "There is nothing here."
    stop = ("RemoteStopTransaction", {"transactionId": 20009042})
    assert wallbox.asked == [stop, ("RemoteStartTransaction", {"idTag": "1111", "connectorId": 1})]
    assert f"{unknown[:4]}… from 127.0.0.1: 404: " in running.errors.read_text()
    for log in running.address_logs:
        assert not [word for word in (*CALLS, unknown) if word in log.read_text()], log
