"""
Which transport has which transcripts in every run: those that start programs have a part, and all with --thorough.

A transport whose connections are dear (``DEAR``) has one transcript of each kind (``KINDS``). Those that want more of
a transport than to carry lines are shared out besides, so that each of them runs over one dear transport at least.
"""

from __future__ import annotations

from tests.support import soaped
from tests.support.brokered import NOT_CARRIED
from tests.support.brokered import SHOWN as BROKERED
from tests.support.transcripts import Transcript

# each connection of these costs the start of a program, or of two; or its tables
DEAR = {"stored", "pipes", "websocketd", "embedded", "handed-over", "broker"}
KINDS = {
    "charge",
    "charge-remote",
    "charge-two-connectors",
    "quirk-02-path-dots",
    "quirk-02-path-encoded",
    "quirk-02-path-none",
    "quirk-09-stop-again",
    "quirk-17-not-utf8",
    "quirk-17-pretty-printed",
    "quirk-17-truncated",
    "quirk-17-truncated-silence",
    "quirk-19-configuration-cut",
    "receipt-book-fails",
    "receipt-no-tags",
    "receipt-tags-break",
}
SHARING = ("pipes", "websocketd", "embedded", "handed-over")
# what the dear ones have that do not share: of a broker and of a store other things can go wrong
SHOWN = {
    "broker": BROKERED,
    "stored": {"charge", "quirk-08-transaction-available-first", "quirk-09-stop-again"},
}
# what a transport cannot have: a charge point without a name over a broker; a folder in the way of a store
NOT_SHOWN = {*(("broker", name) for name in NOT_CARRIED), ("stored", "receipt-book-fails")}


def is_carried(transport: str, transcript: Transcript) -> bool:
    """Tell whether a transport can carry a transcript at all."""
    if transport.startswith("soap-"):
        return soaped.is_expressible(transcript, transport.removeprefix("soap-"))
    return (transport, transcript.name) not in NOT_SHOWN


def shares(loaded: dict[str, Transcript]) -> set[tuple[str, str]]:
    """
    Share the transcripts among the dear transports.

    Args:
        loaded: All transcripts, by name.

    Returns:
        Pairs of a dear transport and the name of a transcript that it has in every run.
    """
    wanting = [name for name in loaded if loaded[name].is_of_the_transport and name not in KINDS]
    shared = {(SHARING[at % len(SHARING)], name) for at, name in enumerate(wanting)}
    return shared | {(transport, name) for transport in DEAR for name in SHOWN.get(transport, KINDS)}
