"""Jobs: put in, claimed under a lease, ended once. Whoever holds a stale token writes nothing.

A batch's row is the lock for everything that ends within it: ends of its jobs follow one another, so the last one
knows that it is the last.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from factory.ids import canonical
from factory.store.rows import Lease, NewJob

if TYPE_CHECKING:
    from psycopg import Connection

LIVE = ("waiting", "ready", "leased")
OUTSIDE = ("plan", "finish", "publish", "archive", "recompose", "replate")
"""Stages that no plan counts: they stand before, after or beside its jobs."""

CHUNK: Mapping[str, int] = {"plate": 2, "copy": 8, "compose": 6, "animate": 1, "recompose": 1}
"""Jobs of a stage that are claimed at once: a few seconds of work, so that a small batch never waits long."""

SHORT = ("id, brief, state, options, metadata, weight, vtime, deadline_at, plan, open_jobs, round, ending, event_seq, "
         "figures, error, busy_seconds, created_by, created_at, started_at, ended_at, updated_at, ideas, models, "
         "record is not null as recorded")
"""A batch's row without its record: of a thousand variants that is megabytes, and most who ask need none of it."""

AFFINITY_S = 8.0
"""Worker seconds by which a warm worker may favour the batch at hand: opening another's plates costs a second or so."""
NEW_S = 3.0
"""Worker seconds up to which a batch is new and as much in favour: its first pictures come soon, however many wait."""


def ring(db: Connection[dict[str, Any]], lanes: Iterable[str]) -> None:
    """Ask for a doorbell to be rung once the caller's transaction is through."""
    with db.cursor() as cursor:
        cursor.executemany("insert into outbox (lane) values (%s)", [(lane,) for lane in sorted(set(lanes))])
    db.execute("notify bells")  # the relay looks at once; should it miss this, it looks by itself


def put(db: Connection[dict[str, Any]], batch: str, jobs: Sequence[NewJob]) -> int:
    """Put jobs in; a job that is there already stays as it is, one whose result is kept is done at once.

    Returns how many of the plan's jobs have not ended. Rings the lanes of what is ready.
    """
    kept = {r["job"] for r in db.execute("select job from results where job = any(%s)", ([j.id for j in jobs],))}
    rows = [(batch, j.id, j.stage, j.lane, _json(j.args), _json(j.needs), sum(n not in kept for n in set(j.needs.values())),
             j.rank, _first_state(j, kept)) for j in jobs]
    with db.cursor() as cursor:
        cursor.executemany(
            "insert into jobs (batch, id, stage, lane, args, needs, missing, rank, state, ended_at) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, null) on conflict do nothing", rows)
        cursor.executemany("insert into needs (batch, job, need) values (%s, %s, %s) on conflict do nothing",
                           [(batch, j.id, n) for j in jobs for n in sorted(set(j.needs.values()))])
    db.execute("update jobs set ended_at = now() where batch = %s and state = 'done' and ended_at is null", (batch,))
    ring(db, {j.lane for j in jobs if _first_state(j, kept) == "ready"})
    return count_open(db, batch)


def _first_state(job: NewJob, kept: set[str]) -> str:
    if job.id in kept:
        return "done"
    return "ready" if all(n in kept for n in job.needs.values()) else "waiting"


def count_open(db: Connection[dict[str, Any]], batch: str) -> int:
    """Count anew the plan's jobs that have not ended, and keep the number with the batch."""
    row = db.execute(
        "update batches set updated_at = now(), open_jobs = (select count(*) from jobs where batch = %(b)s "
        "and state = any(%(live)s) and stage <> all(%(outside)s)) where id = %(b)s returning open_jobs",
        {"b": batch, "live": list(LIVE), "outside": list(OUTSIDE)}).fetchone()
    return int(row["open_jobs"]) if row else 0


def claim(
    db: Connection[dict[str, Any]], lanes: Sequence[str], worker: str, lease_s: float, *, warm: str = ""
) -> list[Lease]:
    """Take a chunk of one stage's jobs of the batch that has had the least; [] when nothing is ready.

    Fairness is start-time fair queueing: each batch carries the worker seconds it had, over its weight. `warm` names the
    batch whose things the worker has at hand: it goes on with that one until another has had `AFFINITY_S` less. The
    batch's row is not touched while its jobs' rows are held: those who end jobs hold them the other way round.
    """
    with db.transaction():
        for batch in _hungry(db, lanes, warm):
            taken = _take(db, batch, lanes, worker, lease_s)
            if taken:
                break
        else:
            return []
    _mark_started(db, taken[0].batch)
    return taken


