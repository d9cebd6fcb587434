"""Man pages out of docs/: each command has one that groff takes, with all that its page says."""

from __future__ import annotations

import doctest
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("shocpp-*.md"))


def program(name: str) -> ModuleType:
    """Load a program of docs/, which is in no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed(page: Path, terminal: str = "utf8") -> str:
    """Give what groff prints of a man page for a kind of terminal, without fonts; it may warn of nothing."""
    done = subprocess.run(
        ["groff", "-man", "-ww", "-K", "utf8", "-T", terminal, "-P", "-c", page],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert done.stderr == ""
    return re.sub(r".\x08", "", done.stdout)


def test_doctests() -> None:
    """The examples in the generator are what it does."""
    assert doctest.testmod(program("man")) == doctest.TestResults(failed=0, attempted=3)


@pytest.mark.parametrize("name", ["man", "completion"])
def test_a_folder_that_cannot_be_written(name: str, tmp_path: Path) -> None:
    """Whoever may not write there is told so in a sentence."""
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, ROOT / f"docs/{name}.py", tmp_path / "file/below"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 73
    assert done.stderr.startswith(f"docs/{name}.py: {tmp_path}/file") and done.stderr.count("\n") == 1


def test_every_command_has_a_page(tmp_path: Path) -> None:
    """One page for each page of a command, in a folder that is made; without a folder it says how it is used."""
    man = program("man")
    assert man.main([str(tmp_path / "man1")]) == 0
    assert [path.stem for path in sorted((tmp_path / "man1").iterdir())] == [page.stem for page in PAGES]
    assert man.main([]) == 64


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path) -> None:
    """groff takes it without a warning, also without UTF-8; headings, code and words are in it, and no Markdown."""
    made = tmp_path / f"{page.stem}.1"
    made.write_text(program("man").man_page(page.stem, page.read_text()))
    printed(made, "ascii")
    shown = printed(made)
    text = page.read_text().replace("…", "...")
    for heading in ["NAME", *re.findall(r"^## (.*)$", text, re.MULTILINE)]:
        assert re.search(rf"^{re.escape(heading)}$", shown, re.MULTILINE | re.IGNORECASE), heading
    indented = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    assert [line for line in indented if line not in shown] == []
    told = re.sub(r"^\|.*\n(?=\|-)|^ *```\w*$|\]\([^)]*\)", "", text, flags=re.MULTILINE)
    words = set(re.findall(r"[a-z]{4,}", told.lower()))
    assert words - set(re.findall(r"[a-z]{4,}", re.sub(r"\u2010\n\s*", "", shown.lower()))) == set()
    assert not re.search(r"\]\(|\*\*|^\||^#", shown.replace("* * *", ""), re.MULTILINE)
