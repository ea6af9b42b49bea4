"""Webhooks from end to end: a receiver on this machine that checks signatures with the standard's own library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import stocked
from standardwebhooks import Webhook, WebhookVerificationError

from factory.store import webhooks as store
from factory.store.pool import open_pool
from factory.webhooks import Outcome, open_client, send_due

if TYPE_CHECKING:
    from conftest import Api


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets; answers with `statuses` in turn, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in"

    def ids(self) -> list[str]:
        return [h["webhook-id"] for h, _ in self.got]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.server.gate.wait(10)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "2000")
        self.end_headers()
        self.wfile.write(b"y" * 2000)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def pool(api: Api) -> Iterator[Any]:
    with open_pool(api.settings.database_url) as held:
        yield held


def hook(api: Api, receiver: Receiver, **more: Any) -> dict[str, Any]:
    got = api.login("ad_ops").post("/v1/webhooks", json={"url": receiver.url, **more})
    assert got.status_code == 201, got.text
    return dict(got.json())


def send(pool: Any, later: timedelta = timedelta(0)) -> int:
    total = 0
    while n := send_due(pool, open_client(loopback=True), datetime.now(UTC) + later if later else None):
        total += n
    return total


def rows(api: Api, sql: str) -> list[dict[str, Any]]:
    with stocked.Stock(api.settings.database_url, "", "", ()).db() as db:
        return list(db.execute(sql).fetchall())


def test_every_event_that_is_wanted_arrives_signed_and_once(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver)
    asked = hook(api, receiver, events=["variant.ready"])
    stock = stocked.full(api.settings.database_url, 3)
    assert send(pool) == 5
    told = [json.loads(body) for _, body in receiver.got]
    assert sorted(t["type"] for t in told) == ["batch.completed", "batch.started", *["variant.ready"] * 3]
    assert {t["data"]["batch"] for t in told} == {stock.batch} and all(set(t) == {"type", "timestamp", "data"} for t in told)
    by_id = {e["id"]: e for e in stock.events()}
    for headers, body in receiver.got:
        secret = (asked if json.loads(body)["type"] == "variant.ready" else made)["secret"]
        Webhook(secret).verify(body, headers)
        assert by_id[headers["webhook-id"]]["type"] == json.loads(body)["type"]
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + b" ", headers)
    assert send(pool) == 0


def test_a_failing_receiver_is_tried_again_by_the_schedule_under_one_id(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    receiver.statuses = [500, 302, 404, 503, 500, 500, 500, 500]
    now = datetime.now(UTC)
    waits = []
    for _ in range(8):
        assert send_due(pool, open_client(loopback=True), now) == 1
        row = rows(api, "select * from deliveries")[0]
        if row["state"] == "due":
            waits.append((row["due_at"] - now).total_seconds())
            assert send_due(pool, open_client(loopback=True), row["due_at"] - timedelta(seconds=1)) == 0
            now = row["due_at"]
    assert [w // plan for w, plan in zip(waits, store.WAITS, strict=True)] == [1] * 7
    assert all(w <= plan * 1.1 for w, plan in zip(waits, store.WAITS, strict=True))
    assert len(set(receiver.ids())) == 1 and len(receiver.got) == 8
    got = api.login("ad_ops").get(f"/v1/webhooks/{made['id']}/deliveries").json()["data"][0]
    assert (got["state"], [t["status"] for t in got["tries"]]) == ("failed", [500, 302, 404, 503, 500, 500, 500, 500])
    assert len(got["tries"][0]["response"]) == 1024


def test_only_a_2xx_is_a_success_and_it_ends_the_failing(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    receiver.statuses = [301, 204]
    assert send(pool) == 1
    assert rows(api, "select failing_since from webhooks")[0]["failing_since"] is not None
    assert send(pool, timedelta(seconds=6)) == 1
    client = api.login("ad_ops")
    assert client.get(f"/v1/webhooks/{made['id']}").json()["failing_since"] is None
    assert client.get(f"/v1/webhooks/{made['id']}/deliveries", params={"state": "delivered"}).json()["data"][0]["status"] == 204


def test_a_receiver_that_is_gone_is_disabled(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver)
    stocked.full(api.settings.database_url, 1)
    receiver.statuses = [410, 410, 410]
    send(pool)
    client = api.login("ad_ops")
    assert client.get(f"/v1/webhooks/{made['id']}").json()["state"] == "disabled"
    assert {r["state"] for r in rows(api, "select state from deliveries")} == {"failed"}
    assert rows(api, "select detail from audit where action = 'webhook.disabled'")[0]["detail"] == {"reason": "it answered 410"}
    stocked.full(api.settings.database_url, 1)
    assert send(pool, timedelta(days=1)) == 0
    assert client.post(f"/v1/webhooks/{made['id']}:test").json()["code"] == "webhook.inactive"
    assert client.patch(f"/v1/webhooks/{made['id']}", json={"state": "active"}).json()["state"] == "active"
    assert client.post(f"/v1/webhooks/{made['id']}:test").status_code == 202


def test_a_receiver_that_failed_for_five_days_is_disabled(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    receiver.statuses = [500, 500]
    send(pool)
    with pool.connection() as db:
        db.execute("update webhooks set failing_since = now() - interval '5 days'")
    send(pool, timedelta(seconds=6))
    assert api.login("ad_ops").get(f"/v1/webhooks/{made['id']}").json()["state"] == "disabled"


def test_while_a_rotation_lasts_both_secrets_sign(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver)
    client = api.login("ad_ops")
    new = client.post(f"/v1/webhooks/{made['id']}:rotate-secret").json()
    assert new["secret"] != made["secret"] and new["secrets"] == 2
    client.post(f"/v1/webhooks/{made['id']}:test")
    send(pool)
    headers, body = receiver.got[0]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (made["secret"], new["secret"]):
        Webhook(secret).verify(body, headers)
    newest = client.post(f"/v1/webhooks/{made['id']}:rotate-secret").json()
    with pool.connection() as db:
        held = db.execute("select secrets from webhooks").fetchone()["secrets"]
    assert [s["secret"] for s in held] == [newest["secret"], new["secret"]]
    assert store.active(held, datetime.now(UTC) + timedelta(hours=25)) == [newest["secret"]]


def test_a_secret_is_shown_once(api: Api, receiver: Receiver) -> None:
    made = hook(api, receiver)
    client = api.login("ad_ops")
    for path in (f"/v1/webhooks/{made['id']}", "/v1/webhooks"):
        assert "whsec_" not in client.get(path).text
    assert made["secret"].startswith("whsec_") and len(made["secret"]) > 40
    assert "whsec_" not in json.dumps([dict(r, at="") for r in rows(api, "select * from audit")], default=str)


def test_a_delivery_is_replayed_under_its_id(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    client = api.login("ad_ops")
    first = client.get(f"/v1/webhooks/{made['id']}/deliveries").json()["data"][0]
    path = f"/v1/webhooks/{made['id']}/deliveries/{first['id']}:replay"
    assert client.post(path).json()["code"] == "delivery.open"
    send(pool)
    assert client.post(path).json()["state"] == "due"
    send(pool)
    assert len(receiver.got) == 2 and len(set(receiver.ids())) == 1
    assert [t["attempt"] for t in client.get(f"/v1/webhooks/{made['id']}/deliveries").json()["data"][0]["tries"]] == [1, 2]
    assert client.post(f"/v1/webhooks/{made['id']}/deliveries/999999:replay").json()["code"] == "delivery.unknown"
    other = hook(api, receiver)
    assert client.post(f"/v1/webhooks/{other['id']}/deliveries/{first['id']}:replay").json()["code"] == "delivery.unknown"


def test_a_sender_that_dies_leaves_its_deliveries_to_the_next(api: Api, receiver: Receiver, pool: Any) -> None:
    hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    with pool.connection() as db, db.transaction():
        dead = store.claim(db, 10, 60)
    assert len(dead) == 1 and send(pool) == 0
    assert send(pool, timedelta(seconds=61)) == 1
    with pool.connection() as db, db.transaction():
        assert not store.record(db, dead[0], Outcome(status=500, seconds=1))
    assert rows(api, "select state, attempts from deliveries") == [{"state": "delivered", "attempts": 2}]


def test_two_senders_never_send_the_same_delivery(api: Api, receiver: Receiver, pool: Any) -> None:
    hook(api, receiver, events=["variant.ready"])
    stocked.full(api.settings.database_url, 20)
    start = threading.Barrier(4)

    def go() -> None:
        start.wait(10)
        send(pool)

    crew = [threading.Thread(target=go) for _ in range(4)]
    for t in crew:
        t.start()
    for t in crew:
        t.join()
    send(pool)
    assert len(receiver.got) == len(set(receiver.ids())) == 20


def test_a_slow_receiver_holds_up_its_own_and_no_other(api: Api, receiver: Receiver, pool: Any) -> None:
    hook(api, receiver, events=["variant.ready"])
    stocked.full(api.settings.database_url, 30)
    other = hook(api, receiver, events=["batch.started"])
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    with pool.connection() as db, db.transaction():
        claimed = store.claim(db, 20, 60)
    assert sum(c["webhook"] == other["id"] for c in claimed) == 1
    assert len(claimed) == store.PER_HOOK + 1


def test_a_deleted_webhook_gets_nothing(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver)
    stocked.full(api.settings.database_url, 1)
    client = api.login("ad_ops")
    assert client.delete(f"/v1/webhooks/{made['id']}").status_code == 204
    assert client.delete(f"/v1/webhooks/{made['id']}").status_code == 404
    assert send(pool) == 0 and receiver.got == []
    assert client.get("/v1/webhooks").json()["data"] == []


def test_a_paused_webhook_waits(api: Api, receiver: Receiver, pool: Any) -> None:
    made = hook(api, receiver)
    client = api.login("ad_ops")
    stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    client.patch(f"/v1/webhooks/{made['id']}", json={"state": "paused"})
    assert send(pool) == 0
    client.patch(f"/v1/webhooks/{made['id']}", json={"state": "active", "events": ["batch.completed"]})
    assert send(pool) == 1


@pytest.mark.parametrize(("body", "code"), [
    ({"url": "http://example.com/"}, "url.scheme"), ({"url": "https://10.0.0.1/"}, "url.host"), ({"url": "https://[::ffff:7f00:1]/"}, "url.host"),
    ({"url": "https://u:p@example.com/"}, "url.parts"), ({"url": "https://example.com/", "events": ["batch.begun"]}, "event.unknown"),
])  # fmt: skip
def test_a_url_that_may_not_be_called_is_refused_when_it_is_put_in(api: Api, body: dict[str, Any], code: str) -> None:
    got = api.login("ad_ops").post("/v1/webhooks", json=body)
    assert (got.status_code, got.json()["errors"][0]["code"]) == (422, code)


def test_a_name_that_turned_to_this_machine_gets_no_connection(api: Api, receiver: Receiver, pool: Any) -> None:
    from factory.outbound.client import Client

    made = api.login("ad_ops").post("/v1/webhooks", json={"url": "https://rebind.example.com/"}).json()
    api.login("ad_ops").post(f"/v1/webhooks/{made['id']}:test")
    assert send_due(pool, Client(resolver=lambda _n, _p: ["127.0.0.1"])) == 1
    got = api.login("ad_ops").get(f"/v1/webhooks/{made['id']}/deliveries").json()["data"][0]
    assert (got["state"], got["status"], receiver.got) == ("due", None, [])
    assert "no public address" in got["tries"][0]["error"]


def test_only_ad_ops_see_webhooks(api: Api, receiver: Receiver) -> None:
    made = hook(api, receiver)
    for role in ("creator", "reviewer"):
        assert api.login(role).get(f"/v1/webhooks/{made['id']}").status_code == 403
        assert api.login(role).post("/v1/webhooks", json={"url": receiver.url}).status_code == 403
