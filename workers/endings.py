"""What follows when a job ends, well or badly: the rest of its batch learns of it in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factory.store import batches, bundles, variants, work
from factory.store.rows import Lease

if TYPE_CHECKING:
    from psycopg import Connection

Faults = Sequence[Mapping[str, str]]


def well(db: Connection[dict[str, Any]], lease: Lease, result: Any, ended_in: Sequence[str]) -> None:
    """A stage of the plan made its result: its variants stand, those that waited are ready, the last one closes the batch."""
    if lease.stage == "replate":
        for batch in ended_in:
            work.settle(db, batch, lease.id)  # versions on that plate can be made now; the plan does not wait for it
    if lease.stage in work.OUTSIDE:
        return
    for batch in ended_in:
        if lease.stage in ("compose", "animate"):
            variants.keep(db, batch, result)
        if work.settle(db, batch, lease.id):
            batches.begin_finish(db, batch)


def badly(
    db: Connection[dict[str, Any]], lease: Lease, error: str, faults: Faults, *, state: str = "failed", seconds: float = 0.0
) -> bool:
    """A job ends without a result, "failed" or "parked". Returns False when the lease is stale, and then nothing is written.

    Call within a transaction. `faults` say what is wrong in a person's input, where it is that.
    """
    failed = work.fail(db, lease, error, state=state, seconds=seconds)
    if failed:
        fact = faults[0]["fact"] if faults else error
        follow: Callable[[Any, Bad], None] = CONSEQUENCES.get(lease.stage, _of_a_stage)
        follow(db, Bad(lease=lease, error=error, fact=fact, faults=faults, failed=failed))
    return bool(failed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bad:
    """A job that ended badly: `fact` for people, `error` for the log, and the jobs that failed with it."""

    lease: Lease
    error: str
    fact: str
    faults: Faults
    failed: Sequence[str]


def _of_a_stage(db: Connection[dict[str, Any]], bad: Bad) -> None:
    variants.failed_jobs(db, bad.lease.batch, bad.failed, bad.error)
    if work.count_open(db, bad.lease.batch) == 0:
        batches.begin_finish(db, bad.lease.batch)


def _of_the_batch(db: Connection[dict[str, Any]], bad: Bad) -> None:
    faults = list(bad.faults) or [{"code": bad.lease.stage, "fact": bad.fact, "where": "", "help": ""}]
    batches.ended(db, bad.lease.batch, "failed", error=faults)


def _of_an_edit(db: Connection[dict[str, Any]], bad: Bad) -> None:
    variants.recompose_failed(db, bad.lease.batch, bad.lease.args["variant"], bad.lease.args["version"], bad.fact)


def _of_a_plate(db: Connection[dict[str, Any]], bad: Bad) -> None:
    rows = db.execute("select args from jobs where batch = %s and id = any(%s) and stage = 'recompose' order by id",
                      (bad.lease.batch, list(bad.failed)))
    for row in rows.fetchall():
        variants.recompose_failed(db, bad.lease.batch, row["args"]["variant"], row["args"]["version"], bad.fact)


def _of_a_bundle(db: Connection[dict[str, Any]], bad: Bad) -> None:
    bundles.failed(db, bad.lease.args["bundle"], bad.fact)


def _of_an_archive(db: Connection[dict[str, Any]], bad: Bad) -> None:
    bundles.archive_failed(db, bad.lease.args["bundle"], bad.fact)


CONSEQUENCES: Mapping[str, Callable[[Any, Bad], None]] = {
    "plan": _of_the_batch, "finish": _of_the_batch, "recompose": _of_an_edit, "replate": _of_a_plate,
    "publish": _of_a_bundle, "archive": _of_an_archive,
}
"""Stage -> what its failing means to others; every stage of a plan fails as one of its jobs."""
