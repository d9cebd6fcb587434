"""The units: the hooks' one is shut in as the service is, and systemd takes all of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT

HOOKS = "shocpp-hooks.service"
UNITS = sorted(path for path in (ROOT / "conf").iterdir() if path.suffix in (".service", ".socket"))


def test_hooks_have_the_service_s_sandbox() -> None:
    """The unit of hooks is shut in as the service is, and may write nowhere; without a journal it ends for good."""
    sandboxes = [
        (ROOT / "conf" / name).read_text().partition("ProtectSystem=")[2] for name in ("shocpp.service", HOOKS)
    ]
    service, hooks = ({line for line in text.splitlines() if not line.startswith("#")} for text in sandboxes)
    assert service - hooks == {"ReadWritePaths=/opt/shocpp/run /opt/shocpp/accounting"} and hooks <= service
    unit = (ROOT / "conf" / HOOKS).read_text()
    assert "Directory=" not in unit.replace("WorkingDirectory=", "")
    assert "RestartPreventExitStatus=78\n" in unit
    assert "StandardOutput=null\nStandardError=journal\n" in unit, "else faults would go where the events go"


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """systemd-analyze finds nothing wrong with a unit, but that its command is not in /opt/shocpp here."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("=/opt/shocpp/bin/", f"={ROOT}/bin/"))
    verify = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "shocpp" in line]) == (0, [])
