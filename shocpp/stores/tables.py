"""
The tables of a store in PostgreSQL: made by the first process that finds them missing.

Theirs is plain SQL, so that whatever speaks PostgreSQL's protocol takes it.
"""

from __future__ import annotations

from contextlib import suppress

from psycopg import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.stores.server_session import Connection

_ARE_THERE = (
    "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ANY(%s)"
)
_TABLES = {
    "shocpp_record": (
        "id text PRIMARY KEY, month text NOT NULL, name text NOT NULL, document text NOT NULL, "
        "kept timestamptz NOT NULL DEFAULT now(), UNIQUE (month, name)"
    ),
    "shocpp_settlement": ("month text PRIMARY KEY, document text NOT NULL, kept timestamptz NOT NULL DEFAULT now()"),
    "shocpp_start": (
        "charge_point text NOT NULL, transaction_id text NOT NULL, document text NOT NULL, "
        "PRIMARY KEY (charge_point, transaction_id)"
    ),
}
# what "IF NOT EXISTS" says where another process makes the same table: of its row's type, of its name, or of the type
_ANOTHER_WAS_FASTER = (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject)


def create(connection: Connection) -> None:
    """
    Make the tables that are missing; committed when this returns.

    Raises:
        psycopg.Error: They cannot be made.
    """
    found = connection.execute(_ARE_THERE, (list(_TABLES),)).fetchone()
    connection.commit()
    if found is not None and int(found[0]) == len(_TABLES):
        return
    for name, columns in _TABLES.items():
        with suppress(*_ANOTHER_WAS_FASTER), connection.transaction():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    connection.commit()
