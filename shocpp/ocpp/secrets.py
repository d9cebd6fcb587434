"""
Keys and passwords in a frame, hidden before the frame is written where others may read it.

Knows by what names secrets go and where they stand, in any version: in a member or a configuration key such as
AuthorizationKey and its vendor-specific relatives (OCPP-J 1.6 §6.2.2, OCPP 1.6 §5.3 and §5.8), and before the ``@`` of
an address (GetDiagnostics, UpdateFirmware, GetLog). In doubt it hides too much. Knows no action and no files.
"""

from __future__ import annotations

import json
import re

MASK = "***"

_NAME = re.compile(r"authorizationkey|authkey|passw|passphrase|psk$|secret|credential|token$|apikey|pin$|puk$", re.I)
_MENTION = re.compile(r"authorizationkey|authkey|passw|passphrase|secret|credential|apikey", re.I)
# the least that a text has in which ``masked_frame`` hides anything: a part of a name, or of the first of the patterns
_SIGNS = [
    "authkey",
    "authorizationkey",
    "passw",
    "passphrase",
    'psk"',
    "secret",
    "credential",
    "token",
    "apikey",
    'pin"',
    'puk"',
    "://",
]
# each of these is bounded, so that a long text takes a time that grows with its length and no faster
_USER_INFO = re.compile(r"(?<=://)(?:[^\s/?#\"]{0,256}@|[^\s\"/@:]{0,128}:[^\s\"]{0,256}@)")
_QUERY = re.compile(
    r"([?&;][^=&#\s\"?;]{0,64}?(?:passw|secret|token|sig|key|auth|cred)[^=&#\s\"]{0,64}=)[^&#\s\"]*", re.I
)
_ASSIGNED = re.compile(
    r"((?:authorizationkey|passw\w{0,32}|secret\w{0,32}|token|apikey)\"?\s{0,8}[=:]\s{0,8})[^\s,;&}]+", re.I
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder(parse_constant=lambda _: None).decode


def keys_in(value: object) -> Iterator[str]:
    """
    Give the texts that are secrets by their names, such as the value of an AuthorizationKey.

    >>> list(keys_in({"key": "AuthorizationKey", "value": "0a0b"}))
    ['0a0b']
    """
    if isinstance(value, dict):
        hidden = hidden_names(value)
        for name, each in value.items():
            if name in hidden and isinstance(each, str):
                yield each
            else:
                yield from keys_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys_in(each)
    elif isinstance(value, str) and value[:1] in ("{", "["):
        try:
            yield from keys_in(json.loads(value))
        except (ValueError, RecursionError):
            pass


def masked_frame(frame: str, hide_more: Callable[[object], object] | None = None) -> str | None:
    """
    Hide the secrets in a frame; one without any is returned as it came.

    Args:
        frame: JSON.
        hide_more: Hides what is secret for another reason than its name, such as ``SentKeys.hide_in``.

    Returns:
        JSON; None for what is not JSON.

    >>> masked_frame('[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"0a0b"}]')
    '[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]'
    >>> masked_frame('[2, "7", "GetDiagnostics", {"location": "ftp://joe:pw@example.org/up"}]')
    '[2,"7","GetDiagnostics",{"location":"ftp://***@example.org/up"}]'
    """
    try:
        value = _decode(frame)
        hidden = _hide(value)
        if hide_more is not None:
            hidden = hide_more(hidden)
        if hidden == value and "NaN" not in frame and "Infinity" not in frame:
            return frame
        return _encode(hidden)
    except (ValueError, RecursionError):
        return None


def may_hold_secrets(frame: str) -> bool:
    r"""
    Tell whether a frame may hold what ``masked_frame`` hides: fast, and in doubt it may.

    A letter that is written as its code may be any, and a text within a text has its quotes escaped.

    >>> may_hold_secrets('[2,"7","DataTransfer",{"data":"[5]"}]'), may_hold_secrets('[2,"7","Wave",{"PIN":"1"}]')
    (False, True)
    """
    if "\\" in frame:
        return True
    folded = frame.casefold()
    return any(sign in folded for sign in _SIGNS)


def masked_text(text: str) -> str:
    """
    Hide the secrets in a text that is no frame; a text that mentions one is hidden whole.

    >>> masked_text('[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","val')
    '*** (59 characters that mention a secret)'
    """
    if _MENTION.search(text):
        return f"{MASK} ({len(text)} characters that mention a secret)"
    return _hide_in_address(text)


def _hide(value: object) -> object:
    if isinstance(value, dict):
        return _hide_in_object(value)
    if isinstance(value, list):
        return [_hide(each) for each in value]
    return hide_in_text(value) if isinstance(value, str) else value


def _hide_in_object(value: dict[str, object]) -> dict[str, object]:
    hidden = hidden_names(value)
    return {name: MASK if name in hidden else _hide(each) for name, each in value.items()}


def hidden_names(value: Mapping[str, object]) -> set[str]:
    """Give the members that bear a secret's name, and the value of a configuration key that does."""
    key = next((each for name, each in value.items() if name.lower() == "key" and isinstance(each, str)), "")
    is_secret = bool(_NAME.search(key))
    return {
        name
        for name, each in value.items()
        if each not in (None, "") and not _is_flag(each) and (_NAME.search(name) or (is_secret and _is_value(name)))
    }


def _is_value(name: str) -> bool:
    return name.lower() == "value"


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def hide_in_text(text: str) -> str:
    """Hide the secrets in a text of a message: in JSON that it holds, before the @ of an address, behind a name."""
    if text[:1] in "{[" and text:
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            hidden = _hide(inner)
            return text if hidden == inner else _encode(hidden)
    return _ASSIGNED.sub(rf"\g<1>{MASK}", _hide_in_address(text))


def _hide_in_address(text: str) -> str:
    if "://" not in text:
        return text
    return _QUERY.sub(rf"\g<1>{MASK}", _USER_INFO.sub(f"{MASK}@", text))
