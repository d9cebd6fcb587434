"""
The local lists of charge points, renewed from the page: what ``shocpp-tags push --all`` does, and what came of it.
"""

from __future__ import annotations

from functools import partial

from shocpp.calls import ask, local_list_push
from shocpp.errors import ShocppError
from shocpp.spool.run.mailbox import connected
from shocpp.texts import clean, plain
from shocpp.web.pages import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.web.pages.visit import Visit

_MOST_NAMED = 8
_LONGEST_REASON = 200


def push(visit: Visit) -> tuple[str, str]:
    """
    Send every charge point that is connected the list that tags.json makes now, unless it has that.

    Returns:
        ``GOOD``, or ``BAD`` where one did not take it, and sentences that say which have it, keep none, or failed.
    """
    settings = visit.site.settings
    there = connected(settings.run_dir)
    version = local_list_push.version_of((settings.tags_file, settings.charge_points_file))
    lists = local_list_push.Lists(
        visit.site.tags(), visit.site.seen.listed(), settings.parent_id_tag, visit.now, version
    )
    have, without, failed = [], [], []
    for name, said in local_list_push.push_to_each(partial(ask.ask, settings.run_dir), there, lists):
        if isinstance(said, local_list_push.NoListError):
            without.append(name)
        elif isinstance(said, ShocppError):
            failed.append(said)
        else:
            have.append(name)
    for error in failed:
        visit.site.say("WARNING", f"{clean(visit.person.name)} lists: {clean(error, 500)}")
    visit.site.say("INFO", f"{clean(visit.person.name)} lists: {len(have)} of {len(there)} have version {version}")
    sentences = [
        *([visit.words.say("lists.have", names=_names(visit, have))] if have else []),
        *([visit.words.say("lists.keep_none", names=_names(visit, without))] if without else []),
        *([visit.words.say("lists.failed", why=_few(visit, [_reason(each) for each in failed]))] if failed else []),
    ]
    return tokens.BAD if failed else tokens.GOOD, " ".join(sentences) or visit.words["lists.none"]


def _names(visit: Visit, identities: list[str]) -> str:
    listed = visit.site.seen.listed()
    known = (listed.get(each) if listed else None for each in identities)
    called = [
        plain((each.name if each else "") or identity) or visit.words["anonymous"]
        for identity, each in zip(identities, known, strict=True)
    ]
    return _few(visit, called)


def _few(visit: Visit, texts: list[str]) -> str:
    """Give the first of some texts, and say how many more there are."""
    more = len(texts) - _MOST_NAMED
    shown = ", ".join(texts[:_MOST_NAMED])
    return visit.words.say("and_more", names=shown, count=more) if more > 0 else shown


def _reason(error: ShocppError) -> str:
    return plain(str(error), _LONGEST_REASON)
