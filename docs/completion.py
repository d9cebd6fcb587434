"""
Write files by which bash, zsh and fish complete our commands: options, and names of calls and charge points.

    .venv/bin/python3 docs/completion.py FOLDER

FOLDER is ``/usr/local/share``, or ``~/.local/share`` for bash and fish of one user; the folders below it in which the
shells look are made. Needs click: what is in the files is click's, and asks the command itself what is possible.

Source: https://click.palletsprojects.com/en/stable/shell-completion/
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.shell_completion import get_completion_class

DOCS = Path(__file__).resolve().parent
WITHOUT = {"shocpp-backend"}  # nobody types it often
# by shell: where it looks, below FOLDER, for the file of a command
PLACES = {
    "bash": "bash-completion/completions/{}",
    "zsh": "zsh/site-functions/_{}",
    "fish": "fish/vendor_completions.d/{}.fish",
}
_USAGE = 64


def script(name: str, shell: str) -> str:
    """
    Give the script by which a shell completes a command.

    Args:
        name: The command.
        shell: One of ``PLACES``.

    Returns:
        The script, which starts the command whenever something is to be completed.
    """
    kind = get_completion_class(shell)
    assert kind  # noqa: S101 - click knows all of PLACES
    completion = kind(click.Command(name), {}, name, f"_{name.upper().replace('-', '_')}_COMPLETE")
    return completion.source_template % completion.source_vars()


def write(folder: Path) -> None:
    """Write the files of all commands and shells into the folders below one."""
    for name in sorted({page.stem for page in DOCS.glob("shocpp-*.md")} - WITHOUT):
        for shell, place in PLACES.items():
            path = folder / place.format(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{script(name, shell).strip()}\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the files into the folder that is named; give the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: .venv/bin/python3 docs/completion.py FOLDER", file=sys.stderr)
        return _USAGE
    write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        print(f"docs/completion.py: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        sys.exit(73)