def _mark_started(db: Connection[dict[str, Any]], batch: str) -> None:
    """A batch's first claim. Should somebody hold its row for long, the next claim says so: leases are not lost over it."""
    from psycopg.errors import LockNotAvailable

    with contextlib.suppress(LockNotAvailable):
        db.execute("update batches set started_at = now() where id = %s and started_at is null", (batch,))


def _hungry(db: Connection[dict[str, Any]], lanes: Sequence[str], warm: str) -> list[str]:
    """Batches with ready jobs in these lanes: whoever has had the least first, a newcomer first of all."""
    rows = db.execute(
        "select b.id from batches b where exists (select 1 from jobs j where j.batch = b.id and j.lane = any(%s) "
        "and j.state = 'ready' and j.not_before <= now()) order by b.started_at is not null, "
        "b.vtime - case when b.id = %s or b.busy_seconds < %s then %s else 0 end, b.busy_seconds >= %s, b.started_at, b.id "
        "limit 50", (list(lanes), warm, NEW_S, AFFINITY_S, NEW_S))
    return [r["id"] for r in rows]


def _take(db: Connection[dict[str, Any]], batch: str, lanes: Sequence[str], worker: str, lease_s: float) -> list[Lease]:
    ready = db.execute(
        "select id, stage from jobs j where batch = %s and lane = any(%s) and state = 'ready' and not_before <= now() "
        "and not exists (select 1 from jobs o where o.id = j.id and o.state = 'leased') "
        "order by rank, stage, id limit %s for update skip locked", (batch, list(lanes), max(CHUNK.values()))).fetchall()
    stage = ready[0]["stage"] if ready else ""
    chosen = [r["id"] for r in ready if r["stage"] == stage][: CHUNK.get(stage, 1)]
    rows = db.execute(
        "update jobs set state = 'leased', token = nextval('job_tokens'), attempts = attempts + 1, worker = %s, "
        "leased_until = now() + make_interval(secs => %s), started_at = null, error = '' "
        "where batch = %s and id = any(%s) and state = 'ready' returning *", (worker, lease_s, batch, chosen)).fetchall()
    return [_lease(r) for r in sorted(rows, key=lambda r: chosen.index(r["id"]))]


def _lease(row: Mapping[str, Any]) -> Lease:
    return Lease(batch=row["batch"], id=row["id"], stage=row["stage"], lane=row["lane"], args=row["args"], needs=row["needs"],
                 token=row["token"], attempts=row["attempts"])


def begin(db: Connection[dict[str, Any]], lease: Lease, worker: str, lane: str) -> bool:
    """A claimed job is begun now: should its worker (of a lane) die, the try counts. Returns False when the lease is stale."""
    with db.transaction():
        db.execute("set local synchronous_commit = off")  # if this is lost, a try is not counted: no harm
        rows = db.execute("update jobs set started_at = now() where batch = %s and id = %s and token = %s and state = 'leased' "
                          "returning lane", (lease.batch, lease.id, lease.token)).fetchall()
        seen(db, worker, lane, job=lease.id)
    return bool(rows)


def heartbeat(db: Connection[dict[str, Any]], leases: Sequence[Lease], lease_s: float) -> set[int]:
    """Hold leases longer. Returns the tokens that still hold: work under any other is lost labour, stop it."""
    rows = db.execute(
        "update jobs set leased_until = now() + make_interval(secs => %s) where token = any(%s) and state = 'leased' "
        "returning token", (lease_s, [x.token for x in leases]))
    return {r["token"] for r in rows}


def lock(db: Connection[dict[str, Any]], batch: str) -> Mapping[str, Any]:
    """Hold a batch's row for the rest of the transaction. Returns it as `SHORT`. Raises LookupError when there is none."""
    row = db.execute(f"select {SHORT} from batches where id = %s for update", (batch,)).fetchone()  # noqa: S608
    if row is None:
        raise LookupError(batch)
    return row


def finish(db: Connection[dict[str, Any]], lease: Lease, result: Any, *, seconds: float, peak_mb: float = 0.0) -> list[str]:
    """Keep a job's result and end it, in every batch that waits for the same job.

    Returns the batches in which it ended now: [] when the lease is stale, and then nothing is written. Call within a
    transaction; tell of what was made (`store.variants.keep`) and then `settle` each batch returned.
    """
    batches = [r["batch"] for r in db.execute(
        "select batch from jobs where id = %s and (batch = %s or state in ('ready', 'waiting')) order by batch",
        (lease.id, lease.batch))]
    for batch in batches:
        lock(db, batch)
    own = db.execute(
        "update jobs set state = 'done', leased_until = null, error = '', seconds = %s, peak_mb = %s, ended_at = now() "
        "where batch = %s and id = %s and token = %s and state = 'leased' returning batch",
        (seconds, peak_mb, lease.batch, lease.id, lease.token)).fetchall()
    if not own:
        return []
    keep_result(db, lease.id, result)
    equal = db.execute(
        "update jobs set state = 'done', ended_at = now() where id = %s and batch = any(%s) and state = 'ready' returning batch",
        (lease.id, batches)).fetchall()
    db.execute("update batches set vtime = vtime + %s / weight, busy_seconds = busy_seconds + %s where id = %s",
               (seconds, seconds, lease.batch))
    return sorted({r["batch"] for r in [*own, *equal]})


