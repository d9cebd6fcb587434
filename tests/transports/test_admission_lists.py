"""Lists of who may connect, through the real listeners: one that vanishes, is broken, or was never there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.listening import PLAIN, Listener, certificate, listening, trusting
from tests.support.patience import until
from tests.support.scratch import Scratch


@pytest.mark.parametrize("kind", PLAIN)
def test_a_list_that_vanishes_lets_nobody_in(tmp_path: Path, kind: str) -> None:
    """A list that is renamed away for a moment, after the listener has started, lets nobody in."""
    home = tmp_path / "home"
    home.mkdir()
    scratch = Scratch(home)
    file = home / "conf/charge-points.json"
    file.write_text('[{"identity": "CP1"}]')
    listener = Listener(scratch, kind)
    try:
        assert listener.status_of("/CP1") == 101
        file.rename(home / "conf/moved")
        assert listener.status_of("/stranger") == (404 if kind == "embedded" else 0)
        assert listener.status_of("/CP1") == (0 if kind == "alone" else 101), "none, or the last good list"
        (home / "conf/moved").rename(file)
        assert listener.status_of("/CP1") == 101
    finally:
        listener.process.kill()
        listener.process.wait()


@pytest.mark.parametrize("kind", PLAIN)
def test_a_list_can_be_required(tmp_path: Path, kind: str) -> None:
    """Where a list must be there, nobody is let in before it is."""
    with listening(tmp_path, kind, SHOCPP_CHARGEPOINTS_REQUIRED="1") as listener:
        until(lambda: "nobody may connect (SHOCPP_CHARGEPOINTS_REQUIRED)" in listener.said(), "the warning")
        assert listener.status_of("/CP1") == (404 if kind == "embedded" else 0)
        listener.scratch.configure("charge-points.json", '[{"identity": "CP1"}]')
        until(lambda: listener.status_of("/CP1") == 101, "the list to be in force")


@pytest.mark.parametrize("is_shared", [False, True])
def test_certificate_without_a_list(tmp_path: Path, is_shared: bool) -> None:
    """Without a list, too, a certificate lets in whom it is for, and anybody only where all share one."""
    server, authority = certificate(tmp_path, "server"), certificate(tmp_path, "authority")
    environ = {
        "SHOCPP_TLS_CERTIFICATE": str(server[0]),
        "SHOCPP_TLS_KEY": str(server[1]),
        "SHOCPP_TLS_CLIENT_CA": str(authority[0]),
        "SHOCPP_TLS_SHARED_CERTIFICATE": str(int(is_shared)),
    }
    context = trusting(server[0], certificate(tmp_path, "CP1", authority))
    with listening(tmp_path, "embedded", context, **environ) as listener:
        assert listener.status_of("/CP1") == 101
        assert listener.status_of("/CP2") == (101 if is_shared else 403)


def test_broken_list_is_said(tmp_path: Path) -> None:
    """A password in place of its hash is refused at the start, with entry and field, and not shown."""
    scratch = Scratch(tmp_path)
    (tmp_path / "conf/charge-points.json").write_text('[{"identity": "CP1", "passwords": ["plain"]}]')
    with pytest.raises(AssertionError, match="entry 1, field passwords") as raised:
        Listener(scratch)
    assert "plain" not in str(raised.value)
