"""The record of a batch read back, and edited versions in it."""

from __future__ import annotations

import json
from typing import Any

from factory.manifests.canonical import to_json, to_plain
from factory.records import Asset, Batch, Component, Concept, Finding, Text, Variant
from workers.bundling import batch_of, standing

SHA = "ab" * 32
ASSET = Asset(path=f"assets/{SHA}.jpg", sha256=SHA, bytes=3, type="image/jpeg", width=10, height=20)
CONCEPT = Concept(
    id="c", tribe="t", motive="wit", fact="hours", proof="", line="", hook="", subject="product", family="product", device="",
    device_data={"value": "18"}, picture="bottle", set="seamless", light=0, wash="", wash_use="", mode="dark", ground="night", flip=False,
    tier="draft", seed=7, idea="an idea",
)  # fmt: skip


def variant(name: str, **more: Any) -> Variant:
    given = {
        "id": name * 16, "kind": "image", "concept": "c", "tribe": "t", "locale": "en", "placement": "meta.feed.square", "status": "shipped",
        "files": (ASSET,), "provenance": {"attempt": 0}, "findings": (Finding(code="contrast", verdict="pass", fact="Good"),),
        "copy": {k: Text(field=f, text=k, source="grammar", facts=("x",)) for k, f in
                 (("art_item", "art_item"), ("art_item_2", "art_item"), ("headline", "headline"))},
    }  # fmt: skip
    return Variant(**{**given, **more})


BATCH = Batch(
    schema="https://creative-factory.dev/schemas/batch/1", brief="b" * 64, kit="c" * 64, plan="d" * 64, models={"ranker": "r"}, seed=0,
    figures={"planned": 2, "shipped": 1, "dropped": 0, "failed": 1, "difference": {"least": 0.5, "mean": 0.6}}, concepts=(CONCEPT,),
    variants=(variant("a"), variant("b", status="failed", files=(), copy={}, findings=(), provenance={}, reason="no")),
    components=(Component(id="k" * 16, kind="image", role="clean", used_by=("a" * 16,), asset=ASSET),),
)  # fmt: skip


def test_a_record_read_back_is_the_batch() -> None:
    back = batch_of(json.loads(to_json(BATCH)))
    assert back.variants == BATCH.variants and back.components == BATCH.components
    assert to_json(back) == to_json(BATCH) and to_plain(back) == to_plain(BATCH)


def test_a_second_text_of_a_field_keeps_its_fields_name() -> None:
    assert batch_of(to_plain(BATCH)).variants[0].copy["art_item_2"].field == "art_item"


def test_an_edited_version_takes_the_place_of_what_the_machine_made() -> None:
    other = "cd" * 32
    made = {
        "cell": "a" * 16, "attempt": 1, "blob": f"{other}.jpg", "findings": [], "thumb": [0.0], "provenance": {"family": "x"},
        "asset": {"path": "", "sha256": other, "bytes": 4, "type": "image/jpeg", "width": 1, "height": 2, "seconds": None},
        "copy": {"headline": {"field": "headline", "text": "Mine", "source": "person", "facts": []}},
    }
    first, failed = standing(BATCH, {"a" * 16: {"version": 3, "made": made}, "b" * 16: {"version": 1, "made": made}}).variants
    assert (first.version, first.files[0].path, first.copy["headline"].source) == (3, f"assets/{other}.jpg", "person")
    assert first.provenance == {"family": "x", "attempt": 1} and failed == BATCH.variants[1]
