"""Planning: what a brief becomes, before anything is made."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.catalogue import Catalogue, DeviceRow, FamilyRow, LightRow, SetRow, WashRow
from factory.cells import pick_cells
from factory.difference import DIFFERENT, TOLD_APART, Tint, Traits, colour_spread, distance, spread, tint_distance
from factory.errors import InputError
from factory.grounds import Ask, Ground, KitMode, deal, total
from factory.plan import KitFacts, PlanOptions, concept_traits, make_plan
from factory.records import Brief, Fact, Line, Money, Placement, Product, Proof, Safe, Tribe, VideoRule


def family(name: str, motives: tuple[str, ...], **more: object) -> FamilyRow:
    base = {"needs": (), "grounds": ("flat",), "subject": name, "voice": name, "view": "whole", "device": "optional"}
    return FamilyRow(name=name, title=name, motives=motives, **{**base, **more})  # type: ignore[arg-type]


FAMILIES = (
    family("editorial", ("craft", "habit"), grounds=("set",), figure="page"),
    family("list", ("reasons",), needs=("art_item",)),
    family("minimal", ("presence",)),
    family("number", ("fact",), needs=("art_number",)),
    family("offer", ("price", "deadline"), needs=("art_price",)),
    family("product", ("desire", "absence"), grounds=("set",)),
    family("proof", ("trust",), needs=("art_rating",)),
    family("quote", ("voice",), needs=("art_quote",)),
    family("type", ("attitude", "wit"), grounds=("flat", "wash"), view="none"),
)
SETS = (
    SetRow(name="paper", title="Paper", kind="rendered", world="paper", mood=("playful",), ground="set",
           lights=tuple(LightRow(name=f"k{i}", mood=(), azimuth=a) for i, a in enumerate((-50, 60, 90)))),
    SetRow(name="seamless", title="Flat", kind="procedural", world="studio", mood=(), ground="flat",
           lights=(LightRow(name="lamp", mood=(), azimuth=-40),)),
    SetRow(name="water", title="Water", kind="rendered", world="water", mood=("calm",), ground="set",
           lights=(LightRow(name="slot", mood=("evening",), azimuth=-60), LightRow(name="palm", mood=(), azimuth=50))),
)
CATALOGUE = Catalogue(
    sets=SETS, families=FAMILIES, washes=(WashRow(name="haze", title="Haze", mood=(), uses=("albedo",)),),
    devices=(DeviceRow(name="fill", title="Letters that fill", needs=("art_number", "art_word"), families=("type",), motives=("fact",)),),
)
KIT = KitFacts(
    digest="k", pictures={"bottle": ("left", frozenset({"red"}))},
    modes=tuple(KitMode(name=n, kind=k, ground=g, roles={"ground": c, "surface": s, "ink": "#000000"})  # type: ignore[arg-type]
                for n, k, g, c, s in (
                    ("light", "light", "cream", "#F7EDE0", "#CFC0E9"), ("lilac", "light", "lilac", "#CFC0E9", "#F7EDE0"),
                    ("night", "dark", "ink", "#1C1A3B", "#2E2A5C"), ("dusk", "dark", "dusk", "#3F3B66", "#2E2A5C"),
                    ("bold", "bold", "yellow", "#F7BB45", "#EFA530"), ("red", "bold", "red", "#C2330F", "#F05A28"))),
    outlines={"bottle": ((0.66, 0.15, 0.12), (0.95, 0.0, 0.02))},
)
BRIEF = Brief(
    version=1, name="b", brand="v", objective="traffic", message="Brewed overnight", cta="shop_now", url="https://example.com/",
    product=Product(name="Cold Brew", category="coffee", pictures=("bottle",), price=Money(amount=Decimal("3.90"), currency="EUR"),
                    facts=(Fact(id="hours", kind="time", text="18 hours", value=Decimal(18), unit="hours"),
                           Fact(id="sugar", kind="absence", text="no sugar", noun="sugar"),
                           Fact(id="water", kind="ingredient", text="coffee and water"))),
    proof=(Proof(id="stars", kind="rating", text="4.7 of 5", source="Shop", value=Decimal("4.7")),
           Proof(id="word", kind="quote", text="I sleep. It works.", source="Mara")),
    tribes=tuple(Tribe(id=i, name=i, values=("calm",), passions=("swimming",), story="Up early.") for i in ("night", "swim")),
    locales=("en", "fr", "de"), placements=("p",), kinds=("image", "video"), concepts=7, variants=30,
    lines=(Line(id="slept", motive="attitude", fact="hours", device="fill", families=("type",),
                texts={loc: {"headline": "Slept.", "word": "slow"} for loc in ("en", "fr", "de")}),),
)


def place(name: str, canvas: tuple[int, int], shape: str, video: bool = True) -> Placement:
    rule = VideoRule(min_seconds=1, max_seconds=60, max_bytes=None) if video else None
    return Placement(
        id=name, platform="meta", title=name, media=("image", "video") if video else ("image",), canvas=canvas,
        layout_class=shape, shown_pt=375, safe=Safe(top=0, right=0, bottom=0, left=0), text={}, cta="platform",  # type: ignore[arg-type]
        text_on_image=True, text_share=None, clean=False, max_bytes=1, formats=("jpg",), video=rule,
    )


PLACES = (place("feed", (1080, 1350), "Q"), place("square", (1080, 1080), "Q"), place("story", (1080, 1920), "V"),
          place("banner", (300, 250), "B", video=False))


def plan(brief: Brief = BRIEF, **options: object):  # type: ignore[no-untyped-def]
    return make_plan(brief, "b", KIT, PLACES, CATALOGUE, PlanOptions(**options))  # type: ignore[arg-type]


def test_the_same_inputs_give_the_same_plan() -> None:
    assert plan() == plan()


def test_another_seed_gives_other_names() -> None:
    assert {c.id for c in plan().cells}.isdisjoint(c.id for c in plan(seed=1).cells)


def test_a_plan_keeps_as_many_cells_as_were_asked_for() -> None:
    assert [len(plan(variants=n).cells) for n in (1, 5, 30, 48)] == [1, 5, 30, 48]


def test_no_two_concepts_of_a_rich_brief_are_the_same_ad() -> None:
    traits = concept_traits(plan(), CATALOGUE, KIT).values()
    assert spread(traits)[0] >= DIFFERENT - 0.1


def test_every_two_concepts_are_told_apart_by_their_colours_alone() -> None:
    traits = concept_traits(plan(replace(BRIEF, concepts=6)), CATALOGUE, KIT).values()
    assert colour_spread(traits)[0] >= TOLD_APART


def test_a_cold_fact_stands_on_a_cool_ground() -> None:
    cold = Fact(id="degrees", kind="number", text="steeped at 4 °C", value=Decimal(4), unit="degrees", symbol="°C")
    line = replace(BRIEF.lines[0], id="revenge", fact="degrees", device="", families=("minimal",), motive="presence")
    brief = replace(BRIEF, product=replace(BRIEF.product, facts=(*BRIEF.product.facts, cold)), lines=(line,))
    told = next(c for c in plan(brief).concepts if c.line == "revenge")
    assert told.ground in ("lilac", "ink", "dusk")


def test_a_page_may_have_a_colour_that_the_product_must_not_stand_on_but_its_picture_may_not() -> None:
    asks = [Ask(key=str(i), figure=f, barred=frozenset({"red"})) for i, f in enumerate(("page", "plain", "plain", "split"))]
    for ask, ground in zip(asks, deal(asks, KIT.modes), strict=True):
        standing = [ground.stage] if ask.figure == "page" else [ground.mode, *([ground.other] if ground.other else [])]
        assert "red" not in {m.ground for m in standing}


@given(st.lists(st.sampled_from(["plain", "page", "split"]), min_size=2, max_size=6))
@settings(max_examples=20, deadline=None)
def test_no_idea_would_be_better_off_alone_on_another_ground(figures: list[str]) -> None:
    asks = [Ask(key=str(i), figure=f) for i, f in enumerate(figures)]
    dealt = deal(asks, KIT.modes)
    for i, ask in enumerate(asks):
        for mode in KIT.modes if ask.figure == "plain" else ():
            tried = [*dealt[:i], Ground(mode=mode), *dealt[i + 1 :]]
            assert total(asks, tried) >= total(asks, dealt) - 1e-9


def test_tints_are_as_far_apart_as_their_colours_weighed_by_area() -> None:
    white, black = (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    plain, half = Tint(first=white, second=white, share=0.25), Tint(first=white, second=black, share=0.5)
    assert tint_distance(plain, plain) == 0
    assert tint_distance(plain, half) == pytest.approx(0.5)
    assert tint_distance(half, Tint(first=black, second=white, share=0.5)) == 0


def test_a_device_printed_behind_the_product_stands_on_a_plain_ground() -> None:
    rays = DeviceRow(name="rays", title="Rays", needs=(), families=("product",), motives=("desire",), ground="flat")
    families = tuple(replace(f, grounds=("set", "flat")) if f.name == "product" else f for f in FAMILIES)
    found = make_plan(BRIEF, "b", KIT, PLACES, replace(CATALOGUE, devices=(rays,), families=families), PlanOptions())
    assert {c.set for c in found.concepts if c.device == "rays"} <= {"seamless"}


def test_a_persons_line_is_used_before_the_grammar() -> None:
    spoken = [c for c in plan().concepts if c.line == "slept"]
    assert len(spoken) == 1
    assert spoken[0].device == "fill"
    assert spoken[0].device_data["words"]["fr"] == {"word": "slow"}


def test_the_product_never_stands_on_a_ground_where_it_melts() -> None:
    assert "red" not in {c.mode for c in plan().concepts}


def test_no_family_stands_more_than_twice() -> None:
    assert max(Counter(c.family for c in plan().concepts).values()) <= 2


def test_a_key_from_the_unlit_side_mirrors_the_set() -> None:
    for c in plan(replace(BRIEF, concepts=9)).concepts:
        row = next(s for s in SETS if s.name == c.set)
        assert c.flip == (c.set != "seamless" and row.lights[c.light].azimuth > 8)


def test_every_tribe_gets_its_share() -> None:
    counts = Counter(c.tribe for c in plan().concepts)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_one_plate_serves_all_cells_of_its_scene() -> None:
    made = plan()
    assert set(made.plates.values()) == {j.id for j in made.plate_jobs}
    assert len(made.plate_jobs) <= len(made.concepts)


def test_a_brief_that_says_nothing_is_refused_with_the_remedy() -> None:
    empty = replace(BRIEF, lines=(), proof=(), product=replace(BRIEF.product, facts=(), price=None))
    with pytest.raises(InputError, match="Give at least one fact"):
        plan(empty)


def test_without_videos_all_cells_are_images() -> None:
    assert {c.kind for c in plan(video=False).cells} == {"image"}


def test_each_concept_has_a_tall_and_a_square_video() -> None:
    made = plan(variants=60)
    videos = {(c.concept, c.placement) for c in made.cells if c.kind == "video"}
    assert {(c.id, p) for c in made.concepts for p in ("story", "square")} <= videos


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 84))
def test_any_number_of_cells_is_balanced_over_placements_and_locales(n: int) -> None:
    cells = pick_cells(plan().concepts, BRIEF.locales, PLACES, ("image",), n)
    for axis, whole in (("placement", 4), ("locale", 3), ("concept", 7)):
        counts = Counter(getattr(c, axis) for c in cells)
        spread_ = max(counts.values()) - (min(counts.values()) if len(counts) == whole else 0)
        assert spread_ <= 7, (axis, counts)
    assert len({(c.concept, c.placement, c.locale) for c in cells}) == len(cells) == n


def test_a_change_of_colour_mode_alone_is_the_same_ad() -> None:
    a = Traits(motive="m", thought="t", subject="s", family="f", voice="v", ground="g", view="w", device="", mode="light")
    assert distance(a, replace(a, mode="dark")) < 0.25
    assert distance(a, a) == 0
