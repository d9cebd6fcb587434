"""
Try conf/node-red-flow.json in a real Node-RED. Not part of the suite: npm takes minutes and 120 MB.

    npm install --prefix ../node-red node-red
    .venv/bin/python3 tests/support/node_red.py ../node-red

Starts a listener and a simulated wallbox in a scratch home, Node-RED with the flow, presses its buttons, and looks
into the flow's log and the accounting folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from shocpp.cli.scratch_home import ScratchHome  # noqa: E402 - found above
from tests.support.patience import PATIENCE_S, until  # noqa: E402
from tests.support.ports import held_port  # noqa: E402


def press(port: int, button: str) -> None:
    """Press the button of an inject node."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/inject/{button}", method="POST", data=b"")
    urllib.request.urlopen(request, timeout=PATIENCE_S).close()


def wait_for(log: Path, words: str) -> None:
    """Wait until the flow has logged some words."""
    until(lambda: words in log.read_text(), f"{words!r} in {log}")
    print(f"seen: {words}")


def node_red(installed: Path, home: Path, port: int) -> tuple[subprocess.Popen[bytes], Path]:
    """Start Node-RED with the flow; give the process and its log."""
    folder = home / "node-red"
    folder.mkdir()
    flow: list[dict[str, Any]] = json.loads((ROOT / "conf/node-red-flow.json").read_text())
    (folder / "flows.json").write_text(json.dumps(flow))
    log = folder / "log"
    environ = {**os.environ, "SHOCPP_HOME": str(home), "PATH": f"{ROOT / 'bin'}:{os.environ['PATH']}"}
    program = installed / "node_modules/node-red/red.js"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", str(program), "--userDir", str(folder), "--port", str(port), "flows.json"],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return process, log


def main() -> None:
    """Play it once."""
    installed = Path(sys.argv[1]).resolve()
    with ScratchHome(os.environ) as scratch:
        home = Path(scratch.home)
        scratch.start("listener")
        wallbox = f"ws://127.0.0.1:{scratch.port}/garage"
        scratch.start("charger", "--connect", wallbox, "--speed", "20", "plug;", "wait", "forever")
        port = held_port()
        process, log = node_red(installed, home, port)
        try:
            wait_for(log, "garage/1 Preparing")
            press(port, "shocpp-start")
            wait_for(log, "RemoteStartTransaction Accepted")
            wait_for(log, "garage/1 Charging 11.0 kW")
            press(port, "shocpp-stop")
            wait_for(log, "RemoteStopTransaction Accepted")
            wait_for(log, "garage/1 Finishing")
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
        records = list((home / "accounting").glob("*/*/*.json"))
        print(f"records: {len(records)}", records[0].read_text() if records else "", sep="\n")
        if len(records) != 1:
            sys.exit("there should be one record")


if __name__ == "__main__":
    main()
