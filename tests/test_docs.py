"""The manual says what the commands do: options, settings, launchers, links."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from shocpp.report.formats import ALL
from shocpp.settings import SETTINGS, Setting, passed_on
from tests.support.patience import PATIENCE_S
from tests.support.programs import InProcess

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")])
MANUAL = sorted(DOCS.glob("shocpp-*.md"))
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
SECTIONS = ("Synopsis", "Options", "Environment", "Files", "Exit status", "Example")

COLUMNS = 100
# words that are not everybody's, as they first stand in a page; the glossary has a heading for each
WORDS = {
    "mailbox": r"\bmailbox\b",
    "sighting": r"\bsightings?\b",
    "stop": r"\b(?:[Aa]|[Tt]he|[Ii]ts)\s+\[?stops?\b|\bstops\s+(?:are|come|that)\b",
}
OPTION = re.compile(r"(?<![\w-])(--?[a-zA-Z][\w-]*)")


def section(page: Path, title: str) -> str:
    """Give what stands under a heading of the second level."""
    parts = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    return "".join(part for part in parts[1:] if part.startswith(title))


def options_in(text: str) -> set[str]:
    """Find the options in a table's first column, or in a list of terms."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    rows += [line for line in text.splitlines() if line.startswith("`-")]
    return {option for row in rows for option in OPTION.findall(row)}


def helped(name: str, *words: str) -> str:
    """Give what --help shows, of a command as it is started, of one within it in this process."""
    if words:
        return InProcess(ROOT)(name.removeprefix("shocpp-"), *words, "--help").out
    command = [str(ROOT / "bin" / name), "--help"]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return done.stdout


def options_of(name: str, *words: str) -> set[str]:
    """Give the options that --help lists, those of commands within the command included."""
    options, _, within = helped(name, *words).partition("\nOptions:\n")[2].partition("\nCommands:\n")
    lines = (line for line in options.splitlines() if line.startswith("  -"))
    own = {option for line in lines for option in OPTION.findall(line.split("  ")[1])}
    return own.union(*(options_of(name, word) for word in re.findall(r"^  (\S+)", within, flags=re.MULTILINE)))


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.stem)
def test_options(page: Path) -> None:
    """A page lists exactly the options that --help lists, and its synopsis names no other."""
    wanted = options_of(page.stem)
    assert options_in(section(page, "Options")) == wanted
    own = re.sub(r" -- .*", "", section(page, "Synopsis"), flags=re.MULTILINE)
    assert set(OPTION.findall(own)) <= wanted


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.stem)
def test_sections(page: Path) -> None:
    """A page has all sections that a manual page has, and begins with the command's name."""
    assert page.read_text().startswith(f"# {page.stem}\n")
    assert [title for title in SECTIONS if not section(page, title)] == []


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_every_command_is_complete(name: str) -> None:
    """Each entry point has a launcher that starts the same module, a page, and is named in the README."""
    launcher = ROOT / "bin" / name
    module, _, function = SCRIPTS[name].partition(":")
    assert (module, function) == (f"shocpp.cli.{name.removeprefix('shocpp-')}", "main")
    assert launcher.exists(), f"bin/{name} is not there: copy another one, with this name in it"
    assert f"name={name.removeprefix('shocpp-')};" in launcher.read_text()
    assert os.access(launcher, os.X_OK), f"chmod +x bin/{name}"
    assert (DOCS / f"{name}.md").exists(), f"{name} has no page: write docs/{name}.md"
    readme = (ROOT / "README.md").read_text()
    assert f"docs/{name}.md" in readme, f"{name} has no row in the README's table of commands"


