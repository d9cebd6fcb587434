"""
All settings: a row each, with its name in the environment, its default, how it is read and what it sets.

Only ``cli`` and ``web`` call ``Settings.from_environ``; everybody else is handed values. The variables that a listener
passes on to its backends are those of the same rows (``passed_on``), and ``docs/settings.md`` is held against them.
What a configuration file may say of them is judged here; it is read elsewhere.
"""

from __future__ import annotations

import os

from shocpp.errors import ConfigError
from shocpp.locations import CONF, HOME, home_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# of a listener for its backends, nobody's to set
LOG_DESCRIPTOR, HAND_OVER_DESCRIPTOR = "SHOCPP_LOG_DESCRIPTOR", "SHOCPP_HANDOVER_DESCRIPTOR"
_OF_LISTENERS = (LOG_DESCRIPTOR, HAND_OVER_DESCRIPTOR)


class Setting:
    """
    A setting as one row of the table.

    Args:
        variable: Its name in the environment.
        default: Its value without that, as it would be written there.
        read: Makes a value of the text; raises ValueError for what makes no sense.
        takes: What a good value is, in words.
        sets: What it sets, in words, as a manual says it in short.
        is_path: It is a path; where it has a default, that is one below SHOCPP_HOME.
    """

    __slots__ = ("default", "is_path", "read", "sets", "takes", "variable")

    def __init__(
        self,
        variable: str,
        default: str,
        read: Callable[[str], object],
        takes: str,
        sets: str,
        is_path: bool = False,
    ) -> None:
        self.variable = variable
        self.default = default
        self.read = read
        self.takes = takes
        self.sets = sets
        self.is_path = is_path

    @property
    def is_below_home(self) -> bool:
        """Whether the default is a path below SHOCPP_HOME."""
        return self.is_path and bool(self.default)

    def value_in(self, environ: Mapping[str, str], home: str) -> object:
        """
        Read the setting from an environment; an empty variable is the same as none.

        Raises:
            ConfigError: The value makes no sense; names the variable and what it takes.
        """
        default = os.path.join(home, self.default) if self.is_below_home else self.default
        text = environ.get(self.variable) or default
        try:
            return self.read(text)
        except ValueError:
            raise ConfigError(f"{self.variable} is {text[:40]!r}; it takes {self.takes}") from None


# --- the kinds of settings; what they give stands for the value that it will be, so that mypy takes it for Any


def _path(variable: str, default: str, sets: str) -> Any:
    """Describe a path, by default one below home; without a default there may be none."""
    if default:
        return Setting(variable, default, os.path.abspath, "a path", sets, is_path=True)
    return Setting(variable, "", lambda text: os.path.abspath(text) if text else "", "a path", sets, is_path=True)


def _text(variable: str, default: str, takes: str, sets: str) -> Any:
    """Describe a text, which is taken as it is."""
    return Setting(variable, default, str, takes, sets)


def _store(variable: str, sets: str) -> Any:
    """Describe the address of a store; of one that makes no sense nothing is shown, it may have a password."""

    def read(text: str) -> str:
        from shocpp.store_address import accounting  # most have none

        return accounting(text)

    return Setting(variable, "", lambda text: text and read(text), "an address", sets)


def _whole(variable: str, default: int, least: int, most: int, sets: str, what: str = "a whole number") -> Any:
    """Describe a whole number from the least to the most."""

    def read(text: str) -> int:
        # digits, and nothing else that Python takes for a number (1_000, ١)
        if not (text.isascii() and text.strip().isdigit()) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return Setting(variable, str(default), read, f"{what} from {least} to {most}", sets)


def _seconds(variable: str, default: int, least: int, most: int, sets: str) -> Any:
    """Describe a time in seconds."""
    return _whole(variable, default, least, most, sets, "a whole number of seconds")


def _switch(variable: str, sets: str, default: str = "0") -> Any:
    """Describe what is off or on."""

    def read(text: str) -> bool:
        if text.lower() in ("1", "yes", "true", "on"):
            return True
        if text.lower() in ("0", "no", "false", "off"):
            return False
        raise ValueError

    return Setting(variable, default, read, "1 or 0", sets)