def settle(db: Connection[dict[str, Any]], batch: str, job: str) -> bool:
    """After a job has ended well: those that waited for it alone are ready. Returns whether the plan's work is over."""
    ready = db.execute(
        "update jobs j set missing = missing - 1, "
        "state = case when missing = 1 and state = 'waiting' then 'ready' else state end "
        "from needs n where n.batch = %s and n.need = %s and j.batch = n.batch and j.id = n.job and j.missing > 0 "
        "returning j.lane, j.state", (batch, job)).fetchall()
    ring(db, {r["lane"] for r in ready if r["state"] == "ready"})
    return count_open(db, batch) == 0


def give_back(db: Connection[dict[str, Any]], lease: Lease, *, wait_s: float = 0.0, error: str = "") -> bool:
    """A worker that must stop, or cannot reach what it needs, hands a job back; the try is not counted."""
    change = "attempts = attempts - 1, error = %s, not_before = now() + make_interval(secs => %s)"
    return _back(db, lease, change, (error[:2000], wait_s))


def try_again(db: Connection[dict[str, Any]], lease: Lease, error: str, *, wait_s: float) -> bool:
    """A job failed in a way that another try may mend: it waits, then is ready again."""
    return _back(db, lease, "error = %s, not_before = now() + make_interval(secs => %s)", (error[:2000], wait_s))


def _back(db: Connection[dict[str, Any]], lease: Lease, change: str, values: tuple[Any, ...]) -> bool:
    with db.transaction():
        rows = db.execute(
            f"update jobs set state = 'ready', leased_until = null, {change} "  # noqa: S608  (`change` is one of two above)
            "where batch = %s and id = %s and token = %s and state = 'leased' returning lane",
            (*values, lease.batch, lease.id, lease.token)).fetchall()
        if rows:
            ring(db, [rows[0]["lane"]])
    return bool(rows)


def fail(db: Connection[dict[str, Any]], lease: Lease, error: str, *, state: str = "failed", seconds: float = 0.0) -> list[str]:
    """End a job without a result, and with it all that need it. Returns the ids that failed; [] when the lease is stale.

    Call within a transaction, after `lock`. `state` is "failed" or "parked".
    """
    lock(db, lease.batch)
    own = db.execute(
        "update jobs set state = %s, leased_until = null, error = %s, seconds = %s, ended_at = now() "
        "where batch = %s and id = %s and token = %s and state = 'leased' returning id",
        (state, error[:2000], seconds, lease.batch, lease.id, lease.token)).fetchall()
    if not own:
        return []
    db.execute("update batches set vtime = vtime + %s / weight, busy_seconds = busy_seconds + %s where id = %s",
               (seconds, seconds, lease.batch))
    return [lease.id, *_fail_dependents(db, lease.batch, lease.id, error)]


def _fail_dependents(db: Connection[dict[str, Any]], batch: str, job: str, error: str) -> list[str]:
    rows = db.execute(
        "with recursive down(job) as (select job from needs where batch = %(b)s and need = %(j)s "
        "union select n.job from needs n join down d on n.need = d.job where n.batch = %(b)s) "
        "update jobs set state = 'failed', ended_at = now(), error = %(e)s "
        "where batch = %(b)s and id in (select job from down) and state in ('waiting', 'ready') returning id",
        {"b": batch, "j": job, "e": f"it needs {job}, which failed: {error}"[:2000]}).fetchall()
    return [r["id"] for r in rows]


def expired(db: Connection[dict[str, Any]]) -> list[Lease]:
    """Leases that ran out: their workers died, hung or lost the database."""
    rows = db.execute("select * from jobs where state = 'leased' and leased_until < now() order by leased_until limit 500")
    return [_lease(r) for r in rows]


def stop(db: Connection[dict[str, Any]], batch: str, ending: str) -> bool:
    """Stop a batch: what waits is cancelled, what runs may end, what was made is kept. Returns whether nothing runs.

    `ending` is "cancelled" or "expired". Call within a transaction.
    """
    lock(db, batch)
    db.execute("update batches set ending = %s, state = 'cancelling', updated_at = now() where id = %s and state = 'running'",
               (ending, batch))
    db.execute("update jobs set state = 'cancelled', ended_at = now() where batch = %s and state in ('waiting', 'ready') "
               "and stage <> all(%s)", (batch, list(OUTSIDE)))
    return count_open(db, batch) == 0


