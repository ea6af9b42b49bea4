"""Batches on pages: found, watched while they are made, stopped, tried again."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from factory.store import batches, variants, work
from factory.store.access import audit
from tests.service import stocked
from tests.service.site.conftest import Outline, Site


@pytest.fixture
def url(site: Site) -> str:
    return site.api.settings.database_url


def running(url: str, count: int = 4) -> stocked.Stock:
    return stocked.put(url, stocked.brief(url), count)


def fail(stock: stocked.Stock, cells: tuple[str, ...], reason: str) -> None:
    """The jobs of these cells fail."""
    with stock.db() as db:
        for cell in cells:
            job = f"compose-{stock.batch}-{cell}"
            db.execute("update jobs set state = 'leased', token = nextval('job_tokens'), leased_until = now() + interval '1 minute' where id = %s", (job,))
            lease = work._lease(db.execute("select * from jobs where id = %s", (job,)).fetchone())
            with db.transaction():
                variants.failed_jobs(db, stock.batch, work.fail(db, lease, reason), reason)


def state(stock: stocked.Stock) -> str:
    with stock.db() as db:
        return str(batches.get(db, stock.batch)["state"])


# ------------------------------------------------------------------------------------------------ the list


def test_batches_are_listed_newest_first_page_by_page(site: Site, url: str):
    brief = stocked.brief(url)
    made = [stocked.put(url, brief, 1).batch for _ in range(23)]
    person = site.enter("reviewer")
    first = person.see("/batches").text
    older = next(x for x in Outline(first).links if x.startswith("/batches?cursor="))
    second = person.see(older.replace("&amp;", "&")).text
    found = [[b for b in made if f"/batches/{b}" in text] for text in (first, second)]
    assert (len(found[0]), len(found[1])) == (20, 3)
    assert sorted(found[0] + found[1]) == sorted(made)


def test_the_list_is_narrowed_by_state_and_brief(site: Site, url: str):
    live, done = running(url), stocked.full(url, 2)
    person = site.enter("creator")

    def seen(query: str) -> set[str]:
        text = person.see(f"/batches{query}").text
        return {b for b in (live.batch, done.batch) if b in text}

    assert seen("") == {live.batch, done.batch}
    assert seen("?state=running") == {live.batch}
    assert seen("?state=ready") == {done.batch}
    assert seen("?state=stopped") == set()
    assert seen(f"?brief={done.brief}") == {done.batch}
    assert person.see("/batches?state=nonsense").status_code == 422


def test_an_empty_list_says_what_to_do(site: Site):
    assert "Begin with a brand" in site.enter("creator").see("/batches").text
    assert "as soon as somebody has started one" in site.enter("reviewer").see("/batches").text


# ------------------------------------------------------------------------------------------------ one batch


def test_a_batch_shows_how_far_it_is_and_what_there_is(site: Site, url: str):
    stock = running(url, 6)
    stocked.make(stock, stock.cells[:2])
    text = site.enter("creator").see(f"/batches/{stock.batch}").text
    seen = Outline(text)
    assert "Cold brew" in seen.texts and "in the making" in seen.texts
    assert f'data-live="/batches/{stock.batch}/live?after=' in text
    assert all(f"v-{c}" in seen.ids for c in stock.cells)
    assert {f"/variants/{stock.batch}.{c}" for c in stock.cells[:2]} <= set(seen.links)
    assert f"/variants/{stock.batch}.{stock.cells[3]}" not in seen.links
    assert ("post", f"/batches/{stock.batch}/stop") in seen.forms
    assert "Reload" in seen.texts, "without scripts there is a way to look again"
    assert "http-equiv" not in text


def test_a_finished_batch_is_not_followed(site: Site, url: str):
    stock = stocked.full(url, 4)
    text = site.enter("reviewer").see(f"/batches/{stock.batch}").text
    assert "data-live" not in text and "batches.js" not in text
    assert "Review 4" in text
    assert ("post", f"/batches/{stock.batch}/stop") not in Outline(text).forms


def test_a_batch_with_a_variant_in_the_making_is_followed_again(site: Site, url: str):
    stock = stocked.full(url, 2)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        variants.edit(db, variants.get(db, stock.batch, stock.cells[0], hold=True), {"headline": "Other words"}, "rita")
    text = site.enter("reviewer").see(f"/batches/{stock.batch}").text
    assert "data-live" in text and "1 variant is being made anew" in text


def test_unknown_batches_are_not_found(site: Site, url: str):
    person = site.enter("admin")
    for path in ("", "/log", "/live"):
        assert person.see(f"/batches/bat_{'0' * 20}{path}").status_code == 404
    assert person.see("/batches/nonsense").status_code in (404, 422)


@pytest.mark.parametrize("path", ["", "/log", "/live"])
def test_strangers_see_nothing(site: Site, url: str, path: str):
    stock = running(url, 1)
    assert site.stranger().see(f"/batches/{stock.batch}{path}").status_code == 303


def test_stopping_keeps_what_was_made(site: Site, url: str):
    stock = running(url, 4)
    stocked.make(stock, stock.cells[:1])
    person = site.enter("creator")
    answer = person.send(f"/batches/{stock.batch}/stop")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/batches/{stock.batch}")
    assert "Stopped. What was made stays." in person.see(f"/batches/{stock.batch}").text
    assert state(stock) == "cancelling"
    with stock.db() as db:
        assert variants.get(db, stock.batch, stock.cells[0])["state"] == "ready"
        assert audit(db, before=None, limit=5, object=stock.batch)[0]["action"] == "batch.cancel"
    assert person.send(f"/batches/{stock.batch}/stop").status_code == 303, "twice is once"


def test_what_failed_is_told_by_cause_and_tried_again(site: Site, url: str):
    stock = running(url, 5)
    fail(stock, stock.cells[:1], "it needs plate-1234, which failed: The disk is full")
    fail(stock, stock.cells[1:3], "The disk is full")
    stocked.make(stock, stock.cells[3:])
    person = site.enter("creator")
    early = Outline(person.see(f"/batches/{stock.batch}").text)
    assert early.texts.count("The disk is full") == 1 and "3" in early.texts
    assert ("post", f"/batches/{stock.batch}/retry") not in early.forms, "not while it runs"
    stocked.end(stock, "completed_with_errors")
    late = Outline(person.see(f"/batches/{stock.batch}").text)
    assert "Try these again" in late.texts
    assert person.send(f"/batches/{stock.batch}/retry").status_code == 303
    assert state(stock) == "running"
    assert "Trying 3 steps again." in person.see(f"/batches/{stock.batch}").text
    assert person.send(f"/batches/{stock.batch}/retry").status_code == 409


def test_a_reviewer_neither_stops_nor_retries(site: Site, url: str):
    stock = running(url, 1)
    person = site.enter("reviewer")
    for deed in ("stop", "retry"):
        assert person.send(f"/batches/{stock.batch}/{deed}").status_code == 403
    assert not [f for f in Outline(person.see(f"/batches/{stock.batch}").text).forms if f[1] != "/sign-out"]
    assert site.enter("creator").send(f"/batches/{stock.batch}/stop", mark="0" * 32).status_code == 403
    assert state(stock) == "running"


def test_a_refused_brief_says_everything_that_is_wrong_with_it(site: Site, url: str):
    stock = running(url, 1)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        faults = [{"code": "x", "fact": "<b>No</b> headline", "where": "lines.0", "help": "Write one."}]
        batches.ended(db, stock.batch, "failed", error=faults)
    text = site.enter("creator").see(f"/batches/{stock.batch}").text
    assert "&lt;b&gt;No&lt;/b&gt; headline" in text and "Write one." in text and "lines.0" in text
    assert f"/briefs/new?from={stock.brief}" in Outline(text).links


def test_the_log_goes_back_to_the_beginning(site: Site, url: str):
    stock = running(url, 120)
    stocked.make(stock, stock.cells)
    person = site.enter("reviewer")
    first = person.see(f"/batches/{stock.batch}/log").text
    more = next(x for x in Outline(first).links if "cursor=" in x)
    assert first.count("Picture made") == 100
    last = person.see(more).text
    assert last.count("Picture made") == 20 and "Planned: 120 variants" in last


# ------------------------------------------------------------------------------------------------ live


def changes(person: Any, at: str, batch: str, after: int, count: int, deed: Any = None, **headers: str) -> list[tuple[int | None, dict[str, Any]]]:
    """The first changes that a page is told: number and content of each. `deed` is done once the stream is open."""
    found: list[tuple[int | None, dict[str, Any]]] = []
    number = None
    cookies = dict(person.client.cookies)
    with httpx.Client(cookies=cookies, timeout=20) as client, client.stream("GET", f"{at}/batches/{batch}/live?after={after}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("retry:") and deed:
                deed()
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("data: ") and line != "data: {}":
                found.append((number, json.loads(line[6:])))
                number = None
                if len(found) == count:
                    break
            if line == "event: over":
                break
    return found


def test_a_page_is_told_of_pictures_as_they_are_made(site: Site, url: str):
    stock = running(url, 4)
    person = site.enter("creator")
    with stocked.serving(site.api.client.app) as at:
        told = changes(person, at, stock.batch, 1, 2, lambda: stocked.make(stock, stock.cells[:1]))
    tiles = [t for _, c in told for t in c.get("tiles", ())]
    assert [t["cell"] for t in tiles] == [stock.cells[0]]
    assert "/thumbs/" in tiles[0]["html"] and f'id="v-{stock.cells[0]}"' in tiles[0]["html"]
    last = told[-1][1]
    assert last["say"].startswith("1 of 4 made") and last["ideas"]["c0"] == "1 of 2"
    assert 'data-part="line"' in last["parts"] and told[-1][0] == 2


def test_after_a_break_nothing_is_missed_and_nothing_told_twice(site: Site, url: str):
    stock = running(url, 3)
    stocked.make(stock, stock.cells)
    person = site.enter("creator")
    with stocked.serving(site.api.client.app) as at:
        whole = changes(person, at, stock.batch, 1, 1)
        rest = changes(person, at, stock.batch, 1, 1, **{"Last-Event-ID": "3"})
    assert [t["cell"] for t in whole[0][1]["tiles"]] == list(stock.cells)
    assert [t["cell"] for t in rest[0][1]["tiles"]] == [stock.cells[2]]


def test_the_stream_ends_with_the_batch(site: Site, url: str):
    stock = stocked.full(url, 2)
    person = site.enter("creator")
    with stocked.serving(site.api.client.app) as at:
        told = changes(person, at, stock.batch, 10**6, 5)
    assert len(told) == 1 and told[0][1]["state"] == "completed"
