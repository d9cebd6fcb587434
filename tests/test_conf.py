"""The files in conf/ by which a system starts us agree with the manual, and with the commands there are."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.support.scratch import ROOT

MADE_BY_SYSTEMD = {"StateDirectory": "/var/lib/", "LogsDirectory": "/var/log/"}
UNIT = dict(line.split("=", 1) for line in (ROOT / "conf/shocpp.service").read_text().splitlines() if "=" in line)


def test_the_service_may_write_where_the_manual_says() -> None:
    """Journal and log are, where pages and examples name a place, in folders that the unit has made for the service."""
    made = {f"{place}{UNIT[key]}" for key, place in MADE_BY_SYSTEMD.items()}
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "conf").glob("*.example"), ROOT / "conf/shocpp.logrotate"]
    named = {
        path for page in pages for path in re.findall(r"/var/lib/shocpp/\w+(?![.\w])|/var/log/shocpp", page.read_text())
    }
    assert named == made
    assert {UNIT[f"{key}Mode"] for key in MADE_BY_SYSTEMD} == {"0750"}


def test_conf_starts_what_is_there() -> None:
    """The service and the cron job start commands that bin/ has, in the folder that docs/installation.md clones to."""
    commands = re.findall(
        r"/opt/shocpp/(bin/\S+)",
        "".join((ROOT / "conf" / name).read_text() for name in ("shocpp.service", "shocpp.cron")),
    )
    assert sorted(commands) == ["bin/shocpp-listener", "bin/shocpp-summary"]
    assert all(os.access(ROOT / command, os.X_OK) for command in commands)
    assert "git clone <this repository> /opt/shocpp" in (ROOT / "docs/installation.md").read_text()


def test_cron_job_is_monthly() -> None:
    """The cron file has one job, at six on the first of every month, as the service's user."""
    jobs = [line for line in (ROOT / "conf/shocpp.cron").read_text().splitlines() if re.match(r"[\d*]", line)]
    assert [job.split()[:6] for job in jobs] == [["0", "6", "1", "*", "*", "shocpp"]]


def test_log_is_rotated(tmp_path: Path) -> None:
    """Logrotate takes our file as it is, moves the log away and leaves its place free for the backend to open anew."""
    log = tmp_path / "shocpp.log"
    log.write_text("a line\n")
    rules = (ROOT / "conf/shocpp.logrotate").read_text().replace("/var/log/shocpp", str(tmp_path))
    config = tmp_path / "rules"
    config.write_text(rules.replace("    su shocpp shocpp\n", ""))  # that user exists on the real machine only
    config.chmod(0o644)
    command = ["logrotate", "--force", "--state", str(tmp_path / "state"), str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "shocpp.log.1").read_text() == "a line\n"
    assert not log.exists()
