"""One message of HTTP/1.1 as a value, and the error that bytes are none."""

from __future__ import annotations

from shocpp.errors import ShocppError


class HttpError(ShocppError):
    """
    Bytes that are no message of HTTP.

    Attributes:
        status: What answers them.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class HttpMessage:
    """
    A request or a response.

    Attributes:
        method: What is wanted; empty in a response.
        target: Of whom; empty in a response.
        status: The status of a response; 0 in a request.
        is_last: The connection ends after it.
        body: What it carries.
    """

    __slots__ = ("_headers", "body", "is_last", "method", "status", "target")

    def __init__(self, method: str, target: str, status: int, minor: str, headers: list[tuple[str, str]]) -> None:
        self.method = method
        self.target = target
        self.status = status
        self._headers = headers
        self.body = b""
        said = (self.header("connection") or "").lower()
        self.is_last = "close" in said or (minor == "0" and "keep-alive" not in said)

    def headers(self, name: str) -> list[str]:
        """Give the values of all headers of a name, which is in small letters."""
        return [value for other, value in self._headers if other == name]

    def header(self, name: str) -> str | None:
        """Give a header's value; one that stands there twice counts as none."""
        values = self.headers(name)
        return values[0] if len(values) == 1 else None
