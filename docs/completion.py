"""
Write files by which bash, zsh and fish complete our commands: options, and names of calls and charge points.

    python3 docs/completion.py FOLDER

FOLDER is ``/usr/local/share``, or ``~/.local/share`` for bash and fish of one user; the folders below it in which the
shells look are made. What is in the files is click's, asked from each command in the way that its documentation tells.

Source: https://click.palletsprojects.com/en/stable/shell-completion/
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(__file__).resolve().parents[1] / "bin"
WITHOUT = {"shocpp-backend", "shocpp-test"}  # nobody types the one often; the other is no command of shocpp
# by shell: where it looks, below FOLDER, for the file of a command
PLACES = {
    "bash": "bash-completion/completions/{}",
    "zsh": "zsh/site-functions/_{}",
    "fish": "fish/vendor_completions.d/{}.fish",
}
_USAGE = 64


def script(name: str, shell: str) -> str:
    """
    Ask a command for the script by which a shell completes it.

    Args:
        name: The command.
        shell: One of ``PLACES``.

    Returns:
        The script.

    Raises:
        subprocess.CalledProcessError: The command has none.
    """
    variable = f"_{name.upper().replace('-', '_')}_COMPLETE"
    done = subprocess.run(  # noqa: S603 - one of our own commands
        [BIN / name], env={**os.environ, variable: f"{shell}_source"}, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def main(arguments: list[str]) -> int:
    """Write the files of all commands and shells; give the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python3 docs/completion.py FOLDER", file=sys.stderr)
        return _USAGE
    for name in sorted({path.name for path in BIN.glob("shocpp-*")} - WITHOUT):
        for shell, place in PLACES.items():
            path = Path(arguments[0]) / place.format(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script(name, shell), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
