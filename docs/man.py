"""
Make the man pages of all commands out of docs/.

    python3 docs/man.py FOLDER

FOLDER is one in which man looks, such as ``/usr/local/share/man/man1``; it is made if it is not there. Needs nothing
but Python. Knows the Markdown that the pages of docs/ are written in, and no more of it: headings, paragraphs, lists,
lists of terms, tables, code, and within a line code, bold, italics and links.

Source: man(7), groff_man(7), groff_char(7)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
_FENCE, _CODE_INDENT, _USAGE = "```", "    ", 64
_WITHIN = re.compile(r"(`+) ?(.+?) ?\1|\*\*(.+?)\*\*|\*(\w.*?)\*|\[([^\]]+)\]\(([^)\s]+)\)")
_ITEM = re.compile(r"(-|\d+\.) +")
_CELL = re.compile(r"(?<!\\)\|")
# what roff would take for something else: its own escapes, hyphens that people copy, and quotes
_ROFFS = {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
# what a terminal without UTF-8 lacks, by names for which roff, or the page itself, has something to show there
_BEYOND_ASCII = {"…": r"\&...", "→": r"\(->", "–": r"\(en", "×": r"\(mu"}
_BEYOND_ASCII |= {"°": r"\(de", "§": r"\(sc", "µ": r"\(mc", "ß": r"\(ss"}
_FALLBACKS = (r".fchar \(de deg", r".fchar \(sc section\~", r".fchar \(mc u", r".fchar \(ss ss")
_ESCAPED = str.maketrans(_ROFFS | _BEYOND_ASCII)


def plain(text: str) -> str:
    r"""
    Give a text as roff has to read it to print it.

    >>> plain("a-b \\ 'c'")
    'a\\-b \\(rs \\(aqc\\(aq'
    """
    return text.translate(_ESCAPED)


def line(text: str) -> str:
    r"""
    Give a line with the fonts that its marks ask for; it begins with nothing that roff takes for a request.

    >>> print(line("`--all` is *new*, see [files](files.md) and [it](shocpp-status.md#x)"))
    \fB\-\-all\fP is \fInew\fP, see docs/files.md and it (\fBshocpp\-status\fP(1))
    """
    made, at = "", 0
    for found in _WITHIN.finditer(text):
        made += plain(text[at : found.start()]) + _marked(found)
        at = found.end()
    made += plain(text[at:])
    return f"\\&{made}" if made.startswith(".") else made


def _marked(found: re.Match[str]) -> str:
    _, code, bold, italic, words, target = found.groups()
    if code is not None:
        return f"\\fB{plain(code)}\\fP"
    if bold is not None:
        return f"\\fB{line(bold.replace('`', ''))}\\fP"
    if italic is not None:
        return f"\\fI{line(italic)}\\fP"
    name = target.partition("#")[0]
    if not name or name in words:
        return line(words)
    there = f"docs/{plain(name)}"
    if name.startswith("shocpp-"):
        there = f"\\fB{plain(name.removesuffix('.md'))}\\fP(1)"
    return there if words.strip("`") in {name, name.removesuffix(".md")} else f"{line(words)} ({there})"


def blocks(text: str) -> Iterator[list[str]]:
    """
    Give the blocks of a page: lines that belong together, without the empty ones around them.

    >>> list(blocks("# a\\n\\nb\\nc\\n\\n    d\\n\\n    e\\n"))
    [['# a'], ['b', 'c'], ['    d', '', '    e']]
    """
    block: list[str] = []
    for each in [*text.splitlines(), "", "."]:
        is_fenced = bool(block) and block[0].startswith(_FENCE) and (len(block) == 1 or block[-1] != _FENCE)
        is_code = bool(block) and block[0].startswith(_CODE_INDENT) and (not each or each.startswith(_CODE_INDENT))
        if is_fenced or is_code or (each and not (block and (not block[-1] or _begins(each)))):
            block.append(each)
            continue
        while block and not block[-1]:
            block.pop()
        if block:
            yield block
        block = [each] if each else []


def _begins(text: str) -> bool:
    """Tell whether a line begins a block of its own, without an empty line before it."""
    return bool(text.startswith(("#", ": ", _FENCE)) or _ITEM.match(text))


def roff(block: list[str]) -> list[str]:
    """Give a block as lines of roff."""
    first = block[0]
    if first.startswith("#"):
        return [_heading(first)]
    if first.startswith((_FENCE, _CODE_INDENT)):
        code = block[1:-1] if first.startswith(_FENCE) else [each.removeprefix(_CODE_INDENT) for each in block]
        return [".PP", ".RS 4", ".EX", *(f"\\&{plain(each)}" if each else "" for each in code), ".EE", ".RE"]
    if first.startswith("|"):
        return _table(block)
    text = " ".join(each.strip() for each in block)
    if item := _ITEM.match(text):
        mark = r"\(bu" if item[1] == "-" else item[1]
        return [f".IP {mark} 4", line(text[item.end() :])]
    if text.startswith(": "):
        return [line(text[2:])]
    return [".TP" if re.fullmatch(r"`-[^`]*`(, `-[^`]*`)*", text) else ".PP", line(text)]


def _heading(text: str) -> str:
    """Give a heading: of the second level in capitals, as man pages have them, unless it is a file's name."""
    depth, _, title = text.partition(" ")
    return f".SS {line(title)}" if depth != "##" else f".SH {line(title if '.' in title else title.upper())}"


def _table(rows: list[str]) -> list[str]:
    """Give a table as a list of terms: the first cell of each row, and what the others say of it."""
    cells = [[each.strip().replace("\\|", "|") for each in _CELL.split(row.strip().strip("|"))] for row in rows]
    titles, made = cells[0], []
    for first, *others in cells[2:]:
        told = [
            f"{title}: {cell}" if title and len(others) > 1 else cell
            for title, cell in zip(titles[1:], others, strict=False)
            if cell
        ]
        made += [".TP", line(first) or "\\&", line("; ".join(told)) or "\\&"]
    return made


def man_page(name: str, text: str) -> str:
    """
    Make a man page.

    Args:
        name: The command.
        text: Its page in docs/, which begins with a heading and a paragraph that says what it does.

    Returns:
        The page, in the language of man(7).
    """
    _, about, *rest = blocks(text)
    told = " ".join(about)
    short, stop, more = told.partition(". ")
    made = [
        f'.TH "{plain(name.upper())}" 1 "" "shocpp" "shocpp"',
        ".nr HY 0",
        ".ad l",
        *_FALLBACKS,
        ".SH NAME",
        f"{plain(name)} \\- {line(short.rstrip('.'))}",
    ]
    made += [".SH DESCRIPTION", line(more)] if stop else []
    for block in rest:
        made += roff(block)
    return "\n".join([*made, ""])


def write(folder: Path) -> None:
    """Write the pages of all commands into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in sorted(DOCS.glob("shocpp-*.md")):
        made = man_page(page.stem, page.read_text(encoding="utf-8"))
        (folder / f"{page.stem}.1").write_text(made, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages into the folder that is named; give the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python3 docs/man.py FOLDER", file=sys.stderr)
        return _USAGE
    write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        print(f"docs/man.py: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        sys.exit(73)
