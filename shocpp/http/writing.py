"""Messages of HTTP/1.1 as they are sent."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    413: "Content Too Large", 415: "Unsupported Media Type", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def request(target: str, host: str, content_type: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """
    Write a POST after which the connection may go on.

    Args:
        target: The path, with what follows it.
        host: Whom it is for.
        content_type: What the body is.
        body: What it carries.
        headers: What else it says.
    """
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    carried = f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return f"POST {target} HTTP/1.1\r\nHost: {host}\r\n{carried}{more}\r\n".encode("latin-1", "replace") + body


def response(status: int, content_type: str, body: bytes, headers: Mapping[str, str], is_last: bool) -> bytes:
    """
    Write a response.

    Args:
        status: How it ended.
        content_type: What the body is.
        body: What it carries.
        headers: What else it says.
        is_last: The connection ends with it.
    """
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if is_last:
        more += "Connection: close\r\n"
    reason = _REASONS.get(status, "Other")
    return (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    ).encode("latin-1", "replace") + body