def retry_failed(db: Connection[dict[str, Any]], batch: str) -> list[str]:
    """What failed or was parked is tried again, counted from nothing. Returns the jobs. Call within a transaction."""
    lock(db, batch)
    rows = db.execute(
        "update jobs j set attempts = 0, error = '', ended_at = null, not_before = now(), "
        "missing = (select count(*) from needs n join jobs k on k.batch = n.batch and k.id = n.need "
        "           where n.batch = j.batch and n.job = j.id and k.state <> 'done'), "
        "state = case when exists (select 1 from needs n join jobs k on k.batch = n.batch and k.id = n.need "
        "           where n.batch = j.batch and n.job = j.id and k.state <> 'done') then 'waiting' else 'ready' end "
        "where batch = %s and state in ('failed', 'parked') and stage <> all(%s) returning id, lane, state",
        (batch, list(OUTSIDE))).fetchall()
    ring(db, {r["lane"] for r in rows if r["state"] == "ready"})
    count_open(db, batch)
    return sorted(r["id"] for r in rows)


def ran_out(db: Connection[dict[str, Any]], lease: Lease) -> bool | None:
    """Hold the batch and a job whose lease ran out: whether the job had been begun. None when it is held again or ended.

    Call within a transaction.
    """
    lock(db, lease.batch)
    row = db.execute("select started_at from jobs where batch = %s and id = %s and token = %s and state = 'leased' "
                     "and leased_until < now() for update", (lease.batch, lease.id, lease.token)).fetchone()
    return row["started_at"] is not None if row else None


def keep_result(db: Connection[dict[str, Any]], job: str, result: Any) -> None:
    """Keep a job's result; one that is kept already stays."""
    db.execute("insert into results (job, body) values (%s, %s) on conflict do nothing", (job, _json(result)))


def result(db: Connection[dict[str, Any]], job: str) -> Any:
    """A job's result as plain data, or None."""
    row = db.execute("select body from results where job = %s", (job,)).fetchone()
    return row["body"] if row else None


def results(db: Connection[dict[str, Any]], jobs: Sequence[str]) -> dict[str, Any]:
    """Results of many jobs by id; those without one are left out."""
    return {r["job"]: r["body"] for r in db.execute("select job, body from results where job = any(%s)", (list(jobs),))}


def of_batch(db: Connection[dict[str, Any]], batch: str) -> list[dict[str, Any]]:
    """Every job of a batch, in rank order."""
    return db.execute("select * from jobs where batch = %s order by rank, stage, id", (batch,)).fetchall()


def bells(db: Connection[dict[str, Any]]) -> dict[str, int]:
    """Take the bells that wait in the outbox: lane -> how often. Call within the transaction that sends them."""
    rows = db.execute("with taken as (delete from outbox where id in (select id from outbox order by id limit 1000 "
                      "for update skip locked) returning lane) select lane, count(*) as n from taken group by lane")
    return {r["lane"]: r["n"] for r in rows}


def waiting(db: Connection[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is ready by lane: how many, and the age of the oldest in seconds. Lanes with nothing are left out."""
    rows = db.execute(
        "select lane, count(*) as n, extract(epoch from now() - min(greatest(created_at, not_before)))::float8 as age "
        "from jobs where state = 'ready' and not_before <= now() group by lane")
    return {r["lane"]: {"jobs": r["n"], "age": max(0.0, r["age"])} for r in rows}


def seen(db: Connection[dict[str, Any]], worker: str, lane: str, *, job: str | None = None, busy: float = 0.0,
         progress: bool = False) -> None:
    """A worker tells that it is there, what it does, and when it ended something."""
    db.execute(
        "insert into workers (name, lane, job, busy_seconds) values (%(w)s, %(l)s, %(j)s, %(b)s) "
        "on conflict (name) do update set lane = excluded.lane, seen_at = now(), job = excluded.job, "
        "busy_seconds = workers.busy_seconds + excluded.busy_seconds, "
        "progress_at = case when %(p)s then now() else workers.progress_at end",
        {"w": worker, "l": lane, "j": job, "b": busy, "p": progress})


def workers(db: Connection[dict[str, Any]], within_s: float = 300.0) -> list[dict[str, Any]]:
    """Workers seen lately."""
    return db.execute("select * from workers where seen_at > now() - make_interval(secs => %s) order by lane, name",
                      (within_s,)).fetchall()


def _json(value: Any) -> str:
    return canonical(value).decode()
