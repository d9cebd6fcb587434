"""The tables of a store, where several processes find them missing at the same time."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import pytest
from psycopg import errors

from shocpp.stores.tables import create


class Raced:
    """A connection by which tables are missing until it makes them; each is made by another process just then."""

    def __init__(self, error: type[Exception]) -> None:
        self.tried = 0
        self._error = error

    def execute(self, statement: str, *_: object) -> Any:
        """Find no table; make none."""
        if statement.startswith("CREATE"):
            self.tried += 1
            raise self._error("already exists")
        return self

    def fetchone(self) -> tuple[int]:
        """Give how many are there."""
        return (0,)

    def transaction(self) -> AbstractContextManager[None]:
        """Give what would be taken back."""
        return nullcontext()

    def commit(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("error", [errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject])
def test_another_was_faster(error: type[Exception]) -> None:
    """Whatever PostgreSQL says of a table that another process has just made, it is there; all others are tried."""
    raced = Raced(error)
    create(cast(Any, raced))
    assert raced.tried == 3
