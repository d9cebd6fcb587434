"""The Debian package: what it puts where, and that it comes, is renewed and goes without losing what is somebody's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.debian import Debian
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
PLACES = ROOT / "package/debian/places.sed"
CONFIGURED = sorted(path for path in (ROOT / "conf").rglob("*") if path.is_file() and path.suffix != ".json")
COMMANDS = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"])
_LONG_S = 1800  # wheels come over the network, and are packed with all that the machine has
ELF_MACHINES = {"amd64": 62, "arm64": 183, "armhf": 40}
CHARGE = """PATH_INFO=/CP1 shocpp-backend <<END
[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]
[2,"2","StopTransaction",{"transactionId":20009042,"meterStop":9075000,"timestamp":"2026-01-31T12:00:00Z"}]
END"""
LEFT = "find / -xdev \\( -path /proc -o -path /tmp \\) -prune -o -name '*shocpp*' -print"


def placed(path: Path) -> str:
    """Give a file of conf/ as the package has it."""
    sed = ["sed", "-f", str(PLACES), str(path)]
    return subprocess.run(sed, capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout


@pytest.mark.parametrize("path", CONFIGURED, ids=lambda path: path.name)
def test_places(path: Path) -> None:
    """Units, jobs and examples name nothing that only a checkout has."""
    assert not re.search(r"/opt/|\bcheckout\b|(?<!/shocpp/)\bdocs/|conf/shocpp.conf\.$", placed(path))


def test_unit() -> None:
    """The unit starts the package's command with its settings; below the home it has made what is the service's."""
    unit = placed(ROOT / "conf/shocpp.service").splitlines()
    wanted = [
        "ExecStart=/usr/bin/shocpp-listener --embedded",
        "WorkingDirectory=/var/lib/shocpp",
        "EnvironmentFile=-/etc/shocpp/shocpp.conf",
        "StateDirectory=shocpp/run shocpp/accounting shocpp/journal",
        "Documentation=file:///usr/share/doc/shocpp/installation.md",
    ]
    assert [line for line in wanted if line not in unit] == []
    assert not any(line.startswith("ReadWritePaths=") for line in unit)
    assert "ReadWritePaths=/var/lib/shocpp/run" in placed(ROOT / "conf/shocpp-web.service").splitlines()


@pytest.mark.parametrize("script", ["deb", "debian/postinst", "debian/prerm", "debian/postrm"])
def test_scripts(script: str) -> None:
    """Each script of the package is one, and fetches nothing when it is installed."""
    path = ROOT / "package" / script
    subprocess.run(["sh", "-n", path], check=True, timeout=PATIENCE_S)
    assert script == "deb" or not re.search(r"\b(pip|curl|wget|apt|apt-get)\b", path.read_text())


def test_for_which_machines() -> None:
    """One that it is not built for is named, with those that it is."""
    done = subprocess.run(
        [ROOT / "package/deb", "vax"], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 64 and "vax" in done.stderr
    assert [name for name in ELF_MACHINES if name not in done.stderr] == []


def build(architecture: str, folder: Path) -> Path:
    """Build the package with the command that the manual has."""
    command = [str(ROOT / "package/deb"), architecture, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONG_S)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def newer(package: Path, folder: Path) -> Path:
    """Make the package of a later version, with another configuration file, of one."""
    tree, made = folder / "newer", folder / "newer.deb"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True, timeout=_LONG_S)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: ", "Version: 99.", control.read_text()))
    (tree / "etc/shocpp/shocpp.conf").write_text("# newer\n")
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", tree, made], check=True, capture_output=True, timeout=_LONG_S)
    return made


@pytest.mark.thorough
@pytest.mark.parametrize("architecture", ELF_MACHINES)
def test_every_architecture(architecture: str, tmp_path: Path) -> None:
    """It is built for each on any: what is no Python in it is for that machine."""
    package = build(architecture, tmp_path)
    field = ["dpkg-deb", "-f", str(package), "Architecture"]
    assert subprocess.run(field, capture_output=True, text=True, check=True).stdout.strip() == architecture
    subprocess.run(["dpkg-deb", "-x", package, tmp_path / "tree"], check=True, timeout=_LONG_S)
    compiled = [path.read_bytes() for path in (tmp_path / "tree").rglob("*.so")]
    assert {int.from_bytes(data[18:20], "little") for data in compiled} == {ELF_MACHINES[architecture]}


@pytest.mark.thorough
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can install packages, be it in a folder")
def test_a_life(tmp_path: Path) -> None:
    """In a bare Debian it is installed, renewed and purged; settings and records outlive what they have to."""
    package = build("", tmp_path)
    debian = Debian(tmp_path / "root")
    shutil.copy(package, debian.folder / "tmp/first.deb")
    shutil.copy(newer(package, tmp_path), debian.folder / "tmp/second.deb")
    before = debian.run(LEFT)
    see_it_come(debian)
    see_it_renewed(debian)
    see_it_go(debian)
    assert debian.run(LEFT) == before


def see_it_come(debian: Debian) -> None:
    """Install it: all is there, and after the one thing that a person has to do all is well."""
    debian.run("dpkg -i /tmp/first.deb")
    assert "root root 755" in debian.run("stat -c '%U %G %a' /var/lib/shocpp")
    owners = debian.run("stat -c '%U %G %a' /var/lib/shocpp/run /var/lib/shocpp/accounting")
    assert owners == "shocpp shocpp 750\n" * 2
    assert debian.run("head -qn1 /usr/bin/shocpp-* | sort -u") == "#!/usr/lib/shocpp/bin/python3 -IS\n"
    for name in COMMANDS:
        assert "Usage: " in debian.run(f"{name} --help")
        assert (debian.folder / f"usr/share/man/man1/{name}.1.gz").exists()
    assert debian.run("cat /etc/shocpp/shocpp.conf | grep -v '^#'").strip() == "SHOCPP_HOME=/var/lib/shocpp"
    said = debian.run("shocpp-check", status=66)
    (example,) = re.findall(r"(\S+tags\.json\.example) shows how", said)
    debian.run(f"install -o root -g shocpp -m 0640 {example} /etc/shocpp/tags.json")
    assert "tags file: 3 accounts" in debian.run("shocpp-check", user="shocpp")
    assert "shocpp.service" in debian.run("ls /etc/systemd/system/multi-user.target.wants")
    debian.run(CHARGE, user="shocpp")
    assert "family-y" in debian.run("shocpp-summary --from 2026-01-01", user="shocpp")
    assert debian.run("find /usr/lib/shocpp -newer /var/lib/dpkg/status") == "", "commands write nothing there"


def see_it_renewed(debian: Debian) -> None:
    """Install a later version: settings, cards and records are as they were."""
    debian.run("echo WS_PORT=8081 >>/etc/shocpp/shocpp.conf")
    kept = "cat /etc/shocpp/shocpp.conf /etc/shocpp/tags.json /var/lib/shocpp/accounting/*/*/*.json"
    before = debian.run(kept)
    debian.run("dpkg --force-confold -i /tmp/second.deb")
    assert debian.run("dpkg-query -W -f '${Version}' shocpp").startswith("99.")
    assert debian.run(kept) == before
    assert "tags file: 3 accounts" in debian.run("shocpp-check", user="shocpp")


def see_it_go(debian: Debian) -> None:
    """Purge it: records stay, and say so; without any nothing of it does."""
    assert "/var/lib/shocpp stays, with records" in debian.run("dpkg --purge shocpp")
    assert "20009042" in debian.run("cat /var/lib/shocpp/accounting/*/*/*.json")
    assert not (debian.folder / "etc/shocpp").exists()
    debian.run("dpkg -i /tmp/first.deb")
    assert debian.run("stat -c %U /var/lib/shocpp/accounting/*/*/*.json") == "shocpp\n", "it is found again"
    debian.run("rm -r /var/lib/shocpp/accounting/*; dpkg --purge shocpp")
