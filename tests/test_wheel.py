"""What is installed is what is tested: the wheel has all that a checkout has, and what it says is true where it is."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support import wheel
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
SECRET = "somebody's own card"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of a checkout in which somebody has configured something."""
    folder = tmp_path_factory.mktemp("wheel")
    source = wheel.copy_source(folder / "source")
    for name in ("tags.json", "shocpp.conf", "charge-points.json", "calls.json", "prices.json"):
        (source / "conf" / name).write_text(SECRET)
    return wheel.build(source, folder)


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it into a virtual environment."""
    return wheel.install(built, tmp_path_factory.mktemp("installed") / "venv")


def run(installed: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run an installed command as a user whose own folder this is."""
    name, *arguments = words
    return subprocess.run(
        [installed / "bin" / name, *arguments],
        env={"PATH": os.defpath, "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_package(built: Path) -> None:
    """The wheel holds each file below shocpp/ that git would keep, and names each command as an entry point."""
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    wanted = {name for name in wheel.kept() if name.startswith("shocpp/")}
    assert wanted <= names, sorted(wanted - names)
    for command, place in SCRIPTS.items():
        assert f"{command} = {place}" in entry_points


def test_nothing_of_the_builder_is_in_it(built: Path) -> None:
    """Cards and settings of whoever builds the wheel stay where they are."""
    with zipfile.ZipFile(built) as archive:
        assert [name for name in archive.namelist() if SECRET.encode() in archive.read(name)] == []


def test_a_build_leaves_nothing_behind(built: Path) -> None:
    """The checkout is as it was, so that root may build in somebody's, and no wheel has files of the one before."""
    source = built.parent / "source"
    there = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    configured = {name for name in there if (source / name).read_bytes() == SECRET.encode()}
    assert there - configured == set(wheel.kept())


def test_what_comes_with_it(installed: Path) -> None:
    """All of conf/ and each page is below share/, and so are man pages and completions of commands."""
    share = installed / "share"
    shipped = {"conf": share / "shocpp/conf", "docs": share / "doc/shocpp"}
    for name in wheel.kept():
        room, _, rest = name.partition("/")
        if room in shipped and not name.endswith(".py"):
            assert (shipped[room] / rest).read_bytes() == (ROOT / name).read_bytes(), name
    assert {page.stem for page in (share / "man/man1").iterdir()} == SCRIPTS.keys()
    typed = SCRIPTS.keys() - {"shocpp-backend"}
    assert {path.name for path in (share / "bash-completion/completions").iterdir()} == typed
    assert {path.name[1:] for path in (share / "zsh/site-functions").iterdir()} == typed
    assert {path.stem for path in (share / "fish/vendor_completions.d").iterdir()} == typed


def test_first_steps(installed: Path, tmp_path: Path) -> None:
    """The check names the example that is there; --init makes a home of which the check says that all is well."""
    found = run(installed, tmp_path, "shocpp-check")
    example = installed / "share/shocpp/conf/tags.json.example"
    assert found.returncode == 66 and f"{example} shows how" in found.stderr and example.exists()
    made = run(installed, tmp_path, "shocpp-check", "--init")
    home = tmp_path / ".local/share/shocpp"
    assert made.returncode == 0 and f"written: {home}/conf/tags.json\n" in made.stdout
    named = re.findall(r"(?<=: )/\S+", made.stdout)
    assert named and all(Path(path).exists() for path in named)
    assert "SHOCPP_HOME" not in made.stdout, "it is where commands look by themselves"
    found = run(installed, tmp_path, "shocpp-check")
    assert (found.returncode, found.stderr) == (0, "")
