"""
A request over SOAP as a web server hands it to a CGI program: one process, one request, one answer.

Knows CGI's variables; the answer is handed out before what may be late is done.

Source: RFC 3875 §4.1 (variables), §6 (response)
"""

from __future__ import annotations

import json
from urllib.parse import quote

from shocpp.admission import cgi
from shocpp.admission.verdict import ADMITTED, refusal, said_of
from shocpp.backend.soap_lines import SOAP_LINES
from shocpp.backend.steps import book_in_place
from shocpp.ocpp import frames
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.soap_call import SoapRefusal
from shocpp.spool.conf.configuration import watched_tags
from shocpp.spool.journal.journal_entry import IN, OUT
from shocpp.stores.accounting_at import accounting_at
from shocpp.transports.soap.requests import (
    FOLDER,
    PAGE_TYPE,
    asked_of,
    identity_in,
    is_xml,
    page_of,
    path_with,
    refused,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shocpp.ledger.charge_points import ListedChargePoint
    from shocpp.log import Log
    from shocpp.ocpp.soap.soap_call import SoapCall
    from shocpp.settings import Settings

_TEXT = "text/plain; charset=utf-8"


class CgiResponse:
    """What is answered."""

    def __init__(
        self, status: int, body: bytes, content_type: str = _TEXT, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = headers or {}

    def as_cgi(self) -> bytes:
        """Write it the way a web server reads it."""
        more = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        return f"Status: {self.status}\nContent-Type: {self.content_type}\n{more}\n".encode() + self.body


def serve(
    settings: Settings,
    environ: Mapping[str, str],
    body: bytes,
    log: Log,
    respond: Callable[[CgiResponse], object],
) -> None:
    """
    Serve a request.

    Args:
        settings: The settings in force.
        environ: The CGI variables.
        body: What the request carries.
        log: The log.
        respond: Is given the answer.

    Raises:
        ShocppError: Who may connect is not known.
    """
    target = _target(environ)
    if environ.get("REQUEST_METHOD") != "POST":
        respond(_page(environ, target))
    elif not is_xml(environ.get("CONTENT_TYPE")):
        respond(CgiResponse(415, b"application/soap+xml, please.\n"))
    else:
        _serve_call(settings, environ, asked_of(body, target), log, respond)


def _target(environ: Mapping[str, str]) -> str:
    """Give the path: the one that was asked for if it has an identity, else the part behind the program's own."""
    asked = environ.get("REQUEST_URI", "")
    behind = quote(environ.get("PATH_INFO", ""), errors="surrogateescape")
    return asked if identity_in(asked) or not behind.strip("/") else f"/{FOLDER}{behind}"


def _page(environ: Mapping[str, str], target: str) -> CgiResponse:
    scheme = "https" if environ.get("HTTPS", "").lower() in ("on", "1") else "http"
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "localhost")
    path = (environ.get("REQUEST_URI") or target).partition("?")[0]
    page = page_of(f"{path}?{environ.get('QUERY_STRING', '')}", f"{scheme}://{host}")
    if environ.get("REQUEST_METHOD") == "GET" and page is not None:
        return CgiResponse(200, page.encode(), PAGE_TYPE)
    return CgiResponse(405, b"POST, please.\n", headers={"Allow": "POST"})


def _serve_call(
    settings: Settings,
    environ: Mapping[str, str],
    asked: SoapCall | SoapRefusal,
    log: Log,
    respond: Callable[[CgiResponse], object],
) -> None:
    identity, address = asked.envelope.identity, environ.get("REMOTE_ADDR", "")
    if isinstance(asked, SoapRefusal):
        log.line("WARNING", refusal(identity, asked.response[0], f"no request over SOAP: {asked.why}", address))
        respond(CgiResponse(*asked.response, write_envelope.CONTENT_TYPE))
        return
    found, verdict = cgi.decided(settings, {**environ, "REQUEST_URI": path_with(_target(environ), identity)})
    if verdict.status != ADMITTED:
        text, headers = said_of(verdict)
        log.line("WARNING", refusal(found.identity, verdict.status, verdict.reason, address))
        body = refused(asked, verdict.status, text)
        respond(CgiResponse(verdict.status, body, write_envelope.CONTENT_TYPE, headers))
        return
    _answer(settings, asked, verdict.charge_point, log, respond)


def _answer(
    settings: Settings,
    soap_call: SoapCall,
    charge_point: ListedChargePoint | None,
    log: Log,
    respond: Callable[[CgiResponse], object],
) -> None:
    """Have the message served; its record is durable before the answer leaves."""
    say = log.about(soap_call.envelope.identity)
    envelope = soap_call.envelope
    accounts = watched_tags(settings.tags_file, say)
    make = SOAP_LINES[soap_call.dialect.version]
    lines = make(envelope.identity, settings, accounts, say, charge_point=charge_point)
    accounting = accounting_at(settings.accounting, lambda text: say("WARNING", text))
    lines.open()
    if settings.journal_xml:
        lines.note_envelope(IN, soap_call.data)
    answers = [
        line
        for steps in lines.receive_message(soap_call.call.encode().encode())
        for line in book_in_place(steps, accounting)
    ]
    frame = frames.parse(json.loads(answers[0])) if answers else None
    if isinstance(frame, (frames.CallResult, frames.CallError)):
        status, body = soap_call.answer(frame)
    else:
        status, body = soap_call.refuse(write_envelope.PROTOCOL_ERROR, "it could not be read")
    respond(CgiResponse(status, body, write_envelope.CONTENT_TYPE))
    if settings.journal_xml:
        lines.note_envelope(OUT, body)
    lines.do_deferred(is_idle=True)
    lines.close()