def _choice(variable: str, words: tuple[str, ...], sets: str) -> Any:
    """Describe a choice among words, whatever their case; the first one is the default."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return Setting(variable, words[0], read, f"{', '.join(words[:-1])} or {words[-1]}", sets)


class Settings:
    """The settings in force; paths are absolute."""

    home: str
    tags_file: str = _path("SHOCPP_TAGSFILE", "conf/tags.json", "accounts and their id tags")
    calls_file: str = _path("SHOCPP_CALLSFILE", "conf/calls.json", "canned calls for the CGI page")
    people_file: str = _path("SHOCPP_PEOPLEFILE", "conf/people.json", "who has a link to the page")
    prices_file: str = _path("SHOCPP_PRICESFILE", "conf/prices.json", "what a kWh costs")
    accounting_dir: str = _path("SHOCPP_ACCOUNTINGDIR", "accounting", "records of finished charges")
    store: str = _store("SHOCPP_STORE", "keep records and open charges in PostgreSQL: postgresql://USER@HOST/DATABASE")
    run_dir: str = _path("SHOCPP_RUNDIR", "run", "mailbox and sightings")
    address: str = _text("WS_ADDRESS", "0.0.0.0", "an address", "address to listen on")  # noqa: S104 - as ever
    port: int = _whole("WS_PORT", 8080, 1, 65_535, "port to listen on", "a port")
    heartbeat_interval_s: int = _seconds("SHOCPP_HEARTBEAT_INTERVAL", 55, 1, 86_400, "seconds between heartbeats")
    transaction_unit: str = _choice("SHOCPP_TRANSACTION_ID", ("kwh", "wh"), "what the transaction id carries")
    validation: str = _choice(
        "SHOCPP_VALIDATION", ("lenient", "strict", "off"), "what happens to payloads against the schema"
    )
    most_kwh: int = _whole("SHOCPP_MOST_KWH", 1000, 1, 100_000, "kWh of a charge; more is an anomaly")
    parent_id_tag: bool = _switch("SHOCPP_PARENT_ID_TAG", "send the account's name as parentIdTag")
    charge_points_file: str = _path(
        "SHOCPP_CHARGEPOINTSFILE", "conf/charge-points.json", "who may connect; without the file everybody"
    )
    charge_points_required: bool = _switch(
        "SHOCPP_CHARGEPOINTS_REQUIRED", "without that file nobody may connect; so once a listener has seen it"
    )
    url_credentials: bool = _switch(
        "SHOCPP_URL_CREDENTIALS", "accept credentials and tenant in the path, as in /u/<user>/<password>/<identity>"
    )
    origins: str = _text("SHOCPP_ORIGINS", "", "a list", "web pages that may connect; * for any")
    tls_certificate: str = _path("SHOCPP_TLS_CERTIFICATE", "", "certificate (PEM): serve wss only")
    tls_key: str = _path("SHOCPP_TLS_KEY", "", "its private key, if it is not in the same file")
    tls_client_ca: str = _path("SHOCPP_TLS_CLIENT_CA", "", "ask for client certificates of this authority")
    tls_shared_certificate: bool = _switch(
        "SHOCPP_TLS_SHARED_CERTIFICATE", "all charge points show one certificate: its names are not looked at"
    )
    most_forks: int = _whole(
        "SHOCPP_MAXFORKS", 0, 0, 100_000, "connections under websocketd; 0: 256, or four times the list if that is more"
    )
    hand_over: bool = _switch("SHOCPP_HANDOVER", "under websocketd one process serves all connections", "1")
    message_limit: int = _whole("SHOCPP_MESSAGE_LIMIT", 1 << 20, 1024, 1 << 26, "bytes of a message")
    connection_limit: int = _whole("SHOCPP_CONNECTION_LIMIT", 20_000, 1, 1_000_000, "charge points at the same time")
    unlisted_limit: int = _whole(
        "SHOCPP_UNLISTED_LIMIT", 1000, 1, 1_000_000, "charge points remembered below run/ that nobody listed"
    )
    handshake_timeout_s: int = _seconds("SHOCPP_HANDSHAKE_TIMEOUT", 10, 1, 300, "seconds for a handshake")
    ping_interval_s: int = _seconds(
        "SHOCPP_PING_INTERVAL", 60, 0, 86_400, "ping after so many silent seconds; 0 for never"
    )
    listener: str = _choice(
        "SHOCPP_LISTENER",
        ("auto", "websocketd", "embedded"),
        "what accepts connections; auto: websocketd where it is installed",
    )
    language: str = _text(
        "SHOCPP_LANG", "", "a language", "of statements: German for de, English for all else; the locale's without it"
    )
    mqtt_layout: str = _text(
        "SHOCPP_MQTT_LAYOUT", "emqx5", "a layout", "topics on a broker: emqx5, emqx4, or templates of your own"
    )
    mqtt_credentials_file: str = _path(
        "SHOCPP_MQTT_CREDENTIALS", "", "a file with user:password, which is shown to a broker"
    )
    mqtt_ca: str = _path("SHOCPP_MQTT_CA", "", "trust certificates of this authority (PEM) for mqtts://")
    web_address: str = _text("SHOCPP_WEB_ADDRESS", "127.0.0.1", "an address", "address of the page")
    web_port: int = _whole("SHOCPP_WEB_PORT", 8082, 1, 65_535, "port of the page", "a port")
    web_url: str = _text(
        "SHOCPP_WEB_URL", "", "an address", "how the page's links begin, such as https://wallbox.example"
    )
    web_proxy: bool = _switch(
        "SHOCPP_WEB_PROXY", "the page is behind a proxy on this machine: take its word for who asks, and how"
    )
    soap_elsewhere: bool = _switch(
        "SHOCPP_SOAP_ELSEWHERE", "over SOAP, send commands to any host that a charge point names as its own"
    )
    log_file: str = _path("SHOCPP_LOGFILE", "", "log to this file instead of stderr")
    log_level: str = _choice(
        "SHOCPP_LOGLEVEL", ("info", "debug", "warning", "error"), "the least that is logged; debug: each message"
    )
    journal_dir: str = _path("SHOCPP_JOURNALDIR", "", "keep every frame in files below this folder")
    journal_xml: bool = _switch("SHOCPP_JOURNAL_XML", "keep what passes over SOAP in the journal as XML, too")
    silent_after_s: int = _seconds(
        "SHOCPP_SILENT_AFTER", 900, 0, 2_592_000, "tell of a charge point of which nothing comes so long; 0 for never"
    )

    @property
    def accounting(self) -> str:
        """Where records are kept: the address of a store, else a folder."""
        return self.store or self.accounting_dir

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """
        Read every setting from the environment, or take its default.

        Raises:
            ConfigError: A variable's value makes no sense; names the variable and what it takes.
        """
        settings = cls()
        settings.home = home_of(environ)
        for attribute, setting in SETTINGS.items():
            setattr(settings, attribute, setting.value_in(environ, settings.home))
        return settings


SETTINGS: dict[str, Setting] = {name: row for name, row in vars(Settings).items() if isinstance(row, Setting)}
_ROWS = {row.variable: row for row in SETTINGS.values()}


def passed_on() -> tuple[str, ...]:
    """Give the names of all variables that a backend needs from its listener; ``TZ`` for local time."""
    return (HOME, CONF, *_OF_LISTENERS, *_ROWS, "XDG_DATA_HOME", "HOME", "TZ", "PGPASSFILE")


def check(name: str, text: str) -> None:
    """
    Judge what a configuration file sets; a name that is none of ours may have any value.

    Raises:
        ConfigError: The value makes no sense, or is a path that depends on the folder in which a command is called; or
            the name has no place in a file.
    """
    if name in (CONF, *_OF_LISTENERS):
        raise ConfigError(f"{name} has no place in this file")
    row = _ROWS.get(name)
    if (name == HOME or (row is not None and row.is_path)) and text and not text.startswith("/"):
        raise ConfigError(f"{name} is {text[:40]!r}; in this file it takes a path that begins with /")
    if row is not None:
        row.value_in({name: text}, "/")
