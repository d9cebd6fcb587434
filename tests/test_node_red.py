"""conf/node-red-flow.json holds together, as far as that can be seen without Node-RED (docs/node-red.md tries it)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from shocpp.ocpp.v16 import payloads

ROOT = Path(__file__).parents[1]
FLOW: list[dict[str, Any]] = json.loads((ROOT / "conf/node-red-flow.json").read_text())


def test_wires_lead_to_nodes() -> None:
    """Each id stands once, and each wire leads to a node that is there."""
    ids = [node["id"] for node in FLOW]
    assert len(ids) == len(set(ids))
    wired = [target for node in FLOW for output in node.get("wires", ()) for target in output]
    assert set(wired) <= set(ids)


def test_commands_are_ours() -> None:
    """The commands that it runs are in bin/, and the manual names each."""
    named = {name for node in FLOW for name in re.findall(r"shocpp-(?!calls)[a-z]+", node.get("command", ""))}
    assert named == {"shocpp-command", "shocpp-status"}
    manual = (ROOT / "docs/node-red.md").read_text()
    for name in named:
        assert (ROOT / "bin" / name).exists()
        assert name in manual


def test_buttons_send_what_is_specified() -> None:
    """What a button sends fits the specification."""
    sent = [json.loads(node["payload"]) for node in FLOW if node.get("payloadType") == "json"]
    assert sent
    assert all(payloads.fits(one["command"], "request", one["data"]) for one in sent)
