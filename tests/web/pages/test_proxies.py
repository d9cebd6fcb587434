"""The manual's web servers in front of the page: nginx and Caddy configured as printed, with TLS, nginx with Basic."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.page_home import PageHome, furnish
from tests.support.page_proxies import HOST, Proxy, caddy, nginx
from tests.support.ports import held_port

BASIC = 'auth_basic "Wallbox"; auth_basic_user_file'
ANNA = "Basic " + base64.b64encode(b"anna:secret").decode()


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


def see_a_link_work(home: PageHome, proxy: Proxy) -> None:
    """Pages and forms pass with TLS, as of whoever asks; who names a user in a header is nobody."""
    status, _, text = proxy.ask(home.links["Anna"])
    assert status == 200 and "family-y" in text
    action, token = re.findall(r'action="([^"]*start)".*?name="token" value="(\w+)"', text, re.DOTALL)[0]
    form = f"token={token}&charge_point=CP999&connector=1&account=family-y"
    assert proxy.ask(action, form, Origin=f"https://{HOST}")[0] == 303
    assert proxy.ask(action, form, Origin="https://elsewhere.example")[0] == 403
    cookie = proxy.ask(f"{home.links['Anna']}?lang=en", X_Forwarded_Prefix="/elsewhere")[1]["Set-Cookie"]
    assert "Secure" in cookie and "SameSite=Strict" in cookie and "Path=/;" in f"{cookie};"
    assert proxy.ask("/me/", X_Remote_User="anna", X_Forwarded_For="192.0.2.7")[0] == 404
    assert "from 127.0.0.1: 404" in home.said[-1]


@pytest.mark.parametrize("server", [nginx, caddy])
def test_a_link_through_a_proxy(home: PageHome, folder: Path, server: Callable[[Path, str], Proxy]) -> None:
    """Through each of the manual's; and no log has the link, also not while the page is away."""
    with home.served() as page, closing(server(folder, page)) as proxy:
        see_a_link_work(home, proxy)
    with closing(server(folder, f"http://127.0.0.1:{held_port()}")) as proxy:
        assert proxy.ask(home.links["Anna"])[0] == 502
    kept = [log.read_text() for log in folder.glob("*.log")]
    assert kept
    assert not any(home.links["Anna"].strip("/") in text for text in kept)


def test_a_password_in_place_of_a_link(home: PageHome, folder: Path) -> None:
    """Whoever nginx lets in as anna has her page at the root; nobody gets in without a password."""
    users = folder / "users"
    users.write_text("anna:{PLAIN}secret\n")
    users.chmod(0o644)
    with home.served() as page, closing(nginx(folder, page, f"{BASIC} {users};")) as proxy:
        assert proxy.ask("/")[0] == 401
        status, headers, _ = proxy.ask("/", Authorization=ANNA)
        assert status == 303
        status, _, text = proxy.ask("/me/", Authorization=ANNA, X_Remote_User="hausmeister")
        assert status == 200 and "Anna" in text and headers["Location"].endswith("me/")
