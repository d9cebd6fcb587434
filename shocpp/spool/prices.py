"""prices.json on the disk."""

from __future__ import annotations

from shocpp.ledger.prices import Prices
from shocpp.spool.config_file import load


def read(path: str) -> Prices:
    """
    Read and check prices.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    return load(path, "prices", Prices.from_json)
