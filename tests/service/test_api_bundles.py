"""Bundles: what may enter, who may ask, and that the same selection is the same bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stocked

from factory.store import bundles, work

if TYPE_CHECKING:
    from conftest import Api


def approve(api: Api, ids: list[str], verdict: str = "approved") -> None:
    got = api.login("reviewer").post("/v1/decisions", json={"decisions": [{"variant": v, "verdict": verdict, "version": 1} for v in ids]})
    assert got.json()["refused"] == 0


def ask(client: Any, stock: stocked.Stock, **more: Any) -> Any:
    return client.post("/v1/bundles", json={"batch": stock.batch, **more})


def published(stock: stocked.Stock, bundle: str) -> None:
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        bundles.move(db, bundle, "publishing")
        bundles.published(db, bundle, {"digest": "d" * 64, "files": 3, "bytes": 99, "batch": "b" * 64})


def jobs(stock: stocked.Stock, stage: str) -> list[str]:
    with stock.db() as db:
        return [r["id"] for r in db.execute("select id from jobs where stage = %s order by id", (stage,))]


def test_only_what_was_approved_enters(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 4)
    client = api.login("ad_ops")
    assert ask(client, stock).json()["code"] == "bundle.empty"
    approve(api, stock.ids[:2])
    approve(api, stock.ids[3:], "rejected")
    got = ask(client, stock)
    assert (got.status_code, got.json()["state"], got.json()["variants"]) == (202, "queued", dict.fromkeys(stock.ids[:2], 1))
    assert got.headers["location"].endswith(f"/v1/bundles/{got.json()['id']}")
    assert jobs(stock, "publish") == [f"publish-{got.json()['id']}-1"]
    everything = ask(client, stock, include="unreviewed").json()
    assert sorted(everything["variants"]) == sorted(stock.ids[:3])


@pytest.mark.parametrize(("role", "approved", "unreviewed"), [
    ("creator", 202, 403), ("reviewer", 202, 403), ("ad_ops", 202, 202), ("admin", 202, 202)])
def test_who_may_ask_for_what(api: Api, role: str, approved: int, unreviewed: int) -> None:
    stock = stocked.full(api.settings.database_url, 2)
    approve(api, stock.ids[:1])
    client = api.login(role)
    assert ask(client, stock).status_code == approved
    assert ask(client, stock, include="unreviewed").status_code == unreviewed


def test_the_same_selection_is_the_same_bundle_and_a_new_decision_makes_another(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 3)
    approve(api, stock.ids[:2])
    client = api.login("ad_ops")
    first, again = ask(client, stock).json(), ask(client, stock, variants=stock.ids[:2][::-1]).json()
    assert first["id"] == again["id"] and len(jobs(stock, "publish")) == 1
    approve(api, stock.ids[2:])
    assert ask(client, stock).json()["id"] != first["id"]
    listed = client.get("/v1/bundles", params={"batch": stock.batch}).json()["data"]
    assert len(listed) == 2


def test_a_selection_may_be_narrowed_and_its_mistakes_are_told(api: Api) -> None:
    stock, other = stocked.full(api.settings.database_url, 4), stocked.full(api.settings.database_url, 1)
    approve(api, stock.ids[:3])
    client = api.login("ad_ops")
    assert list(ask(client, stock, platforms=["iab"]).json()["variants"]) == [stock.ids[1]]
    assert len(ask(client, stock, placements=["meta.feed.square"]).json()["variants"]) == 2
    assert list(ask(client, stock, variants=stock.ids[:1]).json()["variants"]) == stock.ids[:1]
    for more, code in [({"platforms": ["tv"]}, "platform.unknown"), ({"placements": ["meta.tv"]}, "placement.unknown"),
                       ({"variants": [stock.ids[0], stock.ids[3]]}, "bundle.variant"), ({"variants": other.ids}, "bundle.variant")]:
        got = ask(client, stock, **more)
        assert (got.status_code, got.json()["errors"][0]["code"]) == (422, code)


def test_a_batch_at_work_is_not_bundled(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    assert ask(api.login("ad_ops"), stock).json()["code"] == "state.conflict"
    assert api.login("ad_ops").post("/v1/bundles", json={"batch": "bat_00000000000000000000"}).json()["code"] == "batch.unknown"


def test_a_failed_bundle_is_tried_again_when_it_is_asked_for_again(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    approve(api, stock.ids)
    client = api.login("ad_ops")
    bundle = ask(client, stock).json()["id"]
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        bundles.failed(db, bundle, "the bucket is full")
    shown = client.get(f"/v1/bundles/{bundle}").json()
    assert (shown["state"], shown["error"]) == ("failed", "the bucket is full")
    assert ask(client, stock).json()["state"] == "queued"
    assert jobs(stock, "publish") == [f"publish-{bundle}-1", f"publish-{bundle}-2"]
    assert [e["type"] for e in stock.events()][-1] == "bundle.failed"


def test_an_archive_is_made_when_it_is_wanted_and_downloaded_by_a_link(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    approve(api, stock.ids)
    client = api.login("ad_ops")
    bundle = ask(client, stock).json()["id"]
    published(stock, bundle)
    assert client.get(f"/v1/bundles/{bundle}/download").json()["code"] == "bundle.unready"
    assert jobs(stock, "archive") == []
    assert ask(client, stock, archive=True).json()["archive"]["state"] == "wanted"
    assert ask(client, stock, archive=True).json()["state"] == "published"
    assert jobs(stock, "archive") == [f"archive-{bundle}-1"]
    waiting = client.get(f"/v1/bundles/{bundle}/download")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "2")
    api.client.app.state.parts.storage.put(f"archives/{bundle}.zip", b"PK", content_type="application/zip")
    with stock.db() as db:
        bundles.archived(db, bundle, {"key": f"archives/{bundle}.zip", "bytes": 2, "sha256": "s"})
    got = api.login("reviewer").get(f"/v1/bundles/{bundle}/download")
    assert got.status_code == 302
    file = httpx.get(got.headers["location"])
    assert file.content == b"PK" and f"bundle-{bundle}.zip" in file.headers["content-disposition"]


def test_an_archive_that_was_wanted_at_once_follows_the_publishing(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    approve(api, stock.ids)
    bundle = ask(api.login("ad_ops"), stock, archive=True).json()["id"]
    assert jobs(stock, "archive") == []
    published(stock, bundle)
    assert jobs(stock, "archive") == [f"archive-{bundle}-1"]
    told = [e for e in stock.events() if e["type"] == "bundle.ready"]
    assert [t["data"]["bundle"] for t in told] == [bundle]


def test_a_recalled_bundle_has_its_mark_and_is_never_given_out_again(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    approve(api, stock.ids)
    client = api.login("ad_ops")
    bundle = ask(client, stock).json()["id"]
    assert client.post(f"/v1/bundles/{bundle}:recall", json={"reason": "price"}).json()["code"] == "state.conflict"
    published(stock, bundle)
    api.client.app.state.parts.storage.put(f"bundles/{bundle}/_SUCCESS", b"{}", content_type="application/json")
    assert api.login("reviewer").post(f"/v1/bundles/{bundle}:recall", json={"reason": "price"}).status_code == 403
    got = client.post(f"/v1/bundles/{bundle}:recall", json={"reason": "price"})
    assert (got.status_code, got.json()["state"], got.json()["recall_reason"]) == (200, "recalled", "price")
    assert client.post(f"/v1/bundles/{bundle}:recall", json={"reason": "price"}).json()["recalled_at"] == got.json()["recalled_at"]
    assert api.client.app.state.parts.storage.head(f"bundles/{bundle}/_RECALLED")
    assert client.get(f"/v1/bundles/{bundle}/download").status_code == 410
    assert ask(client, stock).status_code == 410
    assert [e["type"] for e in stock.events()].count("bundle.recalled") == 1
