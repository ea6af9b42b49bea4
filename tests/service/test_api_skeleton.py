"""The web door's frame on real servers: keys, problems, doing a POST once."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from factory.doors.web import limits
from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, Once
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Router
from factory.doors.web.shapes import In
from factory.store import access
from factory.store.pool import connect

if TYPE_CHECKING:
    from conftest import Api

PROBLEM = "application/problem+json"


class Thing(In):
    name: str


def things(app: FastAPI) -> None:
    """A route that makes a row, for the tests of doing it once."""
    router = Router(prefix="/v1/things", tags=["things"])

    @router.post("", status_code=201)
    def make(body: Thing, actor: Annotated[Actor, Needs("creator")], once: Once) -> Response:
        def work(db: Any) -> Answer:
            access.note(db, actor.id, "thing.create", body.name)
            if body.name == "bad":
                raise Problem("state.conflict")
            return Answer(201, {"name": body.name}, {"Location": f"/v1/things/{body.name}"})

        return once.run(work)

    app.router.routes.extend(router.routes)


def made(api: Api) -> int:
    with contextlib.closing(connect(api.settings.database_url)) as db:
        return len(db.execute("select 1 from audit where action = 'thing.create'").fetchall())


def test_a_key_opens_and_nothing_else_does(api: Api) -> None:
    assert api.login("creator").get("/v1/whoami").json()["roles"] == ["creator"]
    refused = api.client.get("/v1/whoami")
    assert (refused.status_code, refused.headers["content-type"], refused.json()["code"]) == (401, PROBLEM, "access.missing")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    wrong = {"Authorization": "Bearer " + api.key("admin")[:-1] + "!"}
    assert api.client.get("/v1/whoami", headers=wrong).json()["code"] == "access.unknown"
    assert api.client.get("/v1/whoami", headers={"Authorization": "Basic eDp5"}).json()["code"] == "access.missing"


@pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now() - interval '1 second'"])
def test_a_key_that_ended_opens_nothing(api: Api, change: str) -> None:
    client = api.login("admin")
    with contextlib.closing(connect(api.settings.database_url)) as db:
        db.execute(f"update api_keys set {change}")
    assert client.get("/v1/whoami").json()["code"] == "access.ended"


def test_scopes_narrow_a_key(api: Api) -> None:
    assert api.login("admin", scopes=("briefs:*",)).get("/v1/whoami").json()["code"] == "access.scope"
    assert api.login("admin", scopes=("*:read",)).get("/v1/whoami").status_code == 200


def test_the_key_itself_is_kept_nowhere(api: Api) -> None:
    key = api.key("creator")
    with contextlib.closing(connect(api.settings.database_url)) as db:
        rows = str(db.execute("select * from api_keys").fetchall())
    assert key not in rows and key[:16] in rows


def test_the_last_use_is_written(api: Api) -> None:
    api.login("creator").get("/v1/whoami")
    with contextlib.closing(connect(api.settings.database_url)) as db:
        assert db.execute("select 1 from api_keys where last_used_at is not null").fetchone()


def test_a_route_that_declares_nobody_serves_nobody(api: Api) -> None:
    router = Router(prefix="/v1/open", tags=["open"])
    router.get("")(lambda: {"secret": 1})
    api.client.app.router.routes.extend(router.routes)
    assert api.login("admin").get("/v1/open").json()["code"] == "access.closed"


def test_who_asks_too_often_waits(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BURST", 3)
    monkeypatch.setattr(limits, "PER_SECOND", 0.001)
    client = api.login("creator")
    answers = [client.get("/v1/whoami") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert [a.headers["ratelimit"].split(";")[1] for a in answers] == ["r=2", "r=1", "r=0", "r=0", "r=0"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert api.login("creator").get("/v1/whoami").status_code == 200  # others are not held up


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/nothing", 404, "request.path"), ("PUT", "/v1/whoami", 405, "request.method"),
    ("GET", "/v1/whoami?x=1", 422, "request.invalid"),
])
def test_every_refusal_is_a_problem(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = api.login("admin").request(method, path)
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"], told["code"], told["status"]) == (status, PROBLEM, code, status)
    assert told["instance"] == "urn:request:" + answer.headers["x-request-id"]
    assert status != 405 or answer.headers["allow"] == "GET"


def test_a_request_keeps_the_id_that_it_brings(api: Api) -> None:
    assert api.client.get("/v1/whoami", headers={"X-Request-Id": "trace-0001"}).headers["x-request-id"] == "trace-0001"
    assert api.client.get("/v1/whoami", headers={"X-Request-Id": "a b\tc"}).headers["x-request-id"] != "a b\tc"


def test_bodies_are_bounded_typed_and_read_strictly(api: Api) -> None:
    things(api.client.app)
    client = api.login("creator")
    once = {"Idempotency-Key": "k"}
    large = client.post("/v1/things", content=b'{"name":"' + b"x" * 1_100_000 + b'"}', headers={**once, "Content-Type": "application/json"})
    assert (large.status_code, large.json()["code"]) == (413, "request.large")
    assert client.post("/v1/things", content=b"<x/>", headers={**once, "Content-Type": "text/xml"}).status_code == 415
    assert client.post("/v1/things", content=b"{", headers={**once, "Content-Type": "application/json"}).status_code == 400
    wrong = client.post("/v1/things", json={"name": 1, "other": 2}, headers=once)
    assert {e["pointer"] for e in wrong.json()["errors"]} == {"/name", "/other"}
    assert client.post("/v1/things", json={"name": "a"}).status_code == 428
    assert made(api) == 0


def test_fifty_equal_posts_at_once_make_one_thing(api: Api) -> None:
    things(api.client.app)
    client = api.login("creator")
    gate = threading.Barrier(50)

    def post(_: int) -> Any:
        gate.wait()
        return client.post("/v1/things", json={"name": "a"}, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(post, range(50)))
    assert made(api) == 1
    assert {a.status_code for a in answers} <= {201, 409}
    done = [a for a in answers if a.status_code == 201]
    assert len({a.content for a in done}) == 1 and {a.headers["location"] for a in done} == {"/v1/things/a"}
    assert sum("idempotent-replayed" not in a.headers for a in done) == 1


def test_a_key_stands_for_one_body_and_a_refusal_leaves_it_free(api: Api) -> None:
    things(api.client.app)
    client = api.login("creator")
    once = {"Idempotency-Key": "k1"}
    assert client.post("/v1/things", json={"name": "bad"}, headers=once).status_code == 409
    assert client.post("/v1/things", json={"name": "good"}, headers=once).status_code == 201
    other = client.post("/v1/things", json={"name": "third"}, headers=once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.other")
    assert api.login("creator").post("/v1/things", json={"name": "third"}, headers=once).status_code == 201  # another's key is another
    assert made(api) == 2


def test_a_request_that_still_runs_is_told_so(api: Api) -> None:
    things(api.client.app)
    key = api.key("creator")
    body = b'{"name": "a"}'
    with contextlib.closing(connect(api.settings.database_url)) as db, db.transaction():
        row = db.execute("select id from api_keys where prefix = %s", (key[:16],)).fetchone()
        assert row
        access.begin(db, actor=row["id"], route="POST /v1/things", key="k", body_sha256="x")
        answer = api.client.post("/v1/things", content=body, headers={
            "Authorization": f"Bearer {key}", "Idempotency-Key": "k", "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (409, "idempotency.running", "1")


def test_what_breaks_tells_its_id_and_nothing_else(api: Api) -> None:
    router = Router(prefix="/v1/broken", tags=["broken"])

    @router.get("")
    def broken(_: Annotated[Actor, Needs()]) -> dict[str, int]:
        raise RuntimeError("postgresql://user:hunter2@host/db")

    api.client.app.router.routes.extend(router.routes)
    answer = api.login("creator").get("/v1/broken")
    assert answer.status_code == 500 and "hunter2" not in answer.text and "Runtime" not in answer.text
    assert answer.json()["instance"].removeprefix("urn:request:") == answer.headers["x-request-id"]
