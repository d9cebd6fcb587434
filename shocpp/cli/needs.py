"""What an option needs besides the packages that all commands need, and what is said when it is not there."""

from __future__ import annotations

from shocpp.errors import UnavailableError
from shocpp.installation import lacking


def see_that_lxml_is_there(option: str) -> None:
    """
    See that OCPP over SOAP can be spoken.

    Raises:
        UnavailableError: It cannot; names the option and the command that installs what is missing.
    """
    try:
        import lxml.etree  # noqa: F401 - only whether it is there
    except ImportError:
        raise UnavailableError(lacking(option, "lxml", "soap")) from None
