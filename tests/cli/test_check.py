"""shocpp-check: what is in force, what is wrong with it, and the exit status that tells."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shocpp.cli import new_home
from shocpp.settings import SETTINGS, Settings
from tests.cli.conftest import BOTH_WAYS
from tests.support.backend import ROOT
from tests.support.forker import in_child
from tests.support.programs import InProcess, Program

CHECK = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from shocpp.cli.check import main; main([])"
TAGS = [{"index": 1, "account": "a", "ids": ["1111"]}, {"index": 2, "account": "b", "ids": ["2222"]}]


@BOTH_WAYS
def test_all_is_well(run: Program, home: Path) -> None:
    """With a good tags.json the status is 0; settings and what was found are on stdout, nothing on stderr."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    (home / "accounting").mkdir(mode=0o750)
    result = run("check", WS_PORT="8081")
    assert (result.status, result.err) == (0, "")
    assert "WS_PORT=8081  (environment)\n" in result.out
    assert "default" not in result.out, "what has its default is left out"
    assert "tags file: 2 accounts" in result.out
    assert f"accounting: {home}/accounting may be written\n" in result.out
    assert "run: " in result.out and "is made when it is needed" in result.out
    assert os.listdir(home / "accounting") == [], "trying leaves nothing behind"


def test_settings_can_be_copied(run: Program) -> None:
    """With --all each setting is there, and what is printed can be set: read back it gives the same settings."""
    lines = [line.removesuffix("  (default)") for line in run("check", "--all").out.splitlines()]
    printed = dict(line.split("=", 1) for line in lines if "=" in line)
    assert list(printed) == ["SHOCPP_HOME", *(setting.variable for setting in SETTINGS.values())]
    read = Settings.from_environ(printed)
    assert read.parent_id_tag is False and printed["SHOCPP_PARENT_ID_TAG"] == "0"
    assert read.heartbeat_interval_s == 55


