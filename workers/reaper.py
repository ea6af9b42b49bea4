"""What nobody else would notice: leases that ran out, batches past their deadline, ends that got lost, old paper.

Each is a question to Postgres asked again and again; two reapers at once do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from factory.store import access, batches, events, people, work
from factory.store.rows import Lease
from workers import endings
from workers.lease import backoff_s

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.storage import Storage

Sweep = Callable[["Connection[dict[str, Any]]", int], int]


def expired_leases(db: Connection[dict[str, Any]], attempts: int) -> int:
    """Jobs whose workers died, hung or lost the database: tried again, or parked after so many tries."""
    return sum(_reap(db, lease, attempts) for lease in work.expired(db))


def _reap(db: Connection[dict[str, Any]], lease: Lease, attempts: int) -> bool:
    with db.transaction():
        begun = work.ran_out(db, lease)
        if begun is None:  # held again, or ended meanwhile
            return False
        if not begun:  # it lay in the chunk of a worker that died over another job: no try of its own
            return work.give_back(db, lease)
        if lease.attempts < attempts:
            return work.try_again(db, lease, DIED, wait_s=backoff_s(lease.attempts))
        fault = {"code": "job.parked", "fact": f"It was given up after {lease.attempts} tries: {DIED}", "where": lease.id,
                 "help": "Look into the worker's log for the reason (memory?), then retry what failed."}
        return endings.badly(db, lease, fault["fact"], [fault], state="parked")


DIED = "its worker died, hung or lost the database (out of memory?)"


def overdue_batches(db: Connection[dict[str, Any]], _attempts: int) -> int:
    """Batches past their deadline stop; what was made is kept."""
    found = batches.overdue(db)
    for batch in found:
        with db.transaction():
            batches.stop(db, batch, "expired")
    return len(found)


def unclosed_batches(db: Connection[dict[str, Any]], _attempts: int) -> int:
    """Batches whose work is over, but which no job closes."""
    found = batches.unclosed(db)
    for batch in found:
        with db.transaction():
            if work.lock(db, batch)["state"] in ("running", "cancelling") and work.count_open(db, batch) == 0:
                batches.begin_finish(db, batch)
    return len(found)


def progress(db: Connection[dict[str, Any]], _attempts: int) -> int:
    """Tells how far running batches are, where a webhook has asked for that; the same progress is told once."""
    if not db.execute("select 1 from webhooks where state = 'active' and 'batch.progress' = any(events) limit 1").fetchone():
        return 0
    live = db.execute("select id from batches where state = 'running' order by id").fetchall()
    return sum(_tell_progress(db, row["id"]) for row in live)


def _tell_progress(db: Connection[dict[str, Any]], batch: str) -> bool:
    with db.transaction():
        row = work.lock(db, batch)
        found = batches.counts(db, batch)
        total = sum(n for state, n in found.items() if "." not in state)
        made = total - found.get("queued", 0) - found.get("rendering", 0)
        before = row["event_seq"]
        events.tell(db, batch, "batch.progress", f"{batch}:{row['round']}:{made}", {"total": total, "made": made})
        return bool(work.lock(db, batch)["event_seq"] > before)


def old_paper(db: Connection[dict[str, Any]], _attempts: int) -> int:
    """Idempotency keys and sessions past their time, and rows of workers that are gone."""
    access.forget(db)
    people.forget_sessions(db)
    return len(db.execute("delete from workers where seen_at < now() - interval '1 day' returning name").fetchall())


def expired_uploads(db: Connection[dict[str, Any]], storage: Callable[[], Storage]) -> int:
    """Uploads that nobody completed in time: their objects go."""
    from factory.store import library

    keys = library.expire_uploads(db)
    if keys:
        storage().delete(keys)
    return len(keys)


def torn_uploads(storage: Callable[[], Storage]) -> int:
    """Parts of large files that killed writers left in the bucket."""
    return storage().sweep(DAY_S)


DAY_S = 86400

SWEEPS: Mapping[str, tuple[float, Sweep]] = {
    "expired_leases": (2.0, expired_leases), "overdue_batches": (2.0, overdue_batches),
    "unclosed_batches": (5.0, unclosed_batches), "progress": (5.0, progress), "old_paper": (600.0, old_paper),
}
"""Name -> seconds between two rounds, and what a round does."""
