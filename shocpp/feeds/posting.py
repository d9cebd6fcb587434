"""
HTTP as sinks need it: a body goes out, and what is answered is either well, or says whether to try again.

Follows no redirect, and sends nothing secret over an open line.
"""

from __future__ import annotations

import http.client
import ipaddress
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from shocpp.errors import DataError, NotPermittedError, TryAgainError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 30
_LONGEST_ANSWER = 300  # characters of an answer that are told


def checked(url: str, example: str) -> str:
    """
    Check an address: https, or http on this machine alone, since what is secret would be read by anybody between.

    Args:
        url: The address.
        example: One such as it should be.

    Raises:
        UsageError: It is no such address; a user in it is not told.
    """
    parts = urlsplit(url)
    if parts.username is not None:
        raise UsageError("user and password stand in the file of --credentials, not in the address")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(f"{url[:200]!r} is no address such as {example}")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise UsageError("the password would be read on its way: take https")
    return url


def reach(url: str) -> None:
    """
    See that somebody answers, whatever that is: nothing is stored, and nothing secret sent.

    Raises:
        TryAgainError: Nobody does, or they are busy, or faulty.
    """
    try:
        send("GET", url, None, {})
    except (NotPermittedError, DataError):
        pass  # where nothing is read, what is read may be refused


def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> None:
    """
    Send a body, or a request without one; when this returns it was taken.

    Raises:
        NotPermittedError: The credentials are not good there.
        DataError: It cannot be read there, or there is nothing that reads it: again would not help.
        TryAgainError: Nobody is reached, or they are busy, or faulty.
    """
    request = urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310 - https, or http here
    where = url.partition("?")[0]
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_TIMEOUT_S) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(where, error) from None
    except (OSError, http.client.HTTPException) as error:
        raise TryAgainError(f"{where} is not reached: {getattr(error, 'reason', error)}") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing: what was posted would be gone, and the password with it."""

    def redirect_request(self, *_: object) -> None:
        """Give no other request."""
        return


def _refusal(where: str, error: urllib.error.HTTPError) -> NotPermittedError | DataError | TryAgainError:
    """Make an error of an answer other than 2xx."""
    said = " ".join(error.read(4 * _LONGEST_ANSWER).decode("utf-8", "replace").split())
    printable = "".join(letter for letter in said if letter.isprintable())[:_LONGEST_ANSWER]
    what = f"{where} answered {error.code}" + (f": {printable}" if printable else "")
    if error.code in (401, 403):
        return NotPermittedError(f"{what}; see to the file of --credentials")
    if error.code in (408, 425, 429) or error.code >= 500:
        return TryAgainError(what)
    return DataError(what)


def _is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
