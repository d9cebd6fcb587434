"""
What one connection saw of its charge point: noted for people and tools, never in the way of an answer.

Keeps the sightings, the counted frames, and the quirks, which are counted each time and logged once a connection; meter
values are kept by ``meter_readings``, requests are held against the schemas by ``payload_checks``. Knows when all
this is due on disk; knows no transport and gives no answer.
"""

from __future__ import annotations

from shocpp.backend.meter_readings import MeterReadings
from shocpp.backend.payload_checks import PayloadChecks
from shocpp.errors import ShocppError
from shocpp.ocpp.reading import integer
from shocpp.spool.run.sightings import MOST
from shocpp.texts import clean
from shocpp.times import from_epoch, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shocpp.backend.versions import Version
    from shocpp.central_system import effects
    from shocpp.central_system.context import Boot
    from shocpp.ledger.open_charges import OpenTransactions
    from shocpp.spool.run.held_mailbox import HeldMailbox
    from shocpp.spool.run.open_charges import OpenCharges
    from shocpp.spool.run.sightings import Sightings

# news are written when nothing else is to be done, and under load at the latest after this
SIGHTING_S = 1.0
# after meter.json was written; it is written sooner where a charge has ended, and no power is shown any more
METER_S, POWER_OFF_S = 10.0, 3.0
# that the charge point was seen, and how often, where there are no news
LAST_SEEN_S = 600.0
_NEVER = float("inf")
_MOST_SEEN = 8  # values of status.json that are kept until they are written
_BOOT = ("boot", "")  # where among them that is which the charge point said when it booted


