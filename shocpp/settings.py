"""
All settings: their names in the environment, their defaults, and how each is read.

Only ``cli`` and ``web`` call ``Settings.from_environ``; everybody else is handed values. The list of
variables that a listener passes on to its backends is made from the same table (``passed_on``).
"""

from __future__ import annotations

import os

from shocpp.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Reader = Callable[[str], object]


def _checkout() -> str | None:
    """Give the checkout that this package lies in: the folder above bin/; None when installed."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return above if os.path.exists(os.path.join(above, "bin", "shocpp-backend")) else None


def _home(environ: Mapping[str, str]) -> str:
    if environ.get("SHOCPP_HOME"):
        return os.path.abspath(environ["SHOCPP_HOME"])
    data = environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return _checkout() or os.path.join(data, "shocpp")


def _whole(text: str) -> int:
    """Read digits, and nothing else that Python takes for a number (1_000, ١)."""
    if not (text.isascii() and text.strip().isdigit()):
        raise ValueError("a whole number")
    return int(text)


def _seconds(text: str) -> int:
    seconds = _whole(text)
    if not 1 <= seconds <= 86_400:
        raise ValueError("a whole number of seconds from 1 to 86400")
    return seconds


def _between(least: int, most: int) -> Reader:
    def read(text: str) -> int:
        number = _whole(text)
        if not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return number

    return read


def _port(text: str) -> int:
    port = _whole(text)
    if not 1 <= port <= 65_535:
        raise ValueError("a port from 1 to 65535")
    return port


def _switch(text: str) -> bool:
    if text.lower() in ("1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off", ""):
        return False
    raise ValueError("1 or 0")


def _one_of(*words: str) -> Reader:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(" or ".join(words))
        return text.lower()

    return read


def _text(text: str) -> str:
    return text


def _path_if_any(text: str) -> str:
    return os.path.abspath(text) if text else ""


# attribute, variable, default, reader, what a good value is, what it sets (for --help and the manual)
SETTINGS: tuple[tuple[str, str, str, Reader, str, str], ...] = (
    ("tags_file", "SHOCPP_TAGSFILE", "conf/tags.json", os.path.abspath, "a path", "accounts and their id tags"),
    ("calls_file", "SHOCPP_CALLSFILE", "conf/calls.json", os.path.abspath, "a path", "canned calls for the CGI page"),
    ("prices_file", "SHOCPP_PRICESFILE", "conf/prices.json", os.path.abspath, "a path", "what a kWh costs"),
    ("accounting_dir", "SHOCPP_ACCOUNTINGDIR", "accounting", os.path.abspath, "a path", "records of finished charges"),
    ("run_dir", "SHOCPP_RUNDIR", "run", os.path.abspath, "a path", "mailbox and sightings"),
    ("address", "WS_ADDRESS", "0.0.0.0", _text, "an address", "address to listen on"),  # noqa: S104 - as ever
    ("port", "WS_PORT", "8080", _port, "a port from 1 to 65535", "port to listen on"),
    (
        "heartbeat_interval_s",
        "SHOCPP_HEARTBEAT_INTERVAL",
        "55",
        _seconds,
        "a whole number of seconds from 1 to 86400",
        "seconds between heartbeats",
    ),
    (
        "transaction_unit",
        "SHOCPP_TRANSACTION_ID",
        "kwh",
        _one_of("kwh", "wh"),
        "kwh or wh",
        "what the transaction id carries",
    ),
    (
        "validation",
        "SHOCPP_VALIDATION",
        "lenient",
        _one_of("lenient", "strict", "off"),
        "lenient, strict or off",
        "what happens to payloads against the schema",
    ),
    ("parent_id_tag", "SHOCPP_PARENT_ID_TAG", "0", _switch, "1 or 0", "send the account's name as parentIdTag"),
    (
        "charge_points_file",
        "SHOCPP_CHARGEPOINTSFILE",
        "conf/charge-points.json",
        os.path.abspath,
        "a path",
        "who may connect; without the file everybody",
    ),
    (
        "url_credentials",
        "SHOCPP_URL_CREDENTIALS",
        "0",
        _switch,
        "1 or 0",
        "accept /u/<user>/<password>/<identity> and /h/<tenant>/...",
    ),
    ("tls_certificate", "SHOCPP_TLS_CERTIFICATE", "", _path_if_any, "a path", "certificate (PEM): serve wss only"),
    ("tls_key", "SHOCPP_TLS_KEY", "", _path_if_any, "a path", "its private key, if it is not in the same file"),
    (
        "tls_client_ca",
        "SHOCPP_TLS_CLIENT_CA",
        "",
        _path_if_any,
        "a path",
        "ask for client certificates of this authority",
    ),
    (
        "message_limit",
        "SHOCPP_MESSAGE_LIMIT",
        str(1 << 20),
        _between(1024, 1 << 26),
        "a whole number from 1024 to 67108864",
        "bytes of a message",
    ),
    (
        "connection_limit",
        "SHOCPP_CONNECTION_LIMIT",
        "10000",
        _between(1, 1_000_000),
        "a whole number from 1 to 1000000",
        "charge points at the same time",
    ),
    (
        "handshake_timeout_s",
        "SHOCPP_HANDSHAKE_TIMEOUT",
        "10",
        _between(1, 300),
        "a whole number of seconds from 1 to 300",
        "seconds for a handshake",
    ),
    (
        "ping_interval_s",
        "SHOCPP_PING_INTERVAL",
        "60",
        _between(0, 86_400),
        "a whole number of seconds from 0 to 86400",
        "ping after so many silent seconds; 0 for never",
    ),
    (
        "listener",
        "SHOCPP_LISTENER",
        "auto",
        _one_of("auto", "websocketd", "embedded"),
        "auto, websocketd or embedded",
        "what accepts connections; auto: websocketd where it is installed",
    ),
    ("log_file", "SHOCPP_LOGFILE", "", _path_if_any, "a path", "log to this file instead of stderr"),
    ("journal_dir", "SHOCPP_JOURNALDIR", "", _path_if_any, "a path", "keep every frame in files below this folder"),
)

BELOW_HOME = ("tags_file", "charge_points_file", "calls_file", "prices_file", "accounting_dir", "run_dir")


class Settings:
    """The settings in force; paths are absolute."""

    home: str
    tags_file: str
    calls_file: str
    prices_file: str
    accounting_dir: str
    run_dir: str
    address: str
    port: int
    heartbeat_interval_s: int
    transaction_unit: str
    validation: str
    parent_id_tag: bool
    charge_points_file: str
    url_credentials: bool
    tls_certificate: str
    tls_key: str
    tls_client_ca: str
    message_limit: int
    connection_limit: int
    handshake_timeout_s: int
    ping_interval_s: int
    listener: str
    log_file: str
    journal_dir: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """
        Read every setting from the environment, or take its default.

        Raises:
            ConfigError: A variable's value makes no sense; names the variable and what it takes.
        """
        settings = cls()
        settings.home = _home(environ)
        for attribute, variable, default, read, takes, _ in SETTINGS:
            text = environ.get(variable) or (
                os.path.join(settings.home, default) if attribute in BELOW_HOME else default
            )
            try:
                setattr(settings, attribute, read(text))
            except ValueError:
                raise ConfigError(f"{variable} is {text[:40]!r}; it takes {takes}") from None
        return settings


def passed_on() -> tuple[str, ...]:
    """Give the names of all variables that a backend needs from its listener; ``TZ`` for local time."""
    return ("SHOCPP_HOME", *(variable for _, variable, *_ in SETTINGS), "XDG_DATA_HOME", "HOME", "TZ")
