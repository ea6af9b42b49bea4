"""One variant on its page: its words changed, decided on, talked about, taken back."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
import stocked

from factory.store import reviewing, variants, work
from tests.service.site.conftest import Person, Site
from tests.service.site.test_review import row_of, stock_of

OLD = "Slept 18 hours."


def write(person: Person, stock: stocked.Stock, n: int, texts: dict[str, str], version: int = 1, *, all: bool = False, script: bool = False) -> Any:
    data = {f"t.{k}": v for k, v in texts.items()} | {"version": str(version)} | ({"everywhere": "yes"} if all else {})
    headers = {"Accept": "application/json"} if script else {}
    return person.send(f"/variants/{stock.ids[n]}/texts", data, headers=headers)


def finish(stock: stocked.Stock, cell: str, version: int, text: str) -> None:
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        assert variants.recomposed(db, stock.batch, cell, version, stocked.made(cell, text=text, salt=str(version)))


def test_the_page_shows_words_checks_and_where_it_comes_from(site: Site):
    stock = stock_of(site, 3)
    text = site.enter("reviewer").see(f"/variants/{stock.ids[0]}").text
    assert OLD in text
    assert "written by the factory" in text
    assert "1 check passed" in text
    assert f'href="/variants/{stock.batch}.' in text
    assert 'name="verdict" value="approved"' in text
    assert "of 27" in text


def test_a_fragment_of_it_stands_over_the_grid(site: Site):
    stock = stock_of(site, 1)
    text = site.enter("reviewer").see(f"/variants/{stock.ids[0]}", headers={"HX-Request": "true"}).text
    assert "<html" not in text
    assert 'id="shown"' in text


def test_other_words_are_a_new_version_and_follow_in_sizes_that_say_the_same(site: Site):
    stock = stock_of(site, 8)  # same idea and language: every sixth
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        db.execute("update variants set concept = 'c0', locale = 'en' where batch = %s", (stock.batch,))
        other = row_of(stock, stock.cells[7])
        variants.edit(db, other, {"art_headline": "Other words."}, "somebody")
    answer = write(site.enter("creator"), stock, 0, {"art_headline": "Cold.", "headline": OLD}, all=True)
    assert answer.status_code == 303
    rows = [row_of(stock, c) for c in stock.cells]
    assert [r["version"] for r in rows] == [2, 2, 2, 2, 2, 2, 2, 2]
    assert [r["edits"] for r in rows[:7]] == [{"art_headline": "Cold."}] * 7
    assert rows[7]["edits"] == {"art_headline": "Other words."}
    with stock.db() as db:
        jobs = db.execute("select args ->> 'variant' as v, rank from jobs where stage = 'recompose' and args -> 'edits' ->> 'art_headline' = 'Cold.' order by rank").fetchall()
    assert [j["rank"] for j in jobs] == [0, *[1] * 6]
    assert jobs[0]["v"] == stock.cells[0]


def test_films_of_an_edit_wait_where_they_hold_no_picture_up(site: Site):
    stock = stock_of(site, 2)
    with stock.db() as db, db.transaction():
        db.execute("update variants set concept = 'c0', locale = 'en' where batch = %s", (stock.batch,))
        db.execute("update variants set kind = 'video' where id = %s", (stock.cells[1],))
    write(site.enter("creator"), stock, 0, {"art_headline": "Cold."}, all=True)
    with stock.db() as db:
        lanes = {j["v"]: j["lane"] for j in db.execute("select args ->> 'variant' as v, lane from jobs where stage = 'recompose'")}
    assert lanes == {stock.cells[0]: "preview", stock.cells[1]: "cpu"}


def test_only_this_size_changes_when_that_is_wanted(site: Site):
    stock = stock_of(site, 2)
    with stock.db() as db, db.transaction():
        db.execute("update variants set concept = 'c0', locale = 'en' where batch = %s", (stock.batch,))
    write(site.enter("creator"), stock, 0, {"art_headline": "Cold."})
    assert [row_of(stock, c)["version"] for c in stock.cells] == [2, 1]


def test_the_page_says_composing_then_shows_the_new_words(site: Site):
    stock = stock_of(site, 1)
    person = site.enter("creator")
    write(person, stock, 0, {"art_headline": "Cold."})
    assert "Composing version 2" in person.see(f"/variants/{stock.ids[0]}").text
    finish(stock, stock.cells[0], 2, "Cold.")
    text = person.see(f"/variants/{stock.ids[0]}").text
    assert "Composing" not in text
    assert "written by one of you" in text
    assert "Version 2</b> stands" in text


def test_what_the_platform_does_not_take_is_said_at_the_field_and_nothing_typed_is_lost(site: Site):
    stock = stock_of(site, 1)
    person, long = site.enter("creator"), "long " * 60
    answer = write(person, stock, 0, {"headline": long})
    assert answer.status_code == 422
    assert "the platform takes 255" in answer.text
    assert long.strip() in answer.text
    assert 'aria-describedby="n-headline w-headline"' in answer.text
    told = write(person, stock, 0, {"headline": long}, script=True)
    assert (told.status_code, list(told.json()["faults"])) == (422, ["headline"])
    assert row_of(stock, stock.cells[0])["version"] == 1


def test_words_written_over_an_older_version_are_kept_and_not_saved(site: Site):
    stock = stock_of(site, 1)
    person = site.enter("creator")
    write(person, stock, 0, {"art_headline": "Cold."})
    answer = write(person, stock, 0, {"art_headline": "Colder."}, version=1)
    assert answer.status_code == 409
    assert "Colder." in answer.text
    assert "Somebody changed this variant meanwhile" in answer.text
    assert row_of(stock, stock.cells[0])["edits"] == {"art_headline": "Cold."}


def test_words_that_do_not_fit_are_told_at_their_field_and_the_old_version_comes_back_by_one_form(site: Site):
    stock = stock_of(site, 1)
    person, cell = site.enter("reviewer"), stock.cells[0]
    write(person, stock, 0, {"art_headline": "Far too many words for this."})
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        variants.recompose_failed(db, stock.batch, cell, 2, "“Far too many words for this.” does not fit at Feed")
    text = person.see(f"/variants/{stock.ids[0]}").text
    assert re.search(r'id="w-art_headline">“Far too many words for this.” does not fit', text)
    assert "Bring version 1 back" in text
    assert person.send(f"/variants/{stock.ids[0]}/revert", {"version": "2", "to": "1"}).status_code == 303
    row = row_of(stock, cell)
    assert (row["version"], row["state"], row["made"]["copy"]["art_headline"]["text"]) == (3, "ready", OLD)
    assert person.send(f"/variants/{stock.ids[0]}/revert", {"version": "2", "to": "1"}).status_code == 409


def test_the_same_words_are_no_new_version(site: Site):
    stock = stock_of(site, 1)
    assert write(site.enter("creator"), stock, 0, {"art_headline": OLD, "headline": OLD}).status_code == 303
    assert row_of(stock, stock.cells[0])["version"] == 1


def test_a_decision_from_the_page_leads_back_to_it_and_is_remembered(site: Site):
    stock = stock_of(site, 1)
    person = site.enter("reviewer", name="Rita")
    answer = person.send(f"/batches/{stock.batch}/review/decide", {
        "v": f"{stock.cells[0]}:1:pending", "verdict": "changes_requested", "reason": "Hard to read", "comment": "Larger, please", "back": "variant"})
    assert answer.headers["location"] == f"/variants/{stock.ids[0]}"
    text = person.see(f"/variants/{stock.ids[0]}").text
    assert "Changes asked" in text
    assert "<b>Rita</b> asked for changes in version 1" in text
    assert "Hard to read · Larger, please" in text
    assert "Take it back" in text


def test_comments_have_pins_and_are_settled_but_never_lost(site: Site):
    stock = stock_of(site, 1)
    person, where = site.enter("ad_ops", name="Olga"), f"/variants/{stock.ids[0]}"
    assert person.send(f"{where}/comments", {"text": "Too <b>dark</b> here", "x": "0.25", "y": "0.5"}).status_code == 303
    assert person.send(f"{where}/comments", {"text": "As a whole: good", "x": "", "y": "7"}).status_code == 303
    assert person.send(f"{where}/comments", {"text": "  "}).status_code == 422
    with stock.db() as db:
        first, second = reviewing.comments(db, row_of(stock, stock.cells[0]))
    assert (first["x"], first["y"], second["x"]) == (0.25, 0.5, None)
    text = person.see(where).text
    assert "Too &lt;b&gt;dark&lt;/b&gt; here" in text
    assert 'cx="270.0" cy="540.0"' in text
    assert person.send(f"{where}/comments/{first['id']}", {"resolved": "true"}).status_code == 303
    assert "settled by Olga" in person.see(where).text
    assert person.send(f"{where}/comments/{first['id'] + 99}", {"resolved": "true"}).status_code == 404
    with stock.db() as db:
        assert reviewing.talked(db, stock.batch) == {stock.cells[0]: "2.1"}


def test_who_may_not_change_a_variant_sees_it_without_buttons(site: Site):
    stock = stock_of(site, 1)
    olga = site.enter("ad_ops")
    text = olga.see(f"/variants/{stock.ids[0]}").text
    assert "Save the words" not in text
    assert 'value="approved"' not in text
    assert write(olga, stock, 0, {"art_headline": "Cold."}).status_code == 403
    assert site.stranger().see(f"/variants/{stock.ids[0]}").status_code == 303
    assert site.enter("reviewer").see(f"/variants/{stock.batch}.{'0' * 16}").status_code == 404


def test_every_change_is_in_the_audit(site: Site):
    stock = stock_of(site, 1)
    person = site.enter("reviewer")
    write(person, stock, 0, {"art_headline": "Cold."})
    person.send(f"/variants/{stock.ids[0]}/comments", {"text": "Good"})
    with stock.db() as db:
        told = [r["action"] for r in db.execute("select action from audit where actor = %s order by seq", (person.id,))]
    assert told[-2:] == ["variant.edit", "variant.comment"]


def test_the_database_refuses_to_change_a_comment(site: Site):
    stock = stock_of(site, 1)
    with stock.db() as db:
        with db.transaction():
            reviewing.comment(db, row_of(stock, stock.cells[0]), "As it was", "somebody")
        with pytest.raises(psycopg.errors.CheckViolation):
            db.execute("update comments set text = 'Otherwise'")


def test_another_plate_and_more_like_this_are_asked_for_from_the_page(site: Site):
    stock = stock_of(site, 6)
    person, where = site.enter("creator"), f"/variants/{stock.ids[0]}"
    text = person.see(where).text
    assert "Another plate" in text
    answer = person.send(f"{where}/again", {"what": "plate"}, headers={"Accept": "application/json"})
    assert answer.json()["said"] == "Another plate is being made for 2 variants of this idea."
    assert [row_of(stock, c)["state"] for c in stock.cells] == ["rendering", "ready", "ready"] * 2
    assert person.send(f"{where}/again", {"what": "plate"}).status_code == 409
    assert person.send(f"{where}/again", {"what": "tea"}).status_code == 422
    assert site.enter("ad_ops").send(f"{where}/again", {"what": "plate"}).status_code == 403
