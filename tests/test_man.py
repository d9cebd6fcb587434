"""Man pages out of docs/, and completion: each command has a page that groff takes, and a script for each shell."""

from __future__ import annotations

import doctest
import importlib.util
import re
import subprocess
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


def printed(page: Path) -> str:
    """Give what groff prints of a man page, without fonts; it may warn of nothing."""
    done = subprocess.run(
        ["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-P", "-c", page],
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


def test_every_command_has_a_page(tmp_path: Path) -> None:
    """One page for each page of a command, in a folder that is made; without a folder it says how it is used."""
    man = program("man")
    assert man.main([str(tmp_path / "man1")]) == 0
    assert [path.stem for path in sorted((tmp_path / "man1").iterdir())] == [page.stem for page in PAGES]
    assert man.main([]) == 64


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path) -> None:
    """groff takes it without a warning; all headings, code and words of the page are in it, and no Markdown."""
    made = tmp_path / f"{page.stem}.1"
    made.write_text(program("man").man_page(page.stem, page.read_text()))
    shown = printed(made)
    text = page.read_text()
    for heading in ["NAME", *re.findall(r"^## (.*)$", text, re.MULTILINE)]:
        assert re.search(rf"^{re.escape(heading)}$", shown, re.MULTILINE | re.IGNORECASE), heading
    indented = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    assert [line for line in indented if line not in shown] == []
    told = re.sub(r"^\|.*\n(?=\|-)|^ *```\w*$|\]\([^)]*\)", "", text, flags=re.MULTILINE)
    words = set(re.findall(r"[a-z]{4,}", told.lower()))
    assert words - set(re.findall(r"[a-z]{4,}", re.sub(r"\u2010\n\s*", "", shown.lower()))) == set()
    assert not re.search(r"\]\(|\*\*|^\||^#", shown.replace("* * *", ""), re.MULTILINE)


@pytest.mark.parametrize("shell", program("completion").PLACES)
def test_completion(shell: str) -> None:
    """A command gives a script that names it."""
    assert "shocpp-status" in program("completion").script("shocpp-status", shell)


def test_completion_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command but the backend has a file for each shell, where that shell looks; bash can read its own."""
    completion = program("completion")
    monkeypatch.setattr(completion, "script", lambda name, shell: f"{shell} {name}\n")
    assert completion.main([str(tmp_path)]) == 0
    found = {path.read_text().split()[1] for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {page.stem for page in PAGES} - {"shocpp-backend"}
    assert (tmp_path / "bash-completion/completions/shocpp-status").read_text() == "bash shocpp-status\n"
    assert (tmp_path / "zsh/site-functions/_shocpp-status").read_text() == "zsh shocpp-status\n"
    assert (tmp_path / "fish/vendor_completions.d/shocpp-status.fish").read_text() == "fish shocpp-status\n"
    assert completion.main(["--help"]) == 64
