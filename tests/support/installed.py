"""
An installation as the manual has it in /opt/shocpp, with its owners of files, in a folder that other users may enter.

Where tests do not run as root, all its users are ourselves. What is configured is the test's business.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import filelock
import lxml

from tests.support.household import ROOT, make_home

SYSTEMS_PYTHON = Path("/usr/bin/python3")  # one that any user may run; ours may be below somebody's home
USERS = {"shocpp": 65534, "www-data": 33}


def printed(page: str, language: str, heading: str = "") -> str:
    """
    Give the first block of a language that stands below a heading of the manual.

    Args:
        page: The page's name, such as ``shocpp-caller``.
        language: What the block says that it is.
        heading: The heading's line, or its begin; empty for the top of the page.
    """
    text = (ROOT / f"docs/{page}.md").read_text()
    found = re.search(rf"^```{language}\n(.*?)^```", text[text.index(heading) :], re.MULTILINE | re.DOTALL)
    assert found, f"{page}, {heading}: no {language}"
    return found[1]


class Installation:
    """
    What stands in /opt/shocpp according to the manual, elsewhere.

    Args:
        folder: Where.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.home = make_home(folder / "shocpp")
        python = self.home / ".venv/bin/python3"
        python.unlink()
        python.symlink_to(SYSTEMS_PYTHON)
        for package in (click, filelock, lxml):
            (self.home / package.__name__).symlink_to(Path(str(package.__file__)).parent)
        for name in ("run", "accounting"):
            (self.home / name).mkdir()
            self.protect(name, "shocpp", 0o750)
        (self.home / "conf/tags.json").write_text('[{"index": 2, "account": "family-y", "ids": ["1111"]}]')
        self.protect("conf/tags.json", "root", 0o640)

    def protect(self, name: str, owner: str, mode: int) -> None:
        """Give a file to a user and the group shocpp."""
        (self.home / name).chmod(mode)
        if os.geteuid() == 0:
            os.chown(self.home / name, USERS.get(owner, 0), USERS["shocpp"])

    def moved(self, text: str) -> str:
        """Give a configuration with the folders that are here."""
        return text.replace("/opt/shocpp", str(self.home)).replace("/run/shocpp-", f"{self.folder}/runtime-")

    def write(self, name: str, text: str) -> Path:
        """Write a file of a server's that everybody may read."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o644)
        return path


@contextmanager
def installed() -> Iterator[Installation]:
    """Give an installation for as long as this lasts."""
    with tempfile.TemporaryDirectory() as folder:
        yield Installation(Path(folder))
