"""Connections to Postgres, with rows as dicts and JSON as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

Db = "Connection[dict[str, Any]]"


def connect(url: str) -> Connection[dict[str, Any]]:
    """One connection, autocommit: `with db.transaction():` opens one. Raises psycopg.OperationalError."""
    import psycopg
    from psycopg.rows import dict_row

    return psycopg.connect(url, autocommit=True, row_factory=dict_row, **PATIENCE)


def open_pool(url: str, *, most: int = 8) -> ConnectionPool[Connection[dict[str, Any]]]:
    """A pool whose connections are checked when handed out: a restarted database is no error for the next caller."""
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    return ConnectionPool(
        url, min_size=1, max_size=most, kwargs={"autocommit": True, "row_factory": dict_row, **PATIENCE},
        check=ConnectionPool.check_connection, open=True, timeout=15.0, reconnect_timeout=3600.0, name="factory",
    )


PATIENCE: dict[str, Any] = {
    "connect_timeout": 5, "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "options": "-c statement_timeout=30000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000",
}
"""A dead peer is noticed in half a minute; no statement and no forgotten transaction may hold the others up."""
