"""The grid of a review: what is shown, how it is narrowed, and decisions from it, without scripts and with them."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import stocked

from factory.store import reviewing, variants, work
from tests.service.site.conftest import Outline, Person, Site

if TYPE_CHECKING:
    from tests.service.conftest import Api


def stock_of(site: Site, count: int = 6, **given: Any) -> stocked.Stock:
    return stocked.full(site.api.settings.database_url, count, **given)


def row_of(stock: stocked.Stock, cell: str) -> dict[str, Any]:
    with stock.db() as db:
        row = variants.get(db, stock.batch, cell)
    assert row is not None
    return row


def decide(person: Person, stock: stocked.Stock, seen: list[str], verdict: str = "approved", **more: Any) -> Any:
    headers = {"Accept": "application/json"} if more.pop("script", True) else {}
    return person.send(f"/batches/{stock.batch}/review/decide", {"v": seen, "verdict": verdict, **more}, headers=headers)


def test_variants_stand_under_their_ideas_and_a_card_is_six_elements_at_most(site: Site):
    stock = stock_of(site)
    text = site.enter("reviewer").see(f"/batches/{stock.batch}/review").text
    assert [f"c-{c}" for c in stock.cells] == sorted((i for i in Outline(text).ids if i.startswith("c-") and len(i) == 18), key=[f"c-{c}" for c in stock.cells].index)
    assert {f"h-c{n}" for n in range(3)} <= set(Outline(text).ids)
    card = text[text.index('<li class="card"'):].partition("</li>")[0]
    assert len(re.findall(r"<[a-z]", card)) <= 6
    assert "content-visibility: auto" in site.enter("reviewer").see(re.search(r"/static/\w+/review\.css", text)[0]).text  # type: ignore[index]


def test_filters_are_in_the_address_and_counted(site: Site):
    stock = stock_of(site)
    person = site.enter("reviewer")
    text = person.see(f"/batches/{stock.batch}/review?locale=fr&concept=c1").text
    shown = [i for i in Outline(text).ids if re.fullmatch(r"c-[0-9a-f]{16}", i)]
    assert shown == [f"c-{c}" for n, c in enumerate(stock.cells) if n % 2 == 1 and n % 3 == 1]
    assert re.search(r'name="locale" value="fr" checked', text)
    assert "Nothing is like that" in person.see(f"/batches/{stock.batch}/review?kind=video").text
    checks = person.see(f"/batches/{stock.batch}/review?check=contrast").text
    assert "Nothing is like that" in checks


def test_a_check_that_warned_can_be_filtered_by(site: Site):
    url = site.api.settings.database_url
    stock = stocked.put(url, stocked.brief(url), 4)
    stocked.make(stock, stock.cells[:2], verdict="warn")
    stocked.make(stock, stock.cells[2:])
    text = site.enter("reviewer").see(f"/batches/{stock.batch}/review?check=contrast").text
    assert {i for i in Outline(text).ids if re.fullmatch(r"c-[0-9a-f]{16}", i)} == {f"c-{c}" for c in stock.cells[:2]}


def test_long_grids_come_in_pages_that_neither_repeat_nor_lose_a_card(site: Site, monkeypatch: Any):
    from factory.doors.web.site import reviewing as shape

    monkeypatch.setattr(shape, "PER_PAGE", 4)
    stock = stock_of(site, 11)
    person, where, seen = site.enter("reviewer"), f"/batches/{stock.batch}/review", []
    for _ in range(5):
        text = person.see(where).text
        seen += [i[2:] for i in Outline(text).ids if re.fullmatch(r"c-[0-9a-f]{16}", i)]
        link = re.search(r'rel="next" href="([^"]+)" data-part="([^"]+)"', text)
        if not link:
            break
        where = f"/batches/{stock.batch}/review{link[2].replace('&amp;', '&')}"
        assert "<html" in person.see(f"/batches/{stock.batch}/review{link[1].replace('&amp;', '&')}").text
    assert sorted(seen) == sorted(stock.cells)
    assert "<html" not in text


def test_ticked_variants_are_decided_by_a_form(site: Site):
    stock = stock_of(site)
    person = site.enter("reviewer")
    answer = decide(person, stock, [f"{c}:1:pending" for c in stock.cells[:2]], "rejected", reason="Weak idea", back="locale=fr", script=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/batches/{stock.batch}/review?locale=fr")
    assert [row_of(stock, c)["review"] for c in stock.cells[:3]] == ["rejected", "rejected", "pending"]
    with stock.db() as db:
        kept = variants.decisions(db, stock.batch, stock.cells[0])[-1]
    assert (kept["reason"], kept["by"]) == ("Weak idea", person.id)
    assert "2 rejected" in person.see(f"/batches/{stock.batch}/review").text


def test_a_form_leads_back_to_the_review_and_nowhere_else(site: Site):
    stock = stock_of(site, 1)
    answer = decide(site.enter("reviewer"), stock, [f"{stock.cells[0]}:1"], back="https://evil.example//x", script=False)
    assert answer.headers["location"].startswith(f"/batches/{stock.batch}/review")


def test_a_whole_idea_is_decided_by_its_headings_form(site: Site):
    stock = stock_of(site)
    person = site.enter("reviewer")
    text = person.see(f"/batches/{stock.batch}/review").text
    form = text[text.index('data-concept="c0"'):]
    seen = re.search(r'name="seen" value="([^"]+)"', form)[1]  # type: ignore[index]
    assert len(seen.split()) == 2
    assert person.send(f"/batches/{stock.batch}/review/decide", {"seen": seen, "verdict": "approved"}).status_code == 303
    assert [row_of(stock, c)["review"] for c in stock.cells] == ["approved", "pending", "pending"] * 2


def test_what_the_rules_forbid_is_told_and_the_rest_is_decided(site: Site):
    url = site.api.settings.database_url
    stock = stocked.put(url, stocked.brief(url), 3)
    stocked.make(stock, stock.cells[:1], verdict="fail")
    stocked.make(stock, stock.cells[1:2])
    told = decide(site.enter("reviewer"), stock, [f"{c}:1" for c in stock.cells]).json()
    assert told["decided"] == [stock.cells[1]]
    assert "check" in told["refused"][stock.cells[0]]
    assert "not finished" in told["refused"][stock.cells[2]]
    assert {c["id"] for c in told["cards"]} == {stock.cells[0], stock.cells[2]}


def test_a_decision_is_about_the_version_that_was_seen(site: Site):
    stock = stock_of(site, 1)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        variants.edit(db, row_of(stock, stock.cells[0]), {"headline": "Cold."}, "somebody")
    told = decide(site.enter("reviewer"), stock, [f"{stock.cells[0]}:1:pending"]).json()
    assert "newer version" in told["refused"][stock.cells[0]]
    assert (told["cards"][0]["version"], told["cards"][0]["state"]) == (2, "rendering")


def test_who_decides_second_is_told_who_was_first(site: Site):
    stock = stock_of(site, 1)
    rita, ada = site.enter("reviewer", name="Rita"), site.enter("reviewer", name="Ada")
    assert decide(rita, stock, [f"{stock.cells[0]}:1:pending"]).json()["decided"]
    told = decide(ada, stock, [f"{stock.cells[0]}:1:pending"], "rejected").json()
    assert told["refused"] == {stock.cells[0]: "was approved by Rita a moment ago"}
    assert told["cards"][0]["review"] == row_of(stock, stock.cells[0])["review"] == "approved"


def test_what_stood_before_a_decision_is_told_so_that_it_can_be_taken_back(site: Site):
    stock = stock_of(site, 1)
    person, cell = site.enter("reviewer"), stock.cells[0]
    decide(person, stock, [f"{cell}:1"], "rejected", reason="Off brand")
    told = decide(person, stock, [f"{cell}:1:rejected"]).json()
    assert told["before"][cell] == {"review": "rejected", "reason": "Off brand"}
    decide(person, stock, [f"{cell}:1:approved"], "rejected", reason="Off brand")
    with stock.db() as db:
        assert [d["verdict"] for d in variants.decisions(db, stock.batch, cell)] == ["rejected", "approved", "rejected"]


def test_only_reviewers_decide_and_others_see_no_buttons(site: Site):
    stock = stock_of(site, 1)
    creator = site.enter("creator")
    assert decide(creator, stock, [f"{stock.cells[0]}:1"]).status_code == 403
    text = creator.see(f"/batches/{stock.batch}/review").text
    assert "review/decide" not in text
    assert site.stranger().see(f"/batches/{stock.batch}/review").status_code == 303


def test_an_empty_or_broken_choice_is_told(site: Site):
    stock = stock_of(site, 1)
    person = site.enter("reviewer")
    assert decide(person, stock, []).status_code == 422
    assert decide(person, stock, ["../../etc"]).status_code == 422
    assert person.see("/batches/bat_00000000000000000000/review").status_code == 404


def test_words_of_variants_are_escaped(site: Site):
    url = site.api.settings.database_url
    stock = stocked.put(url, stocked.brief(url), 1)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        evil = stocked.made(stock.cells[0], text="<script>alert(1)</script>")
        variants.keep(db, stock.batch, {"made": [evil], "errors": {}})
    person = site.enter("reviewer")
    for where in (f"/batches/{stock.batch}/review", f"/variants/{stock.ids[0]}"):
        text = person.see(where).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text


def test_a_second_reviewer_sees_decisions_and_comments_as_they_happen(site: Site, api: Api):
    stock = stock_of(site, 2)
    rita, ada = site.enter("reviewer", name="Rita"), site.enter("reviewer", name="Ada")
    with stocked.serving(api.client.app) as url:
        cookies = {c.name: str(c.value) for c in ada.client.cookies.jar}
        told: list[dict[str, Any]] = []

        def follow() -> None:
            with httpx.stream("GET", f"{url}/batches/{stock.batch}/review/live?after={len(stock.events())}", cookies=cookies, timeout=20) as answer:
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        told.extend(json.loads(line[6:]))
                    if len(told) >= 2:
                        return

        thread = threading.Thread(target=follow)
        thread.start()
        time.sleep(0.5)
        decide(rita, stock, [f"{stock.cells[0]}:1:pending"])
        time.sleep(0.3)
        with stock.db() as db, db.transaction():
            reviewing.comment(db, row_of(stock, stock.cells[1]), "Lovely", rita.id)
        thread.join(20)
    assert [(t["id"], t["review"], t["by"], t["type"]) for t in told] == [
        (stock.cells[0], "approved", "Rita", "review.decided"), (stock.cells[1], "pending", "", "comment")]
    assert told[1]["open"] == 1
    assert site.stranger().see(f"/batches/{stock.batch}/review/live").status_code == 303
