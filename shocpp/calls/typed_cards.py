"""Cards as people type them, for a list: one that no charge point can say is mistyped."""

from __future__ import annotations

from shocpp.central_system.v16.local_list import LONGEST_ID
from shocpp.errors import DataError


def require_sendable(*cards: str) -> None:
    """
    See that nobody lists a card that charge points cannot say.

    Raises:
        DataError: One is too long.

    Source: OCPP 1.6 §7.28 (IdToken: at most 20 characters)
    """
    for card in cards:
        if len(card) > LONGEST_ID:
            said = f"{card[:LONGEST_ID]}… has {len(card)} characters, and OCPP's cards have at most {LONGEST_ID}"
            raise DataError(f"{said}; nothing is written")
