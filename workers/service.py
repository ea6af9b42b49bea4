"""The service's hands: each stage of a plan, and those that stand before, after and beside it.

A hand takes a lease and returns what it made (`lease.Done`); it writes nothing of a batch by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from factory.batch import assemble
from factory.flow import STAGES, Job
from factory.ids import plain
from factory.manifests.canonical import to_plain
from factory.records import Batch, Variant
from factory.store import batches, variants, work
from factory.store.rows import Lease, NewJob, NewVariant
from workers import bundling, edits
from workers.desk import Desk
from workers.inputs import Inputs
from workers.lease import Done
from workers.results import collect
from workers.stages import STAGE_HANDS

if TYPE_CHECKING:
    from psycopg import Connection

LANES: Mapping[str, str] = {s.name: s.lane for s in STAGES}


def do(desk: Desk, lease: Lease) -> Done:
    """Do a job by the hand of its stage. Raises what the hand raises."""
    return HANDS[lease.stage](desk, lease)


# ------------------------------------------------------------------------------------------- a stage of the plan


def stage(desk: Desk, lease: Lease) -> Done:
    """A stage of the plan, by the very function that `factory make` calls."""
    hands = desk.hands(lease.batch)
    job = Job(id=lease.id, stage=lease.stage, args=lease.args, needs=lease.needs, order=0)
    return Done(result=STAGE_HANDS[lease.stage](hands, job))


# ----------------------------------------------------------------------------------------------------- before it


def plan(desk: Desk, lease: Lease) -> Done:
    """What a batch will become: its jobs and its variants."""
    inputs = desk.inputs(lease.batch)
    jobs = inputs.jobs()
    digests = {"brief": inputs.brief_digest, "kit": inputs.kit.digest, "plan": inputs.plan.digest, "models": dict(inputs.models)}

    def tell(db: Connection[dict[str, Any]]) -> None:
        nothing_left = batches.planned(db, lease.batch, digests, new_jobs(jobs), new_variants(inputs, jobs))
        for result in _made_before(db, lease.batch):
            variants.keep(db, lease.batch, result)
        if nothing_left:
            batches.begin_finish(db, lease.batch)

    return Done(result={"plan": inputs.plan.digest, "jobs": len(jobs)}, tell=tell)


def _made_before(db: Connection[dict[str, Any]], batch: str) -> Iterable[Any]:
    """Results of an earlier batch that this one shares."""
    rows = db.execute("select r.body from jobs j join results r on r.job = j.id where j.batch = %s and j.state = 'done' "
                      "and j.stage in ('compose', 'animate') order by j.id", (batch,)).fetchall()
    return (r["body"] for r in rows)


def new_jobs(jobs: Sequence[Job]) -> list[NewJob]:
    """Jobs as rows, ranked so that a first picture comes early: what a picture needs stands where the picture stands."""
    ranks: dict[str, int] = {}
    for job in jobs:
        for name in (job.id, *job.needs.values()) if job.needs else ():
            ranks[name] = min(job.order, ranks.get(name, job.order))
    return [
        NewJob(id=j.id, stage=j.stage, lane=LANES[j.stage], args=j.args, needs=j.needs, rank=ranks.get(j.id, j.order))
        for j in jobs
    ]


def new_variants(inputs: Inputs, jobs: Sequence[Job]) -> list[NewVariant]:
    """Every cell of the plan as a variant that waits for its job."""
    maker = {c["id"]: j.id for j in jobs for c in j.args.get("cells", ())}
    tribes = {c.id: c.tribe for c in inputs.plan.concepts}
    return [
        NewVariant(id=c.id, ordinal=n, kind=c.kind, concept=c.concept, tribe=tribes[c.concept], locale=c.locale,
                   placement=c.placement, job=maker[c.id])
        for n, c in enumerate(inputs.plan.cells)
    ]


# ------------------------------------------------------------------------------------------------------ after it


def finish(desk: Desk, lease: Lease) -> Done:
    """Curate what was made and write the record: the same as that of `factory make`."""
    inputs = desk.inputs(lease.batch)
    jobs = inputs.jobs()
    with desk.pool.connection() as db:
        rows = {r["id"]: r for r in work.of_batch(db, lease.batch)}
        found = work.results(db, [j.id for j in jobs if j.stage in ("compose", "animate") and rows[j.id]["state"] == "done"])
    failed = {i: r["error"] or UNMADE.get(r["state"], r["state"]) for i, r in rows.items() if r["state"] in UNMADE}
    batch = assemble(inputs.plan, collect(jobs, failed, found.get, inputs.models), inputs.traits())
    stopped = {c["id"] for i, r in rows.items() if r["state"] == "cancelled" for c in r["args"].get("cells", ())}
    chosen = list(_chosen(batch, found.values(), stopped))
    errors = any(r["state"] in ("failed", "parked") for r in rows.values()) or any(c["state"] == "failed" for c in chosen)

    def tell(db: Connection[dict[str, Any]]) -> None:
        ending = work.lock(db, lease.batch)["ending"]
        variants.curated(db, lease.batch, chosen)
        state = ending or ("completed_with_errors" if errors else "completed")
        batches.ended(db, lease.batch, state, record=to_plain(batch), figures=plain(batch.figures))

    return Done(result={"states": dict(Counter(c["state"] for c in chosen))}, tell=tell)


UNMADE: Mapping[str, str] = {"failed": "it failed", "parked": "it was parked", "cancelled": "the batch was stopped before"}
"""States of a job without a result -> what its cells say where the job says nothing."""

STATES: Mapping[str, str] = {"shipped": "ready", "dropped": "dropped", "failed": "failed"}
"""What curating says -> the state of the service's variant."""


def _chosen(batch: Batch, results: Iterable[Mapping[str, Any]], stopped: set[str]) -> Iterable[dict[str, Any]]:
    """For each variant its state, its reason, and the attempt that stands."""
    tries = {(m["cell"], m["attempt"]): m for r in results for m in r["made"]}

    def row(v: Variant) -> dict[str, Any]:
        made = tries.get((v.id, int(v.provenance.get("attempt", 0)))) if v.files else None
        state = "cancelled" if v.id in stopped and made is None else STATES[v.status]
        return {"id": v.id, "state": state, "reason": v.reason, "made": made}

    return (row(v) for v in batch.variants)


HANDS: Mapping[str, Callable[[Desk, Lease], Done]] = {
    "plan": plan, "finish": finish, "recompose": edits.recompose, "replate": edits.replate,
    "publish": bundling.publish, "archive": bundling.archive,
    **dict.fromkeys(STAGE_HANDS, stage),
}
"""Every stage of a job -> the hand that does it."""
