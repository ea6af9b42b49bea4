"""What the service does, in numbers: for metrics, readiness and usage. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from psycopg import Connection

BUCKETS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Upper bounds of the histogram of stage seconds."""


def stage_seconds(db: Connection[dict[str, Any]]) -> list[dict[str, Any]]:
    """A stage's finished jobs: how many took at most each of `BUCKETS` (`le`), how many in all, and their sum."""
    bounds = ", ".join(f"count(*) filter (where seconds <= {b})" for b in BUCKETS)
    return db.execute(
        f"select stage, array[{bounds}] as le, count(*) as n, sum(seconds)::float8 as seconds "  # noqa: S608  (our own numbers)
        "from jobs where seconds is not null group by stage order by stage").fetchall()


def counted(db: Connection[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """Rows of a table by what `COUNTED` says of it."""
    columns = ", ".join(COUNTED[table])
    return db.execute(f"select {columns}, count(*) as n from {table} group by {columns} order by {columns}").fetchall()  # noqa: S608


COUNTED: Final[Mapping[str, Sequence[str]]] = {
    "jobs": ("lane", "stage", "state"), "batches": ("state",), "variants": ("state", "review"), "events": ("type",),
    "deliveries": ("state",), "bundles": ("state",),
}


def webhook_lag(db: Connection[dict[str, Any]]) -> float:
    """Seconds by which the oldest delivery is overdue; 0 when none is."""
    row = db.execute("select coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as lag from deliveries "
                     "where state = 'due' and due_at <= now()").fetchone()
    return max(0.0, float(row["lag"])) if row else 0.0


def accepted(db: Connection[dict[str, Any]]) -> tuple[int, float]:
    """Approved variants, and worker seconds of all batches."""
    row = db.execute("select (select count(*) from variants where review = 'approved') as n, "
                     "(select coalesce(sum(busy_seconds), 0) from batches)::float8 as seconds").fetchone()
    return (row["n"], row["seconds"]) if row else (0, 0.0)


def standstill(db: Connection[dict[str, Any]], within_s: float) -> float:
    """Seconds that ready work has waited while no worker ended anything for `within_s` or has a job; 0 when work moves."""
    row = db.execute(
        "select coalesce(extract(epoch from now() - min(greatest(created_at, not_before))), 0)::float8 as age, "
        "exists (select 1 from workers where progress_at > now() - make_interval(secs => %(s)s)) "
        "or exists (select 1 from jobs where state = 'leased' and leased_until > now()) as moves "
        "from jobs where state = 'ready' and not_before <= now()", {"s": within_s}).fetchone()
    return 0.0 if row is None or row["moves"] or row["age"] < within_s else float(row["age"])


USED: Final = (
    "count(distinct b.id) as batches, coalesce(sum(v.made), 0)::bigint as variants, "
    "coalesce(sum(v.approved), 0)::bigint as approved, coalesce(sum(b.busy_seconds), 0)::float8 as worker_seconds "
    "from batches b left join lateral (select count(*) filter (where state = 'ready') as made, "
    "count(*) filter (where review = 'approved') as approved from variants where batch = b.id) v on true "
    "where b.created_at >= %(since)s::date and b.created_at < %(until)s::date + 1")


def usage_by_day(db: Connection[dict[str, Any]], since: date, until: date) -> list[dict[str, Any]]:
    """Batches, variants made and approved, worker seconds: by the day (UTC) on which a batch was started, newest first."""
    return db.execute(f"select (b.created_at at time zone 'UTC')::date as day, {USED} group by 1 order by 1 desc",
                      {"since": since, "until": until}).fetchall()


def usage_by_batch(
    db: Connection[dict[str, Any]], since: date, until: date, before: tuple[Any, str] | None, limit: int
) -> list[dict[str, Any]]:
    """The same by batch, newest first."""
    at, id = before or (None, "")
    return db.execute(
        f"select b.id as batch, b.created_at, {USED} "
        "and (%(at)s::timestamptz is null or (b.created_at, b.id) < (%(at)s, %(id)s)) "
        "group by b.id order by b.created_at desc, b.id desc limit %(n)s",
        {"since": since, "until": until, "at": at, "id": id, "n": limit}).fetchall()
