"""What is said beside a statement to whoever makes it, and stands nowhere in it: what it lacks, what looks misspelt."""

from __future__ import annotations

from shocpp.report import difference, signatures
from shocpp.texts import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.statement import Statement
    from shocpp.report.gather import Source
    from shocpp.report.inputs import Inputs


def on(statement: Statement, source: Source, inputs: Inputs, prices_file: str) -> Iterator[str]:
    """
    Say what is to be said of a statement, a sentence each.

    Args:
        statement: The statement.
        source: What it was made of.
        inputs: What it was made with.
        prices_file: The path of the prices.
    """
    if said := signatures.advice(statement):
        yield said
    if statement.header.is_settled:
        yield from difference.of_month(source.billing.settled, statement.header.span.months[0], inputs.prices)
    else:
        yield from _unheard_of(statement, inputs, prices_file)


def _unheard_of(statement: Statement, inputs: Inputs, prices_file: str) -> Iterator[str]:
    """Name accounts that have a price and are otherwise unheard of: misspelt, they are billed the general price."""
    if inputs.prices is None or inputs.accounts is None:
        return
    known = {*inputs.accounts.names().values(), *(item.charge.account for item in statement.items)}
    for account in inputs.prices.accounts():
        if account not in known:
            yield f"{prices_file} has a price for account '{plain(account)}', which is neither in tags.json nor here"
