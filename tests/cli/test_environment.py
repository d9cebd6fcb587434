"""One configuration file, read by every command: where it is, what goes before it, and what is said of mistakes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from shocpp.cli import environment
from shocpp.locations import configuration_files
from tests.support.backend import ROOT, RunningBackend
from tests.support.backend import make_home as make_small_home
from tests.support.programs import InProcess, Launched, Program

COMMANDS = {
    "caller": ["x" * 32],
    "check": [],
    "command": ["Reset"],
    "journal": [],
    "listener": ["no-option"],
    "mqtt": ["worker", "no-url"],
    "records": [],
    "status": [],
    "soap": [],
    "store": ["no-url"],
    "summary": [],
    "tags": ["list"],
    "web": ["--revoke", "nobody"],
}
NOT_HERE = {
    "shocpp-backend": "tested below",
    "shocpp-charger": "has no settings",
    "shocpp-datum": "has no settings",
    "shocpp-demo": "has a home of its own",
}


def configure(home: Path, text: str) -> Path:
    path = home / "conf/shocpp.conf"
    path.write_text(text)
    return path


def test_no_command_is_left_out() -> None:
    """Each command that has settings is in the tests below."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert {f"shocpp-{name}" for name in COMMANDS} | NOT_HERE.keys() == scripts.keys()


def test_it_is_read(run: Program, home: Path) -> None:
    """What stands in the file is in force, and what the environment says goes before it."""
    configure(home, f"SHOCPP_ACCOUNTINGDIR={home}/books\nWS_PORT='8081'\nSHOCPP_MOST_KWH=50\n")
    shown = run("check", SHOCPP_MOST_KWH="60").out
    assert f"accounting: {home}/books is not there yet" in shown
    assert "WS_PORT=8081" in shown and "SHOCPP_MOST_KWH=60" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_line_ends_every_command(home: Path, name: str) -> None:
    """A line that makes no sense is status 78 with its number, whichever command it is; --help needs no file."""
    path = configure(home, "WS_PORT=8081\nSHOCPP_RUNDIR /srv/run\n")
    run = InProcess(home)
    assert run(name, *COMMANDS[name]).refusal(78).startswith(f"shocpp-{name}: {path}, line 2: ")
    configure(home, "\nWS_PORT=x\n")
    assert f"{path}, line 2: WS_PORT is 'x'; it takes a port" in run(name, *COMMANDS[name]).refusal(78)
    assert run(name, "--help").status == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_misspelt_name_is_told_by_every_command(home: Path, name: str) -> None:
    """A name that no setting has is named once, with the nearest one: in the environment, and in the file."""
    path = configure(home, "WS_PORT=8081\nSHOCPP_TAGFILE=/x\nOTHER=1\n")
    said = InProcess(home)(name, *COMMANDS[name], SHOCPP_RUN_DIR="/x", SHOCPP_XYZZY="").err
    misspelt = "is no setting and has no effect; did you mean"
    assert said.count(f"shocpp-{name}: warning: SHOCPP_RUN_DIR {misspelt} SHOCPP_RUNDIR?\n") == 1
    assert said.count(f"shocpp-{name}: warning: {path}, line 2: SHOCPP_TAGFILE {misspelt} SHOCPP_TAGSFILE?\n") == 1
    assert said.count("warning: SHOCPP_XYZZY is no setting and has no effect\n") == 1
    assert said.count("warning: ") == 3


def test_a_path_in_it_is_absolute(run: Program, home: Path) -> None:
    """A relative path would mean another folder for each command: it is refused. An empty value is none."""
    path = configure(home, "SHOCPP_RUNDIR=\nSHOCPP_LOGFILE=log\n")
    assert f"{path}, line 2: SHOCPP_LOGFILE is 'log'; in this file it takes a path that begins with /" in run(
        "status"
    ).refusal(78)
    configure(home, "SHOCPP_HOME=here\n")
    assert "line 1: SHOCPP_HOME is 'here'" in run("status").refusal(78)


def test_the_file_that_is_named(run: Program, home: Path, tmp_path: Path) -> None:
    """SHOCPP_CONF names it, and with it may stand where home is; what it names has to be there."""
    configure(home, "WS_PORT=x")
    named = tmp_path / "named.conf"
    assert f"{named}, which SHOCPP_CONF names, is not there" in run("status", SHOCPP_CONF=str(named)).refusal(78)
    named.write_text(f"SHOCPP_HOME={tmp_path}/elsewhere\nWS_PORT=8082\n")
    shown = run("check", SHOCPP_CONF=str(named), SHOCPP_HOME="").out
    assert "WS_PORT=8082" in shown
    named.write_text("SHOCPP_RUNDIR=/nowhere\n")
    assert "nothing below /nowhere" in run("status", SHOCPP_CONF=str(named)).err


