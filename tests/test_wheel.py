"""What is installed is what is tested: the wheel has every file of the package, and every command."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_wheel(tmp_path: Path) -> None:
    """The wheel holds each file below shocpp/ that git would keep, and names each command as an entry point."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "shocpp", source / "shocpp", ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    package = source / "shocpp"
    wanted = {str(path.relative_to(source)) for path in package.rglob("*") if path.is_file()}
    assert wanted <= names, sorted(wanted - names)
    for command, place in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"].items():
        assert f"{command} = {place}" in entry_points
