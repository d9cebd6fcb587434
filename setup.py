"""
What pyproject.toml cannot say of a build: it leaves nothing in the checkout, and man pages and completions are made out
of docs/ and go with the rest.

What root's build left there would keep the checkout's owner from the next one, and files of an earlier build would
go into a later wheel.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import setup
from setuptools.command.build import build

ROOT = Path(__file__).resolve().parent
SCRATCH = TemporaryDirectory(prefix="shocpp-build-")  # goes with this process
sys.path.insert(0, str(ROOT / "docs"))  # a build is isolated from the folder that it is in
sys.dont_write_bytecode = True

import completion  # noqa: E402
import man  # noqa: E402


class BuildWithPages(build):
    """Make the package, then what is found below share/ by man and by the shells."""

    def run(self) -> None:
        """Write the pages beside what is built, and name them as files to install."""
        super().run()
        base = Path(self.build_base)
        share = base / "share"
        man.write(share / "man/man1")
        completion.write(share)
        made = sorted(path for path in share.rglob("*") if path.is_file())
        self.distribution.data_files += [(str(path.parent.relative_to(base)), [str(path)]) for path in made]


setup(
    cmdclass={"build": BuildWithPages},
    options={"build": {"build_base": SCRATCH.name}, "egg_info": {"egg_base": SCRATCH.name}},
)
