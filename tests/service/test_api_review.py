"""Edits, versions and decisions: who may, on which version, and what follows."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import stocked

from factory.store import variants, work

if TYPE_CHECKING:
    from conftest import Api

NEW = {"texts": {"headline": "Cold since yesterday."}}


def edit(client: Any, variant: str, version: int, body: Any = NEW) -> Any:
    return client.patch(f"/v1/variants/{variant}", json=body, headers={"If-Match": f'"{version}"'})


def recompose(stock: stocked.Stock, cell: str, version: int, *, verdict: str = "pass", text: str = "Cold since yesterday.") -> bool:
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        return variants.recomposed(db, stock.batch, cell, version, stocked.made(cell, verdict=verdict, text=text, salt=str(version)))


def test_an_edit_is_a_new_version_that_a_preview_job_makes(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client, variant = api.login("creator"), stock.ids[0]
    before = client.get(f"/v1/variants/{variant}")
    assert (before.headers["etag"], before.json()["texts"]["headline"]["text"]) == ('"1"', "Slept 18 hours.")
    got = edit(client, variant, 1)
    assert (got.status_code, got.headers["etag"], got.json()["state"], got.json()["version"]) == (202, '"2"', "rendering", 2)
    with stock.db() as db:
        job = db.execute("select * from jobs where stage = 'recompose'").fetchone()
        assert (job["lane"], job["state"]) == ("preview", "ready")
        assert job["args"] == {"variant": stock.cells[0], "version": 2, "edits": {"headline": "Cold since yesterday."}}
        assert db.execute("select lane from outbox where lane = 'preview'").fetchall()
    assert recompose(stock, stock.cells[0], 2)
    now = client.get(f"/v1/variants/{variant}").json()
    assert (now["state"], now["review"], now["texts"]["headline"]["text"]) == ("ready", "pending", "Cold since yesterday.")
    told = [(e["type"], e["data"].get("version")) for e in stock.events()][-2:]
    assert told == [("variant.updated", 2), ("variant.ready", 2)]


def test_edits_add_up_and_an_older_one_that_is_made_late_does_not_stand(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client, variant, cell = api.login("creator"), stock.ids[0], stock.cells[0]
    edit(client, variant, 1)
    got = edit(client, variant, 2, {"texts": {"art_headline": "Cold."}})
    assert got.json()["edits"] == {"headline": "Cold since yesterday.", "art_headline": "Cold."}
    assert not recompose(stock, cell, 2)
    assert client.get(f"/v1/variants/{variant}").json()["state"] == "rendering"
    assert recompose(stock, cell, 3)
    rows = client.get(f"/v1/variants/{variant}/versions").json()["data"]
    assert [(r["version"], r["stands"], r["file"] is not None) for r in rows] == [(1, False, True), (2, False, True), (3, True, True)]


def test_of_many_edits_at_once_one_wins(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client = api.login("creator")
    start = threading.Barrier(8)

    def go(n: int) -> int:
        start.wait(30)
        return int(edit(client, stock.ids[0], 1, {"texts": {"headline": f"Number {n}"}}).status_code)

    with ThreadPoolExecutor(8) as crew:
        assert sorted(crew.map(go, range(8))) == [202] + [412] * 7
    assert client.get(f"/v1/variants/{stock.ids[0]}").json()["version"] == 2


def test_an_edit_says_which_version_it_saw(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    got = api.login("creator").patch(f"/v1/variants/{stock.ids[0]}", json=NEW)
    assert (got.status_code, got.json()["code"]) == (428, "request.header")
    assert edit(api.login("creator"), stock.ids[0], 7).json()["code"] == "match.failed"


@pytest.mark.parametrize(("texts", "code"), [
    ({"slogan": "x"}, "text.field"), ({"headline": " "}, "text.characters"), ({"headline": "a\u0007b"}, "text.characters"),
    ({"headline": "x" * 300}, "text.long"),
])  # fmt: skip
def test_words_that_cannot_be_shown_are_refused(api: Api, texts: dict[str, str], code: str) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    got = edit(api.login("creator"), stock.ids[0], 1, {"texts": texts})
    assert got.status_code == 422
    assert got.json()["errors"][0]["code"] == code
    assert api.login("creator").get(f"/v1/variants/{stock.ids[0]}").json()["version"] == 1


def test_an_earlier_version_stands_again_under_a_new_number(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client, variant, cell = api.login("creator"), stock.ids[0], stock.cells[0]
    first = client.get(f"/v1/variants/{variant}").json()["file"]["sha256"]
    edit(client, variant, 1)
    recompose(stock, cell, 2, verdict="fail")
    assert client.get(f"/v1/variants/{variant}").json()["verdict"] == "fail"
    got = client.post(f"/v1/variants/{variant}:revert", json={"version": 1}, headers={"If-Match": '"2"'})
    assert (got.status_code, got.json()["version"], got.json()["state"], got.json()["file"]["sha256"]) == (200, 3, "ready", first)
    assert got.json()["edits"] == {} and got.json()["verdict"] == "pass"
    nothing = client.post(f"/v1/variants/{variant}:revert", json={"version": 9}, headers={"If-Match": '"3"'})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "variant.unmade")


def test_an_edit_that_cannot_be_made_waits_for_other_words(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client, variant, cell = api.login("creator"), stock.ids[0], stock.cells[0]
    edit(client, variant, 1)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        assert variants.recompose_failed(db, stock.batch, cell, 2, "the words do not fit")
    now = client.get(f"/v1/variants/{variant}").json()
    assert (now["state"], now["reason"]) == ("failed", "the words do not fit")
    assert edit(client, variant, 2, {"texts": {"headline": "Cold."}}).status_code == 202
    assert recompose(stock, cell, 3)


def decide(client: Any, variant: str, verdict: str, version: int = 1, **more: Any) -> Any:
    return client.post(f"/v1/variants/{variant}/decisions", json={"verdict": verdict, "version": version, **more})


def test_a_decision_stands_until_it_is_taken_back_or_the_words_change(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client, variant = api.login("reviewer"), stock.ids[0]
    assert decide(client, variant, "approved").status_code == 201
    assert decide(client, variant, "approved").json()["verdict"] == "approved"
    assert decide(client, variant, "pending").json()["verdict"] == "pending"
    assert decide(client, variant, "rejected", reason="logo", comment="too small").json()["comment"] == "too small"
    rows = client.get(f"/v1/variants/{variant}/decisions").json()["data"]
    assert [r["verdict"] for r in rows] == ["approved", "pending", "rejected"]
    decide(client, variant, "approved")
    edit(api.login("creator"), variant, 1)
    assert client.get(f"/v1/variants/{variant}").json()["review"] == "pending"
    late = decide(client, variant, "approved", 1)
    assert (late.status_code, late.json()["code"]) == (409, "variant.version")
    assert decide(client, variant, "approved", 2).json()["code"] == "variant.unmade"


def test_what_a_check_forbids_is_never_approved(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 1)
    stocked.make(stock, stock.cells, verdict="fail")
    client = api.login("reviewer")
    assert decide(client, stock.ids[0], "approved").json()["code"] == "variant.check"
    assert decide(client, stock.ids[0], "changes_requested").status_code == 201


def test_only_reviewers_decide(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    for role, status in {"creator": 403, "ad_ops": 403, "reviewer": 201, "admin": 201}.items():
        assert decide(api.login(role), stock.ids[0], "approved").status_code == status


def test_with_four_eyes_nobody_approves_their_own(api: Api) -> None:
    client = api.login("reviewer", "creator")
    own = client.get("/v1/whoami").json()["id"]
    mine, others = (stocked.full(api.settings.database_url, 1, by=by) for by in (own, "somebody"))
    api.client.app.state.parts = dataclasses.replace(api.client.app.state.parts, settings=dataclasses.replace(api.settings, four_eyes=True))
    assert decide(client, mine.ids[0], "approved").json()["code"] == "review.four_eyes"
    assert decide(client, mine.ids[0], "rejected").status_code == 201
    assert decide(client, others.ids[0], "approved").status_code == 201
    edit(client, others.ids[0], 1)
    recompose(others, others.cells[0], 2)
    assert decide(client, others.ids[0], "approved", 2).json()["code"] == "review.four_eyes"


def test_many_decisions_each_stand_for_themselves(api: Api) -> None:
    one, two = (stocked.full(api.settings.database_url, 3) for _ in range(2))
    client = api.login("reviewer")
    asked = [{"variant": v, "verdict": "approved", "version": 1} for v in (*one.ids, *two.ids)]
    asked += [{"variant": one.ids[0], "verdict": "approved", "version": 1}, {"variant": one.ids[1], "verdict": "rejected", "version": 4},
              {"variant": "bat_00000000000000000000.0000000000000000", "verdict": "approved", "version": 1}]
    got = client.post("/v1/decisions", json={"decisions": asked}, headers={"Idempotency-Key": "k"}).json()
    assert (got["decided"], got["unchanged"], got["refused"]) == (6, 1, 2)
    assert [r["code"] for r in got["data"]] == [None] * 7 + ["variant.version", "variant.unknown"]
    told = [e["data"] for e in one.events() if e["type"] == "review.decided"]
    assert len(told) == 1 and [d["variant"] for d in told[0]["decisions"]] == list(one.cells)
    again = client.post("/v1/decisions", json={"decisions": asked}, headers={"Idempotency-Key": "k"})
    assert again.headers["idempotent-replayed"] == "true" and again.json() == got
    assert client.post("/v1/decisions", json={"decisions": asked * 60}).status_code == 422


def test_five_hundred_decisions_are_one_request(api: Api) -> None:
    stock = stocked.put(api.settings.database_url, stocked.brief(api.settings.database_url), 500)
    with stock.db() as db:
        db.execute("update variants set state = 'ready', made = %s, verdict = 'pass'", (variants._json(stocked.made("0" * 16)),))
    got = api.login("reviewer").post("/v1/decisions", json={"decisions": [{"variant": v, "verdict": "approved", "version": 1} for v in stock.ids]}).json()
    assert got["decided"] == 500


def test_racing_decisions_and_edits_leave_one_truth(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    reviewer, creator, variant = api.login("reviewer"), api.login("creator"), stock.ids[0]
    start = threading.Barrier(6)

    def go(n: int) -> int:
        start.wait(30)
        return int((decide(reviewer, variant, "approved") if n % 2 else edit(creator, variant, 1)).status_code)

    with ThreadPoolExecutor(6) as crew:
        codes = list(crew.map(go, range(6)))
    assert sorted(codes[::2]) == [202, 412, 412]
    now = reviewer.get(f"/v1/variants/{variant}").json()
    assert (now["version"], now["review"]) == (2, "pending")


def test_variants_are_paged_and_filtered(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 7)
    other = stocked.full(api.settings.database_url, 2)
    client = api.login("reviewer")
    decide(client, stock.ids[0], "approved")

    def ids(**params: Any) -> list[str]:
        found, got = [], {"has_more": True, "next_cursor": None}
        while got["has_more"]:
            got = client.get("/v1/variants", params={**params, "limit": 3, **({"cursor": got["next_cursor"]} if got["next_cursor"] else {})}).json()
            found += [v["id"] for v in got["data"]]
        return found

    assert ids() == [*stock.ids, *other.ids]
    assert ids(batch=stock.batch) == stock.ids
    assert ids(batch=stock.batch, locale="fr") == stock.ids[1::2]
    assert ids(batch=stock.batch, locale=["fr", "en"], concept="c0") == stock.ids[::3]
    assert ids(batch=stock.batch, review="approved") == stock.ids[:1]
    assert ids(state="failed") == []
    assert client.get("/v1/variants", params={"size": "x"}).status_code == 422
    assert client.get("/v1/variants", params={"cursor": "AAAA"}).json()["code"] == "cursor.invalid"


def test_a_variant_tells_where_it_comes_from(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    got = api.login("reviewer").get(f"/v1/variants/{stock.ids[0]}/provenance").json()
    assert (got["brief"], got["brand_version"], got["made"]["family"]) == (stock.brief, 1, "product")
    assert [f["code"] for f in got["findings"]] == ["contrast"]


def test_a_file_is_found_by_name_and_only_if_a_variant_has_it(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    client = api.login("reviewer")
    file = client.get(f"/v1/variants/{stock.ids[0]}").json()["file"]
    api.client.app.state.parts.storage.put(f"blobs/{file['name']}", b"jpeg", content_type="image/jpeg")
    got = client.get(f"/v1/files/{file['name']}")
    assert got.status_code == 302
    import httpx

    assert httpx.get(got.headers["location"]).content == b"jpeg"
    assert client.get(f"/v1/files/{'0' * 64}.jpg").json()["code"] == "file.unknown"
    assert client.get("/v1/files/..%2f..%2fsecrets.json").status_code == 404
    edit(api.login("creator"), stock.ids[0], 1)
    recompose(stock, stock.cells[0], 2)
    assert client.get(f"/v1/files/{file['name']}").status_code == 302
