"""Another plate for an idea, and more variants like one. What waits to be made is a job like that of an edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factory.ids import short
from factory.store import events, variants

if TYPE_CHECKING:
    from psycopg import Connection


def another_plate(db: Connection[dict[str, Any]], row: Mapping[str, Any], by: str) -> list[str]:
    """Every finished variant of a variant's idea gets a new version on another plate, in the words it says now, to be decided
    on anew. Returns their ids; [] when none is finished. Call within a transaction that holds the batch."""
    batch, concept = row["batch"], row["concept"]
    rows = db.execute("select * from variants where batch = %s and concept = %s and state = 'ready' order by ordinal, seq "
                      "for update", (batch, concept)).fetchall()
    take = _next_take(db, batch, concept)
    for n, r in enumerate(sorted(rows, key=lambda r: r["id"] != row["id"])):  # the one that is looked at comes first
        number = variants.next_version(db, r, r["edits"], None, by, "rendering", take=take)
        args = {"variant": r["id"], "version": number, "edits": r["edits"]}
        variants.put_recompose(db, r, args, take=take, rank=n)
    return [r["id"] for r in rows]


def more_like(db: Connection[dict[str, Any]], row: Mapping[str, Any], by: str, count: int) -> list[str]:
    """New variants beside a finished one: the same idea, placement and locale on other plates and in other words.

    Returns their ids. Call within a transaction that holds the batch.
    """
    take = _next_take(db, row["batch"], row["concept"])
    return [_one_more(db, row, by, take + n) for n in range(count)]


def _one_more(db: Connection[dict[str, Any]], row: Mapping[str, Any], by: str, take: int) -> str:
    batch, new = row["batch"], short([row["batch"], row["id"], "more", take])
    db.execute(
        "insert into variants (batch, id, ordinal, kind, concept, tribe, locale, placement, job, state, take) "
        "select batch, %s, (select max(ordinal) + 1 from variants where batch = v.batch), kind, concept, tribe, locale, "
        "placement, job, 'rendering', %s from variants v where batch = %s and id = %s", (new, take, batch, row["id"]))
    args = {"variant": new, "version": 1, "edits": {}, "like": row["id"]}
    variants.put_recompose(db, row, args, take=take, rank=take)
    events.tell(db, batch, "variant.updated", f"{new}:1", {"variant": new, "version": 1, "by": by, "like": row["id"]})
    return new


def _next_take(db: Connection[dict[str, Any]], batch: str, concept: str) -> int:
    """The first take of an idea that nobody has asked for yet."""
    row = db.execute(
        "select greatest(max(v.take), max(w.take), 0) + 1 as take from variants v left join variant_versions w "
        "on w.batch = v.batch and w.variant = v.id where v.batch = %s and v.concept = %s", (batch, concept)).fetchone()
    return int(row["take"]) if row else 1
