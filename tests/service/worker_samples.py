"""What the tests of the workers share: a small batch of the sample brand in the store, and fake batches of fake jobs."""

from __future__ import annotations

from pathlib import Path

from factory.ids import canonical
from factory.store import batches, work
from factory.store.pool import connect, open_pool
from factory.store.rows import NewJob, NewVariant
from workers.lease import Done, Terms

KIT = Path("brand_kits/samples/vesper")
BRIEF = KIT / "briefs/cold-brew.yaml"


def library(db, *, body="{}", format="json", kit="d"):
    """A brand, its version and a brief."""
    db.execute("insert into brands (id, name, created_by) values ('brd', 'Vesper', 'me') on conflict do nothing")
    db.execute("insert into brand_versions (brand, version, digest, created_by) values ('brd', 1, %s, 'me') on conflict do nothing", (kit,))
    db.execute("insert into briefs (id, name, brand, brand_version, body, format, created_by) values ('brf', 'n', 'brd', 1, %s, %s, 'me')",
               (body, format))


def fake_job(name, stage="compose", needs=(), rank=0, lane="cpu", **args):
    return NewJob(id=name, stage=stage, lane=lane, args={"cells": [], **args}, needs={n: n for n in needs}, rank=rank)


def fake_batch(db, name, jobs, cells=(), **options):
    """A batch that is planned: its jobs wait. `cells` are (variant, job)."""
    with db.transaction():
        batches.insert(db, name, "brf", {}, "me", **options)
    db.execute("update jobs set state = 'leased', leased_until = now() + interval '1 minute' where id = %s", (f"plan-{name}",))
    db.execute("update jobs set state = 'done', leased_until = null where id = %s", (f"plan-{name}",))
    variants = [NewVariant(id=v, ordinal=n, kind="image", concept="c", tribe="t", locale="en", placement="p", job=j)
                for n, (v, j) in enumerate(cells)]
    with db.transaction():
        work.lock(db, name)
        batches.planned(db, name, {}, jobs, variants)


def states(db, batch):
    """Job -> state, of the plan's jobs."""
    return {r["id"]: r["state"] for r in work.of_batch(db, batch) if r["stage"] not in work.OUTSIDE}


def made(lease):
    """A fake hand's result: a picture for each cell."""
    tries = [{"cell": c["id"], "attempt": 0, "blob": f"{c['id']}.jpg", "findings": [], "copy": {}} for c in lease.args["cells"]]
    return {"made": tries, "components": [], "errors": {}}


def fake_hand(lease):
    """Does any job at once; closing a batch included."""
    if lease.stage == "finish":
        return Done(result={}, tell=lambda db: batches.ended(db, lease.batch, work.lock(db, lease.batch)["ending"] or "completed", record={"made": 1}))
    return Done(result=made(lease))


def terms(**more):
    return Terms(**{"lanes": ("cpu", "io"), "worker": "cpu@test:1", "lease_s": 30.0, **more})


__all__ = ["BRIEF", "KIT", "canonical", "connect", "fake_batch", "fake_hand", "fake_job", "library", "made", "open_pool", "states", "terms"]
