"""shocpp-command: send a call to a charge point and print its confirmation."""

from __future__ import annotations

import json

import click

from shocpp.calls import ask
from shocpp.cli.run import HELP, entry_point, standard_input, version_option
from shocpp.cli.ways import warn, way
from shocpp.errors import DataError, UsageError
from shocpp.settings import Settings
from shocpp.spool.run.mailbox import connected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from shocpp.cli.command_words import NamedCall

_CONNECTOR = "--connector is for start, stop and transactionId=current"


def _complete_call(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem | str]:  # noqa: ARG001
    return [name for name in (*ask.WORDS, *ask.calls()) if name.lower().startswith(begun.lower())]


def _complete_id(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem | str]:  # noqa: ARG001
    there = connected(Settings.from_environ().run_dir)
    return [name for name in there if name.startswith(begun) and name.isprintable()]


@click.command("command", context_settings=HELP)
@click.option(
    "--charge-point",
    metavar="ID",
    shell_complete=_complete_id,
    help="Send to this one; needed when several are connected.",
)
@click.option(
    "--connector",
    type=click.IntRange(1),
    metavar="N",
    help="Start, stop or limit there; needed for one of several charges.",
)
@click.option("--phases", type=click.Choice(("1", "3")), help="With limit: on how many phases.")
@click.option("--all", "to_all", is_flag=True, help="Send to every connected one; print one JSON line for each.")
@click.option("--lines", is_flag=True, help="Read commands as JSON Lines from stdin until it ends.")
@click.option("--mqtt", "broker", metavar="URL", help="Send it over a broker, as in mqtt://HOST; needs --charge-point.")
@click.option("--timeout", default=10.0, show_default=True, metavar="S", help="Seconds to wait for the answer.")
@click.option("--check", is_flag=True, help="Only check the payload and print what would be sent.")
@click.option("--force", is_flag=True, help="Send also what is against the specification.")
@version_option
@click.argument("call", required=False, shell_complete=_complete_call)
@click.argument("payload", nargs=-1)
def command(
    charge_point: str | None,
    connector: int | None,
    phases: str | None,
    to_all: bool,
    lines: bool,
    broker: str | None,
    timeout: float,
    check: bool,
    force: bool,
    call: str | None,
    payload: tuple[str, ...],
) -> int:
    """
    Send CALL to a charge point and print its confirmation.

    PAYLOAD is JSON, or - to read it from stdin, or key=value words; none means {}.

    Instead of CALL: start [CARD or ACCOUNT]; stop, which ends the charge under way;
    limit AMOUNT or off. They end with 76 if the charge point does not accept.

    \b
      shocpp-command start company-x
      shocpp-command stop
      shocpp-command limit 11kW
      shocpp-command GetConfiguration
      shocpp-command Reset type=Soft
      shocpp-command RemoteStopTransaction transactionId=current
    """
    _check(call, charge_point, to_all, lines, broker, phases, check, timeout)
    settings = Settings.from_environ()
    asking = way(settings, broker, timeout, force, connector)
    if call is None:  # they come by --lines
        from shocpp.cli.command_lines import serve

        return serve(charge_point, asking)
    if call == "limit":
        from shocpp.cli.command_words import limit

        return limit(settings.run_dir, payload, phases, charge_point, connector, asking)
    action, wanted, identity = _meant(settings, call, payload, charge_point, connector)
    if check:
        click.echo(json.dumps(ask.prepare(action, wanted, force)))
        return 0
    if to_all:
        from shocpp.cli.command_lines import broadcast

        return broadcast(settings.run_dir, action, ask.prepare(action, wanted, force), asking)
    answer = asking(identity, action, wanted)
    if answer.quirk:
        warn(f"the confirmation is against the specification: {answer.quirk}")
    click.echo(json.dumps(answer.payload))
    if call in ask.WORDS:
        ask.require_accepted(answer)
    return 0


main = entry_point(command)


def _check(
    call: str | None,
    charge_point: str | None,
    to_all: bool,
    lines: bool,
    broker: str | None,
    phases: str | None,
    check: bool,
    timeout: float,
) -> None:
    """
    Refuse what does not go together.

    Raises:
        UsageError: Two options do not, or one lacks what it needs.
    """
    is_word = call in ask.WORDS
    _only(timeout > 0, "--timeout takes seconds, more than 0")  # NaN is not
    _only(
        broker is None or bool(charge_point and not to_all and not lines and not is_word),
        "--mqtt sends one call to one charge point, which --charge-point names",
    )
    _only(not lines or (call is None and not to_all and not check), "--lines takes its calls from stdin alone")
    _only(lines or call is not None, "which call? For example: shocpp-command GetConfiguration")
    _only(not to_all or charge_point is None, "--all and --charge-point exclude each other")
    _only(phases is None or call == "limit" or lines, "--phases is for limit")
    _only(not (is_word and to_all), f"--all takes a call, not {call}")
    _only(not (call == "limit" and check), "--check takes a call, not limit")


def _only(is_fine: bool, otherwise: str) -> None:
    if not is_fine:
        raise UsageError(otherwise)


def _meant(
    settings: Settings, call: str, payload: tuple[str, ...], charge_point: str | None, connector: int | None
) -> NamedCall:
    """Give the action that is meant, its payload, and the charge point; None for the one that is connected."""
    if call in ask.WORDS:
        from shocpp.cli.command_words import call_of

        return call_of(settings, call, payload, charge_point, connector)
    wanted = _payload(payload)
    _only(connector is None or ask.ends_current(call, wanted), _CONNECTOR)
    return call, wanted, charge_point


def _payload(words: tuple[str, ...]) -> dict[str, object]:
    """Read the payload as it was given: JSON, stdin, or words."""
    from shocpp.ocpp.v16.coercion import from_json, from_words

    try:
        if words == ("-",):
            return from_json(standard_input().read().strip() or b"{}")
        if len(words) == 1 and words[0].lstrip().startswith(("{", "[")):
            return from_json(words[0])
        return from_words(words)
    except ValueError as error:
        raise DataError(f"payload: {error}") from None
