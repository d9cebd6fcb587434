"""The system's time zone and its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from shocpp.spool.files.zone import local_zone


@pytest.mark.parametrize(("environ", "name"), [
    ({"TZ": "Europe/Berlin"}, "Europe/Berlin"),
    ({"TZ": ":Europe/Berlin"}, "Europe/Berlin"),
    ({"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}, ""),
    ({"TZ": "../../etc/passwd"}, ""),
    ({"TZ": "Nowhere/Atall"}, ""),
])  # fmt: skip
def test_variable(environ: dict[str, str], name: str) -> None:
    """TZ goes first; a zone without a name is left to the C library."""
    zone, found = local_zone(environ)
    assert (found, zone is not None) == (name, bool(name))


def test_link(tmp_path: Path) -> None:
    """The system's zone is named by where its link leads, also over another link."""
    folder = tmp_path / "usr/share/zoneinfo/Europe"
    folder.mkdir(parents=True)
    (folder / "Berlin").touch()
    (tmp_path / "alias").symlink_to(folder / "Berlin")
    (tmp_path / "localtime").symlink_to(tmp_path / "alias")
    assert local_zone({}, str(tmp_path / "localtime"))[1] == "Europe/Berlin"


def test_copy(tmp_path: Path) -> None:
    """A system whose zone is a copy without a name, or that has none, gets by."""
    (tmp_path / "localtime").touch()
    assert local_zone({}, str(tmp_path / "localtime")) == (None, "")
    assert local_zone({}, str(tmp_path / "none"))[1] == "UTC"
