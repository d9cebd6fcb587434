"""
A charge point of somebody else's: ocpp-js 1.1.6, which speaks OCPP 1.5 over SOAP and declares no addressing prefix.

``bin/shocpp-test`` gets it with npm.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.support.listening import listening
from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT

FOLDER = ROOT / ".venv.peers"
DRIVER = ROOT / "tests/support/ocpp_js.js"
VALUE = {"$attributes": {"unit": "Wh", "measurand": "Energy.Active.Import.Register"}, "$value": "9050000"}
TIME = "2026-01-31T{}:00:00.000Z"
SAID = [
    ("bootNotification", {"chargePointVendor": "V", "chargePointModel": "M", "imsi": ""}),
    ("heartbeat", {}),
    ("authorize", {"idTag": "3333"}),
    ("startTransaction", {"connectorId": 1, "idTag": "3333", "timestamp": TIME.format("09"), "meterStart": 9_042_700}),
    ("meterValues", {"connectorId": 1, "transactionId": 20_009_042, "values": [
        {"timestamp": TIME.format("10"), "value": VALUE},
    ]}),
    ("stopTransaction", {
        "transactionId": 20_009_042, "idTag": "3333", "timestamp": TIME.format("12"), "meterStop": 9_075_300,
    }),
    ("sendStatusNotification", {
        "connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": TIME.format("12"),
    }),
    ("diagnosticsStatusNotification", {"status": "Uploaded"}),
    ("firmwareStatusNotification", {"status": "Installed"}),
]  # fmt: skip


def test_a_charge_of_ocpp_js_is_booked(tmp_path: Path) -> None:
    """All that it can say is answered as it wants it, and its charge is booked to the Wh."""
    assert FOLDER.exists(), "ocpp-js is not here; bin/shocpp-test gets it"
    with listening(tmp_path / "home") as listener:
        url = f"http://127.0.0.1:{listener.port}/Ocpp/CentralSystemService"
        done = subprocess.run(
            ["node", str(DRIVER), str(FOLDER), url, "JS", "http://127.0.0.1:1/Ocpp/ChargePointService"],
            input="".join(f"{json.dumps(line)}\n" for line in SAID),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        (record,) = listener.scratch.records().values()
    assert " ERROR " not in done.stdout, done.stdout
    answers = dict(re.findall(r"\] (\w+) Result (.*)$", done.stdout, re.MULTILINE))
    assert len(answers) == len(SAID)
    assert json.loads(answers["StartTransaction"])["transactionId"] == 20_009_042
    assert (record["charge_point"], record["consumed_wh"], record["id_tag"]) == ("JS", 32_600, "3333")
