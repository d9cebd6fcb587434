"""The page: a request in, a response out."""

from __future__ import annotations

import json

import pytest

from shocpp import errors
from shocpp.calls.canned import Result
from shocpp.calls.canned_file import UnknownIdError
from shocpp.calls.current import ConflictError
from shocpp.calls.sighted import NoReadingError
from shocpp.web.page import Request, Response, answer

ID = "kZ3v0XoT5b7q2WmHc9LrYs4N"
FAILURES: list[tuple[errors.ShocppError, int]] = [
    (UnknownIdError("secret words"), 404),
    (errors.BusyError("secret words"), 503),
    (errors.TryAgainError("secret words"), 504),
    (errors.UnavailableError("secret words"), 503),
    (errors.RefusedError("secret words"), 502),
    (errors.ConfigError("secret words"), 500),
    (errors.MissingError("secret words"), 500),
    (errors.NotPermittedError("secret words"), 500),
    (errors.WriteError("secret words"), 500),
]


def accepting(word: str) -> Result:
    assert word == ID
    return Result("Accepted", {"status": "Accepted"})


def refusing(error: errors.ShocppError, **request: str) -> Response:
    def perform(_: str) -> Result:
        raise error

    return answer(Request(query=ID, **request), perform)


def parsed(page: bytes) -> tuple[dict[str, str], str]:
    head, _, body = page.decode().partition("\n\n")
    return dict(line.split(": ", 1) for line in head.split("\n")), body


@pytest.mark.parametrize(
    "request_",
    [
        Request(query=ID),
        Request("POST", query=ID),
        Request(query=ID, path="/shocpp-caller"),
        Request(query=ID, arguments=["--new"]),
        Request(query=ID.replace("Z", "%5A")),
        Request(path=f"/{ID}"),
        Request(path=f"/{ID}/"),
        Request(path=f"/{ID}", query="utm=1"),
        Request(arguments=[ID]),
        Request.from_cgi({"REQUEST_METHOD": "POST", "QUERY_STRING": ID}, []),
        Request.from_cgi({"PATH_INFO": f"/{ID}"}, [""]),
    ],
)
def test_the_id_comes_as_query_path_or_argument(request_: Request) -> None:
    """The same id is found wherever a server puts it, on GET and POST."""
    assert answer(request_, accepting).status == 200


def test_plain_text_is_the_status_word() -> None:
    """Without a wish for JSON the answer is a word, with headers that a CGI program owes and that keep it uncached."""
    headers, body = parsed(answer(Request(query=ID), accepting).as_cgi(Request(query=ID)))
    assert body == "Accepted\n"
    assert headers == {
        "Status": "200 OK",
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def test_json_for_whoever_accepts_it() -> None:
    """With Accept: application/json the answer is the document, of a failure the sentence as error."""
    request = Request(query=ID, accept="application/json, */*")
    headers, body = parsed(answer(request, accepting).as_cgi(request))
    assert headers["Content-Type"] == "application/json" and json.loads(body) == {"status": "Accepted"}
    _, body = parsed(refusing(errors.RefusedError("x"), accept=request.accept).as_cgi(request))
    assert json.loads(body) == {"error": "The charge point could not carry this out."}


@pytest.mark.parametrize(("error", "status"), FAILURES, ids=[type(error).__name__ for error, _ in FAILURES])
def test_a_failure_has_its_status_and_keeps_its_words(error: errors.ShocppError, status: int) -> None:
    """The status tells which failure it was; its words, and four characters of the id, are for the log alone."""
    response = refusing(error, address="192.0.2.7")
    assert response.status == status
    assert b"secret" not in response.as_cgi(Request()) + response.as_cgi(Request(accept="application/json"))
    assert response.log == f"kZ3v… from 192.0.2.7: {status}: secret words"


@pytest.mark.parametrize(("error", "status"), [(ConflictError("No charge."), 409), (NoReadingError("2 h old."), 503)])
def test_what_a_person_can_mend_is_told(error: errors.ShocppError, status: int) -> None:
    """A failure that whoever holds the phone can do something about is told in its own words."""
    assert parsed(refusing(error).as_cgi(Request()))[1] == f"{error}\n"
    assert refusing(error).status == status


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "get", "", "X\nY"])
def test_other_methods_do_nothing(method: str) -> None:
    """Only GET and POST act; a HEAD gets headers alone."""
    request = Request(method, query=ID)
    headers, body = parsed(answer(request, lambda word: pytest.fail(f"called {word}")).as_cgi(request))
    assert headers["Status"] == "405 Method Not Allowed" and headers["Allow"] == "GET, POST"
    assert bool(body) == (method != "HEAD")


def test_a_log_line_is_one_line() -> None:
    """Neither error nor address can forge a line of the log."""
    log = refusing(errors.RefusedError("a\nb\x1b[2J"), address="::1\n").log
    assert log.isprintable()


def test_answers_cannot_forge_headers() -> None:
    """An answer with line ends and lone surrogates stays in the body."""
    page = answer(Request(query=ID), lambda _: Result("\n\nX-Forged: 1\ud800", {})).as_cgi(Request())
    assert "X-Forged" not in page.partition(b"\n\n")[0].decode()
