"""Batches through the web door: put in once, watched, waited for, stopped."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import stocked

from factory.store import batches

if TYPE_CHECKING:
    from conftest import Api


def test_fifty_equal_posts_at_once_make_one_batch(api: Api) -> None:
    client, brief = api.login("creator"), stocked.brief(api.settings.database_url)
    start = threading.Barrier(25)

    def post(n: int) -> Any:
        if n < 25:
            start.wait(30)
        for _ in range(100):
            got = client.post("/v1/batches", json={"brief": brief}, headers={"Idempotency-Key": "one"})
            if got.status_code != 409:
                return got
            time.sleep(0.05)
        return got

    with ThreadPoolExecutor(25) as crew:
        answers = list(crew.map(post, range(50)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(client.get("/v1/batches").json()["data"]) == 1
    assert sum(a.headers.get("idempotent-replayed") == "true" for a in answers) == 49


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    client, brief = api.login("creator"), stocked.brief(api.settings.database_url)
    key = {"Idempotency-Key": "one"}
    assert client.post("/v1/batches", json={"brief": brief}, headers=key).status_code == 202
    other = client.post("/v1/batches", json={"brief": brief, "seed": 1}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.other")
    assert client.post("/v1/batches", json={"brief": brief}).status_code == 428


def test_a_refused_batch_leaves_nothing_and_its_key_may_be_used_again(api: Api) -> None:
    client, key = api.login("creator"), {"Idempotency-Key": "k"}
    assert client.post("/v1/batches", json={"brief": "brf_00000000000000000000"}, headers=key).json()["code"] == "brief.unknown"
    brief = stocked.brief(api.settings.database_url)
    assert client.post("/v1/batches", json={"brief": brief}, headers=key).status_code == 202


def test_rows_become_batches_all_or_none_and_once(api: Api) -> None:
    client, brief, key = api.login("creator"), stocked.brief(api.settings.database_url), {"Idempotency-Key": "rows"}
    rows = [{"brief": brief, "custom_id": f"row {n}", "seed": n} for n in range(3)]
    wrong = client.post("/v1/batches:many", json={"rows": [*rows, {"brief": "brf_00000000000000000000", "custom_id": "x"}]}, headers=key)
    assert wrong.json()["code"] == "brief.unknown"
    twice = client.post("/v1/batches:many", json={"rows": [*rows, rows[0], {"brief": brief}]}, headers=key).json()
    assert [e["pointer"] for e in twice["errors"]] == ["/rows/0/custom_id", "/rows/3/custom_id", "/rows/4/custom_id"]
    assert client.get("/v1/batches").json()["data"] == []
    made = [client.post("/v1/batches:many", json={"rows": rows}, headers=key).json()["data"] for _ in range(2)]
    assert made[0] == made[1]
    assert [r["custom_id"] for r in made[0]] == ["row 0", "row 1", "row 2"]
    found = {b["id"]: b["options"]["seed"] for b in client.get("/v1/batches").json()["data"]}
    assert found == {r["id"]: n for n, r in enumerate(made[0])}


def test_a_new_batch_says_where_it_is_watched_and_its_plan_is_a_job(api: Api) -> None:
    client, brief = api.login("creator"), stocked.brief(api.settings.database_url)
    got = client.post("/v1/batches", json={"brief": brief, "max_variants": 12, "custom_id": "launch 7", "metadata": {"po": "1"}, "priority": "high",
                                           "deadline_s": 600}, headers={"Idempotency-Key": "k"})
    out = got.json()
    assert got.headers["location"] == out["status_url"]
    assert (out["state"], out["options"]["variants"], out["metadata"]) == ("validating", 12, {"po": "1"})
    assert out["events_url"] == out["status_url"] + "/events" and out["cancel_url"] == out["status_url"] + ":cancel"
    found = client.get("/v1/batches", params={"custom_id": "launch 7"}).json()["data"]
    assert [b["id"] for b in found] == [out["id"]]
    stock = stocked.Stock(api.settings.database_url, brief, out["id"], ())
    with stock.db() as db:
        assert db.execute("select stage, lane, state from jobs").fetchall() == [{"stage": "plan", "lane": "cpu", "state": "ready"}]
        assert db.execute("select weight from batches").fetchone()["weight"] == 4
        assert [r["action"] for r in db.execute("select action from audit")] == ["batch.create"]


def test_a_batch_that_was_read_is_not_sent_again_until_it_changes(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 2)
    client = api.login("reviewer")
    first = client.get(f"/v1/batches/{stock.batch}")
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"/v1/batches/{stock.batch}", headers=known).status_code == 304
    stocked.make(stock, stock.cells[:1])
    second = client.get(f"/v1/batches/{stock.batch}", headers=known)
    assert (second.status_code, second.json()["counts"]["ready"], second.json()["counts"]["pending"]) == (200, 1, 1)
    assert 0 < second.json()["progress"] < 1
    assert second.json()["at"]["running"] is not None


def test_a_long_poll_answers_when_the_batch_changes_or_the_time_is_over(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 2)
    client = api.login("reviewer")
    path = f"/v1/batches/{stock.batch}"
    tag = client.get(path).headers["etag"]
    idle = client.get(path, headers={"If-None-Match": tag, "Prefer": "wait=1"})
    assert (idle.status_code, idle.headers["preference-applied"]) == (304, "wait=1")
    timer = threading.Timer(0.4, stocked.make, (stock, stock.cells[:1]))
    timer.start()
    got = client.get(path, headers={"If-None-Match": tag, "Prefer": "respond-async, wait=50"})
    assert (got.status_code, got.json()["counts"]["ready"]) == (200, 1)
    timer.join()
    stocked.make(stock, stock.cells[1:])
    timer = threading.Timer(0.4, stocked.end, (stock,))
    timer.start()
    assert client.get(path, headers={"Prefer": "wait=50"}).json()["state"] == "completed"
    timer.join()


def test_a_batch_is_stopped_once_and_what_was_made_stays(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 3)
    stocked.make(stock, stock.cells[:1])
    client = api.login("creator")
    assert [client.post(f"/v1/batches/{stock.batch}:cancel").status_code for _ in range(2)] == [202, 202]
    out = client.get(f"/v1/batches/{stock.batch}").json()
    assert out["state"] in ("cancelling", "finalizing") and out["counts"]["ready"] == 1
    done = stocked.full(api.settings.database_url, 1)
    assert client.post(f"/v1/batches/{done.batch}:cancel").json()["code"] == "state.conflict"
    assert client.post("/v1/batches/bat_00000000000000000000:cancel").json()["code"] == "batch.unknown"


def test_only_what_failed_is_tried_again(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 3)
    stocked.make(stock, stock.cells[:2])
    with stock.db() as db, db.transaction():
        from factory.store import variants

        db.execute("update jobs set state = 'leased', leased_until = now() where id like %s", (f"%{stock.cells[2]}",))
        db.execute("update jobs set state = 'failed', leased_until = null, error = 'no room' where id like %s", (f"%{stock.cells[2]}",))
        variants.failed(db, stock.batch, [stock.cells[2]], "no room")
    stocked.end(stock, "completed_with_errors")
    client = api.login("creator")
    causes = client.get(f"/v1/batches/{stock.batch}/errors").json()["data"]
    assert causes == [{"state": "failed", "reason": "no room", "count": 1, "variants": [stock.ids[2]]}]
    out = client.post(f"/v1/batches/{stock.batch}:retry-failed").json()
    assert (out["state"], out["counts"]["ready"], out["counts"]["queued"]) == ("running", 2, 1)
    assert client.post(f"/v1/batches/{stock.batch}:retry-failed").json()["code"] == "state.conflict"


def test_a_batch_whose_input_was_wrong_tells_every_fault(api: Api) -> None:
    brief = stocked.brief(api.settings.database_url)
    client = api.login("creator")
    batch = client.post("/v1/batches", json={"brief": brief}, headers={"Idempotency-Key": "k"}).json()["id"]
    with stocked.Stock(api.settings.database_url, brief, batch, ()).db() as db, db.transaction():
        batches.ended(db, batch, "failed", error=[{"code": "brief.field", "fact": "No message", "where": "brief.yaml:3", "help": "Write one."}])
    out = client.get(f"/v1/batches/{batch}").json()
    assert (out["state"], out["errors"]) == ("failed", [{"pointer": "brief.yaml:3", "code": "brief.field", "detail": "No message", "help": "Write one."}])


def test_pages_of_batches_are_stable_while_others_are_put_in(api: Api) -> None:
    url = api.settings.database_url
    brief = stocked.brief(url)
    first = [stocked.put(url, brief, 1).batch for _ in range(5)]
    client = api.login("reviewer")
    got = client.get("/v1/batches", params={"limit": 2}).json()
    seen = [b["id"] for b in got["data"]]
    while got["has_more"]:
        stocked.put(url, brief, 1)
        got = client.get("/v1/batches", params={"limit": 2, "cursor": got["next_cursor"]}).json()
        seen += [b["id"] for b in got["data"]]
    assert seen == first[::-1]
    assert client.get("/v1/batches", params={"state": "completed"}).json()["data"] == []


@pytest.mark.parametrize("body", [{}, {"brief": "x"}, {"brief": "brf_00000000000000000000", "priority": "urgent"}, {"brief": "brf_00000000000000000000", "more": 1},
                                  {"brief": "brf_00000000000000000000", "metadata": {str(n): "x" for n in range(17)}}, {"brief": "brf_00000000000000000000", "deadline_s": 1}])
def test_a_wrong_request_is_told_its_fields(api: Api, body: dict[str, Any]) -> None:
    got = api.login("creator").post("/v1/batches", json=body, headers={"Idempotency-Key": "k"})
    assert got.status_code == 422
    assert got.json()["errors"]
