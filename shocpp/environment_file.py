"""
A file of ``KEY=value`` lines, as systemd reads an ``EnvironmentFile``: comments and quotes, and nothing is expanded.

What systemd passes over or takes for something else than it looks like is refused here, with the line's number; what
is taken means the same to both. Knows no setting, and imports nothing: every command reads one when it starts.

Source: systemd.exec(5), EnvironmentFile=; systemd's parse_env_file_internal
"""

from __future__ import annotations

from shocpp.errors import ConfigError

_BLANKS = " \t\r"
_ESCAPED = '"\\`$'  # what a backslash takes the meaning of, in double quotes


def read(path: str) -> list[tuple[int, str, str]] | None:
    """
    Read a file.

    Args:
        path: The file.

    Returns:
        Of each setting the line's number, the name and the value; of a name that stands there twice the last one
        counts. None if there is no such file.

    Raises:
        ConfigError: It cannot be read, or a line is none; says which one.
    """
    try:
        with open(path, "rb") as file:
            text = file.read().decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        hint = f"no secret belongs into it, so let everybody read it: sudo chmod a+r {path}"
        raise ConfigError(f"{path} cannot be read: {error.strerror}; {hint}") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {number}: not UTF-8; save the file as UTF-8") from None
    found = []
    for number, words in enumerate(text.split("\n"), 1):
        try:
            setting = _setting(words.strip(_BLANKS))
        except ValueError as error:
            raise ConfigError(f"{path}, line {number}: {error}") from None
        if setting is not None:
            found.append((number, *setting))
    return found


def _setting(line: str) -> tuple[str, str] | None:
    """Give name and value of a line; None for a comment or an empty line. Raises ValueError for what is neither."""
    if line.endswith("\\"):
        raise ValueError("a backslash at its end; a setting stands in one line")
    if not line or line[0] in "#;":
        return None
    name, equals, value = line.partition("=")
    name = name.rstrip(_BLANKS)
    if not equals:
        raise ValueError(f"{line[:40]!r} has no '='; a setting is NAME=value")
    if not (name.isascii() and name.isidentifier()):
        raise ValueError(f"{name[:40]!r} is no name; a setting is NAME=value")
    value = value.lstrip(_BLANKS)
    if not value.replace("\t", " ").isprintable():
        raise ValueError(f"{name} has a character that cannot be seen")
    return name, _quoted(name, value) if value[:1] in ("'", '"') else _bare(name, value)


def _bare(name: str, value: str) -> str:
    """Give a value without quotes; raises ValueError where it is not clear what it is."""
    if any(mark in value for mark in "'\"\\"):
        raise ValueError(f"{name} has a quote or backslash in it; put the value into quotes of the other kind")
    if " #" in value or "\t#" in value:
        raise ValueError(f"{name} has a comment behind it; put the comment into a line of its own")
    return value


def _quoted(name: str, value: str) -> str:
    """Give what stands in quotes; raises ValueError where they do not end, or where something follows."""
    mark, kept, is_escaped = value[0], "", False
    for index, letter in enumerate(value[1:], 1):
        if is_escaped:
            kept += letter if letter in _ESCAPED else f"\\{letter}"
            is_escaped = False
        elif letter == "\\" and mark == '"':
            is_escaped = True
        elif letter != mark:
            kept += letter
        elif index < len(value) - 1:
            raise ValueError(f"{name} has something behind its quotes: {value[index + 1 :][:40]!r}")
        else:
            return kept
    raise ValueError(f"{name} begins with {mark} and does not end with it")
