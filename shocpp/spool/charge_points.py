"""charge-points.json on the disk: who may connect."""

from __future__ import annotations

from shocpp.errors import ShocppError
from shocpp.ledger.charge_points import ChargePoints
from shocpp.spool.config_file import load, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def read(path: str) -> ChargePoints:
    """
    Read and check charge-points.json.

    Raises:
        MissingError: It is not there.
        ConfigError: It makes no sense; says file, entry and field.
    """
    return load(path, "charge-points", ChargePoints.from_list, is_strict=True)


class ChargePointsFile:
    """
    Who may connect, read anew when the file changes.

    Without the file everybody may. Once it was there it must stay readable: a file that vanishes or breaks does not
    open the door, the last good list serves, or if there was none, nobody may.

    Args:
        path: The file.
        report: Is told of every change, with a level and in words, once.
    """

    def __init__(self, path: str, report: Callable[[str, str], None]) -> None:
        self._path = path
        self._report = report
        self._stamp: tuple[int, ...] | None = None
        self._listed: ChargePoints | None = None

    def charge_points(self) -> ChargePoints | None:
        """Give those that may connect; None for all."""
        now = stamp(self._path)
        if now != self._stamp:
            self._stamp = now
            self._read()
        return self._listed

    def _read(self) -> None:
        try:
            self._listed = read(self._path)
            self._report("INFO", f"{self._path}: {len(self._listed)} charge points may connect")
        except ShocppError as error:
            self._listed = self._listed or ChargePoints()
            self._report("WARNING", f"{error}; {len(self._listed)} charge points may connect as before")
