"""The start: what each role sees first."""

from __future__ import annotations

import pytest

from factory.store import batches, bundles, variants, work
from tests.service import stocked
from tests.service.site.conftest import Outline, Site


def decide(stock: stocked.Stock, verdict: str, count: int) -> None:
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        for cell in stock.cells[:count]:
            variants.decide(db, variants.get(db, stock.batch, cell, hold=True), verdict, "rita")


@pytest.mark.parametrize(("role", "step", "link"), [
    ("creator", "Begin with a brand", "/brands/new"), ("admin", "Begin with a brand", "/brands/new"),
    ("reviewer", "Nothing to decide yet", ""), ("ad_ops", "Nothing to publish yet", ""),
])  # fmt: skip
def test_an_empty_house_shows_each_role_a_first_step(site: Site, role: str, step: str, link: str):
    seen = Outline(site.enter(role).see("/").text)
    assert step in seen.texts
    assert not link or link in seen.links


def test_with_a_brief_the_first_step_is_to_start_it(site: Site):
    stocked.brief(site.api.settings.database_url)
    assert "Start the first batch" in site.enter("creator").see("/").text


def test_a_reviewer_sees_what_waits_and_comes_to_the_first_undecided_one(site: Site):
    stock = stocked.full(site.api.settings.database_url, 4)
    decide(stock, "approved", 1)
    seen = Outline(site.enter("reviewer").see("/").text)
    assert "Waiting for your decision" in seen.texts and "1 of 4 decided" in seen.texts
    assert f"/batches/{stock.batch}/review?review=pending" in seen.links
    decide(stock, "approved", 4)
    assert "Nothing. What is made next waits here." in site.enter("reviewer").see("/").text


def test_a_creator_sees_what_runs_and_what_did_not_go_well(site: Site):
    url = site.api.settings.database_url
    running = stocked.put(url, stocked.brief(url), 6)
    stocked.make(running, running.cells[:2])
    bad = stocked.full(url, 2)
    with bad.db() as db:
        db.execute("alter table batches disable trigger batch_moves")
        db.execute("update batches set state = 'completed_with_errors', ended_at = now() where id = %s", (bad.batch,))
    seen = Outline(site.enter("creator").see("/").text)
    assert {"In the making", "Did not go well"} <= set(seen.texts)
    assert any(t.startswith("2 of 6") for t in seen.texts)
    assert {f"/batches/{running.batch}", f"/batches/{bad.batch}"} <= set(seen.links)
    assert "Waiting for your decision" not in seen.texts


def test_ad_ops_sees_what_is_approved_and_in_no_bundle_yet(site: Site):
    stock = stocked.full(site.api.settings.database_url, 3)
    decide(stock, "approved", 2)
    person = site.enter("ad_ops")
    seen = Outline(person.see("/").text)
    assert "Approved, not yet in a bundle" in seen.texts and f"/batches/{stock.batch}/bundle" in seen.links
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        out = {cell: {"version": 1, "review": "approved"} for cell in stock.cells[:2]}
        selection = {"variants": out, "include": "approved", "platforms": []}
        row, _ = bundles.ask(db, stock.batch, selection, "olga", archive=False)
        bundles.move(db, row["id"], "publishing")
        bundles.published(db, row["id"], {"digest": "d", "files": 3, "bytes": 4000, "prefix": "bundles/x"})
    seen = Outline(person.see("/").text)
    assert f"/batches/{stock.batch}/bundle" not in seen.links
    assert "Published lately" in seen.texts and f"/bundles/{row['id']}" in seen.links


def test_health_is_for_admins(site: Site):
    assert "Disk free" in site.enter("admin").see("/").text
    assert "Disk free" not in site.enter("creator", "reviewer", "ad_ops").see("/").text


def test_what_runs_can_be_asked_for_alone(site: Site):
    url = site.api.settings.database_url
    stock = stocked.put(url, stocked.brief(url), 2)
    part = site.enter("creator").see("/running", headers={"HX-Request": "true"}).text
    assert stock.batch in part and "<html" not in part
    assert 'hx-get="/running"' in part
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        batches.ended(db, stock.batch, "failed", error=[])
    assert site.enter("creator").see("/running", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert site.stranger().see("/running").status_code == 303


def test_names_are_escaped(site: Site):
    stock = stocked.full(site.api.settings.database_url, 1)
    with stock.db() as db:
        db.execute("update briefs set name = '<script>alert(1)</script>' where id = %s", (stock.brief,))
    assert "<script>alert" not in site.enter("admin").see("/").text
