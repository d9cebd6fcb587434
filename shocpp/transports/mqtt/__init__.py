"""Charge points over a message broker: what a gateway put on topics is answered on others. Needs the extra ``mqtt``."""

from __future__ import annotations

import shlex

from shocpp.errors import UnavailableError
from shocpp.installation import installing

try:
    import paho.mqtt  # noqa: F401 - whether it is there is said here, before any module has need of it
except ImportError:
    _how = installing(shlex.quote("paho-mqtt>=2.1,<3"))
    raise UnavailableError(f"a message broker needs paho-mqtt, which is not installed: {_how}") from None
