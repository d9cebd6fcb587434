"""
The configuration keys of a charge point: their values, types and who may read and write them.

Source: OCPP 1.6 §9, and the security extension for ``AuthorizationKey``, ``SecurityProfile`` and the like
"""

from __future__ import annotations

from shocpp.charge_point.core.metering import READERS
from shocpp.charge_point.core.statuses import ACCEPTED, REJECTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import Payload

READ_WRITE, READ_ONLY, WRITE_ONLY, REBOOT = "rw", "ro", "wo", "reboot"
BOOLEAN, INTEGER, LIST, TEXT = "boolean", "integer", "list", "text"

_LISTS = dict.fromkeys(
    ("MeterValuesAlignedData", "MeterValuesSampledData", "StopTxnAlignedData", "StopTxnSampledData"), frozenset(READERS)
)
_SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"
_PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"

# key, value, type, access
_KEYS = (
    ("AllowOfflineTxForUnknownId", "false", BOOLEAN, READ_WRITE),
    ("AuthorizationCacheEnabled", "true", BOOLEAN, READ_WRITE),
    ("AuthorizationKey", "", TEXT, WRITE_ONLY),
    ("AuthorizeRemoteTxRequests", "true", BOOLEAN, READ_WRITE),
    ("ChargeProfileMaxStackLevel", "20", INTEGER, READ_ONLY),
    ("ChargingScheduleAllowedChargingRateUnit", "Current,Power", LIST, READ_ONLY),
    ("ChargingScheduleMaxPeriods", "24", INTEGER, READ_ONLY),
    ("ClockAlignedDataInterval", "0", INTEGER, READ_WRITE),
    ("ConnectionTimeOut", "60", INTEGER, READ_WRITE),
    ("ConnectorPhaseRotation", "NotApplicable", LIST, READ_WRITE),
    ("CpoName", "", TEXT, READ_WRITE),
    ("GetConfigurationMaxKeys", "100", INTEGER, READ_ONLY),
    ("HeartbeatInterval", "300", INTEGER, READ_WRITE),
    ("LocalAuthListEnabled", "true", BOOLEAN, READ_WRITE),
    ("LocalAuthListMaxLength", "1000", INTEGER, READ_ONLY),
    ("LocalAuthorizeOffline", "true", BOOLEAN, READ_WRITE),
    ("LocalPreAuthorize", "false", BOOLEAN, READ_WRITE),
    ("MaxChargingProfilesInstalled", "20", INTEGER, READ_ONLY),
    ("MaxEnergyOnInvalidId", "0", INTEGER, READ_WRITE),
    ("MeterValueSampleInterval", "60", INTEGER, READ_WRITE),
    ("MeterValuesSampledData", _SAMPLED, LIST, READ_WRITE),
    ("MeterValuesAlignedData", "Energy.Active.Import.Register", LIST, READ_WRITE),
    ("MinimumStatusDuration", "0", INTEGER, READ_WRITE),
    ("NumberOfConnectors", "1", INTEGER, READ_ONLY),
    ("ReserveConnectorZeroSupported", "true", BOOLEAN, READ_ONLY),
    ("ResetRetries", "1", INTEGER, READ_WRITE),
    ("SecurityProfile", "0", INTEGER, REBOOT),
    ("SendLocalListMaxLength", "200", INTEGER, READ_ONLY),
    ("StopTransactionOnEVSideDisconnect", "true", BOOLEAN, READ_WRITE),
    ("StopTransactionOnInvalidId", "true", BOOLEAN, READ_WRITE),
    ("StopTxnAlignedData", "", LIST, READ_WRITE),
    ("StopTxnSampledData", "", LIST, READ_WRITE),
    ("SupportedFeatureProfiles", _PROFILES, LIST, READ_ONLY),
    ("TransactionMessageAttempts", "3", INTEGER, READ_WRITE),
    ("TransactionMessageRetryInterval", "60", INTEGER, READ_WRITE),
    ("UnlockConnectorOnEVSideDisconnect", "true", BOOLEAN, READ_WRITE),
    ("WebSocketPingInterval", "60", INTEGER, REBOOT),
)
_TYPES = {key: (kind, access) for key, _, kind, access in _KEYS}
_SPELLED = {key.lower(): key for key in _TYPES}
_DEFAULTS = {key: value for key, value, _, _ in _KEYS}
_LARGEST = (1 << 31) - 1


class ConfigurationKeys:
    """The keys and values of one charge point; what needs a reboot waits for it."""

    def __init__(self, connectors: int) -> None:
        self._values = {**_DEFAULTS, "NumberOfConnectors": str(connectors)}
        self._after_reboot: dict[str, str] = {}

    def integer(self, key: str) -> int:
        """Give a key's number."""
        return int(self._values[key])

    def boolean(self, key: str) -> bool:
        """Tell whether a key is true."""
        return self._values[key] == "true"

    def words(self, key: str) -> list[str]:
        """Give the items of a list."""
        return [word for word in self._values[key].split(",") if word]

    def change(self, key: str, value: str) -> str:
        """
        Set a key; its spelling is compared without case (CiString50Type).

        Returns:
            The status of ChangeConfiguration.conf.

        Source: OCPP 1.6 §5.3

        >>> keys = ConfigurationKeys(1)
        >>> keys.change("HeartbeatInterval", "60"), keys.change("NumberOfConnectors", "7"), keys.change("Colour", "red")
        ('Accepted', 'Rejected', 'NotSupported')
        >>> keys.change("HeartbeatInterval", "often"), keys.change("WebSocketPingInterval", "30")
        ('Rejected', 'RebootRequired')
        """
        key = _SPELLED.get(key.lower(), "")
        if not key:
            return "NotSupported"
        kind, access = _TYPES[key]
        normal = _normal(key, kind, value)
        if access == READ_ONLY or normal is None:
            return REJECTED
        if access == REBOOT:
            self._after_reboot[key] = normal
            return "RebootRequired"
        self._values[key] = normal
        return ACCEPTED

    def reboot(self) -> None:
        """Let the changes that waited for a reboot take effect."""
        self._values.update(self._after_reboot)
        self._after_reboot.clear()

    def report(self, asked: list[str]) -> Payload:
        """
        Make GetConfiguration.conf: of the keys that were asked for, of all if none was.

        Source: OCPP 1.6 §5.8
        """
        known = [_SPELLED[key.lower()] for key in asked if key.lower() in _SPELLED] if asked else list(self._values)
        unknown = [key for key in asked if key.lower() not in _SPELLED]
        return {
            "configurationKey": [self._entry(key) for key in known],
            **({"unknownKey": unknown} if unknown else {}),
        }

    def _entry(self, key: str) -> Payload:
        access = _TYPES[key][1]
        entry: Payload = {"key": key, "readonly": access == READ_ONLY}
        if access != WRITE_ONLY:
            entry["value"] = self._values[key]
        return entry


def _normal(key: str, kind: str, value: str) -> str | None:
    """Bring a value into the form in which it is kept; None if it is not of the key's type."""
    if kind == BOOLEAN:
        return value.lower() if value.lower() in ("true", "false") else None
    if kind == INTEGER:
        return value if value.isascii() and value.isdecimal() and int(value) <= _LARGEST else None
    if kind == LIST:
        words = [word.strip() for word in value.split(",") if word.strip()]
        allowed = _LISTS.get(key)
        return ",".join(words) if allowed is None or allowed.issuperset(words) else None
    return value
