"""
What a statement needs besides records: prices, whom it is from and for, the public keys of meters.

Read from the configuration, each as it is when it is asked for. A file that is not there, or makes no sense, leaves out
what it would say, if a statement can do without; that is told.
"""

from __future__ import annotations

from shocpp import __version__
from shocpp.errors import MissingError, ShocppError
from shocpp.ledger.parties import Parties
from shocpp.spool.conf.configuration import find_charge_points, read_prices, read_tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.prices import Prices
    from shocpp.ledger.statement import Statement
    from shocpp.report.gather import Source, Wanted
    from shocpp.settings import Settings


class Inputs:
    """
    What statements are made with.

    Args:
        settings: Where everything lies.
        zone, zone_name: The zone of their local times.
        say: Is told in a sentence what is left out.
        needs_prices: The file of prices was named, so it has to be there.

    Attributes:
        prices: What a kWh costs; None where nobody said.
        accounts: Who has cards; None where that is not known.

    Raises:
        MissingError: The prices are not there although they have to be.
        ConfigError: The prices make no sense.
    """

    def __init__(
        self,
        settings: Settings,
        zone: tzinfo | None,
        zone_name: str,
        say: Callable[[str], object],
        needs_prices: bool = False,
    ) -> None:
        self._settings = settings
        self._zone = zone
        self._zone_name = zone_name
        self._say = say
        self.prices = self._read_prices(needs_prices)
        self.accounts = self._read_accounts()

    def statement(self, source: Source, wanted: Wanted, created: datetime) -> Statement:
        """
        Make a statement.

        Args:
            source: Where the records are.
            wanted: What it is about.
            created: When it is made, as it says.

        Raises:
            ConfigError: A month of the span was settled in another currency.
        """
        parties = Parties(self.prices.issuer if self.prices else (), self.accounts.parties() if self.accounts else {})
        where = self._zone, self._zone_name
        return source.statement(wanted, self.prices, created, __version__, *where, parties, self._public_keys)

    def _read_prices(self, needs_them: bool) -> Prices | None:
        try:
            return read_prices(self._settings.prices_file)
        except MissingError:
            if needs_them:
                raise
            return None

    def _read_accounts(self) -> Accounts | None:
        """Read the accounts: a statement needs them only to say whom it is for."""
        try:
            return read_tags(self._settings.tags_file)
        except MissingError:
            return None
        except ShocppError as error:
            self._say(f"{error}; nothing is known of whom statements are for")
            return None

    def _public_keys(self) -> dict[str, tuple[str, ...]]:
        """Read the public keys of meters, by charge point."""
        try:
            listed = find_charge_points(self._settings.charge_points_file)
        except ShocppError as error:
            self._say(f"{error}; no public key is known")
            return {}
        return {each.identity: each.public_keys for each in listed or () if each.public_keys}
