"""The Debian package and its units under a systemd that is one, in a container that is made for it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.booted import Booted, booted
from tests.support.debian import Debian
from tests.support.installed import printed
from tests.support.patience import until
from tests.support.soap_peers import asked
from tests.test_deb import build, newer

BOTH = "shocpp shocpp-hooks"
KEEP = "echo SHOCPP_JOURNALDIR=/var/lib/shocpp/journal >>/etc/shocpp/shocpp.conf"
# connects, charges, has a fault, hangs up
CHARGE = "shocpp-charger --connect ws://127.0.0.1:8080/CP1 plug, card 1111, wait 1s, fault GroundFailure, stop, unplug"
# notes each event in /tmp, which is its own, and asks whether it can write elsewhere
HOOK = """#!/bin/sh
echo no >/var/lib/shocpp/x || echo no >/etc/x || cat >>/tmp/events
[ -e /root/second.deb ] && exit 9
echo "$EVENT seen" >&2
exit 3
"""
STOP = {"transactionId": 10_009_042, "idTag": "1111", "timestamp": "2026-01-31T12:00:00Z", "meterStop": 9_075_300}
# what stands in a checkout according to the manual, and where the package has it
PLACES = (("/opt/shocpp/bin/", "/usr/bin/"), ("/opt/shocpp", "/var/lib/shocpp"))
FCGIWRAP = "systemctl disable --now fcgiwrap.socket fcgiwrap.service; systemctl daemon-reload"
POST = """python3 -c '
from urllib.request import urlopen, Request
headers = {"Content-Type": "application/soap+xml"}
print(urlopen(Request("http://127.0.0.1:8181/soap", open("/root/stop.xml", "rb").read(), headers)).read().decode())
'"""

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(os.geteuid() != 0, reason="only root can boot a Debian")]


def states(system: Booted) -> list[str]:
    """Say of the service and of the hooks' whether it runs."""
    return system.run(f"systemctl is-active {BOTH}").split()


def test_a_life(tmp_path: Path) -> None:
    """Services start, are restarted by an upgrade, come back, stay off when switched off, and go with all links."""
    more = ("nginx-light", "fcgiwrap")
    debian = Debian(tmp_path / "root", "systemd", "systemd-sysv", "init-system-helpers", *more)
    first = build("", tmp_path)
    shutil.copy(first, debian.folder / "root/first.deb")
    shutil.copy(newer(first, tmp_path), debian.folder / "root/second.deb")
    (debian.folder / "usr/sbin/policy-rc.d").unlink()
    hook = debian.folder / "root/hook"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    put_soap(debian.folder)
    with booted(debian.folder) as system:
        system.run("dpkg -i /root/first.deb && shocpp-check --init")
        assert states(system) == ["active", "inactive"], "hooks are the administrator's to switch on"
        see_hooks(system)
        see_soap(system)
        see_renewed(system)
        system.run("dpkg --purge shocpp; rm -r /var/lib/shocpp")
        assert system.run("find /etc /usr/lib/systemd -name '*shocpp*'") == ""


def put_soap(folder: Path) -> None:
    """Write into a Debian what the manual has for shocpp-soap behind nginx and fcgiwrap, and a message."""
    units = folder / "etc/systemd/system"
    (units / "shocpp-soap.socket").write_text(moved(printed("shocpp-soap", "ini", "### nginx")))
    (units / "shocpp-soap.service").write_text(moved(printed("shocpp-soap", "systemd")))
    server = f"server {{ listen 127.0.0.1:8181; {moved(printed('shocpp-soap', 'nginx'))} }}"
    (folder / "etc/nginx/sites-enabled/default").unlink()
    (folder / "etc/nginx/sites-enabled/soap").write_text(server)
    (folder / "root/stop.xml").write_bytes(asked("1.5", "StopTransaction", STOP))


def moved(text: str) -> str:
    """Give a text of the manual with the places that the package has."""
    for checkout, package in PLACES:
        text = text.replace(checkout, package)
    return text


def see_soap(system: Booted) -> None:
    """The manual's socket starts fcgiwrap in its sandbox, as the service's user, when nginx alone asks; it books."""
    system.run(f"{FCGIWRAP}; systemctl enable --now shocpp-soap.socket; systemctl restart nginx")
    assert system.run("systemctl is-active shocpp-soap.socket shocpp-soap").split() == ["active", "inactive"]
    assert system.run("stat -c '%U %a' /run/shocpp-soap.socket").split() == ["www-data", "600"]
    said = system.run(POST)
    assert "stopTransactionResponse" in said, said + system.run("journalctl -u shocpp-soap --no-pager")
    assert system.run("systemctl is-active shocpp-soap").strip() == "active"
    booked = "grep -l 9075300 /var/lib/shocpp/accounting/*/*/*.json | xargs stat -c %U"
    assert system.run(booked).split() == ["shocpp"]
    system.run("systemctl disable --now shocpp-soap.socket shocpp-soap nginx; rm /etc/systemd/system/shocpp-soap.*")


def see_hooks(system: Booted) -> None:
    """A hook in the unit's sandbox gets what happens, and can write nowhere but to its own /tmp."""
    system.run(f"{KEEP}; cp /root/hook /etc/shocpp/hooks")
    system.run("systemctl restart shocpp; systemctl enable --now shocpp-hooks")
    until(lambda: "listening on" in system.run("journalctl -u shocpp --no-pager"), "the port")
    system.run(CHARGE)
    said = ""

    def has_seen_all() -> bool:
        nonlocal said
        said = system.run("journalctl -u shocpp-hooks --no-pager")
        return "disconnected seen" in said

    until(has_seen_all, "the hook to be told of the end")
    assert [name for name in ("connected", "started", "faulted", "stopped") if f"{name} seen" not in said] == []
    events = system.run("cat /tmp/systemd-private-*-shocpp-hooks.service-*/tmp/events").splitlines()
    assert json.loads(events[0])["event"] == "connected"
    system.run("sed -i /JOURNALDIR/d /etc/shocpp/shocpp.conf; systemctl restart shocpp-hooks")
    until(lambda: states(system) == ["active", "failed"], "it to give up where no journal is kept")
    system.run(f"{KEEP}; systemctl restart shocpp-hooks")


def see_renewed(system: Booted) -> None:
    """An upgrade starts both anew; so does an installation after a removal; what is switched off stays so."""
    pids = f"systemctl show --value -p MainPID {BOTH}"
    before = system.run(pids).split()
    system.run("dpkg --force-confold -i /root/second.deb")
    assert states(system) == ["active", "active"] and not {*before} & {*system.run(pids).split()}
    system.run("dpkg -r shocpp")
    assert "active" not in states(system)
    system.run("dpkg -i /root/second.deb")
    assert states(system) == ["active", "active"]
    system.run(f"systemctl disable --now {BOTH}; dpkg -i /root/second.deb")
    assert "active" not in states(system)
