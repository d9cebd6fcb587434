"""Charge points over a message broker: what a gateway put on topics is answered on others. Needs the extra ``mqtt``."""

from __future__ import annotations

from shocpp.errors import UnavailableError
from shocpp.installation import lacking

try:
    import paho.mqtt  # noqa: F401 - whether it is there is said here, before any module has need of it
except ImportError:
    raise UnavailableError(lacking("a message broker", "paho-mqtt", "mqtt")) from None
