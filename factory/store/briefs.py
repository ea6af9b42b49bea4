"""Briefs as pages show them: with the names of brands and people, and what was made from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

WHO = ("coalesce((select name from people where id = {0}.created_by), (select name from api_keys where id = {0}.created_by), "
       "{0}.created_by)")
"""The name of a person or a key."""


def listed(
    db: Connection[dict[str, Any]], before: tuple[datetime, str] | None, limit: int, brand: str = ""
) -> list[dict[str, Any]]:
    """Briefs without their texts, newest first, with `brand_name`, `who`, and `batches`: the newest three as id and state."""
    at, id = before or (None, "")
    return db.execute(
        f"select b.id, b.name, b.brand, n.name as brand_name, b.brand_version, b.created_at, {WHO.format('b')} as who, "  # noqa: S608
        "(select count(*) from batches x where x.brief = b.id) as made, "
        "(select coalesce(json_agg(json_build_object('id', y.id, 'state', y.state)), '[]') from (select id, state from batches "
        "where brief = b.id order by created_at desc, id desc limit 3) y) as batches "
        "from briefs b join brands n on n.id = b.brand where (%(brand)s = '' or b.brand = %(brand)s) "
        "and (%(at)s::timestamptz is null or (b.created_at, b.id) < (%(at)s, %(id)s)) "
        "order by b.created_at desc, b.id desc limit %(n)s", {"at": at, "id": id, "n": limit, "brand": brand}).fetchall()


def shown(db: Connection[dict[str, Any]], brief: str) -> dict[str, Any] | None:
    """A brief with its text, `brand_name`, `who` and the digest of its `kit`; or None."""
    return db.execute(
        f"select b.*, n.name as brand_name, v.digest as kit, {WHO.format('b')} as who from briefs b "  # noqa: S608
        "join brands n on n.id = b.brand join brand_versions v on v.brand = b.brand and v.version = b.brand_version "
        "where b.id = %s", (brief,)).fetchone()


def batches_of(db: Connection[dict[str, Any]], brief: str, limit: int = 20) -> list[dict[str, Any]]:
    """Batches of a brief, newest first, with `who`, how many variants they have and how many are ready."""
    return db.execute(
        f"select b.id, b.state, b.options, b.created_at, {WHO.format('b')} as who, "  # noqa: S608
        "(select count(*) from variants v where v.batch = b.id) as variants, "
        "(select count(*) from variants v where v.batch = b.id and v.state = 'ready') as ready "
        "from batches b where b.brief = %s order by b.created_at desc, b.id desc limit %s", (brief, limit)).fetchall()


def brands(db: Connection[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Every brand that a brief can be for, by name, with the number and digest of its newest version."""
    return db.execute(
        "select distinct on (lower(b.name), b.id) b.id, b.name, v.version, v.digest, v.facts ->> 'kit_name' as kit_name "
        "from brands b join brand_versions v on v.brand = b.id order by lower(b.name), b.id, v.version desc").fetchall()
