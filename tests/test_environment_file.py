"""The configuration file: what is taken means the same to systemd, and what is not is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp import environment_file
from shocpp.errors import ConfigError

SAMPLE = """
# settings of the wallbox at home
; another comment
WS_PORT=8081
  SHOCPP_LOGFILE = /var/log/my log\t
SHOCPP_HOME="/srv/the \\"box\\" \\$HOME \\x"
SHOCPP_ORIGINS='$a "b" \\ #c'
EMPTY=
EMPTY_TOO=""
HASH=a#b;c
WS_PORT=8082"""


def read(path: Path, data: str | bytes) -> list[tuple[int, str, str]]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    found = environment_file.read(str(path))
    assert found is not None
    return found


def test_sample(tmp_path: Path) -> None:
    """Comments and blanks are passed over, quotes taken off, nothing is expanded, and each line has its number."""
    assert read(tmp_path / "conf", SAMPLE) == [
        (4, "WS_PORT", "8081"),
        (5, "SHOCPP_LOGFILE", "/var/log/my log"),
        (6, "SHOCPP_HOME", '/srv/the "box" $HOME \\x'),
        (7, "SHOCPP_ORIGINS", '$a "b" \\ #c'),
        (8, "EMPTY", ""),
        (9, "EMPTY_TOO", ""),
        (10, "HASH", "a#b;c"),
        (11, "WS_PORT", "8082"),
    ]
    assert read(tmp_path / "conf", SAMPLE.replace("\n", "\r\n")) == read(tmp_path / "conf", SAMPLE)
    assert environment_file.read(str(tmp_path / "none")) is None
    assert environment_file.read(str(tmp_path / "conf/none")) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("WS_PORT 8081", "'WS_PORT 8081' has no '='"),
        ("export WS_PORT=8081", "'export WS_PORT' is no name"),
        ("=8081", "'' is no name"),
        ("1A=8081", "'1A' is no name"),
        ("Ä=8081", "is no name"),
        ("WS_PORT=8081 # mine", "WS_PORT has a comment behind it"),
        ("WS_PORT=8081\t#mine", "WS_PORT has a comment behind it"),
        ("A=it's", "A has a quote or backslash in it"),
        ("A=a\\ b", "A has a quote or backslash in it"),
        ("A='it", "A begins with ' and does not end with it"),
        ('A="it\\"', 'A begins with " and does not end with it'),
        ("A='", "A begins with ' and does not end with it"),
        ("A='a' 'b'", "A has something behind its quotes"),
        ("A='a'b", "A has something behind its quotes"),
        ("A=a\\", "a backslash at its end"),
        ("# a\\", "a backslash at its end"),
        ("A=a\x1bb", "A has a character that cannot be seen"),
        (b"A=\xff", "not UTF-8"),
        (b"\xef\xbb\xbfA=1", "is no name"),
    ],
)
def test_a_wrong_line(tmp_path: Path, line: str | bytes, said: str) -> None:
    """What is no setting, or what systemd takes for something else than it looks like, is named with its line."""
    data = b"WS_PORT=8080\n\n" + (line if isinstance(line, bytes) else line.encode()) + b"\nA=1\n"
    with pytest.raises(ConfigError) as refused:
        read(tmp_path / "conf", data)
    assert str(refused.value).startswith(f"{tmp_path}/conf, line 3: ")
    assert said in str(refused.value)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A folder in the place of the file is an error, not a file that is not there."""
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        environment_file.read(str(tmp_path))


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not ours to read is not passed over, and what helps is said."""

    def denied(*_: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(ConfigError, match=f"Permission denied; .*: sudo chmod a\\+r {tmp_path}/conf"):
        environment_file.read(f"{tmp_path}/conf")


def as_systemd(text: str) -> dict[str, str]:  # noqa: PLR0912 - as many as systemd has
    """Read a text the way of systemd's parse_env_file_internal (src/basic/env-file.c), state by state."""
    state, key, value, found = "before key", "", "", {}
    for letter in f"{text}\n":
        if state == "before key":
            if letter in "#;":
                state = "comment"
            elif letter not in " \t\n\r":
                state, key, value = "key", letter, ""
        elif state == "key":
            if letter in "\n\r":
                state = "before key"
            elif letter == "=":
                state = "before value"
            else:
                key += letter
        elif state in ("before value", "value") and letter in "\n\r":
            found[key.rstrip(" \t")] = value.rstrip(" \t") if state == "value" else value
            state = "before key"
        elif state in ("before value", "value") and letter == "\\":
            state = "escape"
        elif state == "before value":
            if letter in "'\"":
                state = letter
            elif letter not in " \t":
                state, value = "value", value + letter
        elif state == "value":
            value += letter
        elif state == "escape":
            state, value = "value", value if letter in "\n\r" else value + letter
        elif state in ("'", '"'):
            if letter == state:
                state = "before value"
            elif letter == "\\" and state == '"':
                state = "escape in quotes"
            else:
                value += letter
        elif state == "escape in quotes":
            state, value = '"', value + (letter if letter in '"\\`$' else f"\\{letter}" if letter != "\n" else "")
        elif letter == "\\":
            state = "escape in comment"
        elif state == "escape in comment":
            state = "comment"
        elif letter in "\n\r":
            state = "before key"
    return found


LINES = st.lists(st.text(st.sampled_from("AB_= \t#;'\"\\$`x/\r"), max_size=12), max_size=4).map("\n".join)


@given(text=st.one_of(LINES, LINES.map("A=".__add__), st.just(SAMPLE)))
def test_systemd_reads_the_same(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever is taken at all is to systemd what it is to us, so that the unit and the commands agree."""
    path = tmp_path_factory.getbasetemp() / "shocpp.conf"
    try:
        found = read(path, text)
    except ConfigError:
        return
    assert {name: value for _, name, value in found} == as_systemd(text)
