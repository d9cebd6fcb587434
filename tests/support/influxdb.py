"""A real InfluxDB of one's own, 1.6 as Debian has it, on held ports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening

_CONFIGURATION = """
reporting-disabled = true
bind-address = "127.0.0.1:{inner}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
"""


class Influxdb:
    """
    A server that runs.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, query: str, database: str = "") -> list[dict[str, Any]]:
        """Ask for something, or have a database made; the points that are found, by the names of their columns."""
        said = urlencode({"q": query, "db": database}).encode()
        with urlopen(f"http://127.0.0.1:{self.port}/query", said, timeout=PATIENCE_S) as answer:
            (result,) = json.load(answer)["results"]
        (series,) = result.get("series") or [{"columns": [], "values": []}]
        return [dict(zip(series["columns"], values, strict=True)) for values in series["values"]]


@contextmanager
def influxdb(folder: Path) -> Iterator[Influxdb]:
    """Run a server for a while."""
    port, inner = held_port(), held_port()
    configuration = folder / "influxdb.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, inner=inner))
    with (folder / "influxdb.log").open("wb") as log:
        process = subprocess.Popen(["influxd", "run", "-config", configuration], stdout=log, stderr=log)
    try:
        until(lambda: is_listening(port) or process.poll() is not None, "influxd to listen")
        assert process.poll() is None, (folder / "influxdb.log").read_text()
        yield Influxdb(port)
    finally:
        process.kill()
        process.wait(PATIENCE_S)
