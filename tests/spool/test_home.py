"""A new home: what is made of it, whose it is, and that nothing that is there is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from shocpp.errors import CannotCreateError, MissingError, NotPermittedError
from shocpp.spool.conf import home as new

SERVICE = (65534, 65533)
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def examples(tmp_path: Path) -> str:
    """Give a folder with examples, and with what is none."""
    folder = tmp_path / "examples"
    folder.mkdir()
    for name in ("tags.json.example", "shocpp.conf.example", "prices.json.example", "shocpp.service"):
        (folder / name).write_text(name)
    return str(folder)


def found(home: Path) -> dict[str, str]:
    """Give what is in a home, with its permissions as ls shows them."""
    paths = [home, *sorted(home.rglob("*"))]
    return {str(path.relative_to(home)): stat.filemode(path.lstat().st_mode) for path in paths}


def test_all_is_made(tmp_path: Path, examples: str) -> None:
    """Folders, examples, and the two files that a home needs; cards, records and mailbox are nobody else's business."""
    home = tmp_path / "above/home"
    umask = os.umask(0o077)
    try:
        said = list(new.lay_out(str(home), examples, None))
    finally:
        os.umask(umask)
    assert found(home) == {
        ".": "drwxr-xr-x",
        "accounting": "drwxr-x---",
        "conf": "drwxr-xr-x",
        "conf/prices.json.example": "-rw-r--r--",
        "conf/shocpp.conf": "-rw-r--r--",
        "conf/shocpp.conf.example": "-rw-r--r--",
        "conf/tags.json": "-rw-r-----",
        "conf/tags.json.example": "-rw-r--r--",
        "run": "drwxr-x---",
    }
    assert (home / "conf/tags.json").read_text() == "tags.json.example"
    paths = {line.removeprefix("made: ").removeprefix("written: ") for line in said}
    assert paths == {str(path) for path in (home, *home.rglob("*"))}, "it says what it did"


def test_nothing_is_overwritten(tmp_path: Path, examples: str) -> None:
    """What is there stays as it is, be it a link that leads nowhere; what is missing is made all the same."""
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    (home / "conf").mkdir()
    (home / "conf/tags.json").write_text("mine")
    (home / "conf/shocpp.conf").symlink_to("elsewhere")
    said = list(new.lay_out(str(home), examples, None))
    assert (home / "conf/tags.json").read_text() == "mine"
    assert os.readlink(home / "conf/shocpp.conf") == "elsewhere"
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
    assert {f"left as it is: {home}/{name}" for name in ("run", "conf", "conf/tags.json", "conf/shocpp.conf")} < {*said}
    assert f"made: {home}/accounting" in said and (home / "conf/prices.json.example").exists()
    before = found(home)
    assert all(line.startswith("left as it is: ") for line in new.lay_out(str(home), examples, None))
    assert found(home) == before


@NEEDS_ROOT
def test_the_service_gets_what_it_writes(tmp_path: Path, examples: str) -> None:
    """accounting/ and run/ are the service's, tags.json is for its group to read; all else stays whose we are."""
    home = tmp_path / "home"
    list(new.lay_out(str(home), examples, SERVICE))
    owners = {str(path.relative_to(home)): (path.stat().st_uid, path.stat().st_gid) for path in home.rglob("*")}
    mine = (os.geteuid(), os.getegid())
    assert {name: owner for name, owner in owners.items() if owner != mine} == {
        "accounting": SERVICE,
        "run": SERVICE,
        "conf/tags.json": (mine[0], SERVICE[1]),
    }


def test_where_it_cannot_be(tmp_path: Path, examples: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the way, a folder that is not ours and examples that are not there are said with their names."""
    (tmp_path / "home").write_text("")
    with pytest.raises(CannotCreateError, match=f"cannot make {tmp_path}/home"):
        list(new.lay_out(str(tmp_path / "home"), examples, None))
    with pytest.raises(MissingError, match=f"{tmp_path}/none"):
        list(new.lay_out(str(tmp_path / "other"), str(tmp_path / "none"), None))
    (tmp_path / "none").mkdir()
    with pytest.raises(MissingError, match=f"{tmp_path}/none/shocpp.conf.example"):
        list(new.lay_out(str(tmp_path / "other"), str(tmp_path / "none"), None))

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", denied)
    with pytest.raises(NotPermittedError, match=f"cannot make {tmp_path}/third"):
        list(new.lay_out(str(tmp_path / "third"), examples, None))
