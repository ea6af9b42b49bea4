"""An idea on another plate, and more like one variant: made by workers, decided on anew, and shipped."""

from __future__ import annotations

import contextlib
import json
from functools import partial

import pytest
from worker_samples import BRIEF, KIT, library, terms

from brand_kits.load import load_kit
from factory.doors.up.servers import database_url
from factory.errors import StageError
from factory.kitzip import pack
from factory.storage import FolderStorage
from factory.store import again, batches, bundles, events, variants, work
from factory.store.pool import connect, open_pool
from workers.desk import make_desk
from workers.lease import work as do_work
from workers.service import do

pytestmark = pytest.mark.xdist_group("make")
N = 8


@pytest.fixture(scope="module")
def desk(postgres_server, tmp_path_factory):
    """A desk on a finished batch, which all tests of this module share: each takes an idea of its own."""
    url, root = database_url(postgres_server, "test_again"), tmp_path_factory.mktemp("again")
    storage = FolderStorage(root / "bucket")
    storage.ensure_bucket()
    digest = load_kit(KIT).digest
    storage.put(f"kits/{digest}.zip", pack(KIT))
    with contextlib.closing(connect(database_url(postgres_server, "postgres"))) as db:
        db.execute("create database test_again template template_factory strategy file_copy")
    with open_pool(url) as pool:
        (root / "cache").mkdir()
        desk = make_desk(pool, storage, root / "cache")
        with pool.connection() as db, db.transaction():
            library(db, body=BRIEF.read_text(), format="yaml", kit=digest)
            batches.insert(db, "b1", "brf", {"variants": N, "seed": 0, "video": False}, "me")
        assert {state for _, state in act(desk, url)} == {"done"}
        yield desk


@pytest.fixture
def postgres_url(postgres_server):
    return database_url(postgres_server, "test_again")


TAKEN = set()


@pytest.fixture
def made(desk, postgres_url):
    """A picture that says a headline, of an idea that no other test has taken."""
    with contextlib.closing(connect(postgres_url)) as db:
        ready = variants.page(db, 100, batch=["b1"], state=["ready"])
        row = next(v for v in ready if "art_headline" in v["made"]["copy"] and v["concept"] not in TAKEN)
        TAKEN.add(row["concept"])
        yield db, row


def act(desk, url, hand=do):
    """Work until nothing is ready; returns stage and state of every job that ended."""
    told = []
    do_work(desk.pool, url, partial(hand, desk),
            terms(lanes=("cpu", "gpu", "io", "preview"), told=lambda x, state, s, e: told.append((x.stage, state))), seconds=3000)
    return told


def held(db, deed, row, *more):
    with db.transaction():
        work.lock(db, row["batch"])
        return deed(db, variants.get(db, row["batch"], row["id"], hold=True), "rita", *more)


def words(made):
    return {k: t["text"] for k, t in made["copy"].items() if k.startswith("art_headline")}


def test_an_idea_on_another_plate_keeps_its_words_is_decided_anew_and_ships(desk, made, postgres_url):
    db, row = made
    with db.transaction():
        variants.decide(db, row, "approved", "rita")
    ended = batches.get(db, "b1")["ended_at"]
    of_idea = [v["id"] for v in variants.page(db, 100, batch=["b1"], state=["ready"], concept=[row["concept"]])]
    assert sorted(held(db, again.another_plate, row)) == sorted(of_idea)
    waits = variants.get(db, "b1", row["id"])
    assert (waits["state"], waits["review"], waits["version"], waits["take"]) == ("rendering", "pending", 2, 1)
    assert waits["made"] == row["made"], "what stood is shown until the new one is there"
    assert act(desk, postgres_url) == [("replate", "done"), *[("recompose", "done")] * len(of_idea)]
    now = variants.get(db, "b1", row["id"])
    assert (now["state"], now["review"]) == ("ready", "pending")
    assert now["made"]["blob"] != row["made"]["blob"] and now["made"]["provenance"]["take"] == 1
    assert words(now["made"]) == words(row["made"])
    assert batches.get(db, "b1")["ended_at"] == ended, "a batch that has ended stays so"
    edited_on_the_same_plate(desk, db, now, postgres_url)
    taken_back(db, now, row)
    ships(desk, db, row, postgres_url)


def edited_on_the_same_plate(desk, db, row, url):
    held(db, lambda db, row, by: variants.edit(db, row, {"art_headline": "Sleep on it."}, by), row)
    assert act(desk, url) == [("recompose", "done")], "the plate is there already"
    now = variants.get(db, "b1", row["id"])
    assert now["made"]["copy"]["art_headline"]["text"] == "Sleep on it."
    assert (now["version"], now["take"], now["made"]["provenance"]["take"]) == (3, 1, 1)
    assert {k: now["made"]["provenance"][k] for k in ("plate", "light")} == {k: row["made"]["provenance"][k] for k in ("plate", "light")}


