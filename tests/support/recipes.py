"""
Recipes printed in a document, followed to the letter in a scratch copy of the checkout.

Knows numbered steps with a block below them: a ``diff`` changes the file that the step begins with, ``sh`` is run, and
anything else is the text of a new file. What a recipe is good for is not known here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("bin", "conf", "docs", "shocpp", "tests", "pyproject.toml", "README.md", "CONTRIBUTING.md")
PATIENCE_S = 300
_STEP = re.compile(r"^\d+\. (?:`([^`]+)`)?.*\n(?: {3}(?!```).*\n)*(?: {3}```(\w+)\n((?: {3}.*\n|\n)*?) {3}```$)?", re.M)
_REST = "…"


class Step(NamedTuple):
    """A step: the file that it names, the language of its block, and the block; empty where there is none."""

    path: str
    language: str
    block: str


def steps(document: str, title: str) -> list[Step]:
    """
    Find the steps below a heading of the third level.

    >>> steps("### Tea\\n\\n1. `cup`: fill it.\\n   ```text\\n   tea\\n   ```\\n2. Wait.\\n### Milk\\n1. No.\\n", "Tea")
    [Step(path='cup', language='text', block='tea\\n'), Step(path='', language='', block='')]
    """
    _, found, rest = f"\n{document}".partition(f"\n### {title}\n")
    assert found, f"no recipe {title!r}"
    section = re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return [Step(each[1] or "", each[2] or "", dedent(each[3] or "")) for each in _STEP.finditer(section)]


def changed(text: str, diff: str) -> str:
    """
    Change a text by a diff: hunks with ``@@`` between them, each at the one place where its other lines stand.

    Raises:
        AssertionError: There is no such place, or more than one.

    >>> changed("a\\nb c\\nd\\n", " a\\n-b…\\n+B\\n@@\\n d\\n+e\\n")
    'a\\nB\\nd\\ne\\n'
    """
    lines = text.splitlines()
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        wanted = hunk.splitlines()
        before = [line[1:] for line in wanted if not line.startswith("+")]
        places = [at for at in range(len(lines)) if _stands_at(lines, at, before)]
        assert len(places) == 1, f"{len(places)} places in which to change:\n{hunk}"
        at = places[0]
        for line in wanted:
            if line.startswith("+"):
                lines.insert(at, line[1:])
            elif line.startswith("-"):
                del lines[at]
                continue
            at += 1
    return "\n".join(lines) + "\n"


def _stands_at(lines: list[str], at: int, wanted: list[str]) -> bool:
    """Tell whether lines stand there one below the other; an ellipsis is the rest of a line."""
    there = lines[at : at + len(wanted)]
    return len(there) == len(wanted) and all(
        line.startswith(each.removesuffix(_REST)) if each.endswith(_REST) else line == each
        for line, each in zip(there, wanted, strict=True)
    )


class Checkout:
    """A scratch copy of the checkout, with a .venv that is the Python that runs the tests."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                # what another process is compiling has gone when it is copied
                shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("*.pyc.*"))
            else:
                shutil.copy2(source, home / name)
        (home / ".venv").symlink_to(sys.prefix)

    def follow(self, step: Step) -> None:
        """Do what a step says."""
        path = self.home / step.path
        if step.language == "sh":
            self.run("sh", "-ec", step.block)
        elif step.language == "diff":
            path.write_text(changed(path.read_text(encoding="utf-8"), step.block), encoding="utf-8")
        elif step.language:
            assert not path.exists(), f"{step.path} is there already"
            path.write_text(step.block, encoding="utf-8")

    def run(self, *command: str, given: str = "", **environ: str) -> str:
        """
        Run a command in the copy.

        Args:
            command: The command line.
            given: Its input.
            environ: More variables of its environment.

        Returns:
            What it printed.

        Raises:
            AssertionError: It did not end with 0; says what it printed.
        """
        done = subprocess.run(
            command,
            cwd=self.home,
            env={**os.environ, **environ},
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-5000:]}"
        return done.stdout

    def python(self, *arguments: str, given: str = "", **environ: str) -> str:
        """Run Python in the copy, as ``run`` does."""
        return self.run(".venv/bin/python3", *arguments, given=given, **environ)
