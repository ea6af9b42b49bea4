"""What a route works with: settings, the database and the bucket, opened once a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Depends, Request

from factory.settings import Settings

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from factory.storage import Storage


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Handles of one process.

    A connection is taken and given back within one function of one thread: a request that held one while it waited
    for a thread could stop all others.
    """

    settings: Settings
    pool: ConnectionPool[Connection[dict[str, Any]]]
    storage: Storage

    @contextmanager
    def reading(self) -> Iterator[Connection[dict[str, Any]]]:
        """A connection on which every statement stands for itself."""
        with self.pool.connection() as db:
            yield db

    @contextmanager
    def changing(self) -> Iterator[Connection[dict[str, Any]]]:
        """A connection within a transaction: all of it happens, or nothing."""
        with self.pool.connection() as db, db.transaction():
            yield db


async def _parts(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


Web = Annotated[Parts, Depends(_parts)]
"""The parameter by which a route gets its handles."""
