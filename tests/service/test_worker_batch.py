"""The sample brief through the service's workers, in this process: the very batch that `factory make` makes."""

from __future__ import annotations

import json
from functools import partial

import pytest
from worker_samples import BRIEF, KIT, library, terms

from brand_kits.load import load_kit
from factory.kitzip import pack
from factory.manifests.canonical import to_json
from factory.options import MakeOptions
from factory.publish import read_mark
from factory.storage import FolderStorage
from factory.store import batches, bundles, events, variants, work
from factory.store.pool import connect, open_pool
from workers.bundling import batch_of
from workers.desk import make_desk
from workers.edits import rehearse
from workers.lease import work as do_work
from workers.local import make
from workers.service import do

pytestmark = pytest.mark.xdist_group("make")
N = 6


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """OUT of `factory make`."""
    out = tmp_path_factory.mktemp("local") / "out"
    assert make(MakeOptions(brief=BRIEF, kit=KIT, out=out, variants=N, jobs=1, video=False), lambda event: None) == 0
    return out


@pytest.fixture
def desk(postgres_url, tmp_path):
    storage = FolderStorage(tmp_path / "bucket")
    storage.ensure_bucket()
    digest = load_kit(KIT).digest
    storage.put(f"kits/{digest}.zip", pack(KIT))
    with open_pool(postgres_url) as pool:
        with pool.connection() as db:
            library(db, body=BRIEF.read_text(), format="yaml", kit=digest)
        (tmp_path / "cache").mkdir()
        yield make_desk(pool, storage, tmp_path / "cache")


def order(desk, name, **options):
    with desk.pool.connection() as db, db.transaction():
        batches.insert(db, name, "brf", {"variants": N, "seed": 0, "video": False, **options}, "me")


def act(desk, url, seconds=300.0):
    """Work until nothing is ready; returns stage and state of every job that ended."""
    told = []
    do_work(desk.pool, url, partial(do, desk),
            terms(lanes=("cpu", "gpu", "io", "preview"), told=lambda x, state, s, e: told.append((x.stage, state, e))), seconds=seconds)
    return told


def test_the_service_makes_the_batch_of_make_and_publishes_what_was_approved(local, desk, postgres_url):
    order(desk, "b1")
    told = act(desk, postgres_url)
    assert {(state, error) for _, state, error in told} == {("done", "")}
    assert told[0][0] == "plan" and told[-1][0] == "finish"
    with connect(postgres_url) as db:
        row = batches.get(db, "b1")
        assert row["state"] == "completed" and row["open_jobs"] == 0
        assert to_json(batch_of(batches.record(db, "b1"))) == (local / "batch.json").read_bytes()
        same_files(desk, local)
        same_results(db, local)
        equal_batch_makes_nothing_twice(desk, db, postgres_url)
        bundle = approve_and_publish(desk, db, postgres_url)
        record = json.loads(desk.storage.get(f"bundles/{bundle}/batch.json"))
        assert {v["review"] for v in record["variants"] if v["status"] == "shipped"} == {"approved"}
        for v in record["variants"]:
            v["review"] = "pending"
        assert record == json.loads((local / "batch.json").read_bytes())
        assert desk.storage.get(f"bundles/{bundle}/contact-sheet.jpg") == (local / "contact-sheet.jpg").read_bytes()
        edit_one(desk, db, postgres_url)


def same_files(desk, local):
    assert {p.name: p.read_bytes() for p in (local / "assets").iterdir()} == {
        p.name: desk.storage.get(f"blobs/{p.name}") for p in (local / "assets").iterdir()
    }


def same_results(db, local):
    """Results are kept in the very bytes in which the folder keeps them."""
    kept = {p.stem: p.read_text() for p in (local / ".work/results").iterdir()}
    rows = db.execute("select job, body::text as text from results where job = any(%s)", (list(kept),)).fetchall()
    assert {r["job"]: r["text"] for r in rows} == kept


def equal_batch_makes_nothing_twice(desk, db, url):
    order(desk, "b2")
    assert [stage for stage, *_ in act(desk, url)] == ["plan", "finish"]
    assert batches.record(db, "b2") == batches.record(db, "b1")
    assert {v["state"] for v in variants.page(db, 100, batch=["b2"])} <= {"ready", "dropped"}
    assert sum(e["type"] == "variant.ready" for e in events.after(db, "b2", 0)) >= N


def approve_and_publish(desk, db, url):
    ready = variants.page(db, 100, batch=["b1"], state=["ready"])
    selection = {"variants": {v["id"]: {"version": 1, "review": "approved"} for v in ready}, "include": "approved", "platforms": []}
    with db.transaction():
        work.lock(db, "b1")
        row, _ = bundles.ask(db, "b1", selection, "me", archive=True)
    assert [(stage, state) for stage, state, _ in act(desk, url)] == [("publish", "done"), ("archive", "done")]
    row = bundles.get(db, row["id"])
    assert (row["state"], row["archive"]) == ("published", "ready")
    assert read_mark(desk.storage, f"bundles/{row['id']}")["digest"] == row["facts"]["digest"]
    assert desk.storage.head(row["facts"]["archive"]["key"]).size == row["facts"]["archive"]["bytes"]
    return row["id"]


def edit_one(desk, db, url):
    """A person's words stand there word for word, the rest is as it was; what does not fit is refused with the reason."""
    held = {s.key for s in desk.storage.list("blobs/")}
    assert rehearse(desk, "b1") and {s.key for s in desk.storage.list("blobs/")} == held, "what warms a worker up is there already"
    row = next(v for v in variants.page(db, 100, batch=["b1"], state=["ready"], kind=["image"]) if "art_headline" in v["made"]["copy"])
    change(db, row, {"art_headline": "Sleep on it."})
    assert act(desk, url) == [("recompose", "done", "")]
    now = variants.get(db, "b1", row["id"])
    assert (now["state"], now["version"], now["review"]) == ("ready", 2, "pending")
    text = now["made"]["copy"]["art_headline"]
    assert (text["text"], text["source"]) == ("Sleep on it.", "person") and now["made"]["blob"] != row["made"]["blob"]
    assert desk.storage.head(f"blobs/{now['made']['blob']}")
    change(db, now, {"art_headline": "The only coffee that cures a cold in 3 days."})
    act(desk, url)
    worse = variants.get(db, "b1", row["id"])
    assert worse["state"] == "failed" or worse["verdict"] == "fail", "the guard reads a person's words too"
    change(db, worse, {"art_headline": "Word " * 80})
    assert [state for _, state, _ in act(desk, url)] == ["failed"]
    assert "does not fit" in variants.get(db, "b1", row["id"])["reason"] or variants.get(db, "b1", row["id"])["reason"]


def change(db, row, edits):
    with db.transaction():
        work.lock(db, row["batch"])
        variants.edit(db, variants.get(db, row["batch"], row["id"], hold=True), edits, "me")


def test_a_wrong_brief_ends_its_batch_with_every_fault_and_no_path_of_this_machine(desk, postgres_url):
    with connect(postgres_url) as db:
        db.execute("update briefs set body = %s", (BRIEF.read_text().replace("concepts:", "concepts: many #"),))
        order(desk, "b")
        assert act(desk, postgres_url)[0][:2] == ("plan", "failed")
        row = batches.get(db, "b")
        assert row["state"] == "failed" and row["error"]
        assert str(desk.cache) not in json.dumps(row["error"])
