"""What tests of billing share: a folder to book in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.billed import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a folder without a record."""
    return Folder(tmp_path)
