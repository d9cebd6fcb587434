"""What is said of a file that the system does not give us."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from shocpp.spool.files.disk_faults import explained


@pytest.mark.parametrize("name", ["x.jsonl", "below/x.jsonl", "../closed/x.jsonl"])
def test_a_file_where_we_are_and_may_not_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also in a closed folder that we are in, what is above a file tells who may read it (found: asked for ever)."""
    closed = tmp_path / "closed"
    closed.mkdir()
    monkeypatch.chdir(closed)
    real, asked = os.stat, []

    def stat(path: str) -> os.stat_result:
        asked.append(path)
        assert len(asked) < 20, "it asks for ever"
        if not path.startswith("/") or path.startswith(f"{closed}/"):
            raise refusal
        return real(path)

    refusal = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        fault = explained(refusal, name, "read")
    assert str(fault) == f"cannot read {name}: Permission denied; see to the permissions of {closed}"
