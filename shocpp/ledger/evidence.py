"""
What proves at which charge point a charge was: maker, model, serial numbers, meter, name and location at its start.

It is kept with the start as it was seen and goes into the record, so that a box which is changed later changes no
statement. Pure; what a charge point said of itself is read in ``central_system``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Evidence = dict[str, str]

FIELDS = ("vendor", "model", "serial", "meter_serial", "meter_type", "name", "location")


def read(kept: object) -> Evidence:
    """
    Read what a sighting keeps of it: the texts that are known, in order; nothing where somebody wrote something else.

    >>> read({"location": "yard", "vendor": "acme", "model": 5, "colour": "red"})
    {'vendor': 'acme', 'location': 'yard'}
    """
    if not isinstance(kept, dict):
        return {}
    return {name: value for name in FIELDS if isinstance(value := kept.get(name), str) and value}
