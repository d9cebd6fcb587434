"""What the settings promise: each has a variable and a default, and a value without sense is one clear sentence."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import ConfigError
from shocpp.settings import SETTINGS, Settings, passed_on
from tests.support.backend import ROOT, RunningBackend, make_home

VARIABLES = [setting.variable for setting in SETTINGS.values()]


def read(**environ: str) -> Settings:
    return Settings.from_environ(environ)


def test_the_defaults() -> None:
    """Without any variable a checkout is its own home, and everything is as the manual says."""
    settings = read()
    assert settings.home == str(ROOT)
    assert settings.tags_file == f"{ROOT}/conf/tags.json"
    assert settings.calls_file == f"{ROOT}/conf/calls.json"
    assert settings.accounting_dir == f"{ROOT}/accounting"
    assert settings.run_dir == f"{ROOT}/run"
    assert (settings.address, settings.port) == ("0.0.0.0", 8080)
    assert (settings.heartbeat_interval_s, settings.transaction_unit) == (55, "kwh")
    assert (settings.validation, settings.parent_id_tag, settings.log_file) == ("lenient", False, "")


@pytest.mark.parametrize(
    ("attribute", "variable", "text", "value"),
    [
        ("tags_file", "SHOCPP_TAGSFILE", "/etc/tags.json", "/etc/tags.json"),
        ("calls_file", "SHOCPP_CALLSFILE", "/etc/calls.json", "/etc/calls.json"),
        ("people_file", "SHOCPP_PEOPLEFILE", "/etc/people.json", "/etc/people.json"),
        ("web_address", "SHOCPP_WEB_ADDRESS", "0.0.0.0", "0.0.0.0"),
        ("web_port", "SHOCPP_WEB_PORT", "80", 80),
        ("web_url", "SHOCPP_WEB_URL", "https://box.example", "https://box.example"),
        ("web_proxy", "SHOCPP_WEB_PROXY", "1", True),
        ("accounting_dir", "SHOCPP_ACCOUNTINGDIR", "/srv/../srv/accounting/", "/srv/accounting"),
        ("store", "SHOCPP_STORE", "postgresql://shocpp@db/shocpp", "postgresql://shocpp@db/shocpp"),
        ("run_dir", "SHOCPP_RUNDIR", "/run/shocpp", "/run/shocpp"),
        ("address", "WS_ADDRESS", "127.0.0.1", "127.0.0.1"),
        ("port", "WS_PORT", "1", 1),
        ("port", "WS_PORT", "65535", 65_535),
        ("heartbeat_interval_s", "SHOCPP_HEARTBEAT_INTERVAL", "1", 1),
        ("heartbeat_interval_s", "SHOCPP_HEARTBEAT_INTERVAL", " 86400 ", 86_400),
        ("transaction_unit", "SHOCPP_TRANSACTION_ID", "WH", "wh"),
        ("transaction_unit", "SHOCPP_TRANSACTION_ID", "kWh", "kwh"),
        ("validation", "SHOCPP_VALIDATION", "strict", "strict"),
        ("validation", "SHOCPP_VALIDATION", "Off", "off"),
        ("most_kwh", "SHOCPP_MOST_KWH", "250", 250),
        ("parent_id_tag", "SHOCPP_PARENT_ID_TAG", "1", True),
        ("parent_id_tag", "SHOCPP_PARENT_ID_TAG", "Yes", True),
        ("parent_id_tag", "SHOCPP_PARENT_ID_TAG", "off", False),
        ("language", "SHOCPP_LANG", "de_AT", "de_AT"),
        ("log_level", "SHOCPP_LOGLEVEL", "Debug", "debug"),
        ("log_file", "SHOCPP_LOGFILE", "/var/log/shocpp", "/var/log/shocpp"),
        ("journal_dir", "SHOCPP_JOURNALDIR", "/var/lib/shocpp//journal", "/var/lib/shocpp/journal"),
        ("journal_xml", "SHOCPP_JOURNAL_XML", "1", True),
        ("silent_after_s", "SHOCPP_SILENT_AFTER", "3600", 3600),
        ("prices_file", "SHOCPP_PRICESFILE", "/etc/prices.json", "/etc/prices.json"),
        ("charge_points_file", "SHOCPP_CHARGEPOINTSFILE", "/etc/charge-points.json", "/etc/charge-points.json"),
        ("charge_points_required", "SHOCPP_CHARGEPOINTS_REQUIRED", "1", True),
        ("most_forks", "SHOCPP_MAXFORKS", "40", 40),
        ("url_credentials", "SHOCPP_URL_CREDENTIALS", "1", True),
        ("origins", "SHOCPP_ORIGINS", "https://a.example, file://", "https://a.example, file://"),
        ("tls_shared_certificate", "SHOCPP_TLS_SHARED_CERTIFICATE", "1", True),
        ("tls_certificate", "SHOCPP_TLS_CERTIFICATE", "/etc/ssl/shocpp.pem", "/etc/ssl/shocpp.pem"),
        ("tls_key", "SHOCPP_TLS_KEY", "/etc/ssl/shocpp.key", "/etc/ssl/shocpp.key"),
        ("tls_client_ca", "SHOCPP_TLS_CLIENT_CA", "/etc/ssl/ca.pem", "/etc/ssl/ca.pem"),
        ("hand_over", "SHOCPP_HANDOVER", "0", False),
        ("message_limit", "SHOCPP_MESSAGE_LIMIT", "4096", 4096),
        ("connection_limit", "SHOCPP_CONNECTION_LIMIT", "50", 50),
        ("unlisted_limit", "SHOCPP_UNLISTED_LIMIT", "50", 50),
        ("handshake_timeout_s", "SHOCPP_HANDSHAKE_TIMEOUT", "5", 5),
        ("ping_interval_s", "SHOCPP_PING_INTERVAL", "0", 0),
        ("listener", "SHOCPP_LISTENER", "Embedded", "embedded"),
        ("mqtt_layout", "SHOCPP_MQTT_LAYOUT", "emqx4", "emqx4"),
        ("mqtt_credentials_file", "SHOCPP_MQTT_CREDENTIALS", "/etc/shocpp/mqtt", "/etc/shocpp/mqtt"),
        ("mqtt_ca", "SHOCPP_MQTT_CA", "/etc/ssl/ca.pem", "/etc/ssl/ca.pem"),
        ("soap_elsewhere", "SHOCPP_SOAP_ELSEWHERE", "1", True),
    ],
)
def test_each_variable_is_read(attribute: str, variable: str, text: str, value: object) -> None:
    """A variable sets its attribute and no other."""
    settings, defaults = read(**{variable: text}), read()
    assert getattr(settings, attribute) == value
    assert {name for name in vars(settings) if getattr(settings, name) != getattr(defaults, name)} <= {attribute}


def test_no_setting_is_untested() -> None:
    """Each variable of the table stands in the test above, and each attribute is declared."""
    marks = test_each_variable_is_read.pytestmark  # type: ignore[attr-defined]
    assert {case[1] for mark in marks for case in mark.args[1]} == set(VARIABLES)
    assert {*SETTINGS, "home"} == set(Settings.__annotations__)


@pytest.mark.parametrize("variable", [*VARIABLES, "SHOCPP_HOME", "XDG_DATA_HOME"])
def test_an_empty_variable_is_none(variable: str) -> None:
    """``SHOCPP_TAGSFILE=`` in a unit file means the default, as in any shell."""
    assert vars(read(**{variable: ""})) == vars(read())


@pytest.mark.parametrize(
    ("variable", "texts", "takes"),
    [
        ("WS_PORT", ["0", "65536", "-1", "x", "80.5", "8080x", "1_0", "٨٠٨٠"], "a port from 1 to 65535"),
        ("SHOCPP_HEARTBEAT_INTERVAL", ["0", "86401", "-5", "5m", "1e3", "55s", "²"], "seconds from 1 to 86400"),
        ("SHOCPP_TRANSACTION_ID", ["mwh", "0", "kwh wh"], "kwh or wh"),
        ("SHOCPP_VALIDATION", ["1", "lenient,strict", "no"], "lenient, strict or off"),
        ("SHOCPP_MOST_KWH", ["0", "100001", "1e3", "-1", "none"], "number from 1 to 100000"),
        ("SHOCPP_PARENT_ID_TAG", ["2", "maybe", "-"], "1 or 0"),
    ],
)
def test_a_value_without_sense_is_one_sentence(variable: str, texts: list[str], takes: str) -> None:
    """The message names the variable, shows what it is and says what it takes, in one short line."""
    for text in (*texts, f"{texts[0]}\n{'x' * 10_000}"):
        with pytest.raises(ConfigError) as refused:
            read(**{variable: text})
        said = str(refused.value)
        assert re.fullmatch(rf"{variable} is '.*'; it takes .*{takes}", said), said
        assert len(said) < 160 and "\n" not in said


@given(
    st.dictionaries(
        st.sampled_from([*VARIABLES, "SHOCPP_HOME", "HOME"]), st.text(st.characters(exclude_characters="\0"))
    )
)
def test_whatever_the_environment_holds(environ: dict[str, str]) -> None:
    """There are settings or one of our errors; paths are absolute."""
    try:
        settings = Settings.from_environ(environ)
    except ConfigError:
        return
    for attribute in (*(name for name, row in SETTINGS.items() if row.is_below_home), "home"):
        assert os.path.isabs(getattr(settings, attribute))
    for text in (settings.log_file, settings.journal_dir):
        assert text == "" or os.path.isabs(text)


def test_home_is_where_the_others_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """SHOCPP_HOME moves all of them below it, a relative one is taken from here, and one that is set itself stays."""
    monkeypatch.chdir(tmp_path)
    settings = read(SHOCPP_HOME="there", SHOCPP_RUNDIR="run/here")
    assert settings.home == f"{tmp_path}/there"
    assert settings.tags_file == f"{tmp_path}/there/conf/tags.json"
    assert settings.accounting_dir == f"{tmp_path}/there/accounting"
    assert settings.run_dir == f"{tmp_path}/run/here"


def test_an_installed_package_lives_with_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a checkout around it, home is the XDG data folder, or its default below the user's home."""
    monkeypatch.setattr("shocpp.locations.checkout", lambda: None)
    assert read(XDG_DATA_HOME="/data").home == "/data/shocpp"
    monkeypatch.setenv("HOME", "/home/somebody")
    assert read().home == "/home/somebody/.local/share/shocpp"


def test_all_of_them_are_passed_on() -> None:
    """What a listener hands to its backends is every variable of the table, home and the zone, and nothing twice."""
    names = passed_on()
    assert {*VARIABLES, "SHOCPP_HOME", "TZ"} <= set(names)
    assert len(names) == len(set(names))


def test_a_backend_says_it_and_ends(tmp_path: Path) -> None:
    """The real command: the sentence on stderr, status 78, nothing on stdout."""
    backend = RunningBackend(make_home(tmp_path / "home"), settings={"WS_PORT": "x"})
    assert backend.receive() == []
    assert backend.end() == 78
    assert backend.log.read_text() == "shocpp-backend: WS_PORT is 'x'; it takes a port from 1 to 65535\n"
