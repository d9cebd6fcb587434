"""
Say whether the payloads of GetConfiguration fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 0
    if "key" in value:
        known += 1
        field = value["key"]
        if type(field) is not list:
            return False
        for item in field:
            if type(item) is not str or len(item) > 50:
                return False
    return len(value) == known


def confirmation_configuration_key(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("key")
    if type(field) is not str or len(field) > 50:
        return False
    field = value.get("readonly")
    if type(field) is not bool:
        return False
    if "value" in value:
        known += 1
        field = value["value"]
        if type(field) is not str or len(field) > 500:
            return False
    return len(value) == known


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 0
    if "configurationKey" in value:
        known += 1
        field = value["configurationKey"]
        if type(field) is not list:
            return False
        for item in field:
            if not confirmation_configuration_key(item):
                return False
    if "unknownKey" in value:
        known += 1
        field = value["unknownKey"]
        if type(field) is not list:
            return False
        for item in field:
            if type(item) is not str or len(item) > 50:
                return False
    return len(value) == known
