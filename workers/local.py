"""`factory make`: a worker without a doorbell. The parent chooses jobs, children do them, results are files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from brand_kits.kit import BrandKit
from factory.batch import assemble, empty_cells
from factory.flow import Job
from factory.ids import canonical, digest_bytes, plain
from factory.options import MakeOptions
from factory.publish import publish_folder
from factory.records import Batch
from workers.inputs import Inputs, read_inputs
from workers.noise import logged
from workers.outfolder import OutFolder
from workers.pool import Outcome, run_jobs, thread_limits
from workers.results import collect
from workers.stages import Context, keeper
from workers.workfolder import write_aside

Event = dict[str, Any]
Report = Callable[[Event], None]

EXIT_DONE, EXIT_BROKE, EXIT_INPUT, EXIT_EMPTY = 0, 1, 2, 3


def make(options: MakeOptions, report: Report) -> int:
    """Make a batch into `options.out`; returns the exit code of CONTRACTS (0, 1 or 3; wrong input raises InputError).

    Broken off at any moment and called again with the same options, it goes on.
    """
    started = time.perf_counter()
    inputs = read_inputs(options)
    out = OutFolder(options.out)
    identity = {
        "brief": inputs.brief_digest, "kit": inputs.kit.digest, "plan": inputs.plan.digest, "seed": options.seed,
        "models": inputs.models, "variants": inputs.plan.variants, "video": options.video,
    }
    with out.claimed(identity, fresh=options.fresh):
        read = time.perf_counter() - started
        jobs = inputs.jobs()
        outcomes = _do_jobs(jobs, inputs, out, options, report)
        batch = _finish(jobs, outcomes, inputs, out, report)
        broke = [o for o in outcomes if o.error]
        code = EXIT_BROKE if broke else EXIT_EMPTY if empty_cells(batch) else EXIT_DONE
        _write_run(out, outcomes, batch, read, time.perf_counter() - started, options)
        if code != EXIT_BROKE:
            mark = {"exit": code, "batch": digest_bytes((out.root / "batch.json").read_bytes())}
            write_aside(out.root / "_SUCCESS", canonical(mark) + b"\n")
    for o in broke:
        report({"event": "error", "job": o.job.id, "fact": o.error})
    for v in empty_cells(batch) if code == EXIT_EMPTY else ():
        report({"event": "empty", "variant": v.id, "concept": v.concept, "placement": v.placement, "locale": v.locale,
                "kind": v.kind, "reason": v.reason})
    report({"event": "done", "exit": code, "shipped": batch.figures["shipped"], "out": str(out.root)})
    return code


def _do_jobs(
    jobs: Sequence[Job], inputs: Inputs, out: OutFolder, options: MakeOptions, report: Report
) -> list[Outcome]:
    context = Context(
        brief=inputs.brief, kit=inputs.kit, plan=inputs.plan, placements={p.id: p for p in inputs.placements},
        work=out.work, image_model=options.image_model or "", copy_model=options.copy_model or "",
    )
    done = {j.id for j in jobs if out.work.has(j.id)}
    totals = {s: sum(j.stage == s for j in jobs) for s in dict.fromkeys(j.stage for j in jobs)}
    counts = {s: sum(j.stage == s and j.id in done for j in jobs) for s in totals}
    for stage, total in totals.items():
        report({"event": "stage", "stage": stage, "state": "ready", "done": counts[stage], "total": total})
    outcomes: list[Outcome] = []
    first = not any(j.stage in ("compose", "animate") and j.id in done for j in jobs)
    os.environ.update(thread_limits())
    for outcome in run_jobs(jobs, done, partial(keeper, context), options.jobs or os.cpu_count() or 1):
        outcomes.append(outcome)
        stage = outcome.job.stage
        counts[stage] += not outcome.error
        state = "failed" if outcome.error else "done"
        report({"event": "job", "stage": stage, "job": outcome.job.id, "state": state, "done": counts[stage],
                "total": totals[stage], "seconds": round(outcome.seconds, 3)})
        if first and stage == "compose" and not outcome.error:
            first = False
            report(_first_event(out, outcome.job))
    return outcomes


def _first_event(out: OutFolder, job: Job) -> Event:
    made = out.work.get(job.id)["made"][0]
    return {"event": "first", "variant": made["cell"], "path": str(out.work.blob_path(made["blob"]))}


def _finish(
    jobs: Sequence[Job], outcomes: Sequence[Outcome], inputs: Inputs, out: OutFolder, report: Report
) -> Batch:
    """Curate, then bundle: assets first, manifests next."""
    report({"event": "stage", "stage": "bundle", "state": "started", "done": 0, "total": 1})
    errors = {o.job.id: o.error for o in outcomes if o.error}
    results = collect(jobs, errors, out.work.find, inputs.models, out.place)
    batch = assemble(inputs.plan, results, inputs.traits())
    shipped = {a.path for v in batch.variants if v.status == "shipped" for a in v.files}
    for path in sorted(shipped):
        out.place(Path(path).name)
    out.keep_only(shipped | {c.asset.path for c in batch.components if c.asset})
    publish_folder(batch, inputs.brief, inputs.kit, inputs.placements, out.root)
    _sheet(batch, inputs.kit, out)
    report({"event": "stage", "stage": "bundle", "state": "done", "done": 1, "total": 1})
    return batch


def _sheet(batch: Batch, kit: BrandKit, out: OutFolder) -> None:
    from pipelines.sheet import contact_sheet

    face = kit.type["text"]
    with logged(out.work.root / "children.log"):
        write_aside(out.root / "contact-sheet.jpg", contact_sheet(batch, out.root, face.file(500), face.file(700)))


def _write_run(
    out: OutFolder, outcomes: Sequence[Outcome], batch: Batch, read: float, total: float, options: MakeOptions
) -> None:
    """`run.json`: what differs from run to run."""
    import platform

    by_stage: dict[str, list[float]] = {}
    for o in outcomes:
        by_stage.setdefault(o.job.stage, []).append(o.seconds)
    body = {
        "seconds": {"read_and_plan": round(read, 2), "total": round(total, 2)},
        "stages": {
            s: {"jobs": len(v), "seconds": round(sum(v), 2), "mean": round(sum(v) / len(v), 3)} for s, v in by_stage.items()
        },
        "peak_mb_of_a_worker": round(max((o.peak_mb for o in outcomes), default=0.0)),
        "jobs": options.jobs or os.cpu_count(),
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "figures": plain(batch.figures),
        "errors": {o.job.id: o.error for o in outcomes if o.error},
    }
    write_aside(out.root / "run.json", canonical(body) + b"\n")
