"""
Texts from outside made harmless: ``clean`` for a line of the log, ``plain`` for whatever people are shown.

An account's name, a card's id or a charge point's vendor may hold anything: escape sequences, line breaks, marks that
turn the direction of writing, ten thousand letters. The log keeps what can be kept as it came, so that it can be
searched; what is shown to people has nothing in it that they cannot see. HTML and JSON have their own escaping on top.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# what would let a charge point forge lines or move a terminal's cursor
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_CONTROL |= {0x2028: "\\u2028", 0x2029: "\\u2029"}
_CONTROL |= {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x200E, 0x200F)
}

_LONGEST = 64
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# what Unicode calls letters or symbols, but nobody sees: fillers that make a name look empty or like another
_FILLERS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0))
_MOST_MARKS = 3
# what ``plain`` gave, by what it was given: statements show the same names again and again. To import ``lru_cache``
# takes longer than most connections have use for
_plain: dict[tuple[str, int], str] = {}
_MOST_PLAIN = 1024
_ALIKE = 0.5  # how near a name is that may be meant: of 1


def clean(value: object, most: int = 200) -> str:
    """
    Make any value fit for a log line: control and direction characters escaped, length bounded.

    >>> clean("a\\nb")
    'a\\\\x0ab'
    """
    text = str(value)
    if not text.isascii() or not text.isprintable():
        text = text.translate(_CONTROL)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def plain(text: str, longest: int = _LONGEST) -> str:
    """
    Make a text from outside fit for one line of any output.

    Args:
        text: The text.
        longest: More letters than that are cut off, with an ellipsis for them.

    Returns:
        The text with every letter that is not to be seen written as its code.

    >>> plain("a\\x1b[2Jb\\nc\\u202ed"), plain("x" * 100, 5)
    ('a<1B>[2Jb<0A>c<202E>d', 'xxxx…')
    """
    made = _plain.get((text, longest))
    if made is None:
        if len(_plain) >= _MOST_PLAIN:
            _plain.clear()
        made = _plain[text, longest] = _made_plain(text, longest)
    return made


def _made_plain(text: str, longest: int) -> str:
    if text.isascii() and text.isprintable():
        return _cut(text, longest)
    import unicodedata  # a backend that logs has no need of it

    out, marks = [], 0
    for letter in _cut(text, longest):
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in _UNSEEN or ord(letter) in _FILLERS or marks > _MOST_MARKS:
            out.append(f"<{ord(letter):02X}>")
        else:
            out.append(" " if category == "Zs" else letter)
    return _cut("".join(out), longest)


def meant(word: str, known: Iterable[str], most: int = 5) -> str:
    """
    Say which name may have been meant by one that there is not.

    Args:
        word: What was typed.
        known: The names that there are.
        most: How many of them are told where none is near.

    Returns:
        A clause that names the nearest one, or if none is near some of those that there are; empty if there are none.

    >>> meant("Reest", ["Reset", "ClearCache"]), meant("x", "abcdefg"), meant("x", [])
    ('did you mean Reset?', 'there are a, b, c, d, e and 2 more', '')
    """
    from difflib import get_close_matches  # slow to import, and seldom needed

    names = {name.casefold(): name for name in known if name}
    for near in get_close_matches(word.casefold(), names, 1, _ALIKE):
        return f"did you mean {plain(names[near])}?"
    told = ", ".join(map(plain, list(names.values())[:most]))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"there are {told}{more}" if names else ""


def masked(id_tag: str) -> str:
    """
    Give of a card's id what its owner needs to recognise it.

    >>> masked("04A2B3C4D5E680"), masked("1111"), masked("12"), masked("")
    ('…E680', '…11', '…', '')
    """
    seen = 4 if len(id_tag) >= 8 else 2 if len(id_tag) >= 4 else 0
    return f"…{plain(id_tag[len(id_tag) - seen :])}" if id_tag else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
