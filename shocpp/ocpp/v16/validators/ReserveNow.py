"""
Say whether the payloads of ReserveNow fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time


def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 4
    field = value.get("connectorId")
    if type(field) is not int:
        return False
    field = value.get("expiryDate")
    if type(field) is not str or not is_date_time(field):
        return False
    field = value.get("idTag")
    if type(field) is not str or len(field) > 20:
        return False
    field = value.get("reservationId")
    if type(field) is not int:
        return False
    if "parentIdTag" in value:
        known += 1
        field = value["parentIdTag"]
        if type(field) is not str or len(field) > 20:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"}:
        return False
    return len(value) == 1
