"""How far batches are: lists, moments, and an estimate from what has been measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from factory.store.work import LIVE, OUTSIDE

if TYPE_CHECKING:
    from psycopg import Connection

GUESS: Final[Mapping[str, float]] = {"plate": 2.0, "copy": 0.5, "compose": 2.0, "animate": 8.0}
"""Worker seconds of a stage's job before any was measured in the batch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """`share` of the work that is done (0 to 1), finished variants a minute, seconds left; None: not known yet."""

    share: float
    per_minute: float | None
    seconds_left: float | None


def page(
    db: Connection[dict[str, Any]],
    limit: int,
    *,
    before: tuple[datetime, str] | None = None,
    states: Sequence[str] = (),
    brief: str = "",
    custom_id: str = "",
) -> list[dict[str, Any]]:
    """Batches, newest first, from a place (`created_at`, `id`) on."""
    at, batch = before or (None, "")
    return db.execute(
        "select * from batches where (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) "
        "and (%(all)s or state = any(%(states)s)) and (%(brief)s = '' or brief = %(brief)s) "
        "and (%(custom)s = '' or options ->> 'custom_id' = %(custom)s) order by created_at desc, id desc limit %(n)s",
        {"at": at, "id": batch, "all": not states, "states": list(states), "brief": brief, "custom": custom_id, "n": limit},
    ).fetchall()


def counts(db: Connection[dict[str, Any]], batches: Sequence[str]) -> dict[str, dict[str, int]]:
    """Variants of many batches by state, and by review (`review.<verdict>`) where they are ready."""
    found: dict[str, dict[str, int]] = {b: {} for b in batches}
    rows = db.execute(
        "select batch, state, review, count(*) as n from variants where batch = any(%s) group by 1, 2, 3", (list(batches),)
    )
    for row in rows:
        own = found[row["batch"]]
        own[row["state"]] = own.get(row["state"], 0) + row["n"]
        if row["state"] == "ready":
            own[f"review.{row['review']}"] = own.get(f"review.{row['review']}", 0) + row["n"]
    return found


def planned_at(db: Connection[dict[str, Any]], batches: Sequence[str]) -> dict[str, datetime]:
    """When each batch had been planned; those that have not are left out."""
    rows = db.execute("select batch, at from events where batch = any(%s) and type = 'batch.started'", (list(batches),))
    return {r["batch"]: r["at"] for r in rows}


def pace(db: Connection[dict[str, Any]], row: Mapping[str, Any], ready: int) -> Pace:
    """How fast a batch goes, from the seconds its own jobs took; `ready` counts its finished variants."""
    stages = db.execute(
        "select stage, count(*) filter (where state = any(%(live)s)) as open, count(*) filter (where state = 'done') as done, "
        "avg(seconds) as mean, extract(epoch from now() - (select started_at from batches where id = %(b)s))::float8 as age "
        "from jobs where batch = %(b)s and stage <> all(%(outside)s) group by stage",
        {"b": row["id"], "live": list(LIVE), "outside": list(OUTSIDE)},
    ).fetchall()
    if row["ended_at"]:
        return Pace(share=1.0, per_minute=None, seconds_left=None)
    means = {s["stage"]: float(s["mean"]) if s["mean"] is not None else GUESS.get(s["stage"], 1.0) for s in stages}
    left = sum(s["open"] * means[s["stage"]] for s in stages)
    done = sum(s["done"] * means[s["stage"]] for s in stages)
    age = stages[0]["age"] if stages else None
    share = done / (done + left) if done + left else 0.0
    if not age or age <= 0 or row["busy_seconds"] <= 0:
        return Pace(share=share, per_minute=None, seconds_left=None)
    hands = row["busy_seconds"] / age
    return Pace(share=share, per_minute=60.0 * ready / age, seconds_left=left / hands)