def test_what_is_set_and_where(home: Path) -> None:
    """What is wrong comes first; then what is set, with the place that sets it; what is not set only with --all."""
    (home / "conf/tags.json").write_text("[")
    (home / "conf/shocpp.conf").write_text("WS_PORT=8081\nSHOCPP_MOST_KWH=50\nSHOCPP_LISTENER=\n")
    run = InProcess(home)
    result = run("check", SHOCPP_MOST_KWH="60")
    assert result.status == 78 and result.err.startswith("tags file: ") and result.err.count("\n") == 1
    assert f"configuration file: 3 settings in {home}/conf/shocpp.conf\n" in result.out
    assert [line for line in result.out.splitlines() if "=" in line] == [
        f"SHOCPP_HOME={home}  (environment)",
        f"WS_PORT=8081  ({home}/conf/shocpp.conf)",
        "SHOCPP_MOST_KWH=60  (environment)",
    ]
    assert "SHOCPP_LISTENER=auto  (default)\n" in run("check", "--all").out
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        env={"SHOCPP_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("tags file: "), "before all else, also where both go to one place"


def test_no_tags(run: Program) -> None:
    """Without tags.json it says what follows from that and where an example is, with status 66."""
    result = run("check")
    assert result.status == 66
    assert "every card is refused" in result.err and "tags.json.example" in result.err


@pytest.mark.parametrize("text", ["[", '[{"index": 215, "account": "a", "ids": []}]', '{"index": 1}'])
def test_broken_tags(run: Program, home: Path, text: str) -> None:
    """A tags.json that makes no sense is named with its fault, with status 78."""
    (home / "conf/tags.json").write_text(text)
    result = run("check")
    assert result.status == 78
    assert result.err.startswith(f"tags file: {home}/conf/tags.json") and result.err.count("\n") == 1


def test_the_worst_counts(run: Program, home: Path) -> None:
    """One fault does not hide another, and the status is not 0 though what comes last is fine."""
    (home / "conf/tags.json").write_text("[")
    (home / "accounting").write_text("a file in the way")
    result = run("check")
    assert result.status != 0
    assert "tags file: " in result.err and "accounting: " in result.err and "not a folder" in result.err


def test_folder_of_somebody_else() -> None:
    """A folder that this user may not write is told, with status 77."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "conf").mkdir()
        (home / "conf/tags.json").write_text(json.dumps(TAGS))
        (home / "accounting").mkdir(mode=0o555)
        home.chmod(0o755)
        InProcess(home)("check")  # imports all that it needs: root's Python may be closed to the user below

        def look() -> None:
            if os.geteuid() == 0:
                os.setuid(65534)
            result = InProcess(home)("check")
            assert result.status == 77, result
            assert "accounting: cannot write" in result.err and "Permission denied" in result.err, result

        # in a process of its own: a codec or a folder that this user may not read is gone for the rest of a process
        assert in_child(look) == 0


@BOTH_WAYS
def test_what_is_too_open(run: Program, home: Path) -> None:
    """Folders and locks that others may use are named with the line that mends them, and left as they are."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    for path, mode in (("accounting", 0o755), ("run", 0o750), ("run/CP1", 0o750)):
        (home / path).mkdir()
        (home / path).chmod(mode)
    for path, mode in (("accounting/.lock", 0o600), ("run/CP1/command.lock", 0o640)):
        (home / path).touch()
        (home / path).chmod(mode)
    result = run("check")
    assert result.status == 0, "it works all the same"
    folder, lock = result.err.splitlines()
    assert folder.startswith(f"warning: {home}/accounting is open to every user") and lock.startswith("warning: ")
    for line, path, wanted in ((folder, "accounting", 0o750), (lock, "run/CP1/command.lock", 0o600)):
        assert stat.S_IMODE((home / path).stat().st_mode) != wanted, "changed unasked"
        subprocess.run(line.rpartition(": ")[2], shell=True, check=True)
        assert stat.S_IMODE((home / path).stat().st_mode) == wanted
    assert run("check").err == ""


@BOTH_WAYS
def test_bad_setting(run: Program) -> None:
    """A setting that makes no sense is status 78, and says which one."""
    assert "SHOCPP_VALIDATION" in run("check", SHOCPP_VALIDATION="perhaps").refusal(78)


def test_hash_and_verify(home: Path) -> None:
    """A password that was hashed is verified, another one is refused; neither is printed nor asked for in arguments."""
    run = InProcess(home)
    made = run("check", "--hash", stdin="secret\n")
    assert made.status == 0 and made.out.startswith("$scrypt$") and "secret" not in made.out + made.err
    entries = [{"identity": "CP001", "passwords": [made.out.strip()]}, {"identity": "CP002"}]
    (home / "conf/charge-points.json").write_text(json.dumps(entries))
    assert run("check", "--verify", "CP001", stdin="secret\n").status == 0
    wrong = run("check", "--verify", "CP001", stdin="secret2\n")
    assert wrong.status == 77 and "CP001" in wrong.err and "secret2" not in wrong.err
    assert run("check", "--verify", "CP009", stdin="secret\n").status == 66
    assert run("check", "--hash", stdin="").status == 64


def test_a_hash_that_cannot_be_compared(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without argon2-cffi each charge point that needs it is named, with the line that installs it here."""
    entries = [{"identity": name, "passwords": ["$argon2id$v=19$x"]} for name in ("CP001", "CP002")]
    (home / "conf/charge-points.json").write_text(json.dumps([*entries, {"identity": "CP003"}]))
    monkeypatch.setitem(sys.modules, "argon2", None)
    run = InProcess(home)
    found = run("check")
    for name in ("CP001", "CP002"):
        assert f"charge-points.json: {name} is refused: its password's hash needs argon2-cffi" in found.err
    assert f"{sys.executable} -m pip install 'argon2-cffi>=21.2'" in found.err and "CP003" not in found.err
    assert "argon2-cffi" in run("check", "--verify", "CP001", stdin="secret\n").refusal(78)


def test_protocols(run: Program, home: Path) -> None:
    """Charge points that speak something else than OCPP-J are named with it; where none does there is no line."""
    assert "protocols: " not in run("check").out
    for identity, protocol in (("CP1", "OCPP 1.5 over SOAP"), ("CP2", "OCPP 1.2 over SOAP"), ("CP3", "")):
        (home / "run" / identity).mkdir(parents=True)
        (home / "run" / identity / "status.json").write_text(json.dumps({"protocol": protocol}))
    expected = "protocols: OCPP 1.2 over SOAP: CP2; OCPP 1.5 over SOAP: CP1; all others OCPP 1.6-J\n"
    assert expected in run("check").out


def test_charge_points(run: Program, home: Path) -> None:
    """Who may connect is checked, too: an account that is in nobody's list of tags is a fault."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    assert "charge points file: " in run("check").out and "all charge points may connect" in run("check").out
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001", "account": "a"}]')
    assert "charge points file: 1 charge points may connect\n" in run("check").out
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001", "account": "c"}]')
    result = run("check")
    assert result.status == 78 and "account 'c' is not in" in result.err
    (home / "conf/charge-points.json").write_text('[{"identity": "CP001", "accounts": ["d", "a", "c"]}]')
    result = run("check")
    assert result.status == 78 and "account 'c' is not in" in result.err and "account 'd' is not in" in result.err
    assert "account 'a'" not in result.err


def test_prices(run: Program, home: Path) -> None:
    """Prices that make no sense are told before the first of the month, with status 78."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    assert "prices file: " in run("check").out
    (home / "conf/prices.json").write_text("{")
    result = run("check")
    assert result.status == 78 and result.err.startswith(f"prices file: {home}/conf/prices.json, line 1")


@pytest.mark.parametrize("place", ["logs/log", "conf"])
def test_log_that_cannot_be_written(run: Program, home: Path, place: str) -> None:
    """A log file in a folder that is not there, or under a folder's name, is status 73; a good one is none."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    result = run("check", SHOCPP_LOGFILE=str(home / place))
    assert result.status == 73 and result.err.startswith(f"log: {home}/{place} ")
    good = run("check", SHOCPP_LOGFILE=str(home / "log"))
    assert good.status == 0 and f"log: {home}/log may be written\n" in good.out
    assert not (home / "log").exists(), "trying leaves nothing behind"


def test_folder_that_cannot_be_made(run: Program, home: Path) -> None:
    """A folder that is not there and cannot be made, since a file is in the way, is status 73."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    result = run("check", SHOCPP_JOURNALDIR=str(home / "conf/tags.json/journal"))
    assert result.status == 73 and "journal: " in result.err and "is not a folder" in result.err


@BOTH_WAYS
def test_init(run: Program, home: Path) -> None:
    """A home is made, with what to do next; where it cannot be, the status says so."""
    for example in (ROOT / "conf").glob("*.example"):
        shutil.copy(example, home / "conf")
    made = run("check", "--init", str(home / "new"))
    assert made.status == 0 and f"made: {home}/new/run\n" in made.out
    assert f"next: put your accounts in the place of those in {home}/new/conf/tags.json\n" in made.out
    assert f"SHOCPP_HOME={home}/new" in made.out
    assert run("check", SHOCPP_HOME=str(home / "new")).status == 0
    assert "tags.json.example" in os.listdir(home / "new/conf")
    (home / "file").touch()
    assert f"cannot make {home}/file" in run("check", "--init", str(home / "file")).refusal(73)


def test_init_of_the_usual_home(home: Path) -> None:
    """Without a name it is the home that commands have anyway, and so no variable is named."""
    made = InProcess(home)("check", "--init")
    assert made.status == 0 and "SHOCPP_HOME" not in made.out
    assert f"left as it is: {home}/conf\n" in made.out and f"written: {home}/conf/tags.json\n" in made.out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_init_by_root(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user of the service gets what it writes; where there is none, that is said."""
    monkeypatch.setattr(new_home, "_SERVICE", "nobody")
    made = InProcess(home)("check", "--init", str(home / "new"))
    assert made.status == 0 and "there is no user" not in made.out
    assert (home / "new/run").owner() == "nobody"
    monkeypatch.setattr(new_home, "_SERVICE", "nobody-of-that-name")
    assert "there is no user nobody-of-that-name" in InProcess(home)("check", "--init", str(home / "other")).out
