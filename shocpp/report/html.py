"""
A statement as one HTML page that needs nothing else: no script, no network, its style and pictures inside.

Jinja2 writes it, with everything from outside escaped. The other formats do without.
"""

from __future__ import annotations

import os
from functools import cache

from shocpp.errors import UnavailableError
from shocpp.installation import lacking
from shocpp.report.colours import DARK, LIGHT
from shocpp.report.picture import Picture
from shocpp.report.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    import jinja2
    from markupsafe import Markup

    from shocpp.ledger.statement import Statement
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words

_PIECES = 64  # of the template's written together: a session is two, too small to be passed on one by one
TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")


def page(statement: Statement, words: Words, forms: Forms, is_paper: bool = False) -> Iterator[str]:
    """
    Write a statement, piece by piece.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes numbers and dates.
        is_paper: It is for a program that makes a PDF of it: each picture has its own style and patterns.

    Raises:
        UnavailableError: Jinja2 is not there.
    """
    template = _environment().get_template("statement.html")
    from shocpp.report.session_rows import SessionRows  # which needs a part of Jinja2, too

    view = View(statement, words, forms)
    picture = Picture(view)
    stream = template.stream(
        view=view,
        words=words,
        forms=forms,
        statement=statement,
        summary=statement.summary,
        picture=picture if picture.has_energy else None,
        rows=SessionRows(view),
        light=LIGHT,
        dark=DARK,
        is_paper=is_paper,
    )
    stream.enable_buffering(_PIECES)
    return iter(stream)


def _environment() -> jinja2.Environment:
    """
    Give what has the templates.

    Raises:
        UnavailableError: Jinja2 is not there.
    """
    try:
        import jinja2  # noqa: F401 - only whether it is there
    except ImportError:
        raise UnavailableError(lacking("HTML", "Jinja2", "html")) from None
    return _made_environment()


@cache
def _made_environment() -> jinja2.Environment:
    """Make what has the templates, once in a process: to compile them takes longer than to write most pages."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["css"] = _css
    return environment


def _css(text: str) -> Markup:
    """Write a text as a string of CSS: everything but plain letters and digits by its number."""
    from markupsafe import Markup

    letters = (each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in text)
    return Markup(f'"{"".join(letters)}"')  # noqa: S704 - nothing in it has a meaning in HTML or CSS
