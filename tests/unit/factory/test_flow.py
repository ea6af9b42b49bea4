"""Jobs named by content, in an order that shows a first picture early."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from factory.flow import STAGES, Job, first_ready, jobs_of
from factory.records import Cell, Plan, PlateJob

PLATES = tuple(
    PlateJob(id=i, set="paper", light=0, wash="", wash_use="", palette={}, seed=0, tier="draft") for i in ("p1", "p2")
)
CELLS = tuple(
    Cell(id=f"{c}{p}{loc}{k}", concept=c, placement=p, locale=loc, kind=k)  # type: ignore[arg-type]
    for c in ("a", "b") for p in ("feed", "story") for loc in ("en", "fr") for k in ("image", "video")
)
PLAN = Plan(digest="d", brief="b", kit="k", seed=0, variants=16, spare_factor=2, concepts=(), cells=CELLS, plate_jobs=PLATES,
            plates={"a": "p1", "b": "p2"})


def test_all_locales_of_a_concept_at_a_placement_are_one_job_and_a_video_is_its_own() -> None:
    jobs = jobs_of(PLAN, "base", "models")
    assert {s: sum(j.stage == s for j in jobs) for s in ("plate", "copy", "compose", "animate")} == {
        "plate": 2, "copy": 4, "compose": 4, "animate": 8,
    }


def test_every_cell_is_made_by_exactly_one_job() -> None:
    made = [c["id"] for j in jobs_of(PLAN, "base", "models") for c in j.args.get("cells", ())]
    assert sorted(made) == sorted(c.id for c in CELLS)


def test_the_same_plan_names_the_same_jobs_and_another_base_names_others() -> None:
    assert jobs_of(PLAN, "base", "models") == jobs_of(PLAN, "base", "models")
    one, other = (jobs_of(PLAN, base, "models") for base in ("base", "other"))
    assert {j.id for j in one if j.stage != "plate"}.isdisjoint(j.id for j in other)


def test_a_plate_is_shared_by_briefs_and_not_by_models():
    plates = [{j.id for j in jobs_of(PLAN, base, models) if j.stage == "plate"} for base, models in ("ab", "cb", "ad")]
    assert plates[0] == plates[1] and plates[0].isdisjoint(plates[2])


def test_other_ideas_are_written_in_other_decks_and_on_the_same_plates() -> None:
    other = replace(PLAN, concepts=({"id": "a", "seed": 1},))  # type: ignore[arg-type]
    one, two = ({j.id for j in jobs_of(plan, "base", "models") if j.stage in ("plate", "copy")} for plan in (PLAN, other))
    assert {name.split("-")[0] for name in one & two} == {"plate"}


def test_a_new_locale_leaves_the_plates_and_other_decks_alone() -> None:
    more = (*CELLS, Cell(id="x", concept="a", placement="feed", locale="de", kind="image"))
    before = {j.id for j in jobs_of(PLAN, "base", "models") if j.stage in ("plate", "copy")}
    assert before < {j.id for j in jobs_of(replace(PLAN, cells=more), "base", "models")}


def test_the_first_picture_comes_before_all_plates_are_made() -> None:
    jobs, done, order = jobs_of(PLAN, "base", "models"), set[str](), list[str]()
    while job := first_ready(jobs, done, set()):
        order.append(job.stage)
        done.add(job.id)
    assert len(order) == len(jobs)
    assert order.index("compose") <= 3
    assert order.count("plate") == 2 and order[-8:] == ["animate"] * 8


@given(st.sets(st.integers(0, 17)))
def test_no_job_is_ready_before_what_it_needs(finished: set[int]) -> None:
    jobs = jobs_of(PLAN, "base", "models")
    done = {j.id for i, j in enumerate(jobs) if i in finished}
    job = first_ready(jobs, done, set())
    assert job is None or set(job.needs.values()) <= done


def test_what_others_are_doing_is_not_taken_twice() -> None:
    jobs = [Job(id="p", stage="plate", args={}, needs={}, order=0), Job(id="c", stage="compose", args={}, needs={"plate": "p"}, order=0)]
    assert first_ready(jobs, set(), {"p"}) is None


def test_the_table_of_stages_has_a_hand_for_each() -> None:
    from workers.stages import STAGE_HANDS

    assert {s.name for s in STAGES} == set(STAGE_HANDS)
