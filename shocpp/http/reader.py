"""
Bytes to messages of HTTP/1.1, in whatever pieces they come.

A body's length is what Content-Length says, or it comes in chunks; a message that says both, or says one of them twice,
is refused, since who reads it otherwise would take what follows for another message.

It is no library's: h11 takes a length that is said twice or beside chunks, refuses the blank line that old clients send
behind a body and a request without Host, and costs seven times the CPU, as much again as all else of an envelope.

Source: RFC 9112 §2 to §7
"""

from __future__ import annotations

import re

from shocpp.http.message import HttpError, HttpMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_HEAD = 16_384  # bytes
_LONGEST_SIZE_LINE = 100  # bytes of the line before a chunk
_END = b"\r\n\r\n"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REQUEST = re.compile(r"([A-Z]{1,20}) (\S{1,8000}) HTTP/1\.([01])")
_RESPONSE = re.compile(r"HTTP/1\.([01]) ([0-9]{3})(?: .*)?")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_WITHOUT_BODY = (204, 304)


class HttpReader:
    """
    Reads one side of a connection.

    Args:
        limit: How many bytes a body may have.
        is_client: What is read are responses.

    Attributes:
        is_awaiting_go_ahead: A request has begun whose sender waits for ``writing.CONTINUE`` before its body.
    """

    def __init__(self, limit: int, is_client: bool = False) -> None:
        self._limit = limit
        self._is_client = is_client
        self._data = bytearray()
        self._head_size = 0  # of the message that has begun
        self._chunked = bytearray()  # what has come of its body, if that comes in chunks
        self._message: HttpMessage | None = None
        self._reading: Iterator[None] | None = None
        self.is_awaiting_go_ahead = False

    @property
    def has_begun(self) -> bool:
        """Tell whether a message has begun and not ended."""
        return self._message is not None or bool(self._data)

    @property
    def held(self) -> int:
        """Count the bytes that are held of a message that has begun, and of what follows."""
        return self._head_size + len(self._chunked) + len(self._data)

    def receive(self, data: bytes | memoryview) -> list[HttpMessage]:
        """
        Take bytes; give the messages that are whole with them.

        Raises:
            HttpError: They are none; nothing more may be taken.
        """
        self.add(data)
        messages = []
        while (message := self.take()) is not None:
            messages.append(message)
        return messages

    def add(self, data: bytes | memoryview) -> None:
        """Take bytes, to be looked at by ``take``."""
        self._data += data

    def take(self) -> HttpMessage | None:
        """
        Give the next message; None while more is needed.

        Raises:
            HttpError: What comes next is none; nothing more may be taken.
        """
        if self._message is None:
            self._message = self._begin()
            if self._message is None:
                return None
            self._reading = self._body(self._message)
        assert self._reading is not None  # noqa: S101 - it has begun with the message
        for _ in self._reading:
            return None
        message, self._message, self._reading = self._message, None, None
        self._head_size = 0
        self.is_awaiting_go_ahead = False
        return message

    def finish(self) -> HttpMessage | None:
        """
        End: no more bytes will come. Give a response that has no other end.

        Raises:
            HttpError: A message has begun that lacks its end.
        """
        message = self._message
        if message is not None and self._is_client and _length_of(message) is None and not _is_chunked(message):
            message.body, self._message, self._head_size = bytes(self._data), None, 0
            self._data.clear()
            return message
        if self.has_begun:
            raise HttpError(400, "the connection ended within a message")
        return None

    def _begin(self) -> HttpMessage | None:
        while self._data[:2] == b"\r\n":  # RFC 9112 §2.2: blank lines before a request are passed over
            del self._data[:2]
        end = self._data.find(_END, 0, _LONGEST_HEAD)
        if end < 0:
            if len(self._data) >= _LONGEST_HEAD:
                raise HttpError(431, f"its head has more than {_LONGEST_HEAD} bytes")
            return None
        head = self._data[:end].decode("latin-1")
        del self._data[: end + len(_END)]
        message = _head(head, self._is_client)
        if message.status == 100:
            return self._begin()
        self._head_size = end + len(_END)
        self.is_awaiting_go_ahead = (message.header("expect") or "").lower() == "100-continue"
        return message

    def _body(self, message: HttpMessage) -> Iterator[None]:
        """Read a body; yields whenever more bytes are needed."""
        if _is_chunked(message):
            yield from self._chunks(message)
            return
        length = _length_of(message)
        if length is None:
            if self._is_client and message.status not in _WITHOUT_BODY:
                while True:  # up to the end of the connection
                    self._require(len(self._data))
                    yield
            return
        self._require(length)
        while len(self._data) < length:
            yield
        message.body = bytes(self._data[:length])
        del self._data[:length]

    def _chunks(self, message: HttpMessage) -> Iterator[None]:
        body = self._chunked
        while True:
            line = b""
            while not (line := self._line()):
                yield
            found = _SIZE.fullmatch(line[:-2])
            if found is None:
                raise HttpError(400, "a chunk has no size")
            size = int(found[1], 16)
            if size == 0:
                break
            self._require(len(body) + size)
            while len(self._data) < size + 2:
                yield
            body += self._data[:size]
            if self._data[size : size + 2] != b"\r\n":
                raise HttpError(400, "a chunk is longer than it says")
            del self._data[: size + 2]
        while True:  # trailers say nothing here
            while not (line := self._line()):
                yield
            if line == b"\r\n":
                break
        message.body = bytes(body)
        body.clear()

    def _line(self) -> bytes:
        """Take a line; empty while there is none."""
        end = self._data.find(b"\r\n", 0, _LONGEST_SIZE_LINE)
        if end < 0:
            if len(self._data) >= _LONGEST_SIZE_LINE:
                raise HttpError(400, "a chunk has no size")
            return b""
        line = bytes(self._data[: end + 2])
        del self._data[: end + 2]
        return line

    def _require(self, length: int) -> None:
        if length > self._limit:
            raise HttpError(413, f"its body has more than {self._limit} bytes")


def _head(head: str, is_client: bool) -> HttpMessage:
    """
    Read a head.

    Raises:
        HttpError: It is none, or does not say clearly where the message ends.
    """
    start, *lines = head.split("\r\n")
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise HttpError(400, "a header has no name")
        headers.append((name.lower(), value.strip(" \t")))
    found = (_RESPONSE if is_client else _REQUEST).fullmatch(start)
    if found is None:
        raise HttpError(400, "its first line is not HTTP/1.1's")
    if is_client:
        message = HttpMessage("", "", int(found[2]), found[1], headers)
    else:
        message = HttpMessage(found[1], found[2], 0, found[3], headers)
    lengths, encodings = message.headers("content-length"), message.headers("transfer-encoding")
    if len(lengths) > 1 or len(encodings) > 1 or (lengths and encodings):
        raise HttpError(400, "it says twice where it ends")
    if encodings and encodings[0].lower() != "chunked":
        raise HttpError(501, "a transfer coding that is not known here")
    _length_of(message)
    return message


def _is_chunked(message: HttpMessage) -> bool:
    return bool(message.headers("transfer-encoding"))


def _length_of(message: HttpMessage) -> int | None:
    length = message.header("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit() and len(length) <= 12):
        raise HttpError(400, "its Content-Length is no number")
    return int(length)
