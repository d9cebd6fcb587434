"""
The topics of a broker on which OCPP messages go up, from charge points, and down, to them.

A layout is made of templates with named places, such as ``ocpp/cp/${cid}/${action}``; each place is a whole level of a
topic. From a template come the filter to subscribe to, what a topic says, and a topic to publish on. What the messages
hold is not known here (``emqx``).

Source: EMQX, OCPP gateway (4.4 and 5): topics; MQTT 5 §4.7 (filters, wildcards)
"""

from __future__ import annotations

from shocpp.errors import ConfigError
from shocpp.ocpp.frames import CALL, CALL_RESULT

ANY = "+"
LAYOUTS = {
    "emqx5": "call=ocpp/cp/${cid} reply=ocpp/cp/${cid}/Reply down=ocpp/cs/${cid}",
    "emqx4": "call=ocpp/cp/${cid}/${action} call=ocpp/cp/${cid}/Notify/${action} reply=ocpp/cp/Reply/${cid}"
    " reply=ocpp/cp/Error/${cid} down=ocpp/cs/${cid}/+/+",
}
ANSWER, QUESTION = "Reply", "Call"  # what stands for the first wildcard of a topic that is published on

_CID, _ACTION, _ID, _TYPE = "${cid}", "${action}", "${id}", "${type}"
_PLACES = (_CID, _ACTION, _ID, _TYPE, ANY)
_UNFIT = str.maketrans("/+#\0", "----")
_TAKES = "call=TEMPLATE reply=TEMPLATE down=TEMPLATE, each with ${cid}"


class Template:
    """
    A topic with named places.

    Args:
        text: Its levels; ``${cid}``, which is the same as ``${clientid}``, has to be one of them.

    Raises:
        ConfigError: It is none.
    """

    def __init__(self, text: str) -> None:
        self._levels = text.replace("${clientid}", _CID).split("/")
        if self._levels.count(_CID) != 1:
            raise ConfigError(f"topic {text[:80]!r} does not have ${{cid}} as one of its levels")
        for level in self._levels:
            if level not in _PLACES and any(sign in level for sign in "$+#\0 "):
                raise ConfigError(f"topic {text[:80]!r}: {level[:40]!r} is no level of it")
        self.filter = "/".join(ANY if level in _PLACES else level for level in self._levels)

    def read(self, topic: str) -> tuple[str, str] | None:
        """Give the identity and the action that a topic says, empty where it says none; None for another topic."""
        levels = topic.split("/")
        if len(levels) != len(self._levels):
            return None
        pairs = list(zip(self._levels, levels, strict=True))
        if any(wanted not in (*_PLACES, level) for wanted, level in pairs):
            return None
        said = dict(pairs)
        return (said[_CID], said.get(_ACTION, "")) if said[_CID] else None

    def fill(self, identity: str, word: str, action: str, kind: int, unique_id: str) -> str:
        """
        Give a topic to publish on.

        Args:
            identity: The charge point's.
            word: Stands for the first wildcard.
            action: Stands for ``${action}`` and further wildcards; nobody reads it there.
            kind: The message's type.
            unique_id: The message's.
        """
        said = {_ACTION: action, _ID: unique_id, _TYPE: str(kind)}
        any_level = iter([word])
        levels = []
        for level in self._levels:
            if level == _CID:
                levels.append(identity)
            elif level in _PLACES:
                levels.append(_fitting(next(any_level, action) if level == ANY else said[level]))
            else:
                levels.append(level)
        return "/".join(levels)

    def filter_of(self, identity: str) -> str:
        """Give the filter of what is for, or of, one charge point."""
        return "/".join(identity if level == _CID else ANY if level in _PLACES else level for level in self._levels)


