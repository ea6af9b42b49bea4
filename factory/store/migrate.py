"""Bringing a database to the newest schema: numbered SQL files, each run once, under a lock."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from factory.states import TABLES

if TYPE_CHECKING:
    from psycopg import Connection

LOCK = 0x0FAC7031
"""Advisory lock: two starters migrate one after the other."""


def migrations() -> tuple[tuple[str, str], ...]:
    """Name and text of every migration, in order."""
    folder = files("factory.store") / "migrations"
    return tuple(sorted((f.name, f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".sql")))


def migrate(url: str) -> tuple[str, ...]:
    """Run what is new, each in its own transaction. Returns the names of what was run. Raises psycopg.Error."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as db:
        db.execute("select pg_advisory_lock(%s)", (LOCK,))
        db.execute("create table if not exists migrations (name text primary key, at timestamptz not null default now())")
        done = tuple(_run(db))
        _write_moves(db)
        return done


def pending(db: Connection[dict[str, object]]) -> tuple[str, ...]:
    """Names of migrations that a database has not seen."""
    there = db.execute("select to_regclass('migrations') as t").fetchone()
    seen = {r["name"] for r in db.execute("select name from migrations")} if there and there["t"] else set()
    return tuple(name for name, _ in migrations() if name not in seen)


def _run(db: Connection) -> Iterator[str]:
    seen = {row[0] for row in db.execute("select name from migrations")}
    for name, text in migrations():
        if name not in seen:
            with db.transaction():
                db.execute(text.encode())
                db.execute("insert into migrations (name) values (%s)", (name,))
            yield name


def _write_moves(db: Connection) -> None:
    """The database refuses what `factory.states` forbids: its table of moves is written anew from ours."""
    rows = [(kind, b, a) for kind, moves in TABLES.items() for b, after in moves.items() for a in sorted(after)]
    with db.transaction(), db.cursor() as cursor:
        cursor.execute("delete from moves")
        cursor.executemany("insert into moves (kind, before, after) values (%s, %s, %s)", rows)