class Observer:
    """
    Notes what is seen over one connection.

    Args:
        version: The protocol's: what its messages are like, and how its meter values are read.
        identity: The charge point's; empty for the anonymous one.
        connection: Tells whether the sightings are still ours to write.
        sightings: Where it is noted.
        charges: The charges that are open.
        wh: Gives a reading of the charge point's meter in Wh.
        say: Writes a line of the log: level and text.
        clock: Gives seconds since the epoch.

    Attributes:
        payloads: Holds what it sends against the schemas.
        told: Is told of each quirk that is logged: its kind, and what it is in words.
    """

    def __init__(
        self,
        version: Version,
        identity: str,
        connection: HeldMailbox,
        sightings: Sightings,
        charges: OpenCharges,
        wh: Callable[[int | None], int | None],
        say: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self._version = version
        self._identity = identity
        self._connection = connection
        self._sightings = sightings
        self._charges = charges
        self._readings = MeterReadings(version, sightings, wh, self._now)
        self._say = say
        self._clock = clock
        self.told: Callable[[str, str], None] | None = None
        self._logged: set[str] = set()
        self.payloads = PayloadChecks(version, self.quirk, say)
        self._frames: dict[str, int] = {}
        self._counts: dict[str, int] = {}  # of status.json, but for those of frames and quirks
        self._seen: dict[tuple[str, str], object] = {}  # by section and key of status.json
        self._connected = self._protocol = ""
        self._due = 0.0
        self._metered = -METER_S
        self._last_seen = 0.0

    # --- effects

    def open(self, effect: effects.Open) -> None:
        """Keep a transaction that was started: on disk when this returns, if the disk lets it."""
        self._try(self._charges.open, effect.transaction_id, effect.seen)
        self._say("INFO", f"started transaction={effect.transaction_id} account={clean(effect.seen['account'])}")

    def close(self, effect: effects.Close, is_new: bool = True) -> None:
        """Forget a transaction and its power; of a stop that was booked before only one that has a record."""
        if is_new or self._charges.is_booked(effect.transaction_id):
            seen = self._charges.seen.get(effect.transaction_id)
            self._try(self._charges.close, effect.transaction_id)
            self._stop_power(seen)

    def end(self, effect: effects.End) -> None:
        """Put an open transaction aside whose stop never came, with the last reading that is known of it."""
        seen = self._charges.seen[effect.transaction_id]
        self._stop_power(seen)
        self._readings.read()
        last_wh = self._last_wh(seen)
        kept = {**seen, "ended": self._now(), "last_wh": effect.next_wh if last_wh is None else last_wh}
        self._try(self._charges.end, effect.transaction_id, kept, int(self._clock()))
        self.quirk("no-stop", f"transaction {effect.transaction_id} ended without a stop: another began there")

    def presume_over(self, effect: effects.PresumeOver) -> None:
        """Mark open transactions that seem to be over: on disk when this returns, if the disk lets it."""
        self._try(self._charges.presume_over, effect.connector_id, effect.at)

    def notice(self, effect: effects.Notice) -> None:
        """Log what the operator shall know; what has a kind is a quirk."""
        if effect.kind:
            self.quirk(effect.kind, effect.text)
        else:
            self._say("WARNING", clean(effect.text))

    def see(self, effect: effects.See) -> None:
        """Keep a value of status.json until there is time to note it: most are overtaken before."""
        self._seen[effect.section, effect.key] = effect.value
        if len(self._seen) > _MOST_SEEN:
            self._note_seen()

    def see_meter(self, effect: effects.SeeMeter) -> None:
        """Keep a MeterValues until there is time to read it."""
        self._readings.keep(effect.payload)

    # --- what the backend itself has seen or done

    def connected(self, protocol: str = "") -> None:
        """Note that the connection begins, and what is spoken; what was seen before is read when there is time."""
        self._connected, self._protocol = self._now(), protocol

    def arrived(self, action: str) -> None:
        """Count a frame; those of unknown actions together."""
        counted = action if action in self._version.actions else "unknown"
        self._frames[counted] = self._frames.get(counted, 0) + 1

    @property
    def has_counted(self) -> bool:
        """Tell whether frames have come since they were last written."""
        return bool(self._frames)

    def commanded(self) -> None:
        """Count a command that was sent."""
        _add(self._counts, "commands", 1)

    def booked(self, is_new: bool, took_s: float) -> None:
        """Count a booking, the time that it took and a new record; one that was there before is a quirk."""
        _add(self._counts, "bookings", 1)
        _add(self._counts, "booking_us", int(took_s * 1e6))
        if is_new:
            _add(self._counts, "records", 1)
        else:
            self.quirk("stop-again", "a StopTransaction that was booked before")

    @property
    def open_transactions(self) -> OpenTransactions:
        """The transactions that are open, by id: read from the disk when first asked for on this connection."""
        return self._charges.believed()

    @property
    def last_boot(self) -> Boot:
        """What the charge point said when it booted last: read from the disk when first needed on this connection."""
        if _BOOT in self._seen:
            self._note_seen()
        boot = self._sightings.status.get("boot")
        return boot if isinstance(boot, dict) else {}

    def quirk(self, kind: str, text: str) -> None:
        """Count a quirk; log it once a connection and kind."""
        kind = clean(kind, 80)
        self._sightings.count("quirks", kind)
        if kind not in self._logged and len(self._logged) < MOST:
            self._logged.add(kind)
            self._say("WARNING", f"quirk {kind}: {clean(text)}")
            if self.told is not None:
                self.told(kind, clean(text))

    # --- what may be late

    def read_kept(self) -> None:
        """Note what is kept until there is time: values of status.json, and what meter values say."""
        self._note_seen()
        self._readings.read()

    def is_due(self, now: float, is_idle: bool) -> bool:
        """Tell whether to write now: news when idle or after SIGHTING_S, meter values and counted frames later."""
        if self._has_news and (is_idle or now >= self._due):
            return True
        return now >= self._meter_due or (now - self._last_seen >= LAST_SEEN_S and bool(self._frames))

    def wait(self, now: float) -> float | None:
        """Give the seconds after which what is not written yet will be due; None if there is nothing."""
        due = min(self._due if self._has_news else _NEVER, self._meter_due)
        return None if due == _NEVER else max(0.0, due - now)

    @property
    def _has_news(self) -> bool:
        """Tell whether there is anything to write besides meter values and that the charge point was seen."""
        return self._sightings.changed or bool(self._seen or self._counts or self._connected)

    @property
    def _meter_due(self) -> float:
        """Give when the meter values that are kept are due."""
        if not self._readings:
            return _NEVER
        return self._metered + (POWER_OFF_S if self._readings.has_end else METER_S)

    def flush(self, now: float) -> None:
        """Write the sightings that are due, unless a newer connection has taken over: its are newer than ours."""
        self._last_seen = now
        self._due = now + SIGHTING_S
        if not self._connection.is_ours():
            self._readings.forget()
            self._seen.clear()
            self._counts.clear()
            self._connected = ""
            self._sightings.forget()
            return
        if now >= self._meter_due:
            self._metered = now
            self._readings.read()
        self._note_seen()
        for name, more in self._counts.items():
            self._sightings.count(name, "", more)
        self._counts.clear()
        self._sightings.status["identity"] = self._identity  # whole: a long one is found by it
        if self._connected:
            self._sightings.note("connected_since", "", self._connected)
            self._sightings.note("protocol", "", self._protocol)
            if not self._protocol:
                del self._sightings.status["protocol"]
            self._connected = ""
        self._sightings.note("last_seen", "", self._now())
        for action, count in self._frames.items():
            self._sightings.count("frames", action, count)
        self._frames.clear()
        fault = self._sightings.flush()
        if fault:
            self._tell_fault(fault)

    def _note_seen(self) -> None:
        """Note what of status.json is kept until there is time."""
        seen, self._seen = self._seen, {}
        for (section, key), value in seen.items():
            self._sightings.note(section, key, value)

    def _try(self, change: Callable[..., None], *values: object) -> None:
        """Change what is kept of open charges; a disk that does not let it is told of, and stops no charge."""
        try:
            change(*values)
        except ShocppError as error:
            self._tell_fault(str(error))

    def _tell_fault(self, fault: str) -> None:
        if "sightings" not in self._logged:
            self._logged.add("sightings")
            self._say("WARNING", f"sightings are not written: {clean(fault)}")

    def _stop_power(self, seen: Mapping[str, object] | None) -> None:
        """Note that no power flows any more where a charge was."""
        connector_id = integer(seen.get("connector_id")) if seen else None
        if connector_id is not None:
            self._readings.stop_power(connector_id)

    def _last_wh(self, seen: Mapping[str, object]) -> int | None:
        """Give the last reading of the meter in a charge; None if there is none."""
        connector = self._sightings.meter.get(str(seen.get("connector_id")))
        if not isinstance(connector, dict) or connector.get("transaction_id") != seen.get("transaction_id"):
            return None
        return integer(connector.get("energy_wh"))

    def _now(self) -> str:
        return utc(from_epoch(self._clock()))


def _add(counts: dict[str, int], name: str, more: int) -> None:
    """Add to one of some counts."""
    counts[name] = counts.get(name, 0) + more
