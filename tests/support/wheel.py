"""
The wheel, built from what git would keep and installed without a network.

Knows pip and virtual environments; what is in the wheel is its tests' business.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.support.household import ROOT
from tests.support.patience import PATIENCE_S

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def kept() -> list[str]:
    """Name the files of the checkout that git keeps, or would, tests excepted."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", ":!tests"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def copy_source(folder: Path) -> Path:
    """Copy what git keeps: a checkout has more than that."""
    for name in kept():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, path)
    return folder


def build(source: Path, folder: Path) -> Path:
    """Build the wheel of a source into a folder, with the setuptools that are here."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    subprocess.run([*_PIP, "wheel", *options, str(source)], check=True, capture_output=True, timeout=PATIENCE_S)
    (wheel,) = folder.glob("shocpp-*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new virtual environment, which has what it depends on from the Python that runs us."""
    venv.create(folder, symlinks=True)
    python = folder / "bin/python3"
    packages = folder / os.path.relpath(sysconfig.get_path("purelib"), sys.prefix)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    options = ["--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run([*_PIP, "--python", str(python), "install", *options], check=True, timeout=PATIENCE_S)
    return folder
