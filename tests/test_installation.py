"""Where an installation has what came with it: messages name what is there, wherever it was installed to."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from shocpp import installation
from tests.support.house import MODULES, source_of

ROOT = Path(__file__).resolve().parents[1]
OF_A_CHECKOUT = re.compile(r"docs/|conf/[\w.-]*\.example|bin/shocpp")


def test_in_a_checkout() -> None:
    """Examples and pages are those of the checkout."""
    assert installation.examples() == str(ROOT / "conf")
    assert installation.page("files.md") == str(ROOT / "docs/files.md")


@pytest.mark.parametrize(
    ("package", "share"),
    [
        ("venv/lib/python3.11/site-packages/shocpp", "venv/share"),
        ("usr/lib/shocpp/lib/python3.11/site-packages/shocpp", "usr/lib/shocpp/share"),
        ("home/.local/lib/python3.13/site-packages/shocpp", "home/.local/share"),
        ("target/shocpp", "target/share"),
    ],
)
def test_installed(package: str, share: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below share/ of the prefix, for each way in which pip installs; without it, the name in a checkout."""
    monkeypatch.setattr(installation, "__file__", str(tmp_path / package / "installation.py"))
    monkeypatch.setattr(installation, "checkout", lambda: None)
    assert installation.examples() == "conf"
    (tmp_path / share / "shocpp/conf").mkdir(parents=True)
    (tmp_path / share / "doc/shocpp").mkdir(parents=True)
    assert installation.examples() == str(tmp_path / share / "shocpp/conf")
    assert installation.page("files.md") == str(tmp_path / share / "doc/shocpp/files.md")


@pytest.mark.parametrize("has_pip", [True, False])
def test_a_package_is_added_here(has_pip: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs something does it for the Python that runs, also where that has no pip of its own."""
    monkeypatch.setitem(sys.modules, "pip", ModuleType("pip") if has_pip else None)
    wanted = f"{sys.executable} -m pip" if has_pip else f"python3 -m pip --python {sys.executable}"
    assert installation.installing("mongodb") == f"{wanted} install 'pymongo>=4.9,<5'"


def test_what_is_asked_for_is_what_the_project_asks_for() -> None:
    """Each extra that a message names is pyproject.toml's, and the tests run with it; none of those is forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    tested = extras.pop("test")
    del extras["fast"]  # bin/set-up has it, and nothing lacks it
    named = {name: list(packages) for name, packages in installation.PACKAGES.items()}
    assert set(named.pop("html")) <= {*project["dependencies"]}
    assert named == extras
    assert {package for packages in extras.values() for package in packages} <= {*tested}


def test_what_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is named as it can be typed: by its name where the PATH has it, by its path where it does not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installation.starting("shocpp-check") == str(ROOT / "bin/shocpp-check")
    monkeypatch.setattr(installation, "checkout", lambda: None)
    assert installation.starting("shocpp-check") == str(Path(sys.executable).parent / "shocpp-check")
    (tmp_path / "shocpp-check").touch(0o755)
    assert installation.starting("shocpp-check") == "shocpp-check"


def texts(source: str) -> Iterator[str]:
    """Give the texts of a module that are no docstrings: what it says to somebody."""
    tree = ast.parse(source)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


@pytest.mark.parametrize(
    ("line", "is_found"),
    [('say("see docs/files.md")', True), ('"""See docs/files.md."""', False), ('f"{page}"', False)],
)
def test_what_is_looked_for(line: str, is_found: bool) -> None:
    """The test's own means: a text that somebody reads is found, a docstring is passed over."""
    assert any(OF_A_CHECKOUT.search(text) for text in texts(line)) == is_found


def test_no_message_is_of_a_checkout_alone() -> None:
    """What a command says names no page, example or launcher by the place that it has in a checkout only."""
    found = {module: [text for text in texts(source_of(module)) if OF_A_CHECKOUT.search(text)] for module in MODULES}
    assert {module: said for module, said in found.items() if said} == {}
