"""
Say whether the payloads of GetLocalListVersion fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

def request(value: object) -> bool:
    if type(value) is not dict:
        return False
    return len(value) == 0


def confirmation(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("listVersion")
    if type(field) is not int:
        return False
    return len(value) == 1
