"""Workers on real servers: whatever dies, doubles or gets lost, a job is done once and its batch is closed once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from worker_samples import fake_batch, fake_hand, fake_job, library, made, states, terms

from factory.errors import Fault, InputError, StoreError
from factory.settings import Settings
from factory.store import batches, events, variants, work
from factory.store.pool import connect, open_pool
from workers import lease as leasing
from workers import reaper
from workers.health import lanes
from workers.lease import Done, Holder
from workers.lease import work as do_work
from workers.relay import Relay


@pytest.fixture
def db(postgres_url):
    with connect(postgres_url) as db:
        library(db)
        yield db


@pytest.fixture
def pool(postgres_url):
    with open_pool(postgres_url) as pool:
        yield pool


@pytest.fixture
def act(pool, postgres_url):
    """Let a worker work until nothing is ready; returns how many jobs ended."""
    return lambda hand=fake_hand, **more: do_work(pool, postgres_url, hand, terms(**more), seconds=600)


def run_out(db):
    """Every lease that is held is let run out, and every wait is over."""
    db.execute("update jobs set leased_until = now() - interval '1 second' where state = 'leased'")


def no_waits(db):
    db.execute("update jobs set not_before = now() where state = 'ready'")


def picture(name, needs=(), **more):
    """A job that makes one variant of the same name."""
    return fake_job(name, needs=needs, cells=[{"id": f"v-{name}"}], **more)


def cells(*names):
    return [(f"v-{n}", n) for n in names]


def job_row(db, name):
    return db.execute("select * from jobs where id = %s", (name,)).fetchone()


# ----------------------------------------------------------------------------------------------------- the way of a batch


def test_a_batch_is_done_job_by_job_and_closed_by_one_job(db, act):
    fake_batch(db, "b", [fake_job("plate", "plate"), picture("p1", ["plate"]), picture("p2")], cells("p1", "p2"))
    assert act() == 4
    assert set(states(db, "b").values()) == {"done"}
    row = batches.get(db, "b")
    assert (row["state"], batches.record(db, "b"), row["open_jobs"]) == ("completed", {"made": 1}, 0)
    assert {v["state"] for v in variants.page(db, 10)} == {"ready"}
    assert [e["type"] for e in events.after(db, "b", 0)] == ["batch.started", "variant.ready", "variant.ready", "batch.completed"]


def test_what_a_hand_tells_stands_or_falls_with_the_end_of_its_job(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))

    def hand(lease):
        def tell(db):
            db.execute("update variants set reason = 'told' where id = 'v-p'")
            raise ValueError("after the write")

        return Done(result=made(lease), tell=tell)

    act(hand)
    assert job_row(db, "p")["state"] == "ready" and "after the write" in job_row(db, "p")["error"]
    assert variants.get(db, "b", "v-p")["reason"] == "" and work.result(db, "p") is None


def test_equal_jobs_of_two_batches_are_made_once(db, act):
    for name in "ab":
        fake_batch(db, name, [picture("same")], cells("same"))
    calls = []
    act(lambda lease: calls.append(lease.id) or fake_hand(lease))
    assert sorted(calls) == ["finish-a-1", "finish-b-1", "same"]
    assert {(v["batch"], v["state"]) for v in variants.page(db, 10)} == {("a", "ready"), ("b", "ready")}


def test_a_result_that_is_there_already_is_taken(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))
    work.keep_result(db, "p", {"made": [], "errors": {"v-p": "as before"}})
    calls = []
    act(lambda lease: calls.append(lease.stage) or fake_hand(lease))
    assert calls == ["finish"] and variants.get(db, "b", "v-p")["reason"] == "as before"


def test_twelve_pictures_are_not_stuck_behind_a_thousand(db, act, postgres_url):
    fake_batch(db, "many", [fake_job(f"m{n:04}", rank=n) for n in range(1000)])
    order = []

    def hand(lease):
        time.sleep(0.0005)
        order.append(lease.batch)
        if len(order) == 60:
            with connect(postgres_url) as other:
                fake_batch(other, "few", [fake_job(f"f{n:02}", rank=n) for n in range(12)])
        return fake_hand(lease)

    act(hand, stop=lambda: order.count("few") == 12 or len(order) > 200)
    assert [n for n, b in enumerate(order) if b == "few"][11] < 60 + 6 * 12


def test_what_a_stopped_worker_had_not_begun_is_handed_back_uncounted(db, act):
    fake_batch(db, "b", [fake_job(f"p{n}") for n in range(4)])
    done = []
    act(lambda lease: done.append(lease.id) or fake_hand(lease), stop=lambda: bool(done))
    assert done == ["p0"]
    assert [(job_row(db, f"p{n}")["state"], job_row(db, f"p{n}")["attempts"]) for n in range(4)] == [("done", 1)] + [("ready", 0)] * 3


# ----------------------------------------------------------------------------------------------------- what goes wrong


def test_a_stale_lease_writes_nothing(db, act, postgres_url):
    fake_batch(db, "b", [picture("p")], cells("p"))
    told = []

    def slow(lease):
        with connect(postgres_url) as other:
            run_out(other)
            reaper.expired_leases(other, 4)
            no_waits(other)
        act(lambda x: fake_hand(x) if x.stage == "finish" else Done(result={**made(x), "by": "second"}))
        return Done(result={**made(lease), "by": "first", "errors": {"v-p": "must not be seen"}})

    act(slow, told=lambda lease, state, *_: told.append((lease.id, state)))
    assert told == [("p", "stale")]
    assert work.result(db, "p")["by"] == "second" and job_row(db, "p")["attempts"] == 2
    assert [e["type"] for e in events.after(db, "b", 0)].count("variant.ready") == 1


WORKER = """
import os, sys, time
sys.path.insert(0, "tests/service")
from worker_samples import fake_hand, open_pool, terms
from workers.lease import work
url, deadly = sys.argv[1:3]
def hand(lease):
    if lease.id == deadly:
        print("holding", flush=True)
        os.kill(os.getpid(), 9) if len(sys.argv) > 3 else time.sleep(60)
    return fake_hand(lease)
