"""The web servers that the manual has in front of the page: configured as printed, with TLS, on the loopback."""

from __future__ import annotations

import http.client
import re
import ssl
import subprocess
from pathlib import Path

from tests.support.patience import PATIENCE_S
from tests.support.ports import held_port
from tests.support.scratch import ROOT
from tests.support.web_servers import Server

HOST = "wallbox.example"
_MANUAL = ROOT / "docs/page.md"
_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Proxy:
    """
    A web server, which listens once this is made.

    Args:
        command: What starts it.
        log: Takes what it prints.
        port: Where it listens.
        chain: Its certificate.
        environ: Variables of its environment.
    """

    def __init__(
        self, command: list[str], log: Path, port: int, chain: Path, environ: dict[str, str] | None = None
    ) -> None:
        self._trust = ssl.create_default_context(cafile=str(chain))
        self._server = Server(command, log, port, environ)

    def ask(self, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Ask over TLS, with the manual's name: status, headers, text."""
        connection = _Named(self._server.port, self._trust)
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


def nginx(folder: Path, page: str, more: str = "") -> Proxy:
    """
    Start nginx; what it logs is in the folder.

    Args:
        folder: An empty folder that other users may enter.
        page: The page's address.
        more: What stands in its server besides.
    """
    port, (chain, key) = held_port(), _certificate(folder)
    printed = re.search(r"^```nginx\n(.*?)^```", _MANUAL.read_text(), re.MULTILINE | re.DOTALL)
    assert printed
    text = printed[1].replace("listen 443", f"listen 127.0.0.1:{port}").replace("http://127.0.0.1:8082", page)
    text = text.replace(f"/etc/letsencrypt/live/{HOST}/fullchain.pem", str(chain))
    text = text.replace(f"/etc/letsencrypt/live/{HOST}/privkey.pem", str(key))
    text = text.replace("/var/log/nginx/error.log", f"{folder}/error.log")
    text = text.replace("location / {", f"{more}\n    location / {{")
    kept = [f"{name}_temp_path {folder}/{name};" for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")]
    main = f"daemon off; pid {folder}/pid; error_log stderr; events {{}}"
    config = folder / "nginx.conf"
    config.write_text(f"{main} http {{ access_log {folder}/access.log; {' '.join(kept)} {text} }}")
    return Proxy(["nginx", "-e", "stderr", "-c", str(config)], folder / "nginx.log", port, chain)


def caddy(folder: Path, page: str) -> Proxy:
    """
    Start Caddy, with a certificate of ours in place of the one that it gets by itself; what it logs is in the folder.

    Args:
        folder: An empty folder.
        page: The page's address.
    """
    port, (chain, key) = held_port(), _certificate(folder)
    printed = re.search(r"^    \{\n((?:    .*\n)*)", _MANUAL.read_text(), re.MULTILINE)
    assert printed
    text = printed[0].replace("127.0.0.1:8082", page.removeprefix("http://"))
    text = text.replace("{", "{\n admin off\n auto_https disable_redirects", 1)
    text = text.replace(f"{HOST} {{", f"{HOST}:{port} {{\n bind 127.0.0.1\n tls {chain} {key}")
    config = folder / "Caddyfile"
    config.write_text(text)
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    return Proxy(command, folder / "caddy.log", port, chain, {"HOME": str(folder)})


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of the manual's name; it and its key."""
    made = folder / "fullchain.pem", folder / "privkey.pem"
    command = ["openssl", "req", "-x509", *_KEY, "-days", "2"]
    command += ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    command += ["-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    return made


class _Named(http.client.HTTPSConnection):
    """A connection to the loopback whose other end must show a certificate of the manual's name."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        super().__init__("127.0.0.1", port, timeout=PATIENCE_S)
        self._trust = trust

    def connect(self) -> None:
        """Connect, and look at the certificate."""
        http.client.HTTPConnection.connect(self)
        self.sock = self._trust.wrap_socket(self.sock, server_hostname=HOST)
