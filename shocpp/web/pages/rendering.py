"""
Templates of pages and what they are filled with alike: words, addresses, the style and script that they name.

The templates of statements are there, too, since My month has their picture.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache

import jinja2

from shocpp.report.colours import DARK, LIGHT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = os.path.dirname(__file__)
_STATIC = os.path.join(_HERE, "static")
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
         "png": "image/png"}  # fmt: skip


@cache
def environment() -> jinja2.Environment:
    """Give what has the templates, made once in a process."""
    from shocpp.report import html

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([os.path.join(_HERE, "templates"), html.TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(light=LIGHT, dark=DARK, is_paper=False)
    return made


def page(name: str, values: Mapping[str, object]) -> str:
    """Write a page."""
    return environment().get_template(name).render(values)


@cache
def assets() -> dict[str, bytes]:
    """Give what pages fetch besides, by name: style, script and icons."""
    found = {"page.css": environment().get_template("page.css").render().encode()}
    for name in sorted(os.listdir(_STATIC)):
        with open(os.path.join(_STATIC, name), "rb") as file:
            found[name] = file.read()
    return found


@cache
def version_of(name: str) -> str:
    """Give what an asset's address ends in, so that a browser that kept an earlier one fetches it anew."""
    return hashlib.sha256(assets()[name]).hexdigest()[:12]
