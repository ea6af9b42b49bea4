"""Jobs under leases, on a real Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from factory.store import batches, events, variants, work
from factory.store.pool import connect
from factory.store.rows import NewJob, NewVariant


@pytest.fixture
def db(postgres_url):
    with connect(postgres_url) as db:
        db.execute("insert into brands (id, name, created_by) values ('brd', 'Vesper', 'me')")
        db.execute("insert into brand_versions (brand, version, digest, created_by) values ('brd', 1, 'd', 'me')")
        db.execute("insert into briefs (id, name, brand, brand_version, body, format, created_by) values ('brf', 'n', 'brd', 1, '{}', 'json', 'me')")
        yield db


def job(name, stage="compose", needs=(), rank=0, lane="cpu"):
    return NewJob(id=name, stage=stage, lane=lane, args={"cells": []}, needs={n: n for n in needs}, rank=rank)


def cell(name, job_id):
    return NewVariant(id=name, ordinal=0, kind="image", concept="c", tribe="t", locale="en", placement="p", job=job_id)


def start(db, name, jobs, cells=(), **options):
    """A batch that is planned and waits for its jobs."""
    with db.transaction():
        batches.insert(db, name, "brf", {}, "me", **options)
    (lease,) = [x for x in work.claim(db, ["cpu"], "planner", 60) if x.stage == "plan"]
    with db.transaction():
        work.lock(db, name)
        assert work.finish(db, lease, {}, seconds=0.0) == [name]
        batches.planned(db, name, {}, jobs, cells)


def end(db, lease, result=None, seconds=1.0):
    """What a worker does with a finished job; returns the batches that it closed."""
    closed = []
    with db.transaction():
        for batch in work.finish(db, lease, result or {"made": []}, seconds=seconds):
            if work.settle(db, batch, lease.id):
                batches.begin_finish(db, batch)
                closed.append(batch)
    return closed


def states(db, batch):
    return {r["id"]: r["state"] for r in work.of_batch(db, batch) if not r["id"].startswith(("plan-", "finish-"))}


def test_a_job_is_ready_when_all_that_it_needs_is_done(db):
    start(db, "b", [job("plate", "plate"), job("copy", "copy"), job("picture", needs=("plate", "copy"), rank=1)])
    first = work.claim(db, ["cpu"], "w", 60)
    assert [x.id for x in first] == ["copy"]
    end(db, first[0])
    assert states(db, "b")["picture"] == "waiting"
    end(db, work.claim(db, ["cpu"], "w", 60)[0])
    assert states(db, "b")["picture"] == "ready"


def test_a_chunk_is_of_one_stage_and_in_rank_order(db):
    start(db, "b", [job(f"p{n}", rank=n) for n in range(9)] + [job("film", "animate", rank=3)])
    assert [x.id for x in work.claim(db, ["cpu"], "w", 60)] == ["p0", "p1", "p2", "p3", "p4", "p5"]


def test_a_stale_lease_writes_nothing(db):
    start(db, "b", [job("a")])
    old = work.claim(db, ["cpu"], "slow", 0.0)[0]
    assert [x.id for x in work.expired(db)] == ["a"]
    assert work.try_again(db, old, "lease ran out", wait_s=0)
    new = work.claim(db, ["cpu"], "quick", 60)[0]
    assert (new.token > old.token, new.attempts) == (True, 2)
    assert end(db, old, {"made": ["stale"]}) == [] and work.result(db, "a") is None
    assert end(db, new, {"made": ["fresh"]}) == ["b"] and work.result(db, "a") == {"made": ["fresh"]}
    assert not work.try_again(db, old, "late", wait_s=0) and work.fail(db, new, "late") == []


def test_a_heartbeat_tells_which_leases_still_hold(db):
    start(db, "b", [job("a"), job("b", rank=1)])
    held = work.claim(db, ["cpu"], "w", 60)
    end(db, held[0])
    assert work.heartbeat(db, held, 60) == {held[1].token}


def test_the_last_of_many_at_once_closes_the_batch_once(db, postgres_url):
    start(db, "b", [job(f"j{n}") for n in range(40)])
    held = []
    while more := work.claim(db, ["cpu"], "w", 60):
        held += more

    def finish(lease):
        with connect(postgres_url) as own:
            return end(own, lease)

    with ThreadPoolExecutor(8) as pool:
        closed = [b for result in pool.map(finish, held) for b in result]
    assert closed == ["b"] and batches.get(db, "b")["state"] == "finalizing"
    assert [r["id"] for r in work.of_batch(db, "b") if r["stage"] == "finish"] == ["finish-b-1"]


def test_two_workers_never_hold_the_same_job(db, postgres_url):
    start(db, "b", [job(f"j{n:03}") for n in range(120)])

    def take(name):
        with connect(postgres_url) as own:
            mine = []
            while more := work.claim(own, ["cpu"], name, 60):
                mine += [x.id for x in more]
            return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [x for mine in pool.map(take, [f"w{n}" for n in range(6)]) for x in mine]
    left = [x.id for x in iter(lambda: next(iter(work.claim(db, ["cpu"], "w", 60)), None), None)]
    assert sorted(taken + left) == sorted(set(taken + left)) and len(set(taken + left)) == 120


def test_a_small_batch_is_served_beside_a_large_one(db):
    start(db, "large", [job(f"l{n:03}", rank=n) for n in range(60)])
    for _ in range(3):
        for lease in work.claim(db, ["cpu"], "w", 60):
            end(db, lease, seconds=5.0)
    start(db, "small", [job("s0"), job("s1", needs=("s0",))])
    (first,) = work.claim(db, ["cpu"], "w", 60, warm="large")
    assert first.id == "s0", "a new batch is as much in favour as the one at hand"
    end(db, first, seconds=work.NEW_S)
    for lease in work.claim(db, ["cpu"], "w", 60, warm="large"):  # not new any more: the one at hand goes on
        assert lease.batch == "large"
        end(db, lease, seconds=5.0)
    assert [x.id for x in work.claim(db, ["cpu"], "w", 60)] == ["s1"]


def test_equal_jobs_of_two_batches_are_done_once(db):
    start(db, "one", [job("same"), job("own1", needs=("same",))])
    start(db, "two", [job("same"), job("own2", needs=("same",))])
    (lease,) = work.claim(db, ["cpu"], "w", 60)
    assert work.claim(db, ["cpu"], "other", 60) == []
    with db.transaction():
        both = work.finish(db, lease, {"made": []}, seconds=1)
        assert both == ["one", "two"]
        assert [work.settle(db, b, lease.id) for b in both] == [False, False]
    assert states(db, "two") == {"same": "done", "own2": "ready"}
    start(db, "three", [job("same")])
    assert states(db, "three") == {"same": "done"}


def test_a_failure_takes_along_what_needs_it_and_nothing_else(db):
    start(db, "b", [job("plate", "plate"), job("a", needs=("plate",)), job("free", rank=5)], [cell("v", "a"), cell("w", "free")])
    lease = next(x for x in work.claim(db, ["cpu"], "w", 60))
    with db.transaction():
        gone = work.fail(db, lease, "no such set")
        variants.failed_jobs(db, "b", gone, "no such set")
        assert sorted(gone) == ["a", "plate"] and work.count_open(db, "b") == 1
    rows = {r["id"]: (r["state"], r["reason"]) for r in db.execute("select id, state, reason from variants")}
    assert rows == {"v": ("failed", "no such set"), "w": ("queued", "")}


def test_retrying_makes_the_failed_ready_and_their_dependents_wait(db):
    start(db, "b", [job("plate", "plate"), job("a", needs=("plate",))], [cell("v", "a")])
    lease = work.claim(db, ["cpu"], "w", 60)[0]
    with db.transaction():
        variants.failed_jobs(db, "b", work.fail(db, lease, "boom"), "boom")
        work.count_open(db, "b")
        batches.begin_finish(db, "b")
        batches.ended(db, "b", "completed_with_errors")
    with db.transaction():
        assert batches.again(db, "b") == ["a", "plate"]
    assert states(db, "b") == {"plate": "ready", "a": "waiting"} and batches.get(db, "b")["state"] == "running"
    end(db, work.claim(db, ["cpu"], "w", 60)[0])
    assert end(db, work.claim(db, ["cpu"], "w", 60)[0]) == ["b"]
    assert "finish-b-2" in {r["id"] for r in work.of_batch(db, "b")}


def test_a_stopped_batch_keeps_what_runs_and_cancels_what_waits(db):
    start(db, "b", [job(f"j{n}", rank=n) for n in range(8)])
    running = work.claim(db, ["cpu"], "w", 60)
    with db.transaction():
        assert work.stop(db, "b", "cancelled") is False
    assert sorted(states(db, "b").values()) == ["cancelled"] * 2 + ["leased"] * 6
    assert [end(db, x) for x in running][-1] == ["b"]


def test_bells_are_taken_once_and_come_back_when_sending_fails(db):
    with db.transaction():
        work.ring(db, ["cpu", "io"])
        work.ring(db, ["cpu"])
    with pytest.raises(RuntimeError), db.transaction():
        assert work.bells(db) == {"cpu": 2, "io": 1}
        raise RuntimeError("the broker is away")
    with db.transaction():
        assert work.bells(db) == {"cpu": 2, "io": 1}
    assert work.bells(db) == {}


def test_the_database_refuses_a_move_that_the_table_does_not_know(db):
    import psycopg

    start(db, "b", [job("a")])
    with pytest.raises(psycopg.errors.CheckViolation, match="a batch cannot go from running to completed"):
        db.execute("update batches set state = 'completed' where id = 'b'")
    with pytest.raises(psycopg.errors.CheckViolation, match="a job cannot go from ready to parked"):
        db.execute("update jobs set state = 'parked' where id = 'a'")


def test_the_audit_cannot_be_rewritten(db):
    import psycopg

    db.execute("insert into audit (actor, action, object) values ('me', 'approve', 'v')")
    for sql in ("update audit set actor = 'you'", "delete from audit"):
        with pytest.raises(psycopg.errors.CheckViolation, match="never changed or removed"):
            db.execute(sql)


def test_one_happening_is_told_once_and_numbers_follow_commits(db, postgres_url):
    start(db, "b", [job("a")])

    def tell(n):
        with connect(postgres_url) as own, own.transaction():
            work.lock(own, "b")
            return events.tell(own, "b", "variant.ready", f"v{n % 10}:1", {"variant": f"v{n % 10}"})

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(tell, range(40)))
    told = events.after(db, "b", 0)
    assert [e["seq"] for e in told] == list(range(1, 12)) and {e["id"] for e in told[1:]} == set(names)


def test_a_webhook_gets_what_it_asked_for_and_the_plain_ones_by_default(db):
    db.execute("insert into webhooks (id, url, events, secrets, created_by) values ('all', 'u', '{}', '[]', 'me'), ('some', 'u', '{variant.ready}', '[]', 'me')")
    start(db, "b", [job("a")])
    with db.transaction():
        work.lock(db, "b")
        events.tell(db, "b", "variant.ready", "v:1", {})
    rows = db.execute("select webhook, type from deliveries order by webhook, type").fetchall()
    assert [(r["webhook"], r["type"]) for r in rows] == [("all", "batch.started"), ("some", "variant.ready")]


def test_what_was_made_stands_as_the_first_try_that_no_check_fails(db):
    start(db, "b", [job("a")], [cell("v", "a")])
    lease = work.claim(db, ["cpu"], "w", 60)[0]
    bad = {"cell": "v", "attempt": 0, "findings": [{"verdict": "fail"}]}
    good = {"cell": "v", "attempt": 1, "findings": [{"verdict": "warn"}]}
    with db.transaction():
        work.finish(db, lease, {"made": [bad, good]}, seconds=1)
        variants.keep(db, "b", {"made": [bad, good]})
    row = db.execute("select state, verdict, made from variants").fetchone()
    assert (row["state"], row["verdict"], row["made"]["attempt"]) == ("ready", "warn", 1)