def test_every_launcher_is_installed() -> None:
    """Whatever can be started in a checkout is there after pip install as well, but for the tests."""
    launchers = {path.name for path in (ROOT / "bin").glob("shocpp-*")} - {"shocpp-test"}
    assert launchers - set(SCRIPTS) == set(), "write a line for each into [project.scripts] of pyproject.toml"


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.variable)
def test_every_setting(setting: Setting) -> None:
    """Each setting is in the table of settings, with its default and something of what it sets."""
    lines = (DOCS / "settings.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith(f"| `{setting.variable}` |")]
    assert len(rows) == 1
    default, meaning = (cell.strip() for cell in rows[0].split("|")[2:4])
    assert default == f"`{setting.default}`" if setting.default else default.startswith("none")
    assert meaning


@pytest.mark.parametrize("form", ALL)
def test_every_format(form: str) -> None:
    """Each format of the statement is offered in the manual's table of options, and described below."""
    page = (DOCS / "shocpp-summary.md").read_text()
    offered = next(line for line in page.splitlines() if line.startswith("| `--format FORMAT`"))
    assert f"`{form}`" in offered, "name it in the row of --format of docs/shocpp-summary.md"
    assert f"\n**{form}** " in page, f"tell what is in it in docs/shocpp-summary.md: **{form}** has …"


def test_no_setting_is_made_up() -> None:
    """No page speaks of a setting that there is not."""
    known = {*passed_on(), "WS_ADDRESS", "WS_PORT"}
    for page in PAGES:
        told = set(re.findall(r"\b(?:SHOCPP|WS)_[A-Z_]+\b", page.read_text()))
        assert {name for name in told if not name.endswith("_COMPLETE")} <= known, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    """A link within the documents leads to a file, and to a heading in it, that is there."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = page.parent / name if name else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings}, target


def prose(page: Path) -> str:
    """Give a page without its code: fences are gone, lines of blocks and what stands in backquotes are blank."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ {4}.*$|`[^`\n]*`", lambda code: " " * len(code[0]), text, flags=re.MULTILINE)


@pytest.mark.parametrize("page", [*sorted(DOCS.glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name)
def test_columns(page: Path) -> None:
    """Prose is wrapped, so that a terminal shows it: tables, which cannot be, and code excepted."""
    text = re.sub(r"^ *```.*?^ *```$|^ {4}[^\n]*$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in text.splitlines() if len(line) > COLUMNS and not line.lstrip().startswith("|")] == []


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_words_are_explained(page: Path, word: str) -> None:
    """A page links a word of ours to the glossary where it first uses it."""
    if page.name == "glossary.md":
        assert f"\n### {word.capitalize()}\n" in page.read_text()
        return
    first = re.search(WORDS[word], prose(page))
    assert not first or prose(page)[first.end() :].startswith(f"](glossary.md#{word})"), first[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_paths_of_a_machine(page: Path) -> None:
    """No document mentions a path or a name of the machine that it was written on."""
    paths = re.findall(r"(?<![\w.…<>}*~$)\"'/-])/[a-z]+/[\w./-]+", page.read_text())
    usual = ("/opt/shocpp", "/etc/", "/usr/", "/var/", "/srv/", "/run/", "/dev/", "/proc/", "/ocpp/", "/tmp/")
    assert [path for path in paths if not path.startswith(usual)] == []


@pytest.mark.parametrize(
    "path", [path for path in sorted((ROOT / "conf").rglob("*")) if path.is_file()], ids=lambda path: path.name
)
def test_examples_name_pages_that_there_are(path: Path) -> None:
    """What an example in conf/ says of the manual leads to a page that is there."""
    for page in re.findall(r"\bdocs/[\w-]+\.md", path.read_text()):
        assert (ROOT / page).exists(), page


def test_what_is_the_users_stays_out_of_git() -> None:
    """The user's own files below conf/, with cards, passwords and secret ids, are not committed by accident."""
    own = {f"/{each.default}" for each in SETTINGS.values() if each.default.startswith("conf/")}
    assert own <= set((ROOT / ".gitignore").read_text().splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_secret_is_typed_as_an_argument(page: Path) -> None:
    """No page has people type a key or password where ``ps`` and the shell's history show it."""
    assert not re.search(r"key=AuthorizationKey\s+value=|--password[ =]", page.read_text())
