"""
The unit of the meter's reading in transaction ids: one for all workers of a broker, since it is not in the id.

A retained message at ``ocpp/unit`` says which one it is. With ``wh`` an id alone has all that a record needs, so it is
what workers take that begin from nothing; where charges were counted in another unit before, nobody takes it silently.
"""

from __future__ import annotations

from shocpp.errors import ConfigError

TOPIC = "ocpp/unit"
SETTING = "SHOCPP_TRANSACTION_ID"
_UNITS = ("kwh", "wh")


class SharedUnit:
    """
    Finds the unit.

    Args:
        wanted: What the setting says; empty if nobody set it.
        has_history: There are records or open charges in this worker's home.
    """

    def __init__(self, wanted: str, has_history: bool) -> None:
        self._wanted = wanted
        self._has_history = has_history
        self._said = ""

    def hear(self, message: bytes) -> None:
        """Take what the broker keeps; what is no unit says nothing."""
        text = message.decode("ascii", "replace")
        self._said = text if text in _UNITS else ""

    def decide(self) -> str:
        """
        Give the unit in force.

        Raises:
            ConfigError: The setting is another one than that of the other workers, or nobody knows which one counts.
        """
        if self._said and self._wanted and self._said != self._wanted:
            raise ConfigError(
                f"{SETTING} is {self._wanted}, and the workers of this broker have {self._said}. To change over: wait "
                f"until no charge is open, stop all workers, set {SETTING} for each, and publish an empty retained "
                f"message at {TOPIC}"
            )
        if self._said or self._wanted:
            return self._said or self._wanted
        if self._has_history:
            raise ConfigError(
                f"{SETTING} is not set, and there are records or open charges already: set it to kwh if that is how "
                f"they were made, as is the default of a listener. To change over to wh: wait until no charge is open, "
                f"stop all that serve charge points, set {SETTING}=wh for each"
            )
        return "wh"
