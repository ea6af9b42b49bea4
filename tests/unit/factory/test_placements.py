"""The tables of placements: that they keep their own rules, and that the rules catch what they should."""



from __future__ import annotations

from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from factory.errors import InputError, StoreError
from factory.placements import load_placements, load_tables, select
from factory.placements.lint import RULES, lint
from factory.placements.tables import read_table, safe_of

SMALL = """
platform: park
title: Park benches
reviewed: 2026-11-24
sources:
  A: {title: Bench guide, address: "https://example.com/a", as_of: 2026-01-31}
  OLD: {title: Old bench guide, address: "https://example.com/old", as_of: 2019}
  HOUSE: {title: Ours, address: docs/placements.md, as_of: 2026-11-24}
aged: {OLD: Benches last.}
defaults:
  formats: {value: [jpg], source: A, confidence: high}
  max_bytes: {value: 200000, source: A, confidence: high}
  budget: {value: 150000, source: HOUSE, confidence: high, note: Quick to hang}
  cta: {value: draw, source: A, confidence: high}
  text_on_image: {value: true, source: A, confidence: high}
  text_share: {value: null, source: A, confidence: high}
  clean: {value: false, source: A, confidence: high}
  border: {value: true, source: OLD, confidence: high}
  logo: {value: required, source: A, confidence: high}
  safe: {short_side: 0.06, source: A, confidence: high}
placements:
  - id: park.bench
    title: Bench
    media: [image]
    layout_class: B
    canvas: {value: [300, 250], source: A, confidence: high}
    shown_pt: {value: 300, source: A, confidence: high}
  - id: park.bin
    title: Bin
    media: [image, video]
    layout_class: V
    canvas: {value: [1080, 1920], source: A, confidence: high}
    shown_pt: {value: 375, source: A, confidence: medium}
    safe: {top: 0.14, right: 0.06, bottom: 0.35, left: 0.06, source: A, confidence: high}
    text:
      headline: {limit: 40, hard: 255, source: A, hard_source: OLD, confidence: high}
    video: {min_seconds: 1, max_seconds: 60, max_bytes: null, max_fps: 30, source: A, confidence: high}
"""


def small(*changes: tuple[str, str]) -> tuple[str, ...]:
    """What the linter says of the small table after replacing some of its text."""
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return lint(read_table(text, "park.yaml"))


@pytest.mark.parametrize("table", load_tables(), ids=lambda t: t.platform)
def test_a_shipped_table_keeps_every_rule(table) -> None:
    assert lint(table) == ()


def test_the_small_table_is_clean() -> None:
    assert small() == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("confidence: medium}", "confidence: sure}", "sources: park.bin shown_pt has confidence 'sure', not one of high, medium, low"),
        ("source: A, confidence: medium}", "source: B, confidence: medium}", "sources: park.bin shown_pt names source 'B', which is not in sources"),
        (", note: Quick to hang}", "}", "sources: park.bench budget is our own choice without a reason in note"),
        ("hard_source: OLD", "hard_source: NEW", "sources: park.bin text.headline names hard_source 'NEW', which is not in sources"),
        ("aged: {OLD: Benches last.}", "aged: {}", "ages: source OLD is over 3 years older than the review and has no reason under aged"),
        ("aged: {OLD: Benches last.}", "aged: {OLD: Benches last., A: So do parks.}", "ages: aged excuses A, which needs no excuse; remove it"),
        ("border: {value: true, source: OLD", "border: {value: true, source: A", None),
        ("hard_source: OLD, ", "", None),
        ("bottom: 0.35", "bottom: 0.90", "safe: park.bin safe leaves nothing of the canvas: (0.14, 0.06, 0.9, 0.06)"),
        ("short_side: 0.06", "short_side: -0.06", "safe: park.bench safe leaves nothing of the canvas: (-0.06, -0.05, -0.06, -0.05)"),
        ("[300, 250]", "[300, 2500]", "shapes: park.bench canvas 300x2500 does not look like layout class B"),
        ("[300, 250]", "[300.0, 250]", "shapes: park.bench canvas is no pair of whole pixels from 10 to 4096"),
        ("value: 375", "value: 30", "shapes: park.bin shown_pt gives 36.0 pixels a point"),
        ("value: 150000", "value: 250000", "bytes: park.bench budget of 250000 bytes is not between 10 kB and the platform's 200000"),
        ("limit: 40", "limit: 400", "texts: park.bin text.headline advises 400, more than the 255 that are taken"),
        ("[image, video]", "[image]", "videos: park.bin has a video rule without video among its media, or the other way round"),
        ("max_seconds: 60", "max_seconds: 1", "videos: park.bin video lasts from 1 to 1 seconds"),
        ("id: park.bench", "id: bench", "words: bench does not begin with park."),
        ("value: draw", "value: drawn", "words: park.bench cta is 'drawn', not one of ('platform', 'draw', 'phrase')"),
        ("text_on_image: {value: true", "text_on_image: {value: false", "words: park.bench takes no text on the picture and asks for no clean picture"),
        ("    title: Bench\n", "    title: Bench\n    legs: 4\n", "figures: park.bench legs is a number without a source"),
        ("    title: Bench\n", "    title: Bench\n    colours: [4, 5]\n", "figures: park.bench colours is a number without a source"),
    ],
)  # fmt: skip
def test_a_rule_flags_what_breaks_it_and_not_its_lookalike(old: str, new: str, said: str | None) -> None:
    found = small((old, new))
    assert (said in found) if said else found == ()


def test_an_unused_source_is_reported() -> None:
    found = small(("border: {value: true, source: OLD", "border: {value: true, source: A"), ("hard_source: OLD, ", ""))
    assert "unused: source OLD is used by no figure" in found


