"""Another plate and more like one, through the web door: who may, when, and what is written down."""

from __future__ import annotations

import pytest
from stocked import brief as new_brief
from stocked import end, full, make, put

from factory.store import variants, work


@pytest.fixture
def stock(api):
    return full(api.settings.database_url, 6)


def jobs(stock):
    with stock.db() as db:
        return [r for r in work.of_batch(db, stock.batch) if r["stage"] in ("replate", "recompose")]


def test_every_ready_variant_of_the_idea_waits_for_one_plate(api, stock):
    one = stock.ids[0]
    answer = api.login("reviewer").post(f"/v1/variants/{one}:another-plate")
    assert answer.status_code == 202
    assert sorted(answer.json()["variants"]) == sorted([stock.ids[0], stock.ids[3]])  # every third is of the same idea
    plates, versions = ([j for j in jobs(stock) if j["stage"] == s] for s in ("replate", "recompose"))
    assert len(plates) == 1 and {j["needs"]["plate"] for j in versions} == {plates[0]["id"]}
    assert min(versions, key=lambda j: j["rank"])["args"]["variant"] == stock.cells[0], "the one that is looked at is made first"
    seen = api.login("creator").get(f"/v1/variants/{one}").json()
    assert (seen["state"], seen["review"], seen["version"]) == ("rendering", "pending", 2)
    assert api.login("admin").get("/v1/audit", params={"action": "variant.another-plate"}).json()["data"][0]["object"] == one


def test_a_second_one_waits_until_the_first_is_there(api, stock):
    client = api.login("creator")
    assert client.post(f"/v1/variants/{stock.ids[0]}:another-plate").status_code == 202
    assert client.post(f"/v1/variants/{stock.ids[0]}:another-plate").json()["code"] == "variant.unmade"


def test_more_are_new_variants_of_the_batch(api, stock):
    answer = api.login("creator").post(f"/v1/variants/{stock.ids[1]}:more-like", json={"count": 2})
    new = answer.json()["variants"]
    assert answer.status_code == 202 and len(set(new)) == 2 and not set(new) & set(stock.ids)
    page = api.login("creator").get("/v1/variants", params={"batch": stock.batch}).json()["data"]
    rows = {v["id"]: v for v in page}
    for v in new:
        same = ("concept", "placement", "locale", "tribe", "kind")
        assert [rows[v][k] for k in same] == [rows[stock.ids[1]][k] for k in same]
        assert rows[v]["state"] == "rendering"
    with stock.db() as db:
        takes = [variants.get(db, stock.batch, v.partition(".")[2])["take"] for v in new]
    assert takes == [1, 2]


@pytest.mark.parametrize("count", [0, 7, "many"])
def test_there_is_a_bound_to_more(api, stock, count):
    assert api.login("creator").post(f"/v1/variants/{stock.ids[0]}:more-like", json={"count": count}).status_code == 422


def test_more_come_when_the_batch_is_ready(api):
    url = api.settings.database_url
    stock = put(url, new_brief(url), 2)
    make(stock, stock.cells[:1])
    client = api.login("creator")
    assert client.post(f"/v1/variants/{stock.ids[0]}:more-like", json={}).json()["code"] == "state.conflict"
    assert client.post(f"/v1/variants/{stock.ids[1]}:another-plate").json()["code"] == "variant.unmade"
    make(stock, stock.cells[1:])
    end(stock)
    assert client.post(f"/v1/variants/{stock.ids[0]}:more-like", json={}).status_code == 202


def test_ad_ops_asks_for_neither(api, stock):
    for deed, body in (("another-plate", None), ("more-like", {})):
        assert api.login("ad_ops").post(f"/v1/variants/{stock.ids[0]}:{deed}", json=body).status_code == 403
    assert not jobs(stock)


def test_unknown_variants_are_not_found(api, stock):
    client = api.login("admin")
    for name in (f"{stock.batch}.{'0' * 16}", f"bat_{'0' * 20}.{'0' * 16}"):
        assert client.post(f"/v1/variants/{name}:another-plate").status_code == 404
