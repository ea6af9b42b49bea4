"""Keys, the audit, use, health and figures on real servers."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import stocked
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from factory.doors.web.access import ROLES, bootstrap_key
from factory.doors.web.app import create_app
from factory.store import work
from factory.store.pool import connect

if TYPE_CHECKING:
    from conftest import Api


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_the_first_key_is_made_without_a_door(api: Api) -> None:
    with contextlib.closing(connect(api.settings.database_url)) as db:
        key = bootstrap_key(db, ["admin"], "first")
        with pytest.raises(ValueError, match="Roles are"):
            bootstrap_key(db, ["root"], "x")
    assert re.fullmatch(r"cf_live_[A-Za-z0-9_-]{43}", key)
    told = api.client.get("/v1/whoami", headers=bearer(key)).json()
    assert (told["name"], told["roles"]) == ("first", ["admin"])


def test_a_key_is_shown_once_and_ends_at_once(api: Api) -> None:
    admin = api.login("admin")
    made = admin.post("/v1/api-keys", json={"name": "press", "roles": ["creator"], "scopes": ["briefs:*"]})
    assert made.status_code == 201
    key, id = made.json()["key"], made.json()["id"]
    assert api.client.get("/v1/briefs", headers=bearer(key)).status_code == 200
    assert api.client.get("/v1/brands", headers=bearer(key)).json()["code"] == "access.scope"
    shown = admin.get(f"/v1/api-keys/{id}").json()
    assert "key" not in shown and shown["prefix"] == key[:16] and shown["last_used_at"]
    assert key not in admin.get("/v1/api-keys").text and key not in admin.get("/v1/audit").text
    assert [admin.delete(f"/v1/api-keys/{id}").status_code for _ in range(2)] == [204, 204]
    assert api.client.get("/v1/briefs", headers=bearer(key)).json()["code"] == "access.ended"
    assert admin.post(f"/v1/api-keys/{id}:rotate").json()["code"] == "state.conflict"


def test_a_rotated_key_is_who_it_was(api: Api) -> None:
    admin = api.login("admin")
    first = admin.post("/v1/api-keys", json={"name": "press", "roles": ["reviewer"]}).json()
    second = admin.post(f"/v1/api-keys/{first['id']}:rotate").json()
    assert second["id"] == first["id"] and second["key"] != first["key"] and second["prefix"] == second["key"][:16]
    assert api.client.get("/v1/whoami", headers=bearer(first["key"])).json()["code"] == "access.unknown"
    assert api.client.get("/v1/whoami", headers=bearer(second["key"])).json()["id"] == first["id"]


def test_the_last_admin_key_stays(api: Api) -> None:
    admin = api.login("admin")
    own = admin.get("/v1/whoami").json()["id"]
    assert admin.delete(f"/v1/api-keys/{own}").json()["code"] == "key.last"
    narrow = admin.post("/v1/api-keys", json={"name": "n", "roles": ["admin"], "scopes": ["briefs:*"]}).json()
    assert admin.delete(f"/v1/api-keys/{own}").json()["code"] == "key.last"  # that one could make no other
    assert admin.delete(f"/v1/api-keys/{narrow['id']}").status_code == 204
    other = admin.post("/v1/api-keys", json={"name": "o", "roles": ["admin"]}).json()
    assert admin.delete(f"/v1/api-keys/{own}").status_code == 204
    assert api.client.get("/v1/api-keys", headers=bearer(other["key"])).status_code == 200


@pytest.mark.parametrize("wrong", [
    {"roles": []}, {"roles": ["root"]}, {"roles": ["admin", "admin"]}, {"scopes": ["all"]}, {"name": "\u202egnp.exe"}, {"name": " "},
    {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "2099-01-01T00:00:00"}, {"expires_at": 4_000_000_000},
])
def test_a_wrong_key_is_not_made(api: Api, wrong: dict[str, Any]) -> None:
    admin = api.login("admin")
    assert admin.post("/v1/api-keys", json={"name": "n", "roles": ["creator"], **wrong}).status_code == 422
    assert len(admin.get("/v1/api-keys").json()["data"]) == 1


def test_a_key_may_end_by_itself(api: Api) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = api.login("admin").post("/v1/api-keys", json={"name": "n", "roles": ["creator"], "expires_at": soon})
    assert datetime.fromisoformat(made.json()["expires_at"]) == datetime.fromisoformat(soon)


def test_the_audit_says_who_did_what_and_never_changes(api: Api) -> None:
    admin = api.login("admin")
    me = admin.get("/v1/whoami").json()["id"]
    ids = [admin.post("/v1/api-keys", json={"name": f"k{n}", "roles": ["creator"]}).json()["id"] for n in range(5)]
    first = admin.get("/v1/audit?limit=3").json()
    rest = admin.get(f"/v1/audit?limit=3&cursor={first['next_cursor']}").json()
    assert [e["object"] for e in [*first["data"], *rest["data"]]] == ids[::-1]
    assert {e["actor"] for e in first["data"]} == {me} and not rest["has_more"]
    assert [e["object"] for e in admin.get(f"/v1/audit?object={ids[2]}").json()["data"]] == [ids[2]]
    lines = [json.loads(x) for x in admin.get("/v1/audit/export").text.splitlines()]
    assert [e["object"] for e in lines] == ids[::-1]
    with contextlib.closing(connect(api.settings.database_url)) as db:
        for statement in ("update audit set actor = 'x'", "delete from audit"):
            with pytest.raises(Exception, match="never changed"):
                db.execute(statement)


@pytest.mark.parametrize("cursor", ["x", "bm8", "WzFd", "W10", "WyJhIiwxXQ", "eyJhIjoxfQ"])
def test_a_cursor_of_another_make_is_refused(api: Api, cursor: str) -> None:
    answer = api.login("admin").get(f"/v1/api-keys?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor.invalid")


def test_use_is_told_by_day_and_by_batch(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 4)
    admin = api.login("ad_ops")
    api.login("reviewer").post("/v1/decisions", json={"decisions": [{"variant": stock.ids[0], "version": 1, "verdict": "approved"}]})
    day = admin.get("/v1/usage").json()
    assert (day["total"]["batches"], day["total"]["variants"], day["total"]["approved"], day["total"]["worker_seconds"]) == (1, 4, 1, 2.0)
    assert day["total"]["cost"] == {"amount": "0.0001", "currency": "EUR"}  # 2 s of 0.12 EUR an hour
    assert [r["day"] for r in day["data"]] == [datetime.now(UTC).date().isoformat()]
    assert [r["batch"] for r in admin.get("/v1/usage?by=batch").json()["data"]] == [stock.batch]
    assert admin.get("/v1/usage?since=2020-01-01&until=2020-02-01").json()["data"] == []
    assert admin.get("/v1/usage?since=2020-01-01").json()["code"] == "request.invalid"
    assert admin.get("/v1/usage?until=0").status_code == 422


def told(api: Api) -> dict[str, Any]:
    answer = api.client.get("/readyz")
    return {"status": answer.status_code, **{c["name"]: c["ok"] for c in answer.json()["checks"]}}


def test_alive_asks_nobody_and_ready_asks_everybody(api: Api, valkey_url: str) -> None:
    assert api.client.get("/healthz").json() == {"status": "ok"}
    assert told(api) == {"status": 503, "database": True, "bucket": True, "broker": False, "workers": True}
    with TestClient(create_app(replace(api.settings, broker_url=valkey_url))) as client:
        assert client.get("/readyz").status_code == 200
    with TestClient(create_app(replace(api.settings, broker_url=valkey_url, bucket="no-such-bucket"))) as client:
        assert [c["name"] for c in client.get("/readyz").json()["checks"] if not c["ok"]] == ["bucket"]
    wrong = replace(api.settings, broker_url=valkey_url, s3_secret_key="wrong", database_url="postgresql://a:b@127.0.0.1:1/x")
    with TestClient(create_app(wrong)) as client:
        answer = client.get("/readyz")
        assert {c["name"]: c["ok"] for c in answer.json()["checks"]} == {"database": False, "bucket": False, "broker": True, "workers": False}
        assert "127.0.0.1" not in answer.text and "wrong" not in answer.text
        assert client.get("/healthz").status_code == 200


def test_ready_means_that_waiting_work_moves(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 2)
    assert told(api)["workers"]
    with stock.db() as db:
        db.execute("update jobs set created_at = now() - interval '10 minutes', not_before = now() - interval '10 minutes'")
        assert not told(api)["workers"]
        work.seen(db, "w1", "cpu")
        assert not told(api)["workers"]  # one that only starts, again and again, moves nothing
        work.seen(db, "w1", "cpu", progress=True)
    assert told(api)["workers"]
    with stock.db() as db:
        db.execute("update workers set started_at = now() - interval '1 hour', progress_at = now() - interval '5 minutes'")
    assert not told(api)["workers"]


def test_figures_are_for_this_machine_or_for_a_token(api: Api) -> None:
    assert api.client.get("/metrics").json()["code"] == "access.closed"
    with TestClient(create_app(api.settings), client=("127.0.0.1", 1)) as here:
        assert here.get("/metrics").status_code == 200
        assert here.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    with TestClient(create_app(replace(api.settings, metrics_token="t0ken"))) as guarded:
        assert guarded.get("/metrics").status_code == 401
        assert guarded.get("/metrics", headers=bearer("wrong")).status_code == 401
        assert guarded.get("/metrics", headers=bearer("t0ken")).status_code == 200


def test_figures_tell_what_the_service_does(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 3)
    with stock.db() as db:
        db.execute("update variants set review = 'approved' where id = %s", (stock.cells[0],))
        work.seen(db, "w1", "gpu", busy=1.5, progress=True)
        stocked.put(api.settings.database_url, stock.brief, 2)
    with TestClient(create_app(api.settings), client=("127.0.0.1", 1)) as client:
        text = client.get("/metrics").text
    found = {(s.name, *sorted(s.labels.items())): s.value for f in text_string_to_metric_families(text) for s in f.samples}
    assert found[("factory_queue_jobs", ("lane", "cpu"))] == 2
    assert found[("factory_queue_age_seconds", ("lane", "gpu"))] == 0
    assert found[("factory_stage_seconds_count", ("stage", "compose"))] == 3
    assert found[("factory_stage_seconds_bucket", ("le", "0.5"), ("stage", "compose"))] == 3
    assert found[("factory_stage_seconds_bucket", ("le", "0.25"), ("stage", "compose"))] == 0
    assert found[("factory_worker_busy_seconds_total", ("lane", "gpu"), ("worker", "w1"))] == 1.5
    assert found[("factory_worker_busy_share", ("lane", "gpu"), ("worker", "w1"))] <= 1
    assert found[("factory_events_total", ("type", "batch.completed"))] == 1
    assert found[("factory_cost_per_accepted_variant", ("currency", "EUR"))] > 0
    assert ("factory_webhook_lag_seconds",) in found


def test_the_reference_stands_without_anything_from_elsewhere(api: Api) -> None:
    page = api.client.get("/docs")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert "script" not in page.headers["content-security-policy"] and "<script" not in page.text
    assert not re.findall(r"(?:src|href)=\"(?!/|#)", page.text)
    assert all(f'id="{row["operationId"]}"' in page.text for path in api.client.get("/openapi.json").json()["paths"].values()
               for row in path.values())
    assert set(ROLES) <= set(re.findall(r"\w+", page.text))
