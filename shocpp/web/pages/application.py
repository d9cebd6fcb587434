"""
The pages and the canned calls as one WSGI application: finds out what is asked and by whom, and guards the way.

A link ends in an id, which stands in each address: nothing that a browser sends by itself opens anything. What acts
takes POST with a token of the page. Only where a web server in front names the user does the address do without the id.

Source: PEP 3333; RFC 9110 §15; Content Security Policy Level 3; Fetch Metadata (Sec-Fetch-Site)
"""

from __future__ import annotations

import time

from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from shocpp.calls.canned_file import masked
from shocpp.errors import ShocppError
from shocpp.report.words import LANGUAGES
from shocpp.texts import clean
from shocpp.web import page as canned_page
from shocpp.web.pages import access_pages, month_page, now_page, point_pages, rendering, tokens
from shocpp.web.pages.guesses import WITHIN_S, Guesses
from shocpp.web.pages.visit import LANGUAGE_COOKIE, Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from werkzeug.routing import MapAdapter

    from shocpp.calls.canned import Result
    from shocpp.web.pages.people import Person
    from shocpp.web.pages.site import Site

    Page = Callable[..., Response]

ME = "me"  # stands in an address for the user whom a web server names
MOST_BYTES = 1 << 16  # of a form
_SAID = (403, 404, 405, 413, 429, 500)  # statuses for which there are words
_YEAR_S = 31_536_000

