"""The manual's web server in front of the page: its configuration as printed, in the real nginx, with TLS and Basic."""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.household import ROOT
from tests.support.page_home import PageHome, furnish
from tests.support.patience import PATIENCE_S
from tests.support.ports import held_port
from tests.support.web_servers import Server

MANUAL = (ROOT / "docs/page.md").read_text()
HOST = "wallbox.example"
BASIC = 'auth_basic "Wallbox"; auth_basic_user_file'
ANNA = "Basic " + base64.b64encode(b"anna:secret").decode()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of the manual's name; it and its key."""
    made = folder / "fullchain.pem", folder / "privkey.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    command += ["-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    return made


class Proxy:
    """
    nginx as the manual has it, in front of the page.

    Args:
        folder: An empty folder that other users may enter.
        page: The page's address.
        more: What stands in its server besides.
    """

    def __init__(self, folder: Path, page: str, more: str = "") -> None:
        self.port = held_port()
        chain, key = certificate(folder)
        printed = re.search(r"^```nginx\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
        assert printed
        text = printed[1].replace("listen 443", f"listen 127.0.0.1:{self.port}").replace("http://127.0.0.1:8082", page)
        text = text.replace(f"/etc/letsencrypt/live/{HOST}/fullchain.pem", str(chain))
        text = text.replace(f"/etc/letsencrypt/live/{HOST}/privkey.pem", str(key))
        text = text.replace("location / {", f"{more}\n    location / {{")
        kept = [f"{name}_temp_path {folder}/{name};" for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")]
        self.log = folder / "access.log"
        main = f"daemon off; pid {folder}/pid; error_log stderr; events {{}}"
        config = folder / "nginx.conf"
        config.write_text(f"{main} http {{ access_log {self.log}; {' '.join(kept)} {text} }}")
        self._trust = ssl.create_default_context(cafile=str(chain))
        command = ["nginx", "-e", "stderr", "-c", str(config)]
        self._server = Server(command, folder / "nginx.log", self.port)

    def ask(self, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Ask over TLS, with the manual's name: status, headers, text."""
        connection = _Named(self.port, self._trust)
        sent = {"Host": HOST, "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST" if body else "GET", path, body or None, sent)
        answer = connection.getresponse()
        said = answer.status, dict(answer.getheaders()), answer.read().decode()
        connection.close()
        return said

    def close(self) -> None:
        """End it."""
        self._server.close()


class _Named(http.client.HTTPSConnection):
    """A connection to the loopback whose other end must show a certificate of the manual's name."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        super().__init__("127.0.0.1", port, timeout=PATIENCE_S)
        self._trust = trust

    def connect(self) -> None:
        """Connect, and look at the certificate."""
        http.client.HTTPConnection.connect(self)
        self.sock = self._trust.wrap_socket(self.sock, server_hostname=HOST)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that nginx's workers may enter."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PageHome]:
    """Give a home that believes its web server, where Anna is the server's user anna."""
    made = PageHome(tmp_path / "home", SHOCPP_WEB_PROXY="1")
    furnish(made)
    path = made.settings.people_file
    people = json.loads(Path(path).read_text())
    made.configure(Path(path).name, [{**each, "user": "anna"} if each["name"] == "Anna" else each for each in people])
    yield made
    made.close()


def test_a_link_through_nginx(home: PageHome, folder: Path) -> None:
    """Pages and forms pass with TLS; no log has the link; who names a user in a header is nobody."""
    with home.served() as page, closing(Proxy(folder, page)) as proxy:
        status, _, text = proxy.ask(home.links["Anna"])
        assert status == 200 and "family-y" in text
        action, token = re.findall(r'action="([^"]*start)".*?name="token" value="(\w+)"', text, re.DOTALL)[0]
        form = f"token={token}&charge_point=CP999&connector=1&account=family-y"
        assert proxy.ask(action, form, Origin=f"https://{HOST}")[0] == 303
        assert proxy.ask(action, form, Origin="https://elsewhere.example")[0] == 403
        cookie = proxy.ask(f"{home.links['Anna']}?lang=en")[1]["Set-Cookie"]
        assert "Secure" in cookie and "SameSite=Strict" in cookie
        assert proxy.ask("/me/", X_Remote_User="anna")[0] == 404
        assert not proxy.log.exists() or home.links["Anna"].strip("/") not in proxy.log.read_text()


def test_a_password_in_place_of_a_link(home: PageHome, folder: Path) -> None:
    """Whoever nginx lets in as anna has her page at the root; nobody gets in without a password."""
    users = folder / "users"
    users.write_text("anna:{PLAIN}secret\n")
    users.chmod(0o644)
    with home.served() as page, closing(Proxy(folder, page, f"{BASIC} {users};")) as proxy:
        assert proxy.ask("/")[0] == 401
        status, headers, _ = proxy.ask("/", Authorization=ANNA)
        assert status == 303
        status, _, text = proxy.ask("/me/", Authorization=ANNA, X_Remote_User="hausmeister")
        assert status == 200 and "Anna" in text and headers["Location"].endswith("me/")
