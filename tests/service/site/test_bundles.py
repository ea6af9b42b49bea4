"""Bundles: chosen in view of their sheets, published, downloaded, recalled."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest
import stocked
from finished import act, make

from factory.store import variants, work
from factory.store.pool import connect
from tests.service.site.conftest import Outline, Site

pytestmark = pytest.mark.xdist_group("make")


def approve(site: Site, batch: str, count: int = 100) -> int:
    with connect(site.api.settings.database_url) as db, db.transaction():
        work.lock(db, batch)
        rows = variants.selected(db, batch, unreviewed=True)[:count]
        db.execute("update variants set review = 'approved' where batch = %s and id = any(%s)", (batch, [r["id"] for r in rows]))
    return len(rows)


def test_a_choice_is_seen_published_zipped_downloaded_and_recalled(site: Site):
    batch = make(site.api)
    olga = site.enter("ad_ops", name="Olga")
    nothing = olga.see(f"/batches/{batch}/bundle")
    assert "Nothing is approved yet" in nothing.text
    many = approve(site, batch, 5)
    whole = olga.see(f"/batches/{batch}/bundle")
    assert f"<strong>{many} variants</strong>" in whole.text
    assert "iab/trafficking.csv" in whole.text or "meta/ads.tsv" in whole.text
    assert 'class="no"' not in whole.text, whole.text
    gone = olga.see(f"/batches/{batch}/bundle?locale=xx")
    assert "Nothing fits this choice" in gone.text
    asked = olga.send(f"/batches/{batch}/bundle", {"archive": "true"})
    assert asked.status_code == 303, asked.text
    where = asked.headers["location"]
    assert "on their way" in olga.see(where).text
    act(site.api)
    there = olga.see(where)
    assert "Download the zip" in there.text
    assert "Nobody yet." in there.text
    link = olga.see(f"{where}/download").headers["location"]
    names = zipfile.ZipFile(io.BytesIO(httpx.get(link).content)).namelist()
    assert {"batch.json", "copy.csv", "_SUCCESS"} <= set(names)
    sheet = next(x for x in Outline(there.text).links if "/manifests/" in x)
    assert httpx.get(olga.see(sheet).headers["location"]).status_code == 200
    taken = olga.see(where).text
    assert "the zip, just now" in taken.replace("<", " <") or "the zip" in taken
    assert "manifests/" in taken
    silent = olga.send(f"{where}/recall", {"reason": " "})
    assert silent.status_code == 303
    assert "recalled</span> by" not in olga.see(where).text
    olga.send(f"{where}/recall", {"reason": "The price is <b>wrong</b>."})
    after = olga.see(where).text
    assert "The price is &lt;b&gt;wrong&lt;/b&gt;." in after
    assert olga.see(f"{where}/download").status_code == 410
    assert "recalled" in olga.see("/bundles").text


def test_only_those_who_may_see_the_buttons_and_only_they_can_press_them(site: Site):
    stock = stocked.full(site.api.settings.database_url)
    reviewer, creator = site.enter("reviewer"), site.enter("creator")
    assert reviewer.see("/bundles").status_code == 200
    assert "With 4 undecided" not in creator.see(f"/batches/{stock.batch}/bundle").text
    refused = creator.send(f"/batches/{stock.batch}/bundle", {"include": "unreviewed"})
    assert refused.status_code == 403
    assert creator.send("/bundles/0123456789abcdef/recall", {"reason": "x"}).status_code == 403
    assert creator.see("/bundles/0123456789abcdef").status_code == 404
    assert site.stranger().see("/bundles").status_code == 303


def test_a_batch_that_is_still_made_has_no_bundle_yet(site: Site):
    url = site.api.settings.database_url
    stock = stocked.put(url, stocked.brief(url), 2)
    answer = site.enter("ad_ops").see(f"/batches/{stock.batch}/bundle")
    assert answer.status_code == 409
    assert "still being made" in answer.text