class Layout:
    """
    The topics of a gateway.

    Args:
        text: A name of ``LAYOUTS``, or words ``call=TEMPLATE``, ``reply=TEMPLATE``, ``down=TEMPLATE``; the first two
            may come several times.

    Attributes:
        calls: Where CALLs of charge points are; a gateway publishes them on the first.
        replies: Where their answers are; a gateway publishes results on the first, errors on the last.
        down: Where messages for them are.

    Raises:
        ConfigError: It is neither.
    """

    def __init__(self, text: str) -> None:
        found: dict[str, list[Template]] = {"call": [], "reply": [], "down": []}
        for word in LAYOUTS.get(text, text).split():
            name, equals, template = word.partition("=")
            if not equals or name not in found:
                raise ConfigError(f"{word[:60]!r} is no layout; there are {', '.join(LAYOUTS)}, and {_TAKES}")
            found[name].append(Template(template))
        if not all(found.values()) or len(found["down"]) != 1:
            raise ConfigError(f"layout {text[:80]!r} is not whole; it takes {_TAKES}")
        self.calls, self.replies, (self.down,) = found["call"], found["reply"], found["down"]

    @property
    def filters(self) -> list[str]:
        """Give what to subscribe to for all that goes up: no filter takes what another one takes already."""
        return _least(self.calls + self.replies)

    def shared_filters(self, group: str) -> list[str]:
        """Give what one of a group of subscribers has: each call goes to one of them, each answer to all."""
        return [f"$share/{group}/{each}" for each in _least(self.calls)] + _least(self.replies)

    def up(self, identity: str, kind: int, action: str, unique_id: str) -> str:
        """Give the topic on which a gateway publishes what a charge point says; see ``Template.fill``."""
        template = self.calls[0] if kind == CALL else self.replies[0 if kind == CALL_RESULT else -1]
        return template.fill(identity, QUESTION if kind == CALL else ANSWER, action, kind, unique_id)

    def takes(self, identity: str) -> bool:
        """
        Tell whether a charge point can have this name: its topics are no others, and no calls look like answers.

        >>> Layout("emqx4").takes("CP001"), Layout("emqx4").takes("Reply"), Layout("emqx4").takes("a/b")
        (True, False, False)
        """
        if not fits_in_topic(identity):
            return False
        calls = [template.filter_of(identity) for template in self.calls]
        return not any(reply.read(call) for reply in self.replies for call in calls)

    def read(self, topic: str, is_call: bool) -> tuple[str, str] | None:
        """
        Give the identity and the action that a topic says.

        Args:
            topic: One that a message came on.
            is_call: The message is a CALL: some topics can be read both ways, as that of a charge point named Reply.

        Returns:
            Identity, and action or an empty text; None for a topic that is not of this layout.
        """
        order = (*self.calls, *self.replies) if is_call else (*self.replies, *self.calls)
        return next((said for template in order if (said := template.read(topic)) is not None), None)

    def identities(self, topic: str) -> set[str]:
        """Give whose a topic may be, before anybody has looked at what is said there."""
        return {said[0] for is_call in (True, False) if (said := self.read(topic, is_call)) is not None}

    def has(self, topic: str) -> bool:
        """Tell whether a topic is one of this layout."""
        return any(template.read(topic) is not None for template in (*self.calls, *self.replies, self.down))


def fits_in_topic(identity: str) -> bool:
    r"""
    Tell whether an identity can be a level of a topic.

    >>> fits_in_topic("CP001"), fits_in_topic("CP#1"), fits_in_topic("")
    (True, False, False)
    >>> fits_in_topic("CP\n1"), fits_in_topic("CP\0"), fits_in_topic("Säule 1")
    (False, False, True)
    """
    # a broker hangs up on who sends control characters, or what is no UTF-8 (MQTT 5 §1.5.4)
    return bool(identity) and identity.isprintable() and not any(sign in identity for sign in "/+#")


def _least(templates: list[Template]) -> list[str]:
    """Give the filters of templates, without those that take what another one takes already."""
    filters = list(dict.fromkeys(each.filter for each in templates))
    return [each for each in filters if not any(_covers(other, each) for other in filters if other != each)]


def _fitting(level: str) -> str:
    """Make a level of a topic of any text."""
    return level.translate(_UNFIT) or "-"


def _covers(wide: str, narrow: str) -> bool:
    """Tell whether one filter takes all that another one takes."""
    levels, others = wide.split("/"), narrow.split("/")
    return len(levels) == len(others) and all(a in (ANY, b) for a, b in zip(levels, others, strict=True))