_OPERATORS = (point_pages, access_pages)
_FOR_OPERATORS = {name for pages in _OPERATORS for name in (*pages.PAGES, *pages.ACTS)}
_PAGES: dict[str, Page] = {**now_page.PAGES, **month_page.PAGES, **point_pages.PAGES, **access_pages.PAGES}
_ACTS: dict[str, Page] = {**now_page.ACTS, **point_pages.ACTS, **access_pages.ACTS}
_PATHS = {**now_page.PATHS, **month_page.PATHS, **point_pages.PATHS, **access_pages.PATHS}
_ACT_PATHS = {**now_page.ACT_PATHS, **point_pages.ACT_PATHS, **access_pages.ACT_PATHS}
_ROUTES = Map(
    [
        Rule("/", endpoint="root"),
        Rule("/call", endpoint="call", methods=("GET", "POST")),
        Rule("/call/<word>", endpoint="call", methods=("GET", "POST")),
        Rule("/static/<name>", endpoint="asset"),
        *(Rule(f"/<key>/{path}", endpoint=name, methods=("GET",)) for name, path in _PATHS.items()),
        *(Rule(f"/<key>/{path}", endpoint=name, methods=("GET", "POST")) for name, path in _ACT_PATHS.items()),
    ]
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class Application:
    """
    The application.

    Args:
        site: What pages are made of.
        perform: Does what an id of calls.json stands for.

    Attributes:
        site: The same.
    """

    def __init__(self, site: Site, perform: Callable[[str], Result]) -> None:
        self.site = site
        self._perform = perform
        self._guesses = Guesses(time.monotonic)
        self._behind_proxy = ProxyFix(self._answer, x_prefix=1, x_host=1)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, as WSGI has it; of a proxy on this machine its headers say who asks."""
        if self.site.settings.web_proxy and environ.get("REMOTE_ADDR") in ("127.0.0.1", "::1"):
            environ["REMOTE_USER"] = environ.get("HTTP_X_REMOTE_USER", "")
            return self._behind_proxy(environ, start_response)
        return self._answer(environ, start_response)

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        response = self._response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response(environ, start_response)

    def _response(self, request: Request) -> Response:
        try:
            addresses = _ROUTES.bind_to_environ(request.environ)
        except HTTPException as error:  # its Host is none, so that no page has an address
            return Response("", error.code)
        visit = Visit(self.site, request, addresses)
        try:
            return self._route(visit, addresses)
        except RequestRedirect as error:  # the slash at the end is missing
            return Response("", error.code, {"Location": _below_our_root(error.new_url)})
        except HTTPException as error:
            response = _error(visit, error.code or 500)
            response.headers.extend(error.get_response().headers.items() if error.code == 405 else ())
        except ShocppError as error:
            self.site.say("WARNING", clean(error, 500))
            response = _error(visit, 500)
        return response

    def _route(self, visit: Visit, addresses: MapAdapter) -> Response:
        """Answer what is for everybody; find out who asks for the rest."""
        name, found = addresses.match()
        values = dict(found)
        if name == "asset":
            return _asset(visit, values["name"])
        if name == "call":
            return self._call(visit.request, values.get("word", ""))
        key = values.pop("key", ME)
        person = self._person(visit.request, key)
        if name == "root":
            return _error(visit, 404) if person is None else Response("", 303, {"Location": f"{ME}/"})
        if person is None:
            return self._unknown(visit, key)
        if name in _FOR_OPERATORS and not person.is_operator:
            return _error(visit, 404)
        return self._page(Visit(self.site, visit.request, addresses, person, key), name, values)

    def _page(self, visit: Visit, name: str, values: dict[str, Any]) -> Response:
        """Answer somebody who is known: show a page, or do what a form asks for."""
        if visit.request.args.get("lang") in LANGUAGES:
            return _switched(visit, name, values)
        if name in _PAGES:
            return _PAGES[name](visit, **values)
        if visit.request.method != "POST":
            return visit.see_other("now")  # somebody reloads what an act led to
        if not _is_of_our_page(visit):
            self.site.say("WARNING", f"{clean(visit.person.name)}: a form that is not of our page: {name}")
            return _error(visit, 403)
        return _ACTS[name](visit, **values)

    def _person(self, request: Request, key: str) -> Person | None:
        people = self.site.people()
        return people.with_user(request.remote_user or "") if key == ME else people.with_link(key)

    def _unknown(self, visit: Visit, key: str) -> Response:
        address = visit.request.remote_addr or "-"
        too_many = self._guesses.add(address)
        status = 429 if too_many else 404
        self.site.say("WARNING", f"no link {masked(key)}, from {clean(address, 50)}: {status}")
        response = _error(visit, status)
        if too_many:
            response.headers["Retry-After"] = str(int(WITHIN_S))
        return response

    def _call(self, request: Request, word: str) -> Response:
        """Answer a canned call as shocpp-caller does."""
        query = request.query_string.decode("latin-1")
        asked = canned_page.Request(
            request.method, query, f"/{word}", (), request.headers.get("Accept", ""), request.remote_addr or ""
        )
        answer = canned_page.answer(asked, self._perform)
        if answer.log:
            self.site.say("WARNING", answer.log)
        if answer.status == 404 and self._guesses.add(request.remote_addr or "-"):
            return Response("", 429, {"Retry-After": str(int(WITHIN_S))})
        return Response(answer.body(asked), answer.status, content_type=answer.kind(asked))


def _asset(visit: Visit, name: str) -> Response:
    if name not in rendering.assets():
        return _error(visit, 404)
    response = Response(rendering.assets()[name], content_type=rendering.KINDS[name.rpartition(".")[2]])
    if visit.request.args.get("v") == rendering.version_of(name):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


def _error(visit: Visit, status: int) -> Response:
    """Say what is wrong; of what no page of ours asks for, that it does not go this way."""
    known = status if 400 <= status < 500 else 500
    return visit.page("error.html", {"code": known if known in _SAID else 405}, known)


def _below_our_root(address: str) -> str:
    """Give path and query of an address, whatever host it was asked of."""
    _, _, path = address.partition("://")[2].partition("/")
    return f"/{path.lstrip('/')}"


def _switched(visit: Visit, name: str, values: dict[str, Any]) -> Response:
    """Remember a language, and show the same page in it; what the query says of the path is nothing to it."""
    asked = {each: value for each, value in visit.request.args.items() if each != "lang"}
    response = visit.see_other(name, **{**asked, **values}) if name in _PAGES else visit.see_other("now")
    response.set_cookie(
        LANGUAGE_COOKIE,
        visit.request.args["lang"],
        max_age=_YEAR_S,
        secure=visit.request.is_secure,
        httponly=True,
        samesite="Strict",
        path=visit.request.root_path + "/",
    )
    return response


def _is_of_our_page(visit: Visit) -> bool:
    """Tell whether a form came from a page of ours: by its token, and by what the browser says of where it was."""
    request = visit.request
    origin = request.headers.get("Origin", "null")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    if origin != "null" and origin.partition("://")[2] != request.host:
        return False
    return tokens.is_ours(visit.person, request.form.get("token", ""))