def taken_back(db, row, first):
    rows = variants.versions(db, variants.get(db, "b1", row["id"]))
    assert [(r["version"], r["take"]) for r in rows] == [(1, 0), (2, 1), (3, 1)]
    held(db, lambda db, now, by: variants.revert(db, now, rows[1], by), row)
    assert variants.get(db, "b1", row["id"])["take"] == 1
    held(db, lambda db, now, by: variants.revert(db, now, rows[0], by), row)
    back = variants.get(db, "b1", row["id"])
    assert (back["version"], back["take"], back["made"]) == (5, 0, first["made"])


def ships(desk, db, row, url):
    """The retaken version and a new variant stand in a bundle's record, and no clean picture of the first plate with them."""
    new = held(db, again.more_like, row, 1)
    assert [s for s in act(desk, url) if s[0] == "recompose"] == [("recompose", "done")]
    chosen = {row["id"]: {"version": 2, "review": "approved"}, new[0]: {"version": 1, "review": "approved"}}
    with db.transaction():
        work.lock(db, "b1")
        bundle, _ = bundles.ask(db, "b1", {"variants": chosen, "include": "approved", "platforms": []}, "me", archive=False)
    assert act(desk, url) == [("publish", "done")]
    record = json.loads(desk.storage.get(f"bundles/{bundle['id']}/batch.json"))
    shipped = {v["id"]: v for v in record["variants"] if v["status"] == "shipped"}
    assert {i: (v["version"], v["provenance"]["take"]) for i, v in shipped.items()} == {row["id"]: (2, 1), new[0]: (1, 2)}
    assert not any(set(c["used_by"]) & set(shipped) for c in record["components"] if c["role"] == "clean")
    for v in shipped.values():
        assert desk.storage.head(f"bundles/{bundle['id']}/{v['files'][0]['path']}")


def test_more_like_one_are_new_variants_with_other_plates_and_words(desk, made, postgres_url):
    db, row = made
    before = variants.page(db, 100, batch=["b1"])
    new = held(db, again.more_like, row, 2)
    assert len(variants.page(db, 100, batch=["b1"])) == len(before) + 2
    assert sorted(act(desk, postgres_url)) == [("recompose", "done")] * 2 + [("replate", "done")] * 2
    rows = [variants.get(db, "b1", v) for v in new]
    for r in rows:
        assert (r["state"], r["review"], r["version"]) == ("ready", "pending", 1)
        assert (r["concept"], r["placement"], r["locale"]) == (row["concept"], row["placement"], row["locale"])
    assert len({r["made"]["blob"] for r in (*rows, row)}) == 3
    told = [e["data"]["variant"] for e in events.after(db, "b1", 0, 500) if e["type"] == "variant.ready"]
    assert set(new) <= set(told)
    assert held(db, again.more_like, row, 1)[0] not in new, "asking again makes others"
    act(desk, postgres_url)


def test_a_plate_that_cannot_be_made_fails_its_versions_and_is_tried_anew_with_the_next_edit(desk, made, postgres_url):
    db, row = made

    def broken(desk, lease):
        if lease.stage == "replate":
            raise StageError("The set is gone", code="plate.set", where="plate")
        return do(desk, lease)

    cells = held(db, again.another_plate, row)
    assert act(desk, postgres_url, broken) == [("replate", "failed")]
    for cell in cells:
        v = variants.get(db, "b1", cell)
        assert (v["state"], "The set is gone" in v["reason"]) == ("failed", True)
    held(db, lambda db, now, by: variants.edit(db, now, {"art_headline": "Sleep on it."}, by), row)
    assert act(desk, postgres_url) == [("replate", "done"), ("recompose", "done")]
    assert variants.get(db, "b1", row["id"])["made"]["provenance"]["take"] == 1


def test_done_twice_it_is_the_same(desk, made, postgres_url):
    """A worker that dies after its work leaves nothing but time lost: the same take is the same picture."""
    db, row = made
    held(db, again.another_plate, row)
    act(desk, postgres_url)
    first = variants.get(db, "b1", row["id"])["made"]
    plate = f"replate-b1-{row['concept']}-1"
    db.execute("delete from results where job = %s or job in (select id from jobs where needs ->> 'plate' = %s)", (plate, plate))
    db.execute("alter table jobs disable trigger job_moves")
    db.execute("update jobs set state = 'ready', attempts = 0, ended_at = null, not_before = now() where id = %s", (plate,))
    db.execute("update jobs set state = 'waiting', missing = 1, ended_at = null where stage = 'recompose' and needs ->> 'plate' = %s", (plate,))
    db.execute("alter table jobs enable trigger job_moves")
    db.execute("update variants set state = 'rendering' where batch = 'b1' and take = 1 and concept = %s", (row["concept"],))
    desk._warm.clear()
    act(desk, postgres_url)
    assert variants.get(db, "b1", row["id"])["made"] == first