with open_pool(url) as pool:
    work(pool, url, hand, terms(worker="child"))
"""


def child(url, deadly, *more):
    return subprocess.Popen([sys.executable, "-c", WORKER, url, deadly, *more], stdout=subprocess.PIPE, text=True)


def test_a_worker_killed_in_the_middle_of_a_job_costs_time_only(db, act, postgres_url):
    fake_batch(db, "b", [picture(n) for n in ("p1", "p2", "p3")], cells("p1", "p2", "p3"))
    with child(postgres_url, "p2") as worker:
        assert worker.stdout.readline() == "holding\n"
        worker.kill()
    assert states(db, "b") == {"p1": "done", "p2": "leased", "p3": "leased"}
    assert reaper.expired_leases(db, 4) == 0, "leases that hold are left alone"
    run_out(db)
    assert reaper.expired_leases(db, 4) == 2
    no_waits(db)
    assert act() == 3
    assert [job_row(db, f"p{n}")["attempts"] for n in (1, 2, 3)] == [1, 2, 1], "what it had not begun is not counted"
    assert [e["type"] for e in events.after(db, "b", 0)].count("variant.ready") == 3 and batches.get(db, "b")["state"] == "completed"


def test_a_job_that_kills_its_workers_is_parked_with_its_reason_and_the_others_are_done(db, act, postgres_url):
    jobs = [picture("bad", rank=-1), picture("good"), picture("after", ["bad"])]
    fake_batch(db, "b", jobs, cells("bad", "good", "after"))
    for _ in range(2):
        child(postgres_url, "bad", "kill").communicate()
        run_out(db)
        reaper.expired_leases(db, 2)
        no_waits(db)
    act()
    assert states(db, "b") == {"bad": "parked", "good": "done", "after": "failed"}
    assert "given up after 2 tries" in job_row(db, "bad")["error"]
    assert {v["id"]: v["state"] for v in variants.page(db, 9)} == {"v-bad": "failed", "v-good": "ready", "v-after": "failed"}
    assert batches.get(db, "b")["state"] == "completed"


def test_an_error_is_tried_again_with_pauses_and_then_told(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))
    tries = []

    def hand(lease):
        if lease.stage == "finish":
            return fake_hand(lease)
        tries.append(lease.attempts)
        raise ValueError("out of luck")

    for _ in range(4):
        act(hand, attempts=3)
        no_waits(db)
    assert tries == [1, 2, 3]
    assert job_row(db, "p")["state"] == "failed" and "ValueError: out of luck" in variants.get(db, "b", "v-p")["reason"]
    assert batches.get(db, "b")["state"] == "completed"


def test_a_pause_lies_between_two_tries(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))
    act(_raising(ValueError("once")))
    (wait,) = db.execute("select extract(epoch from not_before - now())::float8 as s from jobs where id = 'p'").fetchall()
    assert 1.0 < wait["s"] < 3.0 and act() == 0


def _raising(error):
    def hand(_lease):
        raise error

    return hand


def test_a_wrong_input_fails_at_once_and_the_batch_with_it(db, act):
    with db.transaction():
        batches.insert(db, "b", "brf", {}, "me")
    faults = [Fault(code="brief.x", fact="One is wrong", where="lines.1"), Fault(code="brief.y", fact="So is another")]
    assert act(_raising(InputError(faults))) == 1
    row = batches.get(db, "b")
    assert row["state"] == "failed" and [f["code"] for f in row["error"]] == ["brief.x", "brief.y"]
    assert [e["type"] for e in events.after(db, "b", 0)] == ["batch.failed"]


def test_a_bucket_that_is_away_is_waited_for_and_counts_as_no_try(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))
    down, calls = StoreError("The bucket is away", code="storage.down"), []

    def hand(lease):
        calls.append(lease.id)
        if len(calls) < 3:
            raise down
        return fake_hand(lease)

    act(hand)
    assert calls.count("p") == 3 and job_row(db, "p")["state"] == "done" and job_row(db, "p")["attempts"] == 1


def test_a_bucket_away_for_long_gives_the_job_back_uncounted(db, act, monkeypatch):
    monkeypatch.setattr(leasing.patiently, "__kwdefaults__", {**leasing.patiently.__kwdefaults__, "most_s": 0.1})
    fake_batch(db, "b", [picture("p")], cells("p"))
    act(_raising(StoreError("The bucket is away", code="storage.down")))
    row = job_row(db, "p")
    assert (row["state"], row["attempts"]) == ("ready", 0) and "away" in row["error"]


def test_a_finished_job_outlives_a_database_that_goes_away(db, act, monkeypatch):
    fake_batch(db, "b", [picture("p")], cells("p"))
    real, cuts, hands = work.finish, [], []

    def finish(other, *args, **more):
        if len(cuts) < 3:
            cuts.append(1)
            db.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")
        return real(other, *args, **more)

    monkeypatch.setattr(leasing.store, "finish", finish)
    act(lambda lease: hands.append(lease.id) or fake_hand(lease))
    assert hands == ["p", "finish-b-1"], "no job was done twice"
    assert job_row(db, "p")["attempts"] == 1 and batches.get(db, "b")["state"] == "completed"


def test_a_job_is_held_for_as_long_as_it_runs(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))

    def hand(lease):
        if lease.stage == "compose":
            time.sleep(1.2)
            assert reaper.expired_leases(db, 4) == 0
        return fake_hand(lease)

    act(hand, lease_s=0.6)
    assert job_row(db, "p")["attempts"] == 1 and job_row(db, "p")["state"] == "done"


def test_a_worker_whose_lease_is_long_lost_ends_itself(db, pool, postgres_url):
    fake_batch(db, "b", [picture("p")], cells("p"))
    ends = threading.Event()
    why = []
    with pool.connection() as own:
        (lease,) = work.claim(own, ["cpu"], "w", 0.3)
    run_out(db)
    reaper.expired_leases(db, 4)
    holder = Holder(postgres_url, terms(lease_s=0.3, die=lambda text: (why.append(text), ends.set())))
    with holder, holder.holding([lease]), holder.running(lease):
        assert ends.wait(5)
        assert holder.lost(lease)
    assert "lease was lost" in why[0]


def test_a_job_that_hangs_ends_its_process(db, postgres_url, monkeypatch):
    monkeypatch.setattr(leasing, "LONGEST", 0.1)
    fake_batch(db, "b", [picture("p")], cells("p"))
    (lease,) = work.claim(db, ["cpu"], "w", 30)
    ends = threading.Event()
    holder = Holder(postgres_url, terms(lease_s=0.3, die=lambda text: ends.set()))
    with holder, holder.holding([lease]), holder.running(lease):
        assert ends.wait(5)


# ----------------------------------------------------------------------------------------------------- stopping


def test_a_cancelled_batch_keeps_what_was_made(db, act, postgres_url):
    fake_batch(db, "b", [picture(f"p{n}") for n in range(3)], cells("p0", "p1", "p2"))

    def hand(lease):
        if lease.id == "p0":
            with connect(postgres_url) as other, other.transaction():
                assert batches.stop(other, "b", "cancelled")
        return fake_hand(lease)

    act(hand)
    assert states(db, "b") == {"p0": "done", "p1": "done", "p2": "done"}, "a chunk that is held may end"
    assert batches.get(db, "b")["state"] == "cancelled" and batches.record(db, "b") == {"made": 1}


def test_what_waits_is_cancelled_with_its_batch(db, act):
    fake_batch(db, "b", [picture("p"), picture("q", ["p"])], cells("p", "q"))
    act(fake_hand, stop=iter([False, False, True, True]).__next__)
    with db.transaction():
        batches.stop(db, "b", "cancelled")
    assert states(db, "b") == {"p": "done", "q": "cancelled"}
    act()
    assert batches.get(db, "b")["state"] == "cancelled" and variants.get(db, "b", "v-p")["state"] == "ready"


def test_a_batch_that_is_not_planned_yet_is_cancelled_at_once(db, act):
    with db.transaction():
        batches.insert(db, "b", "brf", {}, "me")
    with db.transaction():
        assert batches.stop(db, "b", "cancelled")
    assert batches.get(db, "b")["state"] == "cancelled" and act() == 0
    with db.transaction():
        assert not batches.stop(db, "b", "expired")


def test_a_batch_past_its_deadline_expires_and_keeps_what_was_made(db, act):
    fake_batch(db, "b", [picture("p"), picture("q", ["p"])], cells("p", "q"))
    act(stop=iter([False, False, True, True]).__next__)
    assert reaper.overdue_batches(db, 4) == 0
    db.execute("update batches set deadline_at = now() - interval '1 second'")
    assert reaper.overdue_batches(db, 4) == 1 and reaper.overdue_batches(db, 4) == 0
    act()
    assert batches.get(db, "b")["state"] == "expired" and variants.get(db, "b", "v-p")["state"] == "ready"
    assert [e["type"] for e in events.after(db, "b", 0)][-1] == "batch.expired"


def test_a_batch_that_nobody_closed_is_closed_once(db, act):
    fake_batch(db, "b", [picture("p")], cells("p"))
    db.execute("update jobs set state = 'leased', leased_until = now() where id = 'p'")
    db.execute("update jobs set state = 'done', leased_until = null where id = 'p'")
    db.execute("update batches set open_jobs = 0")
    assert reaper.unclosed_batches(db, 4) == 1 and reaper.unclosed_batches(db, 4) == 0
    assert act() == 1 and batches.get(db, "b")["state"] == "completed"


# ----------------------------------------------------------------------------------------------------- the doorbell


def relay(url, rung, length=lambda lane: 0):
    return Relay(settings=Settings(database_url=url), ring=rung.append, length=length, storage=lambda: None)


def test_bells_are_rung_once_and_kept_while_the_broker_is_away(db, postgres_url):
    fake_batch(db, "b", [picture("p"), fake_job("plate", "plate", lane="gpu")])

    def away(_lane):
        raise ConnectionError("no broker")

    rung = []
    relay(postgres_url, rung, away).step(db)
    assert rung == [] and db.execute("select count(*) as n from outbox").fetchone()["n"] > 0
    bells = relay(postgres_url, rung)
    bells.step(db)
    bells.step(db)
    assert sorted(rung) == ["cpu", "gpu"] and db.execute("select count(*) as n from outbox").fetchone()["n"] == 0


def test_a_lost_bell_is_rung_again_when_work_has_waited(db, postgres_url):
    fake_batch(db, "b", [picture("p")])
    db.execute("delete from outbox")
    rung = []
    relay(postgres_url, rung).step(db)
    assert rung == []
    db.execute("update jobs set created_at = now() - interval '10 seconds', not_before = now() - interval '10 seconds'")
    relay(postgres_url, rung).step(db)
    assert rung == ["cpu"]
    relay(postgres_url, rung, lambda lane: 99).step(db)
    assert rung == ["cpu"], "a queue that is full of bells needs no other"


def test_doubled_bells_do_nothing_twice(db, pool, postgres_url):
    fake_batch(db, "b", [fake_job(f"p{n:02}") for n in range(30)])
    done = []
    crew = [threading.Thread(target=do_work, args=(pool, postgres_url, lambda x: done.append(x.id) or fake_hand(x), terms(worker=f"w{n}")))
            for n in range(5)]
    for worker in crew:
        worker.start()
    for worker in crew:
        worker.join(20)
    assert sorted(done) == sorted({*(f"p{n:02}" for n in range(30)), "finish-b-1"})


def test_one_relay_leads_and_another_takes_over(db, postgres_url):
    fake_batch(db, "b", [picture("p")])
    first, second, over = [], [], [threading.Event(), threading.Event()]
    crew = [threading.Thread(target=relay(postgres_url, rung).run, args=(stop,)) for rung, stop in zip((first, second), over, strict=True)]
    crew[0].start()
    assert _until(lambda: first == ["cpu"])
    crew[1].start()
    fake_batch(db, "c", [picture("q")])
    assert _until(lambda: first == ["cpu", "cpu"]) and second == []
    over[0].set()
    crew[0].join(5)
    fake_batch(db, "d", [picture("r")])
    assert _until(lambda: second == ["cpu"])
    over[1].set()
    crew[1].join(5)


def _until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


# ----------------------------------------------------------------------------------------------------- being seen


def test_progress_is_told_to_webhooks_that_ask_for_it_and_once(db, act):
    fake_batch(db, "b", [picture("p"), picture("q", ["p"])], cells("p", "q"))
    act(stop=iter([False, False, True, True]).__next__)
    assert reaper.progress(db, 4) == 0
    db.execute("insert into webhooks (id, url, events, secrets, created_by) values ('w', 'https://x', '{batch.progress}', '[]', 'me')")
    assert reaper.progress(db, 4) == 1 and reaper.progress(db, 4) == 0
    assert events.after(db, "b", 0)[-1]["data"] == {"batch": "b", "total": 2, "made": 1}
    assert [r["type"] for r in db.execute("select type from deliveries")] == ["batch.progress"]


def test_health_means_progress_or_nothing_to_do(db, act):
    fake_batch(db, "b", [picture("p")])
    act()
    assert lanes(db)["cpu"]["well"]
    db.execute("update workers set progress_at = now() - interval '1 hour'")
    assert lanes(db)["cpu"]["well"], "nothing waits"
    fake_batch(db, "c", [picture("q")])
    db.execute("update jobs set created_at = now() - interval '1 hour', not_before = created_at - interval '1 hour' where id = 'q'")
    assert not lanes(db)["cpu"]["well"]
    act()
    assert lanes(db)["cpu"]["well"] and lanes(db)["gpu"]["well"]


# ----------------------------------------------------------------------------------------------------- whose turn it is


def test_a_warm_worker_stays_with_its_batch_until_another_is_far_behind(db):
    for name in "ab":
        fake_batch(db, name, [fake_job(f"{name}{n}") for n in range(20)])
    db.execute("update batches set started_at = now(), busy_seconds = 60, vtime = case id when 'b' then 5 else 0 end")
    assert {x.batch for x in work.claim(db, ["cpu"], "w", 30)} == {"a"}
    assert {x.batch for x in work.claim(db, ["cpu"], "w", 30, warm="b")} == {"b"}
    db.execute("update batches set vtime = 9 where id = 'b'")
    assert {x.batch for x in work.claim(db, ["cpu"], "w", 30, warm="b")} == {"a"}
    fake_batch(db, "new", [fake_job("n")])
    db.execute("update batches set vtime = 99 where id = 'new'")
    assert {x.batch for x in work.claim(db, ["cpu"], "w", 30, warm="b")} == {"new"}, "a newcomer is served at once"
