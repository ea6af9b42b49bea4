"""The stream of a batch's events over a real connection."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import stocked

if TYPE_CHECKING:
    from conftest import Api


def read(url: str, key: str, batch: str, *, last: int | None = None, most: int = 10**6, **params: Any) -> list[dict[str, Any]]:
    """Events of a stream, until it ends or so many came; progress has no id."""
    found: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {key}", **({"Last-Event-ID": str(last)} if last is not None else {})}
    with httpx.stream("GET", f"{url}/v1/batches/{batch}/events", headers=headers, params=params, timeout=20) as got:
        assert got.status_code == 200, got.read()
        assert got.headers["content-type"].startswith("text/event-stream")
        for block in blocks(got.iter_text()):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith((":", "retry")))
            if fields:
                found.append({"seq": int(fields["id"]) if "id" in fields else None, "event": fields["event"], **json.loads(fields["data"])})
            if len([f for f in found if f["seq"]]) >= most:
                break
    return found


def blocks(chunks: Any) -> Any:
    text = ""
    for chunk in chunks:
        text += chunk
        while "\n\n" in text:
            block, text = text.split("\n\n", 1)
            yield block


def test_every_event_comes_once_in_order_while_things_happen(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 6)
    key = api.key("reviewer")

    def happen() -> None:
        for cell in stock.cells:
            stocked.make(stock, [cell])
            time.sleep(0.05)
        stocked.end(stock)

    with stocked.serving(api.client.app) as url:
        worker = threading.Thread(target=happen)
        worker.start()
        got = read(url, key, stock.batch, until="ended")
        worker.join()
    told = [g for g in got if g["seq"]]
    assert [t["seq"] for t in told] == list(range(1, len(told) + 1))
    assert [t["event"] for t in told] == ["batch.started", *["variant.ready"] * 6, "batch.completed"]
    assert {t["data"]["batch"] for t in told} == {stock.batch}
    progress = [g for g in got if g["event"] == "progress"]
    assert progress[-1]["counts"]["ready"] == 6 and progress[-1]["state"] == "completed"
    assert [t["id"] for t in told] == [e["id"] for e in stock.events()]


def test_a_broken_connection_goes_on_where_it_stopped(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 6)
    key = api.key("reviewer")
    with stocked.serving(api.client.app) as url:
        first = [g for g in read(url, key, stock.batch, most=3) if g["seq"]]
        rest = [g for g in read(url, key, stock.batch, last=first[-1]["seq"], until="ended") if g["seq"]]
        by_query = [g for g in read(url, key, stock.batch, after=3, until="ended") if g["seq"]]
    assert [g["seq"] for g in first + rest] == list(range(1, 9))
    assert by_query == rest


def test_a_stream_goes_on_when_the_database_drops_its_listener(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 2)
    key = api.key("reviewer")

    def happen() -> None:
        time.sleep(0.3)
        with stock.db() as db:
            db.execute("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and pid <> pg_backend_pid()")
        stocked.make(stock, stock.cells)
        stocked.end(stock)

    with stocked.serving(api.client.app) as url:
        worker = threading.Thread(target=happen)
        worker.start()
        told = [g for g in read(url, key, stock.batch, until="ended") if g["seq"]]
        worker.join()
    assert [t["event"] for t in told] == ["batch.started", "variant.ready", "variant.ready", "batch.completed"]


def test_many_events_between_two_glances_all_come(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    with stock.db() as db, db.transaction():
        from factory.store import events, work

        work.lock(db, stock.batch)
        for n in range(450):
            events.tell(db, stock.batch, "variant.updated", f"x{n}", {"n": n})
    with stocked.serving(api.client.app) as url:
        told = [g for g in read(url, api.key("reviewer"), stock.batch, until="ended") if g["seq"]]
    assert len(told) == 453 and [t["seq"] for t in told] == list(range(1, 454))


def test_no_such_batch_and_no_such_place(api: Api) -> None:
    client = api.login("reviewer")
    assert client.get("/v1/batches/bat_00000000000000000000/events").json()["code"] == "batch.unknown"
    assert client.get("/v1/batches/bat_00000000000000000000/events", headers={"Last-Event-ID": "x"}).status_code == 422
    assert api.client.get("/v1/batches/bat_00000000000000000000/events").status_code == 401


def test_the_listener_is_gone_when_nobody_waits(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    with stocked.serving(api.client.app) as url:
        read(url, api.key("reviewer"), stock.batch, until="ended")
        end = time.monotonic() + 10
        while time.monotonic() < end and any(t.name == "events" for t in threading.enumerate()):
            time.sleep(0.05)
        assert not any(t.name == "events" for t in threading.enumerate())
