"""
One request as the pages see it: who asks, in which language, and how an answer is written for them.

Knows HTTP as far as Werkzeug does; what is shown is decided by the pages.
"""

from __future__ import annotations

from datetime import UTC
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from shocpp.report.forms import Forms
from shocpp.report.words import LANGUAGES, language_of
from shocpp.texts import plain
from shocpp.web.pages import rendering, tokens
from shocpp.web.pages.page_words import PageWords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from werkzeug.routing import MapAdapter
    from werkzeug.wrappers import Request

    from shocpp.web.pages.people import Person
    from shocpp.web.pages.site import Site

LANGUAGE_COOKIE = "language"


class Visit:
    """
    A request of somebody who has a link.

    Args:
        site: What pages are made of.
        request: What is asked.
        addresses: Makes addresses of pages.
        person: Who asks; None where nobody is known, for the page that says so.
        key: What stands in the address for them.

    Attributes:
        now: When it is.
        words, forms: The language, and how it writes numbers and dates.
    """

    def __init__(
        self, site: Site, request: Request, addresses: MapAdapter, person: Person | None = None, key: str = ""
    ) -> None:
        self.site = site
        self.request = request
        self._addresses = addresses
        self._person = person
        self._key = key
        self.now: datetime = site.clock().astimezone(UTC)
        self.language = _language(request, site.settings.language)
        self.words = PageWords(self.language)
        self.forms = Forms(self.language)

    @property
    def person(self) -> Person:
        """Who asks."""
        assert self._person is not None  # noqa: S101 - pages are for those who are known
        return self._person

    def url(self, page: str, /, **values: object) -> str:
        """Give the address of a page of theirs; what is no part of its path becomes its query."""
        return str(self._addresses.build(page, {**values, "key": self._key}))

    def asset(self, name: str) -> str:
        """Give the address of what pages fetch besides; it changes when that does."""
        return str(self._addresses.build("asset", {"name": name, "v": rendering.version_of(name)}))

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """Answer with a page."""
        known = {"person": self._person, "token": tokens.form_token(self._person) if self._person else ""}
        common = {"visit": self, "words": self.words, "forms": self.forms, "url": self.url, "asset": self.asset}
        text = rendering.page(template, {**common, **known, "page": template.partition(".")[0], **values})
        return Response(text, status, content_type="text/html; charset=utf-8")

    def see_other(self, page: str, /, **values: object) -> Response:
        """Send them on to a page."""
        return Response("", 303, {"Location": self.url(page, **values)})

    def ways(self) -> list[str]:
        """Give the pages that the way between them leads to."""
        return ["now", "month", *(["points", "access", "problems"] if self.person.is_operator else [])]

    def title_of(self, page: str) -> str:
        """Give the name of a page's title: the month is theirs only if they have an account."""
        return f"{page}.all" if page == "month" and not self.person.account else page

    def other_language(self) -> str:
        """Give the language that the switch leads to."""
        return LANGUAGES[1 - LANGUAGES.index(self.language)]

    def switch(self) -> str:
        """Give where the switch of the language leads: to the same page, but not to what it said of an act."""
        asked = {name: value for name, value in self.request.args.items() if name not in ("lang", "said")}
        return "?" + urlencode({**asked, "lang": self.other_language()})

    def name_of(self, text: str) -> str:
        """Make a name from outside fit to be shown."""
        return plain(text)


def _language(request: Request, of_the_settings: str) -> str:
    """Choose a language: the switch's, now or before, else the browser's, else the one that is set."""
    for chosen in (request.args.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if chosen in LANGUAGES:
            return chosen
    asked = (each[:2].lower() for each in request.accept_languages.values())
    return next((each for each in asked if each in LANGUAGES), "") or language_of({}, of_the_settings)
