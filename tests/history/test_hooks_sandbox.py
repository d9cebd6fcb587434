"""The examples of hooks where the unit runs them: fed by the follower, with nothing to write to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.journals import Talk, put
from tests.support.sandbox import sandboxed
from tests.support.sinks import http_sink, smtp_sink

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ("mail", "ntfy", "webhook")
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take away what root may do")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home with a journal of a charge and a fault, and the three examples as hooks."""
    talk = Talk()
    talk.start(20_009_042, 9_042_700)
    talk.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"}, {})
    talk.stop(20_009_042, 9_075_100)
    put(tmp_path / "journal", talk.lines)
    hooks = tmp_path / "conf/hooks"
    hooks.mkdir(parents=True)
    for name in EXAMPLES:
        shutil.copy(ROOT / f"conf/hooks/{name}.example", hooks / name)
    return tmp_path


def run(home: Path, **environ: str) -> str:
    """Run in the sandbox what the unit runs, up to the journal's end; what it says on stderr."""
    given = {
        "SHOCPP_HOME": str(home),
        "SHOCPP_JOURNALDIR": str(home / "journal"),
        "PATH": os.environ["PATH"],
        **environ,
    }
    command = sandboxed(ROOT / "bin/shocpp-journal", "--events", "--hooks")
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    return done.stderr


@only_root
def test_examples_in_the_sandbox(home: Path) -> None:
    """All three reach their servers: the webhook with each event, ntfy with the fault, mail with the charge's end."""
    with http_sink() as (posts, posted), http_sink() as (topic, notes), smtp_sink() as (server, mails):
        said = run(home, HOOK_URL=posts, HOOK_NTFY=topic, HOOK_MAIL_SERVER=server, SHOCPP_SILENT_AFTER="0")
    assert said == ""
    assert [json.loads(each)["event"] for each in posted] == ["started", "faulted", "stopped"]
    assert notes == [b"CP001 has a fault: GroundFailure\n"]
    assert [b"charge 20009042 ended" in each for each in mails] == [True]


@only_root
def test_the_sandbox_is_one(home: Path) -> None:
    """A hook can write neither beside itself nor to /tmp, and what it fails with is said."""
    for name in EXAMPLES:
        (home / "conf/hooks" / name).unlink()
    hook = home / "conf/hooks/write"
    hook.write_text("#!/bin/sh\n! echo x >/tmp/shocpp-hook-was-here && ! echo x >$0.new || exit 0\nexit 9\n")
    hook.chmod(0o755)
    assert run(home).count("ended with 9") == 4
