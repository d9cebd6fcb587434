"""The benchmark can be run, and prints its ratios; what they are is not for a test to say."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.bench import backend, command, page, soap


def test_backend(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One short round prints start, memory and CPU, each with a ratio that is a number above 0."""
    monkeypatch.setattr(backend, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", os.environ.get("PYTHONDONTWRITEBYTECODE", ""))  # put back afterwards
    backend.main(rounds=1, charges=2)
    out = capsys.readouterr().out
    ratios = dict(re.findall(r"^  ratio    (.*?)  +([\d.]+)$", out, re.MULTILINE))
    assert set(ratios) >= {"backend / json", "launcher / without", "off / json, disk", "lenient / off, no charges"}
    assert all(float(ratio) > 0 for ratio in ratios.values())
    assert "MiB" in out


def test_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One round prints what a command and what its imports cost, with ratios that are numbers above 0."""
    monkeypatch.setattr(backend, "PYTHON", Path(sys.executable))
    command.main(rounds=1)
    ratios = dict(re.findall(r"^  ratio    (.*?)  +([\d.]+)$", capsys.readouterr().out, re.MULTILINE))
    assert set(ratios) >= {"CPU of command / imports", "CPU of without launcher / imports", "time of command / imports"}
    assert all(float(ratio) > 0 for ratio in ratios.values())


def test_soap(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A round prints what a request takes as JSON and over SOAP, and spyne beside them if it is there."""
    monkeypatch.setattr(soap, "COUNT", 20)
    soap.main(rounds=1)
    took = dict(re.findall(r"^(\w+).*?  +(\d+ µs|is not installed)$", capsys.readouterr().out, re.MULTILINE))
    assert set(took) == {"JSON", "SOAP", "spyne"}


def test_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each page of a household is measured, and none is above 100 kB; what it takes is not for a test to say."""
    monkeypatch.setattr(page, "TRIES", 1)
    home = page.household(tmp_path)
    found = page.measured(home, page.HOUSEHOLD)
    home.close()
    assert found.keys() == page.HOUSEHOLD.keys()
    assert all(size < page.MOST_BYTES and took_ms > 0 for took_ms, size, _ in found.values())
    assert found["poll, unchanged"][1] == 0
