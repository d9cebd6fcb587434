"""JSON in which no name may stand twice in an object: one of the two would be lost without a word."""

from __future__ import annotations


def name_twice(pairs: list[tuple[str, object]]) -> str | None:
    """
    Give the first name that stands twice among an object's fields; None if none does.

    Args:
        pairs: What ``object_pairs_hook`` of ``json.loads`` is given.

    >>> name_twice([("type", 1), ("type", 2)]), name_twice([("type", 1)])
    ('type', None)
    """
    if len(dict(pairs)) == len(pairs):
        return None
    names = [name for name, _ in pairs]
    return next(name for name in names if names.count(name) > 1)
