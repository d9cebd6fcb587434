"""
SolarNetwork's datum endpoint (SolarDIN): datums are posted to it in batches, with Basic credentials.

What a datum is, and which were posted already, is others' business.

Source: POST ``/api/v1/datum/endpoint/<uuid>``: 200 with the ids that were taken, 422 for what cannot be read
"""

from __future__ import annotations

import base64

from shocpp.feeds import posting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Endpoint:
    """
    A datum endpoint.

    Args:
        url: Its address: https, or http on this machine alone.
        credentials: User and password, with a colon between.

    Raises:
        UsageError: It is no such address.
    """

    def __init__(self, url: str, credentials: str) -> None:
        self._url = posting.checked(url, "https://din.solarnetwork.net/api/v1/datum/endpoint/…")
        authorization = f"Basic {base64.b64encode(credentials.encode()).decode()}"
        self._headers = {"Authorization": authorization, "Content-Type": "application/json"}

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
        posting.send("POST", self._url, f"[{','.join(datums)}]".encode(), self._headers)
