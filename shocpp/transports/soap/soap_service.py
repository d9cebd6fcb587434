"""
OCPP over SOAP on the listener's own port: whose a request is, whether it is admitted, and which link has it served.

Knows HTTP's requests and envelopes' headers; a message's meaning is the backend's, as for every connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shocpp.admission.claims import claim
from shocpp.admission.verdict import ADMITTED, said_of
from shocpp.installation import lacking
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.soap_call import SoapRefusal
from shocpp.transports.connections import tls
from shocpp.transports.connections.http_connection import HttpConnection
from shocpp.transports.soap.requests import PAGE_TYPE, asked_of, is_xml, page_of, path_with, refused
from shocpp.transports.soap.soap_connection import SoapConnection
from shocpp.transports.soap.soap_link import SoapLink

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.admission.claims import Claim
    from shocpp.admission.verdict import Verdict
    from shocpp.http.message import HttpMessage
    from shocpp.ocpp.soap.soap_call import SoapCall
    from shocpp.settings import Settings
    from shocpp.transports.connections.admitting import Admitter
    from shocpp.transports.connections.connection import Connection, Listener
    from shocpp.transports.connections.message_handler import MessageHandler
    from shocpp.transports.connections.services import Services


class SoapService:
    """
    Serves the charge points of one listener that speak SOAP.

    Args:
        loop: Where they are served.
        listener: The one that accepts connections.
        services: What these share.
        make_handler: Makes what takes a connection's messages.
        settings: The settings in force.
        admitter: Decides on them.
        most: How many connections there may be; of more, the one that has waited for the longest time is dropped.
        say: Takes a level and a line for the log.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: Listener,
        services: Services,
        make_handler: Callable[[Connection], MessageHandler],
        settings: Settings,
        admitter: Admitter,
        most: int,
        say: Callable[[str, str], None],
    ) -> None:
        self._loop = loop
        self._listener = listener
        self._services = services
        self._make_handler = make_handler
        self._settings = settings
        self._admitter = admitter
        self._most = most
        self._say = say
        self._connections: dict[HttpConnection, None] = {}  # the oldest first
        self._links: dict[str, SoapLink] = {}
        self._has_said_what_lacks = False

    def take_over(self, connection: Connection, data: bytes) -> None:
        """Go on with a connection that has begun with a POST."""
        transport = connection.transport
        assert transport is not None  # noqa: S101 - something has just come
        taken = HttpConnection(
            transport,
            connection.address,
            self._services,
            self._settings.handshake_timeout_s,
            self._serve,
            lambda ended: self._connections.pop(ended, None),
        )
        transport.set_protocol(taken)
        if len(self._connections) >= self._most:
            next((each for each in self._connections if not each.is_busy), taken).abort()
        self._connections[taken] = None
        taken.data_received(data)

    def show(self, connection: Connection, request: Request) -> bool:
        """Show what has begun as a handshake the page that it asks for; False if it asks for none."""
        page = page_of(request.path, self._origin(", ".join(request.headers.get_all("Host"))))
        if page is None or "Upgrade" in request.headers:
            return False
        connection.refuse(200, page, {"Content-Type": PAGE_TYPE})
        return True

    def look(self) -> None:
        """Drop the connections on which nothing happens; call this once a second."""
        now = self._services.now()
        for connection in [each for each in self._connections if each.deadline <= now]:
            connection.abort()

    def close(self) -> None:
        """Drop those that wait for a request; what is in hand is answered."""
        for connection in [each for each in self._connections if not each.is_busy]:
            connection.abort()

    # --- a request

    def _serve(self, http: HttpConnection, request: HttpMessage) -> None:
        if request.method != "POST":
            self._serve_page(http, request)
            return
        if not is_xml(request.header("content-type")):
            http.respond(415, b"application/soap+xml, please.\n")
            return
        try:
            asked = asked_of(request.body, request.target)
        except ImportError:
            self._lack(http)
            return
        if isinstance(asked, SoapRefusal):
            reason = f"no request over SOAP: {asked.why}"
            self._admitter.note(asked.envelope.identity, http.address, asked.response[0], reason)
            self._respond(http, *asked.response)
            return
        soap_call = asked
        found = self._claim(http, request, soap_call.envelope.identity)
        self._admitter.judge(
            found, http.address, lambda: http.is_open, lambda verdict: self._decided(http, soap_call, found, verdict)
        )

    def _claim(self, http: HttpConnection, request: HttpMessage, identity: str) -> Claim:
        """Read who a request says it is: the identity is the header's, all else is as in a handshake."""
        path = path_with(request.target, identity)
        found = claim(path, request.header("authorization"), self._settings.url_credentials)
        found.origin, found.host = ", ".join(request.headers("origin")), request.header("host") or ""
        if self._settings.tls_client_ca:
            found.certified = tls.names(http.known("peercert"))
        return found

    def _decided(self, http: HttpConnection, soap_call: SoapCall, found: Claim, verdict: Verdict) -> None:
        if verdict.status == ADMITTED:
            link = self._links.get(found.identity)
            if link is None:
                link = self._begin(found.identity, soap_call.dialect.version, http.address, verdict)
            link.serve(soap_call, http.address, lambda status, body: self._respond(http, status, body))
            return
        text, headers = said_of(verdict)
        body = refused(soap_call, verdict.status, text)
        http.respond(verdict.status, body, write_envelope.CONTENT_TYPE, headers)
        self._admitter.note_verdict(found, http.address, verdict)

    def _begin(self, identity: str, version: str, address: str, verdict: Verdict) -> SoapLink:
        """Have a charge point connected that was not."""
        connection = SoapConnection(
            self._listener, self._services, self._make_handler, identity, version, self._settings.journal_xml
        )
        link = SoapLink(self._loop, self._services, connection, self._settings.soap_elsewhere, self._ended)
        self._links[identity] = link
        link.begin(address)
        self._admitter.admit(connection, verdict.charge_point)
        return link

    def _ended(self, link: SoapLink) -> None:
        if self._links.get(link.connection.identity) is link:
            del self._links[link.connection.identity]

    # --- responses

    def _respond(self, http: HttpConnection, status: int, body: bytes) -> None:
        http.respond(status, body, write_envelope.CONTENT_TYPE)

    def _serve_page(self, http: HttpConnection, request: HttpMessage) -> None:
        page = page_of(request.target, self._origin(request.header("host") or ""))
        if request.method == "GET" and page is not None:
            http.respond(200, page.encode(), PAGE_TYPE)
        else:
            http.respond(405, b"POST, please.\n", headers={"Allow": "POST"})

    def _origin(self, host: str) -> str:
        return f"{'https' if self._settings.tls_certificate else 'http'}://{host or 'localhost'}"

    def _lack(self, http: HttpConnection) -> None:
        """Say what is missing, once in the log."""
        if not self._has_said_what_lacks:
            self._has_said_what_lacks = True
            self._say("ERROR", lacking("OCPP over SOAP", "lxml", "soap"))
        http.respond(501, b"OCPP over SOAP is not installed here.\n")
