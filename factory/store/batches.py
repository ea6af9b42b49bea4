"""Batches: put in, planned, finished. Within a batch's transaction its row is held first (`work.lock`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factory.ids import canonical
from factory.states import before
from factory.store import events, work
from factory.store.rows import NewJob, NewVariant

if TYPE_CHECKING:
    from psycopg import Connection

WEIGHT: Mapping[str, float] = {"low": 0.25, "normal": 1.0, "high": 4.0}
"""Priority -> share of the workers beside other batches."""


def insert(
    db: Connection[dict[str, Any]], batch: str, brief: str, options: Mapping[str, Any], by: str, *, priority: str = "normal",
    metadata: Mapping[str, str] | None = None, deadline: datetime | None = None,
) -> None:
    """Put a batch in, with the job that plans it. Call within a transaction."""
    least = db.execute("select coalesce(min(vtime), 0) as v from batches where state in ('running', 'finalizing', 'cancelling')"
                       ).fetchone()
    db.execute(
        "insert into batches (id, brief, options, metadata, weight, vtime, deadline_at, created_by) "
        "values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (batch, brief, _json(options), _json(metadata or {}), WEIGHT[priority], least["v"] if least else 0.0, deadline, by))
    work.put(db, batch, [NewJob(id=f"plan-{batch}", stage="plan", lane="cpu", args={}, needs={})])


def planned(
    db: Connection[dict[str, Any]], batch: str, plan: Mapping[str, Any], jobs: Sequence[NewJob], variants: Sequence[NewVariant]
) -> bool:
    """A batch knows what it will become. Returns whether nothing is left to do (all results were kept already).

    Call within a transaction that holds the batch. A batch that was stopped meanwhile stays stopped.
    """
    if not move(db, batch, "running"):
        return False
    db.execute("update batches set plan = %s where id = %s", (_json(plan), batch))
    with db.cursor() as cursor:
        cursor.executemany(
            "insert into variants (batch, id, ordinal, kind, concept, tribe, locale, placement, job) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            [(batch, v.id, v.ordinal, v.kind, v.concept, v.tribe, v.locale, v.placement, v.job) for v in variants])
    left = work.put(db, batch, jobs)
    events.tell(db, batch, "batch.started", batch, {"total": len(variants)})
    return left == 0


def move(db: Connection[dict[str, Any]], batch: str, state: str) -> bool:
    """Ask for a move of `factory.states.BATCH`. Returns False when the batch is where it may not be made from."""
    rows = db.execute("update batches set state = %s, updated_at = now() where id = %s and state = any(%s) returning id",
                      (state, batch, list(before("batch", state)))).fetchall()
    return bool(rows)


def begin_finish(db: Connection[dict[str, Any]], batch: str) -> None:
    """The last of the plan's jobs has ended: one job, written once a round, closes the batch. Within its transaction."""
    row = work.lock(db, batch)
    if row["state"] == "running":
        move(db, batch, "finalizing")
    name, args = f"finish-{batch}-{row['round']}", {"round": row["round"]}
    work.put(db, batch, [NewJob(id=name, stage="finish", lane="io", args=args, needs={})])


def stop(db: Connection[dict[str, Any]], batch: str, ending: str) -> bool:
    """Stop a batch wherever it is: what waits is cancelled, what runs may end, what was made is kept and told.

    `ending` is "cancelled" or "expired". Returns False when the batch has ended or is closing already. Within a transaction.
    """
    state = work.lock(db, batch)["state"]
    if state == "validating":
        db.execute("update jobs set state = 'cancelled', leased_until = null, ended_at = now() where batch = %s "
                   "and state = any(%s)", (batch, list(work.LIVE)))
        ended(db, batch, ending)
    elif state in ("running", "cancelling") and work.stop(db, batch, ending):
        begin_finish(db, batch)
    return state in ("validating", "running", "cancelling")


def ended(
    db: Connection[dict[str, Any]], batch: str, state: str, *, record: Mapping[str, Any] | None = None,
    figures: Mapping[str, Any] | None = None, error: Any = None,
) -> None:
    """Close a batch and tell of it. Call within a transaction that holds the batch; state is one of `states.ENDED`."""
    if not move(db, batch, state):
        return
    row = db.execute(
        "update batches set ended_at = now(), record = coalesce(%s, record), figures = coalesce(%s, figures), error = %s "
        "where id = %s returning round", (_json(record), _json(figures), _json(error), batch)).fetchone()
    told = "batch.completed" if state.startswith("completed") else f"batch.{state}"
    data = {"state": state, **({"figures": figures} if figures else {})}
    events.tell(db, batch, told, f"{batch}:{row['round'] if row else 1}", data)


def again(db: Connection[dict[str, Any]], batch: str) -> list[str]:
    """Try what failed once more. Returns the jobs; [] when there is none, and then nothing changes. Within a transaction."""
    work.lock(db, batch)
    jobs = work.retry_failed(db, batch)
    if jobs:
        move(db, batch, "running")
        db.execute("update batches set round = round + 1, ended_at = null where id = %s", (batch,))
        db.execute("update variants set state = 'queued', reason = '' where batch = %s and state = 'failed' and job = any(%s)",
                   (batch, jobs))
    return jobs


def get(db: Connection[dict[str, Any]], batch: str) -> dict[str, Any] | None:
    """A batch's row without its record (`work.SHORT`), or None."""
    return db.execute(f"select {work.SHORT} from batches where id = %s", (batch,)).fetchone()  # noqa: S608


def record(db: Connection[dict[str, Any]], batch: str) -> dict[str, Any] | None:
    """The batch as `batch.json` says it; None where there is no such batch, or it has none yet."""
    row = db.execute("select record from batches where id = %s", (batch,)).fetchone()
    return row["record"] if row else None


def counts(db: Connection[dict[str, Any]], batch: str) -> dict[str, int]:
    """Variants by state and by review, and jobs by state (`job.<state>`)."""
    rows = db.execute(
        "select state as k, count(*) as n from variants where batch = %(b)s group by state union all "
        "select 'review.' || review, count(*) from variants where batch = %(b)s and state = 'ready' group by review union all "
        "select 'job.' || state, count(*) from jobs where batch = %(b)s group by state", {"b": batch})
    return {r["k"]: r["n"] for r in rows}


def overdue(db: Connection[dict[str, Any]]) -> list[str]:
    """Batches at work that are past their deadline."""
    rows = db.execute("select id from batches where state in ('validating', 'running') and deadline_at < now()")
    return [r["id"] for r in rows]


def unclosed(db: Connection[dict[str, Any]]) -> list[str]:
    """Batches whose work is over but which no job closes: what a lost moment may leave behind."""
    rows = db.execute(
        "select id from batches b where state in ('running', 'cancelling') and open_jobs = 0 and plan is not null and not exists "
        "(select 1 from jobs j where j.batch = b.id and j.id = 'finish-' || b.id || '-' || b.round) order by id")
    return [r["id"] for r in rows]


def _json(value: Any) -> str | None:
    return None if value is None else canonical(value).decode()