def test_home_may_stand_in_it(home: Path, tmp_path: Path) -> None:
    """A home that the file names is in force, and that home's own file is not read; nor may it name another file."""
    path = configure(home, f"SHOCPP_HOME={tmp_path}/elsewhere\nWS_PORT=8081\n")
    (tmp_path / "elsewhere/conf").mkdir(parents=True)
    (tmp_path / "elsewhere/conf/shocpp.conf").write_text("nonsense")
    shown = Launched(home)("check")
    assert f"configuration file: 2 settings in {path}\n" in shown.out and f"WS_PORT=8081  ({path})\n" in shown.out
    assert f"run: {tmp_path}/elsewhere/run is not there yet" in shown.out
    configure(home, "SHOCPP_CONF=/etc/other\n")
    assert f"{path}, line 1: SHOCPP_CONF has no place in this file" in Launched(home)("status").refusal(78)


def test_where_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that is named, and a checkout, have their own; an installation looks at the system's, too."""
    assert configuration_files({"SHOCPP_CONF": "/a", "SHOCPP_HOME": "/b"}) == ("/a",)
    assert configuration_files({"SHOCPP_HOME": "/b"}) == ("/b/conf/shocpp.conf",)
    assert configuration_files({}) == (f"{ROOT}/conf/shocpp.conf",)
    monkeypatch.setattr("shocpp.locations.checkout", lambda: None)
    assert configuration_files({"XDG_DATA_HOME": "/d"}) == ("/d/shocpp/conf/shocpp.conf", "/etc/shocpp/shocpp.conf")


def test_what_the_service_alone_knows(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that stands only in /etc/default/shocpp, or is another there, is named with where it belongs."""
    service = tmp_path / "default"
    monkeypatch.setattr(environment, "_OF_THE_SERVICE", str(service))
    service.write_text("WS_PORT=8081\nSHOCPP_MOST_KWH=50\nSHOCPP_VALIDATION=off\n")
    path = configure(home, "SHOCPP_MOST_KWH=50\nSHOCPP_VALIDATION=strict\n")
    run = InProcess(home)
    assert run("status").err.splitlines()[:2] == [
        f"shocpp-status: warning: {service} sets {value}, which the service alone reads; move that line to {path}"
        for value in ("WS_PORT=8081", "SHOCPP_VALIDATION=off")
    ]
    assert "warning" not in run("status", WS_PORT="8081", SHOCPP_VALIDATION="off").err, "as under the unit"
    assert "warning" not in run("status", SHOCPP_CONF=str(path)).err, "another file was asked for"
    service.write_text("export A\n")
    assert f"warning: {service}, line 1: " in run("status").err
    service.unlink()
    assert "warning" not in run("status").err


def test_the_unit_reads_it() -> None:
    """The service has what the file says; for one more version what /etc/default/shocpp says goes before it."""
    unit = (ROOT / "conf/shocpp.service").read_text()
    files = [line.partition("=")[2] for line in unit.splitlines() if line.startswith("EnvironmentFile=")]
    assert files == ["-/opt/shocpp/conf/shocpp.conf", f"-{environment._OF_THE_SERVICE}"]


def test_the_example_sets_nothing(home: Path) -> None:
    """The example can be copied as it is; each of its lines, with its mark taken off, is a setting of ours."""
    example = (ROOT / "conf/shocpp.conf.example").read_text()
    run = InProcess(home)
    assert "conf/shocpp.conf is not there: no file sets anything" in run("check").out
    configure(home, example)
    assert "conf/shocpp.conf sets nothing" in run("check").out
    configure(home, re.sub(r"^#(?=[A-Z_]+=)", "", example, flags=re.MULTILINE))
    shown = run("check")
    assert "warning" not in shown.err and "SHOCPP_ORIGINS=https://panel.example, file://" in shown.out


def test_the_zone_may_stand_in_it(tmp_path: Path) -> None:
    """TZ in the file is the zone of local times, of a record's, too."""
    home = make_small_home(tmp_path / "home")
    configure(home, "TZ=Asia/Tokyo\n")
    with RunningBackend(home, wrapper=["env", "-u", "TZ"]) as backend:
        backend.stop(10_009_042)
    (record,) = home.glob("accounting/*/*/*.json")
    assert json.loads(record.read_text())["localtime"] == "2023-09-03 16:52:10"


def test_a_backend_reads_it(tmp_path: Path) -> None:
    """A backend that somebody starts has the file's settings, and ends with the line's number where one is wrong."""
    home = make_small_home(tmp_path / "home")
    configure(home, "SHOCPP_HEARTBEAT_INTERVAL=77\nSHOCPP_HEARTBEAT=1\n")
    with RunningBackend(home) as backend:
        boot = {"chargePointVendor": "a", "chargePointModel": "b"}
        assert backend.call("BootNotification", boot)[2]["interval"] == 77
    assert "shocpp-backend: warning: " in backend.log.read_text()
    configure(home, "SHOCPP_HEARTBEAT_INTERVAL=77 s\n")
    broken = RunningBackend(home, "CP002")
    assert (broken.receive(), broken.end()) == ([], 78)
    assert "line 1: SHOCPP_HEARTBEAT_INTERVAL" in broken.log.read_text()
