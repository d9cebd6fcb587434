"""
The operator's pages of cards and configuration: refused cards that may be added, accounts and their cards, problems.

Changes of tags.json are those of shocpp-tags, with its checks; problems are those that shocpp-check sees.
"""

from __future__ import annotations

import os

from shocpp.calls import typed_cards
from shocpp.checks import looks
from shocpp.errors import MissingError, ShocppError
from shocpp.ledger import tag_edits
from shocpp.ledger.accounts import INVALID
from shocpp.overview.refused_cards import refused_cards
from shocpp.spool.conf.tag_file import edit
from shocpp.spool.run.mailbox import connected
from shocpp.spool.used_indexes import used_indexes
from shocpp.stores.accounting_at import accounting_at
from shocpp.texts import clean, plain
from shocpp.web.pages import list_push, people, tokens
from shocpp.web.pages.now_page import connectors_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from shocpp.spool.conf.edited_list import Entries
    from shocpp.web.pages.visit import Visit

    Page = Callable[..., Response]

MOST_REFUSED, MOST_ACCOUNTS = 20, 100
_OF_THE_LISTENER = {"accounting", "log", "journal"}  # which it writes, and not the page


def access(visit: Visit) -> Response:
    """Show refused cards, and all accounts with theirs."""
    tags, settings = visit.site.tags(), visit.site.settings
    accounts = [
        (name, [(tag.id_tag, plain(tag.id_tag), tag.status_at(visit.now)) for tag in tags.tags_of(name)])
        for name in tags.names().values()
    ]
    said = tokens.read_outcome(visit.person, visit.request.args.get("said", ""), int(visit.now.timestamp()))
    word = visit.request.args.get("q", "").casefold()
    found = [
        each for each in accounts if word in each[0].casefold() or any(word in card[0].casefold() for card in each[1])
    ]
    shown = {
        "outcome": said,
        "refused": _refused(visit),
        "accounts": found[:MOST_ACCOUNTS],
        "count": len(found),
        "names": [name for name, _ in accounts],
        "word": visit.request.args.get("q", ""),
        "is_writable": _is_writable(settings.tags_file),
        "is_anybody_there": bool(connected(settings.run_dir)),
        "folder": os.path.dirname(os.path.realpath(settings.tags_file)),
    }
    return visit.page("access.html", shown)


def add_card(visit: Visit) -> Response:
    """Give a card to an account, which is made if it is not there."""
    form, settings = visit.request.form, visit.site.settings
    account = form.get("new_account", "").strip() or form.get("account", "")
    card = form.get("card", "").strip()

    def report(*what: str) -> None:
        visit.site.say("WARNING", clean(": ".join(what)))

    def used() -> set[int]:
        return used_indexes(accounting_at(settings.accounting), settings.run_dir, report)

    def change(entries: Entries) -> Entries:
        tag_edits.require_visible(account, card)
        if not any(card == each["id_tag"] for each in refused_cards(settings.run_dir)):
            typed_cards.require_sendable(card)  # else a charge point says it, whatever OCPP has
        return tag_edits.add(entries, account, [card], used)

    return _changed(visit, change, "card.added", card)


def block_card(visit: Visit) -> Response:
    """Let a card charge no more."""
    card = visit.request.form.get("card", "")
    return _changed(visit, lambda entries: tag_edits.block(entries, card), "card.blocked", card)


def remove_card(visit: Visit) -> Response:
    """Take a card out of the list."""
    card = visit.request.form.get("card", "")
    today = visit.now.astimezone(visit.site.zone).date()

    def change(entries: Entries) -> Entries:
        if visit.site.tags().find(card) is None:
            raise MissingError(f"tags.json has no card {card}")  # an account of that name stays
        return tag_edits.remove(entries, card, today)

    return _changed(visit, change, "card.removed", card)


def push_lists(visit: Visit) -> Response:
    """Bring the cards into the lists of charge points."""
    return _told(visit, *list_push.push(visit))


def problems(visit: Visit) -> Response:
    """Show what shocpp-check finds wrong, and what it finds in order."""
    told: list[str] = []
    settings = visit.site.settings
    parts = looks.parts(
        settings, told.append, ("people file", lambda: f"{len(people.read(settings.people_file))} links")
    )
    good, bad = [], []
    for what, look in parts:
        if what in _OF_THE_LISTENER:
            continue
        try:
            good.append((what, plain(look(), 300)))
        except ShocppError as error:
            bad += [(what, plain(fault, 500)) for fault in error.faults]
    noted = [plain(each, 500) for each in (*told, *looks.warnings(settings))]
    return visit.page("problems.html", {"good": good, "bad": bad, "noted": noted})


PATHS = {"access": "access", "problems": "problems"}
PAGES: dict[str, Page] = {"access": access, "problems": problems}
ACT_PATHS = {"add_card": "access/add", "block_card": "access/block", "remove_card": "access/remove",
             "push_lists": "access/push"}  # fmt: skip
ACTS: dict[str, Page] = {"add_card": add_card, "block_card": block_card, "remove_card": remove_card,
                         "push_lists": push_lists}  # fmt: skip


def _changed(visit: Visit, change: Callable[[Entries], Entries], done: str, card: str) -> Response:
    """Change tags.json, and lead back to the page, which says what came of it."""
    try:
        edit(visit.site.settings.tags_file, change, is_new=True)
    except ShocppError as error:
        kind, sentence = tokens.BAD, plain(str(error), 500)
        visit.site.say("WARNING", f"{clean(visit.person.name)} {done}: {clean(error, 500)}")
    else:
        kind, sentence = tokens.GOOD, visit.words.say(done, card=plain(card))
        visit.site.say("INFO", f"{clean(visit.person.name)} {done}")
    return _told(visit, kind, sentence)


def _told(visit: Visit, kind: str, sentence: str) -> Response:
    """Lead back to the page, which says what came of an act."""
    return visit.see_other("access", said=tokens.outcome(visit.person, kind, sentence, int(visit.now.timestamp())))


def _refused(visit: Visit) -> list[tuple[str, str, str, str]]:
    """Give the cards that were refused last because nobody listed them: id as read and as shown, where, when."""
    connectors, tags = connectors_for(visit), visit.site.tags()
    found: dict[str, tuple[str, str, str, str]] = {}
    for each in reversed(refused_cards(visit.site.settings.run_dir)):
        id_tag = each["id_tag"]
        if each["status"] == INVALID and tags.find(id_tag) is None and id_tag not in found:
            where = plain(each["charge_point"]) or visit.words["anonymous"]
            found[id_tag] = (id_tag, plain(id_tag), where, connectors.moment(each["at"], visit.now))
    return list(found.values())[:MOST_REFUSED]


def _is_writable(path: str) -> bool:
    """Tell whether the list may be changed: it is written beside and put in place, so its folder decides."""
    return os.access(os.path.dirname(os.path.realpath(path)), os.W_OK | os.X_OK, effective_ids=True)
