"""
The address of a store: which ones there are, and that none of them has a password in it.

An address is shown in lists of processes, in logs and by shocpp-check; a password has a file of its own.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from shocpp.errors import ConfigError

POSTGRESQL = ("postgresql", "postgres")


def checked(text: str, name: str) -> str:
    """
    Check an address.

    Args:
        text: The address.
        name: What says it: a setting, or an argument.

    Raises:
        ConfigError: It is none, or has a password; what it says is not told then.

    >>> checked("postgresql://shocpp@db.example.org/shocpp?sslmode=verify-full", "SHOCPP_STORE")
    'postgresql://shocpp@db.example.org/shocpp?sslmode=verify-full'
    """
    try:
        parts = urlsplit(text)
        asked = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
        has_password = ":" in parts.netloc.rpartition("@")[0] or bool(asked & {"password", "sslpassword"})
    except ValueError:
        raise ConfigError(f"{name} is no address such as postgresql://shocpp@db.example.org/shocpp") from None
    if has_password:
        raise ConfigError(f"{name} has a password, which lists of processes would show; put it into ~/.pgpass instead")
    return text


def accounting(text: str) -> str:
    """
    Check the address of a store that can keep accounting.

    Raises:
        ConfigError: It is none, or has a password.
    """
    if urlsplit(checked(text, "SHOCPP_STORE")).scheme not in POSTGRESQL:
        raise ConfigError("SHOCPP_STORE takes an address such as postgresql://shocpp@db.example.org/shocpp")
    return text


def shown(text: str) -> str:
    """
    Give how an address is told to people: without a user and what else is asked of it. A path stays as it is.

    >>> shown("postgresql://shocpp@db.example.org:5433/shocpp?sslmode=require")
    'postgresql://db.example.org:5433/shocpp'
    """
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return f"{parts.scheme}://{unquote(parts.netloc.rpartition('@')[2])}{parts.path}"
