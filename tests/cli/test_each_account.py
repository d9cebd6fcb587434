"""shocpp-summary --each-account: files that are what --account prints, names that sort, and how they are mailed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from shocpp.cli.summary import main
from shocpp.report.formats import FORMATS
from tests.support.mail_server import MailServer
from tests.support.patience import PATIENCE_S
from tests.support.records import exact, put

PAGE = Path(__file__).parents[2] / "docs/shocpp-summary.md"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an October of three accounts, one of them with a strange name, and what is nobody's."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_LANG", "de")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793509200")
    for number, account in enumerate(("company-x", "../../Gäste", "family-y", "unassigned", "company-x"), 1):
        local = f"2026-10-{number:02} 10:00:00"
        put(tmp_path / "accounting", exact(account, local, number * 10_000, number * 10_000 + 7_123))
    put(tmp_path / "accounting", exact("odd", "2026-10-09 10:00:00", anomaly="backwards", consumed_wh=0))
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/prices.json").write_text(
        '{"currency": "EUR", "prices": [{"per_kwh": "0.30", "to": "2026-10-03"}]}'
    )
    return tmp_path


NAMES = ["2026-10_%2E%2E%2F%2E%2E%2FG%C3%A4ste", "2026-10_company-x", "2026-10_family-y", "2026-10_odd"]


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("form", [*FORMATS, "xlsx"])
def test_are_what_account_prints(
    home: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str, settled: bool
) -> None:
    """Each file is byte for byte the statement of its account; nothing of nobody's is written, nor elsewhere."""
    if settled:
        assert main(["2026", "10", "--settle"]) == 0
    capfdbinary.readouterr()
    out = home / "new/out"
    assert main(["2026", "10", "--each-account", "--output-dir", str(out), "--format", form]) == 0
    said = capfdbinary.readouterr().out.decode().splitlines()
    ending = {"text": "txt"}.get(form, form)
    assert said == [f"{out}/{name}.{ending}" for name in NAMES]
    assert sorted(path.name for path in out.iterdir()) == [f"{name}.{ending}" for name in NAMES]
    for name, account in zip(NAMES, ("../../Gäste", "company-x", "family-y", "odd"), strict=True):
        assert main(["2026", "10", "--account", account, "--format", form]) == 0
        assert (out / f"{name}.{ending}").read_bytes() == capfdbinary.readouterr().out


def test_replaces_what_was_there(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A second run puts new files in the place of the old ones, and leaves other files alone."""
    arguments = ["--from", "2026-10-01", "--to", "2026-10-02", "--each-account", "--output-dir", str(home / "out")]
    (home / "out").mkdir()
    (home / "out/mine.txt").write_text("mine")
    assert main(arguments) == 0
    first, *_ = capfd.readouterr().out.splitlines()
    assert first.endswith("/2026-10-01_2026-10-02_%2E%2E%2F%2E%2E%2FG%C3%A4ste.txt")
    Path(first).write_text("old")
    assert main(arguments) == 0
    assert "Gäste" in Path(first).read_text() and (home / "out/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("arguments", [
    ["--each-account"],
    ["--output-dir", "x"],
    ["--each-account", "--output-dir", "x", "--account", "a"],
    ["--each-account", "--output-dir", "x", "--verify"],
])  # fmt: skip
@pytest.mark.usefixtures("home")
def test_options_that_make_no_sense(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """One without the other, or with what it cannot be about, is refused, and nothing is written."""
    assert main(["2026", "10", *arguments]) == 64
    assert capfd.readouterr().out == "" and not Path("x").exists()


def test_are_mailed_by_the_line_in_the_manual(home: Path) -> None:
    """The line that the manual prints brings each account's file to its address, and to no other."""
    assert main(["2026", "10", "--each-account", "--output-dir", str(home / "statements"), "--format", "csv"]) == 0
    (home / "addresses").write_text("company-x office@company.example\nfamily-y anna@family.example\n")
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (line,) = [block for block in blocks if "smtp://localhost" in block]
    with MailServer() as server:
        typed = line.replace("smtp://localhost", f"smtp://127.0.0.1:{server.port}").replace(".pdf", ".csv")
        environ = {"PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["sh", "-c", typed], cwd=home, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
    assert (done.stdout, done.stderr) == ("", "")
    assert [recipients for _, recipients, _ in server.mails] == [["office@company.example"], ["anna@family.example"]]
    for (_, _, mail), name in zip(server.mails, ("company-x", "family-y"), strict=True):
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == f"2026-10_{name}.csv"
        assert attached.get_content() == (home / f"statements/2026-10_{name}.csv").read_bytes()
        assert mail["Subject"] == "Charging statement"