def test_every_rule_has_a_case_above() -> None:
    names = {mark for case in test_a_rule_flags_what_breaks_it_and_not_its_lookalike.pytestmark[0].args[1] for mark in [case[2]] if mark}
    assert {r.name for r in RULES} - {n.split(":")[0] for n in names} == {"unused"}


def test_a_figure_taken_from_another_row_is_the_same_figure() -> None:
    table = read_table(SMALL.replace("shown_pt: {value: 300, source: A, confidence: high}", "shown_pt: {same_as: park.bin}"), "park.yaml")
    assert table.rows["park.bench"]["shown_pt"] == table.rows["park.bin"]["shown_pt"]


@pytest.mark.parametrize("other", ["park.tree", "park.bench"])
def test_a_figure_taken_from_nowhere_is_refused(other: str) -> None:
    text = SMALL.replace("shown_pt: {value: 300, source: A, confidence: high}", f"shown_pt: {{same_as: {other}}}")
    with pytest.raises(StoreError, match=f"park.bench takes shown_pt from {other}, which has none"):
        read_table(text, "park.yaml")


def test_a_row_without_a_needed_column_is_refused() -> None:
    with pytest.raises(StoreError, match=r"park.bench has no shown_pt \(park.yaml\)"):
        read_table(SMALL.replace("    shown_pt: {value: 300, source: A, confidence: high}\n", ""), "park.yaml")


def test_a_margin_of_the_short_side_is_as_wide_at_every_edge() -> None:
    safe = safe_of({"short_side": 0.06}, 728, 90)
    assert safe.left * 728 == pytest.approx(5.4, abs=0.05)
    assert safe.top * 90 == pytest.approx(5.4, abs=0.01)


def test_every_figure_of_every_row_names_a_source_with_a_date() -> None:
    figures = [f for t in load_tables() for row in t.rows for f in t.figures(row)]
    assert len(figures) > 200
    assert all(f.title and f.address and f.as_of and f.confidence in ("high", "medium", "low") for f in figures)


@pytest.mark.parametrize("file", ["meta.yaml", "iab.yaml"])
def test_every_id_in_a_file_is_a_placement(file: str) -> None:
    rows = yaml.safe_load((files("factory.placements") / file).read_text())["placements"]
    assert [r["id"] for r in rows] == [p for p in load_placements() if p.startswith(file.removesuffix(".yaml") + ".")]


def test_stories_keep_the_strictest_published_zone_free() -> None:
    safe = load_placements()["meta.stories.vertical"].safe
    assert (safe.top, safe.right, safe.bottom, safe.left) == (0.14, 0.06, 0.35, 0.06)


def test_a_banner_is_no_heavier_than_any_buyer_takes() -> None:
    assert all(p.max_bytes <= 150_000 for p in load_placements().values() if p.platform == "iab")
    assert load_placements()["iab.smartphone_banner_320"].max_bytes == 50_000


def test_no_button_is_drawn_where_the_platform_draws_one() -> None:
    assert {p.cta for p in load_placements().values() if p.platform == "meta"} == {"platform", "phrase"}
    assert {p.cta for p in load_placements().values() if p.platform == "iab"} == {"draw"}


def test_where_no_text_is_allowed_a_clean_picture_is_wanted() -> None:
    bare = [p for p in load_placements().values() if not p.text_on_image]
    assert bare and all(p.clean and p.logo == "none" for p in bare)


@pytest.mark.parametrize("glob", ["meta.feed.*", "*.square", "iab.*", "meta.stories.vertical", "*"])
def test_a_pattern_chooses_what_it_names(glob: str) -> None:
    assert {p.id for p in select([glob])} == {n for n in load_placements() if fnmatchcase(n, glob)} != set()


def test_placements_come_once_each_in_the_order_asked_for() -> None:
    chosen = [p.id for p in select(["meta.stories.vertical", "meta.feed.*", "meta.*.square", "meta.stories.*"])]
    assert chosen == ["meta.stories.vertical", "meta.feed.portrait", "meta.feed.square", "meta.feed.landscape"]


def test_every_wrong_pattern_is_told_with_what_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        select(["meta.feed.sqare", "meta.feed.square", "stories", "google.*", "meta.carousel.card"])
    said = [(f.code, f.fact, f.where, f.help) for f in caught.value.faults]
    assert said == [
        ("placement.unknown", "There is no placement 'meta.feed.sqare'", "placements.0",
         "Did you mean meta.feed.square? `factory placements` lists them all."),
        ("placement.unknown", "There is no placement 'stories'", "placements.2",
         "Did you mean meta.stories.vertical? `factory placements` lists them all."),
        ("placement.unknown", "There is no placement 'google.*'", "placements.3", "`factory placements` lists them all."),
        ("placement.not-offered", "meta.carousel.card is a placement that we do not make for", "placements.4",
         "A carousel is several cards that tell one story; we make single pictures and films. "
         "`factory placements` lists them all."),
    ]  # fmt: skip


def test_a_placement_is_added_by_a_row_alone(tmp_path: Path) -> None:
    text = (files("factory.placements") / "iab.yaml").read_text()
    row = text[text.index("  - id: iab.leaderboard") : text.index("  - id: iab.super_leaderboard")]
    added = text.replace("\nnot_offered:", row.replace("iab.leaderboard", "iab.new").replace("728", "700") + "\nnot_offered:")
    table = read_table(added, "iab.yaml")
    assert lint(table) == ()
    assert table.rows["iab.new"]["canvas"]["value"] == [700, 90]
