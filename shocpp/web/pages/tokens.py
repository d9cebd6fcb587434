"""
What a form bears to show that it is of our page, and what a page is told of the act before it.

Both are signed with a key that only we and people.json have, the SHA-256 of a person's link, and go with the link. So
nothing is kept between two requests, and any process of ours can serve the second one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.web.pages.people import Person

GOOD, BAD = "good", "bad"
_SHOWN_S = 120  # an outcome that is older is of another visit


def form_token(person: Person) -> str:
    """Give what each form of a person's pages bears."""
    return _signature(person, "form")


def is_ours(person: Person, token: str) -> bool:
    """Tell whether a form came from a page of that person."""
    return hmac.compare_digest(form_token(person).encode(), token.encode("utf-8", "replace"))


def outcome(person: Person, kind: str, sentence: str, unixtime: int) -> str:
    """Write what came of an act so that it can stand in an address: ``GOOD`` or ``BAD``, and a sentence."""
    said = base64.urlsafe_b64encode(json.dumps([unixtime, kind, sentence]).encode()).decode().rstrip("=")
    return f"{_signature(person, said)}.{said}"


def read_outcome(person: Person, text: str, unixtime: int) -> tuple[str, str] | None:
    """Read an outcome that we wrote for that person a moment ago: kind and sentence; None for anything else."""
    signature, _, said = text.partition(".")
    if not hmac.compare_digest(_signature(person, said).encode(), signature.encode("utf-8", "replace")):
        return None
    at, kind, sentence = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    return (kind, sentence) if 0 <= unixtime - at <= _SHOWN_S else None


def _signature(person: Person, text: str) -> str:
    return hmac.new(person.link.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:40]
