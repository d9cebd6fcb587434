"""Where a broker is and how we show who we are: read from a URL and from files, before anybody connects."""

from __future__ import annotations

from urllib.parse import urlsplit

from shocpp.errors import ConfigError, MissingError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from shocpp.settings import Settings

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_EXAMPLE = "for example mqtt://localhost:1883 or mqtts://broker.example:8883"


class BrokerAddress:
    """
    A broker's address, and what it takes to connect there.

    Args:
        url: ``mqtt://HOST:PORT`` or ``mqtts://HOST:PORT``; without a port that which is usual.
        settings: The settings in force: user and password, and whom to trust.

    Attributes:
        host: A name or an address.
        port: The port.
        user: A user's name; empty without one.
        password: The password.
        context: Whom to trust in TLS; None without.

    Raises:
        UsageError: The URL is none.
        ConfigError: A file that the settings name makes no sense.
        MissingError: One of them is not there.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        self.host, self.port, is_encrypted = _parts_of(url)
        self.user, self.password = _credentials(settings.mqtt_credentials_file)
        self.context = _context(settings.mqtt_ca) if is_encrypted else None
        if settings.mqtt_ca and not is_encrypted:
            raise ConfigError("SHOCPP_MQTT_CA means nothing for mqtt://; mqtts:// is encrypted")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.context else 'mqtt'}://{host}:{self.port}"


def _parts_of(url: str) -> tuple[str, int, bool]:
    """Give host, port, and whether it is encrypted."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"{url[:80]!r} is no address of a broker; {_EXAMPLE}") from None
    if parts.username is not None:
        raise UsageError("no user and password in the URL, where ps shows them: SHOCPP_MQTT_CREDENTIALS names a file")
    if parts.scheme not in _PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UsageError(f"{url[:80]!r} is no address of a broker; {_EXAMPLE}")
    return host, port or _PORTS[parts.scheme], parts.scheme == "mqtts"


def _credentials(path: str) -> tuple[str, str]:
    """Read a file with ``user:password``; both empty where none is named."""
    if not path:
        return "", ""
    try:
        with open(path, encoding="utf-8") as file:
            user, colon, password = file.readline().rstrip("\r\n").partition(":")
    except FileNotFoundError:
        raise MissingError(f"{path}, which SHOCPP_MQTT_CREDENTIALS names, is not there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or 'is no UTF-8'}") from None
    if not user or not colon:
        raise ConfigError(f"{path}: its first line is not user:password")
    return user, password


def _context(authority: str) -> ssl.SSLContext:
    """Trust an authority, or those of the system."""
    import ssl

    try:
        return ssl.create_default_context(cafile=authority or None)
    except FileNotFoundError:
        raise MissingError(f"{authority}, which SHOCPP_MQTT_CA names, is not there") from None
    except OSError as error:  # SSLError is one
        raise ConfigError(f"{authority}: {error.strerror or error}") from None
