"""
Figures as InfluxDB's line protocol, which VictoriaMetrics and others take, too: records, events and datums over time.

A point that comes again has the same series and time, and takes its own place. Lines of the journal have no figures.

Source: InfluxDB, "Line protocol": ``measurement,tag=value field=value time``; numbers without
``i`` are floats
"""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import urljoin

from shocpp.errors import DataError
from shocpp.feeds import posting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shocpp.feeds.documents import Fields, Row

_TAGS = ("charge_point", "account", "connector_id", "event", "sourceId", "nodeId")
_LEFT_OUT = ("_id", "unixtime", "time", "created", *_TAGS)
_LARGEST = 1e300


class Influx:
    """
    A place that points are written to.

    Args:
        url: ``https://HOST/write?db=NAME``, or ``https://HOST/api/v2/write?org=ORG&bucket=NAME``.
        credentials: ``user:password``, or a token; empty without.

    Attributes:
        where: The address, without what is behind ``?``.
    """

    def __init__(self, url: str, credentials: str = "") -> None:
        self._url = posting.checked(url, "influx+https://db.example.org/write?db=shocpp")
        self.where = url.partition("?")[0]
        self._headers = {"Content-Type": "text/plain; charset=utf-8"}
        if ":" in credentials:
            self._headers["Authorization"] = f"Basic {base64.b64encode(credentials.encode()).decode()}"
        elif credentials:
            self._headers["Authorization"] = f"Token {credentials}"

    def reach(self) -> None:
        """See that it answers; see ``documents.Sink`` and ``posting.reach``."""
        posting.reach(urljoin(self._url, "/ping"))

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """
        Write a point for each document; see ``documents.Sink`` and ``posting.send``.

        Raises:
            DataError: A document has no figures, or no time.
        """
        points = "".join(_point(collection, key, fields) for key, fields in rows)
        posting.send("POST", self._url, points.encode("utf-8", "replace"), self._headers)


def _point(measurement: str, key: str, fields: Fields) -> str:
    """
    Write a document as a point, with the id as a tag: two charges may end in one second.

    >>> _point("record", "ab", {"unixtime": 5, "charge_point": "C 1", "energy_wh": 12, "is_late": True, "why": 'a"b'})
    'record,id=ab,charge_point=C\\\\ 1 energy_wh=12.0,is_late=true,why="a\\\\"b" 5000000000\\n'
    """
    if "frame" in fields or "tags" in fields:
        raise DataError("a line of the journal has no figures: pipe the journal through shocpp-datum")
    tags = [f",{name}={_escaped(str(fields[name]))}" for name in _TAGS if fields.get(name) not in (None, "")]
    figures = ",".join(f"{_escaped(name)}={value}" for name, value in _figures(fields))
    return f"{measurement},id={_escaped(key)}{''.join(tags)} {figures or 'count=1.0'} {_time_ns(fields)}\n"


def _figures(fields: Fields) -> Iterator[tuple[str, str]]:
    """Give the fields that a point can have: numbers, truths and texts; no objects and lists."""
    for name, value in fields.items():
        if name in _LEFT_OUT:
            continue
        if isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, (int, float)) and abs(value) < _LARGEST:  # a field is of one kind for good
            yield name, repr(float(value))
        elif isinstance(value, str):
            text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
            yield name, f'"{text}"'


def _time_ns(fields: Fields) -> int:
    """Give when it was, in nanoseconds since the epoch: a record's end, an event's or a datum's time."""
    try:
        if "unixtime" in fields:
            return int(fields["unixtime"]) * 1_000_000_000
        if "created" in fields:
            said = fields["created"]
            return int(said) * 1_000_000 if isinstance(said, int) else _ns(str(said))
        return _ns(fields["time"])
    except (ValueError, TypeError, LookupError, OverflowError):
        raise DataError("a document without a time has no place in a series") from None


def _ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


def _escaped(text: str) -> str:
    """Escape the text of a tag or a name; without backslashes at its end, which would escape what follows."""
    text = text.replace("\n", " ").rstrip("\\")
    return "".join(f"\\{letter}" if letter in ", =" else letter for letter in text) or "-"
