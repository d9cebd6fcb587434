"""
SolarNetwork's datum endpoint (SolarDIN): datums are posted to it in batches, with Basic credentials.

Knows HTTP and what its answers mean; what a datum is, and which were posted already, is others' business.

Source: POST ``/api/v1/datum/endpoint/<uuid>``: 200 with the ids that were taken, 422 for what cannot be read
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from shocpp.errors import DataError, NotPermittedError, TryAgainError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_TIMEOUT_S = 30
_LONGEST_ANSWER = 300  # characters of an answer that are told


class Endpoint:
    """
    A datum endpoint.

    Args:
        url: Its address: https, or http on this machine alone, since the password would be read by anybody between.
        credentials: User and password, with a colon between.

    Raises:
        UsageError: It is no such address.
    """

    def __init__(self, url: str, credentials: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise UsageError(
                f"{url[:200]!r} is no address such as https://din.solarnetwork.net/api/v1/datum/endpoint/…"
            )
        if parts.scheme == "http" and not _is_here(parts.hostname):
            raise UsageError("the password would be read on its way: take https")
        if parts.username is not None:
            raise UsageError("user and password stand in the file of --credentials, not in the address")
        self._url = url
        self._authorization = f"Basic {base64.b64encode(credentials.encode()).decode()}"
        self._opener = urllib.request.build_opener(_NoRedirects)

    def post(self, datums: Sequence[str]) -> None:
        """
        Post datums; when this returns they were taken.

        Args:
            datums: Each as a JSON object.

        Raises:
            NotPermittedError: The credentials are not good there.
            DataError: The endpoint cannot read them, or is none: again would not help.
            TryAgainError: It is not reached, or busy, or faulty.
        """
        body = f"[{','.join(datums)}]".encode()
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310 - https, or http here
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, http.client.HTTPException) as error:
            raise TryAgainError(f"{self._url} is not reached: {getattr(error, 'reason', error)}") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing: what was posted would be gone, and the password with it."""

    def redirect_request(self, *_: object) -> None:
        """Give no other request."""
        return


def _refusal(error: urllib.error.HTTPError) -> NotPermittedError | DataError | TryAgainError:
    """Make an error of an answer other than 2xx."""
    said = " ".join(error.read(4 * _LONGEST_ANSWER).decode("utf-8", "replace").split())
    printable = "".join(letter for letter in said if letter.isprintable())[:_LONGEST_ANSWER]
    what = f"{error.url} answered {error.code}" + (f": {printable}" if printable else "")
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
