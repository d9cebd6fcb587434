"""
How a command runs: the configuration file is read, errors become one line on stderr and an exit status. Nobody else
knows exit statuses.
"""

from __future__ import annotations

import os
import sys

import click

from shocpp import __version__, errors
from shocpp.cli import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 80}

OK, USAGE, SOFTWARE = 0, 64, 70
STATUS = {
    errors.UsageError: USAGE,
    errors.DataError: 65,
    errors.MissingError: 66,
    errors.UnavailableError: 69,
    errors.CannotCreateError: 73,
    errors.WriteError: 74,
    errors.TryAgainError: 75,
    errors.RefusedError: 76,
    errors.NotPermittedError: 77,
    errors.ConfigError: 78,
}

version_option = click.version_option(__version__, prog_name=None, message="shocpp %(version)s")


def standard_input() -> BinaryIO:
    """
    Give stdin as bytes: what comes is UTF-8, whatever the locale.

    Raises:
        UsageError: Whoever started us has closed it.
    """
    if sys.stdin is None:
        raise errors.UsageError("stdin is closed; there is nothing to read")
    return sys.stdin.buffer


def status_of(error: errors.ShocppError) -> int:
    """Give the exit status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), SOFTWARE)


def fail(program: str, error: errors.ShocppError) -> int:
    """Say what went wrong, a line for each fault; give the exit status."""
    for fault in error.faults:
        click.echo(f"{program}: {fault}", err=True)
    return status_of(error)


def _unread() -> int:
    """Throw away what is still buffered for a reader that closed the pipe: writing it at exit would fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return OK


def entry_point(command: click.Command, program: str | None = None) -> Callable[..., int]:
    """Make the ``main`` of a command: it takes arguments (default: the process's) and gives the exit status."""
    name = program or f"shocpp-{command.name}"
    perform = command.callback
    assert perform is not None  # noqa: S101 - each command of ours does something

    def configured(*arguments: object, **options: object) -> object:
        """Read the configuration file, then do what the command does; --help does not come here."""
        environment.complete(name)
        return perform(*arguments, **options)

    command.callback = configured

    def main(argv: list[str] | None = None) -> int:
        """Run the command; the exit status."""
        try:
            result = command.main(argv, prog_name=name, standalone_mode=False)
            sys.stdout.flush()
        except errors.ShocppError as error:
            return fail(name, error)
        except click.ClickException as error:
            said = " ".join(error.format_message().split())  # click lists choices a line each
            click.echo(f"{name}: {said} (see {name} --help)", err=True)
            return USAGE
        except (KeyboardInterrupt, click.Abort):
            return 130
        except (BrokenPipeError, SystemExit) as error:
            if isinstance(error, SystemExit) and error.code != 1:  # click makes 1 of a broken pipe, and only of that
                raise
            return _unread()
        except Exception:
            import traceback

            traceback.print_exc()
            click.echo(f"{name}: this is a bug in shocpp; please report it with the lines above", err=True)
            return SOFTWARE
        return result if isinstance(result, int) else OK

    return main
