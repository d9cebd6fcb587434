"""Completion: bash, zsh and fish themselves, with the files that docs/completion.py writes, complete what is typed."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.household import make_home
from tests.support.shells import SHELLS

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = sorted(page.stem for page in (ROOT / "docs").glob("shocpp-*.md") if page.stem != "shocpp-backend")


def program() -> ModuleType:
    """Load docs/completion.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("completion", ROOT / "docs/completion.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files."""
    folder = tmp_path_factory.mktemp("share")
    assert program().main([str(folder)]) == 0
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which the commands are in the PATH."""
    home = make_home(tmp_path / "shocpp")
    return {"PATH": f"{home}/bin:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """Name each shell."""
    return str(request.param)


def test_what_is_typed_every_day(shell: str, written: Path, environ: dict[str, str]) -> None:
    """The name of a call is completed as it is spelled."""
    completed = SHELLS[shell](written, "shocpp-command RemoteStar", environ)
    assert completed == "shocpp-command RemoteStartTransaction"


@pytest.mark.thorough
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command(name: str, shell: str, written: Path, environ: dict[str, str]) -> None:
    """An option of each command is completed."""
    assert SHELLS[shell](written, f"{name} --versi", environ) == f"{name} --version"


def test_files(written: Path) -> None:
    """Each command but the backend has a file for each shell, where that shell looks; without a folder it says how."""
    assert {path.name for path in (written / "bash-completion/completions").iterdir()} == {*COMMANDS}
    assert {path.name for path in (written / "zsh/site-functions").iterdir()} == {f"_{name}" for name in COMMANDS}
    assert {path.stem for path in (written / "fish/vendor_completions.d").iterdir()} == {*COMMANDS}
    assert program().main(["--help"]) == 64
