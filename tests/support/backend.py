"""A real shocpp-backend over pipes, as websocketd would run it. Knows frames as arrays and where records are."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.preloaded import Process, launched

ROOT = Path(__file__).parents[2]
ACCOUNTS = [{"index": 1, "account": "family-y", "ids": ["1111"]}, {"index": 2, "account": "company-x", "ids": ["2222"]}]


def make_home(folder: Path) -> Path:
    """Make a SHOCPP_HOME with two accounts in it."""
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "tags.json").write_text(json.dumps(ACCOUNTS))
    return folder


class RunningBackend:
    """
    A backend process that serves one charge point.

    Args:
        home: Its SHOCPP_HOME.
        identity: The charge point's.
        settings: More variables of its environment.
        wrapper: A command line that runs another, such as strace's.
    """

    def __init__(
        self,
        home: Path,
        identity: str = "CP001",
        settings: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
    ) -> None:
        environ = {"PATH": os.environ["PATH"], "SHOCPP_HOME": str(home), "PATH_INFO": f"/{identity}", "TZ": "UTC"}
        self.log = home / f"log-{identity}"
        with open(self.log, "ab") as log:
            pipe, environ = subprocess.PIPE, {**environ, **(settings or {})}
            self.process: Process | subprocess.Popen[bytes] = (
                subprocess.Popen([*wrapper, *launched("backend")], stdin=pipe, stdout=pipe, stderr=log, env=environ)
                if wrapper
                else Process("backend", [], environ, stdin=pipe, stdout=pipe, stderr=log)
            )
        self._count = 0

    def __enter__(self) -> RunningBackend:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def send(self, *frames: Sequence[object]) -> None:
        """Send frames without waiting for answers."""
        assert self.process.stdin
        self.process.stdin.write("".join(f"{json.dumps(frame)}\n" for frame in frames).encode())
        self.process.stdin.flush()

    def receive(self) -> list[Any]:
        """Wait for the next frame; an empty one if the backend is gone."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else []

    def call(self, action: str, payload: object) -> list[Any]:
        """Send a CALL and give the frame that answers it."""
        self._count += 1
        unique_id = f"u{self._count}"
        self.send([2, unique_id, action, payload])
        answer = self.receive()
        assert answer[1:2] == [unique_id], (answer, self.log.read_text())
        return answer

    def start(self, id_tag: str = "1111", meter_wh: int = 9_042_700, connector_id: int = 1) -> int:
        """Start a charge; its transaction id."""
        payload = {
            "connectorId": connector_id,
            "idTag": id_tag,
            "meterStart": meter_wh,
            "timestamp": "2023-09-03T06:52:10Z",
        }
        transaction_id = self.call("StartTransaction", payload)[2]["transactionId"]
        assert isinstance(transaction_id, int)
        return transaction_id

    def stop(self, transaction_id: int, meter_wh: int = 9_075_100) -> list[Any]:
        """Stop a charge; the frame that answers."""
        return self.call("StopTransaction", stop_payload(transaction_id, meter_wh))

    def end(self) -> int:
        """Let the charge point hang up; the exit status."""
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        return self.process.wait(PATIENCE_S)


def stop_payload(transaction_id: int, meter_wh: int = 9_075_100) -> dict[str, object]:
    """Make the payload of a StopTransaction."""
    return {"transactionId": transaction_id, "meterStop": meter_wh, "timestamp": "2023-09-03T07:52:10Z"}


def record_files(accounting: Path) -> list[Path]:
    """Give all files that a reader would take for records, found without the code that is tested."""
    return sorted(path for path in accounting.rglob("*.json") if not path.name.startswith("."))


def whole_records(accounting: Path) -> list[dict[str, Any]]:
    """Read all records; each must be whole: an object from the first of its keys to the line end after its bracket."""
    return list(_read_all(record_files(accounting)))


def _read_all(files: list[Path]) -> Iterator[dict[str, Any]]:
    for path in files:
        text = path.read_text()
        assert text.startswith('{\n  "localtime": ') and text.endswith("\n}\n"), (path, text)
        record = json.loads(text)
        assert "received" in record, path
        yield record
