"""
A home for the page: charge points in every state, as their sightings say, and people with links; and the page served.

The charge points are files, held as a listener holds them, so that the page finds them connected; none of them answers.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from shocpp.calls import canned
from shocpp.calls.canned_file import UnknownIdError
from shocpp.settings import Settings
from shocpp.spool.run.held_mailbox import HeldMailbox, folder_of
from shocpp.web.pages import people
from shocpp.web.pages.application import Application
from shocpp.web.pages.site import Site
from tests.support.ports import held_port
from tests.support.records import exact, put

NOW = datetime(2026, 11, 26, 7, 42, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
TAGS = [
    {"index": 1, "account": "company-x", "ids": ["1111"]},
    {"index": 2, "account": "family-y", "ids": ["3333", "04A2B3C4D5E680"]},
    {"index": 3, "account": "tenant-z", "ids": ["5555", {"id": "6666", "status": "Blocked", "note": "lost in May"}]},
]
PRICES = {"currency": "EUR", "prices": [{"per_kwh": "0.3120", "source": "tariff Home"}]}

MONTH = [
    ("family-y", "2026-10-02 19:40:00", 9_042_100, 9_060_340, 7_980, "3333", "CP001"),
    ("company-x", "2026-10-06 07:15:00", 9_060_340, 9_102_870, 21_600, "1111", "CP001"),
    ("family-y", "2026-10-11 16:05:00", 9_102_870, 9_125_210, 9_120, "3333", "CP001"),
    ("company-x", "2026-10-17 08:30:00", 9_125_210, 9_171_490, 19_800, "1111", "CP001"),
    ("family-y", "2026-10-23 21:20:00", 9_171_490, 9_187_030, 6_300, "3333", "CP001"),
    ("tenant-z", "2026-10-24 12:20:00", 1_187_000, 1_207_030, 6_300, "5555", "CP002"),
    ("family-y", "2026-10-29 06:50:00", 9_187_030, 9_228_660, 20_400, "3333", "CP001"),
]


class PageHome:
    """
    A home, and the application that shows it.

    Args:
        home: An empty folder.
        environ: Further settings.

    Attributes:
        now: What the application takes for the time; may be set.
        said: What it logged.
    """

    def __init__(self, home: Path, **environ: str) -> None:
        self.home = home
        self.now = NOW
        self.said: list[str] = []
        (home / "conf").mkdir(parents=True)
        (home / "run").mkdir()
        self.configure("tags.json", TAGS)
        self.configure("prices.json", PRICES)
        self.settings = Settings.from_environ({"SHOCPP_HOME": str(home), **environ})
        self.links: dict[str, str] = {}
        self._held: list[HeldMailbox] = []
        self._application: Application | None = None

    def configure(self, name: str, value: object) -> None:
        """Write a file of conf/."""
        (self.home / "conf" / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def person(self, name: str, role: str, account: str = "") -> str:
        """Give somebody a link; the path that it leads to."""
        self.links[name] = f"/{people.add(self.settings.people_file, name, role, account)}/"
        return self.links[name]

    @property
    def site(self) -> Site:
        """What the pages are made of."""
        return self.application.site

    @property
    def application(self) -> Application:
        """The application, made when first asked for."""
        if self._application is None:
            say = lambda level, text: self.said.append(f"{level} {text}")  # noqa: E731
            site = Site(self.settings, ZoneInfo(ZONE), ZONE, lambda: self.now, say)
            self._application = Application(site, self._perform)
        return self._application

    def client(self) -> Client:
        """Give what asks the application without a network."""
        return Client(self.application)

    def see(
        self,
        identity: str,
        status: str = "",
        connector_id: int = 1,
        power_w: int | None = None,
        connected: bool = True,
        **more: Any,
    ) -> Path:
        """Write what a backend notes of a charge point, more of ``status.json`` among it; its folder."""
        folder = Path(folder_of(str(self.home / "run"), identity))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "status.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        known |= {"last_seen": self.ago(60), "connected_since": self.ago(86_400 * 3), **more}
        if status:
            known.setdefault("connectors", {})[str(connector_id)] = {"status": status, "at": self.ago(4_000)}
        path.write_text(json.dumps(known))
        if connected:
            held = HeldMailbox(str(self.home / "run"), identity)
            held.hold()
            self._held.append(held)
        if power_w is not None:
            self.meter(identity, connector_id, power_w, 9_054_321)
        return folder

    def hang_up(self, identity: str) -> None:
        """Let one charge point go, which is not connected then."""
        folder = folder_of(str(self.home / "run"), identity)
        for held in [each for each in self._held if each.folder == folder]:
            held.release()
            self._held.remove(held)

    def meter(self, identity: str, connector_id: int, power_w: int, energy_wh: int, seconds_ago: int = 5) -> None:
        """Write a meter's reading."""
        path = Path(folder_of(str(self.home / "run"), identity)) / "meter.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        seen = {"power_w": power_w, "energy_wh": energy_wh, "received": self.ago(seconds_ago)}
        path.write_text(json.dumps({**known, str(connector_id): seen}))

    def charge(self, identity: str, account: str, connector_id: int = 1, transaction_id: int = 20_009_042) -> None:
        """Write the start of a charge that is open: 12.3 kWh ago, if it is at the reading of ``see``."""
        folder = Path(folder_of(str(self.home / "run"), identity)) / "transactions"
        folder.mkdir(exist_ok=True)
        seen = {
            "transaction_id": transaction_id,
            "connector_id": connector_id,
            "id_tag": "3333",
            "account": account,
            "begin_wh": 9_042_000,
            "started": self.ago(5_400),
            "received": self.ago(5_400),
        }
        (folder / f"{transaction_id}.json").write_text(json.dumps(seen))

    def journal(self, identity: str, *frames: object) -> None:
        """Write frames into the journal, if one is kept: from the charge point and to it by turns."""
        if self.settings.journal_dir:
            path = Path(self.settings.journal_dir) / f"{self.now:%Y/%m/%d}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                for number, frame in enumerate(frames):
                    known = {"time": self.ago(9), "charge_point": identity, "direction": ("in", "out")[number % 2]}
                    file.write(json.dumps({**known, "frame": frame}, separators=(",", ":")) + "\n")

    def curve(self, identity: str, connector_id: int, powers_w: list[int]) -> None:
        """Let the application see a charge's power rise and fall, to the last one a minute apart."""
        for number, power_w in enumerate(powers_w):
            behind = len(powers_w) - 1 - number
            self.meter(identity, connector_id, power_w, 9_054_321, 5 + 60 * behind)
            self.site.rows()

    def ago(self, seconds: float) -> str:
        """Write the time some seconds ago."""
        return f"{self.now - timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"

    def close(self) -> None:
        """Let all charge points go."""
        for held in self._held:
            held.release()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the application on the loopback; the address without a slash at its end."""
        server = make_server("127.0.0.1", held_port(), self.application, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            server.server_close()

    def _perform(self, word: str) -> canned.Result:
        if word != "a-canned-call":
            raise UnknownIdError("no such id")
        return canned.Result("Accepted", {"status": "Accepted"})


class _Quiet(WSGIRequestHandler):
    """Answers requests without a word of them."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def furnish(home: PageHome) -> None:
    """Put the charge points of the pictures into a home, and their people."""
    listed = [
        {"identity": "CP001", "name": "Garage", "location": "Lindenstraße 7"},
        {"identity": "CP002", "name": "Carport", "location": "Lindenstraße 7"},
        {"identity": "CP003", "name": "Hof", "location": "Lindenstraße 9"},
        {"identity": "CP004", "name": "Gäste"},
        {"identity": "CP005", "name": "Tiefgarage 12"},
    ]
    home.configure("charge-points.json", listed)
    boot = {"chargePointVendor": "Wallbox AG", "chargePointModel": "Home 11", "firmwareVersion": "5.2.1"}
    home.see("CP001", "Charging", power_w=7_400, boot=boot)
    home.charge("CP001", "family-y")
    home.see("CP002", "Available", boot=boot)
    home.see("CP002", "Preparing", 2, connected=False)
    home.see("CP003", "SuspendedEV", power_w=0, boot=boot, quirks={"no-stop": 2})
    home.charge("CP003", "company-x", transaction_id=10_009_042)
    home.see("CP004", "Faulted")
    home.see("CP005", "Available", connected=False)
    for account, local, begin_wh, end_wh, lasted_s, card, identity in MONTH:
        record = exact(account, local, begin_wh, end_wh, lasted_s, id_tag=card, charge_point=identity)
        put(home.home / "accounting", record)
    home.curve("CP001", 1, [0, 1_400, 3_600, 7_200, 10_800, 11_000, 11_000, 10_900, 11_000, 9_200, 7_400, 7_400])
    refused = {"04DEADBEEF0001": {"at": home.ago(600), "status": "Invalid"}}
    home.see("CP002", connected=False, refused_tags=refused)
    home.journal("CP001", [2, "7", "MeterValues", {"connectorId": 1, "meterValue": []}], [3, "7", {}])
    home.person("Anna", "driver", "family-y")
    home.person("Oma", "viewer")
    home.person("Hausmeister", "operator")
