"""
The page that a phone or a browser sees: a request comes in as a value, a response goes out as one.

Pure; what the call behind an id does is handed in. Knows CGI and HTTP, and which status tells which failure; the words
of a failure go to the log, and the phone gets a sentence that tells no stranger how we are set up.

Source: RFC 3875 §4.1 (variables), §4.4 (a search word as argument), §6 (response); RFC 9110 §15 (status codes)
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from shocpp.calls.canned_file import UnknownIdError, masked
from shocpp.calls.current import ConflictError
from shocpp.calls.sighted import NoReadingError
from shocpp.errors import (
    BusyError,
    RefusedError,
    ShocppError,
    TryAgainError,
    UnavailableError,
)
from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shocpp.calls.canned import Result

METHODS = ("GET", "POST")  # not HEAD: whoever only asks for headers wants nothing to happen

_REASONS = {
    200: "OK",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

# the first that fits; no sentence: the error's own, which was written for the phone
_FAILURES: tuple[tuple[type[ShocppError], int, str], ...] = (
    (UnknownIdError, 404, "There is nothing here."),
    (ConflictError, 409, ""),
    (NoReadingError, 503, ""),
    (BusyError, 503, "The charge point is busy; try again."),
    (TryAgainError, 504, "The charge point gave no answer in time."),
    (UnavailableError, 503, "The charge point is not connected."),
    (RefusedError, 502, "The charge point could not carry this out."),
    (ShocppError, 500, "This does not work at present; the log of shocpp-caller says why."),
)


class Request:
    """
    What is asked.

    Args:
        method: ``GET`` and so on.
        query: What follows the ``?``, as sent.
        path: What follows the page's own name, decoded.
        arguments: The command line's; a server may put the query's words here.
        accept: The ``Accept`` header.
        address: Who asks; for the log.
    """

    __slots__ = ("accept", "address", "arguments", "method", "path", "query")

    def __init__(
        self,
        method: str = "GET",
        query: str = "",
        path: str = "",
        arguments: Sequence[str] = (),
        accept: str = "",
        address: str = "",
    ) -> None:
        self.method = method
        self.query = query
        self.path = path
        self.arguments = arguments
        self.accept = accept
        self.address = address

    @classmethod
    def from_cgi(cls, variables: Mapping[str, str], arguments: Sequence[str]) -> Request:
        """Make it out of what a web server tells a CGI program."""
        said = [variables.get(name, "") for name in ("QUERY_STRING", "PATH_INFO", "HTTP_ACCEPT", "REMOTE_ADDR")]
        return cls(variables.get("REQUEST_METHOD", "GET"), said[0], said[1], arguments, said[2], said[3])

    def word(self) -> str:
        """
        Find the id: the search word of the query, else the end of the path, else the first argument.

        >>> Request(query="abc").word(), Request(path="/abc/").word(), Request(query="a=b", arguments=["c"]).word()
        ('abc', 'abc', 'c')
        """
        if self.query and "=" not in self.query:
            return unquote(self.query)
        segments = [segment for segment in self.path.split("/") if segment]
        return segments[-1] if segments else next(iter(self.arguments), "")

    @property
    def wants_json(self) -> bool:
        """
        Tell whether the answer shall be JSON.

        >>> [Request(accept=accept).wants_json for accept in ("text/plain, Application/JSON;q=0.9", "*/*", "")]
        [True, False, False]
        """
        return any(media.split(";")[0].strip().lower() == "application/json" for media in self.accept.split(","))


class Response:
    """
    What is answered.

    Attributes:
        status: The HTTP status.
        word: The answer in a word or a sentence.
        document: The same for programs.
        log: What the operator is told; empty if nothing.
    """

    __slots__ = ("document", "log", "status", "word")

    def __init__(self, status: int, word: str, document: Mapping[str, object], log: str = "") -> None:
        self.status = status
        self.word = word
        self.document = document
        self.log = log

    def as_cgi(self, request: Request) -> bytes:
        """Write it the way a web server reads it from a CGI program."""
        headers = [
            f"Status: {self.status} {_REASONS[self.status]}",
            f"Content-Type: {self.kind(request)}",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
        ]
        if self.status == 405:
            headers.append(f"Allow: {', '.join(METHODS)}")
        return "\n".join([*headers, "", ""]).encode("utf-8", "replace") + self.body(request)

    def kind(self, request: Request) -> str:
        """Give the type of its body."""
        return "application/json" if request.wants_json else "text/plain; charset=utf-8"

    def body(self, request: Request) -> bytes:
        """Give its body, of which whoever only asks for headers gets nothing."""
        text = json.dumps(self.document) if request.wants_json else self.word
        return b"" if request.method == "HEAD" else f"{text}\n".encode("utf-8", "replace")


def answer(request: Request, perform: Callable[[str], Result]) -> Response:
    """
    Answer a request.

    Args:
        request: What is asked.
        perform: Does what an id stands for; raises ShocppError for what goes wrong.
    """
    if request.method not in METHODS:
        return _failed(405, "Use GET or POST.", "")
    word = request.word()
    try:
        result = perform(word)
    except ShocppError as error:
        status, sentence = next((status, text) for kind, status, text in _FAILURES if isinstance(error, kind))
        log = f"{masked(word)} from {clean(request.address, 50) or '-'}: {status}: {clean(error, 500)}"
        return _failed(status, sentence or str(error), log)
    return Response(200, result.word, result.document)


def _failed(status: int, sentence: str, log: str) -> Response:
    return Response(status, sentence, {"error": sentence}, log)
