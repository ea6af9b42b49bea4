"""What platforms import: Meta's sheet and calls, IAB's trafficking sheet, the tables they share."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bundle_samples import batch_of, concept_of, variant_of
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.manifests import iab, meta
from factory.manifests.rows import one_line, table, utm, with_query
from factory.manifests.writers import WRITERS
from factory.placements import load_placements
from factory.records import Batch, Brief, Placement, Text, Variant

META = sorted(p.id for p in load_placements().values() if p.platform == "meta")
Places = Mapping[str, Placement]


def sheet(data: bytes, delimiter: str = "\t") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def ads(batch: Batch, brief: Brief, placements: Places) -> list[dict[str, str]]:
    return sheet(meta.write(batch, brief, placements)["ads.tsv"])


def calls(batch: Batch, brief: Brief, placements: Places) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(meta.write(batch, brief, placements)["calls.json"])
    return loaded


def creatives(batch: Batch, brief: Brief, placements: Places) -> dict[str, dict[str, Any]]:
    made = calls(batch, brief, placements)
    return {c["id"].removeprefix("creative:"): c["body"] for c in made if c["id"].startswith("creative:")}


def leaves(value: Any, key: str) -> list[Any]:
    """All values of a key anywhere in plain data."""
    if isinstance(value, dict):
        return ([value[key]] if key in value else []) + [x for v in value.values() for x in leaves(v, key)]
    return [x for v in value for x in leaves(v, key)] if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------ Meta's sheet


def test_a_real_export_goes_in_and_out_unchanged() -> None:
    given_ = (files("factory.manifests") / "meta_header.txt").read_text(encoding="utf-8").splitlines()
    row = {name: f"{n} “été”" for n, name in enumerate(given_)}
    data = table(meta.header(), [row], delimiter="\t")
    assert data.decode().split("\r\n")[0].split("\t") == given_ and len(given_) == 208
    assert sheet(data) == [row]


def test_a_row_is_a_shipped_variant_of_the_platform_and_says_so_by_its_id(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    wanted = [v.id for v in small_batch.variants if v.status == "shipped" and v.placement.startswith("meta.")]
    found = [parse_qs(r["URL Tags"])["utm_content"] for r in ads(small_batch, small_brief, placements)]
    assert found == [[w] for w in wanted]


def test_everything_is_paused_and_no_account_is_named(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    states = ("Campaign Status", "Ad Set Run Status", "Ad Status")
    blank = ("Campaign ID", "Ad Set ID", "Ad ID", "Link Object ID", "Instagram Account ID", "Image Hash", "Video ID", "Countries")
    for row in ads(small_batch, small_brief, placements):
        assert [row[s] for s in states] == ["PAUSED"] * 3
        assert not any(row[b] for b in blank)


def test_a_picture_and_a_film_go_to_their_own_columns(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    for row in ads(small_batch, small_brief, placements):
        film = row["Creative Type"] == "Video Page Post Ad"
        assert row["Video File Name"].endswith(".mp4") == film and row["Image File Name"].endswith(".jpg") != film


def test_an_ad_set_runs_at_one_set_of_positions(small_brief: Brief, placements: Places) -> None:
    batch = batch_of(*(variant_of("c01", p, "en") for p in META))
    sets: dict[str, set[tuple[str, ...]]] = {}
    for row in ads(batch, small_brief, placements):
        where = tuple(row[c] for c in ("Publisher Platforms", *meta.COLUMNS.values()))
        sets.setdefault(row["Ad Set Name"], set()).add(where)
    assert len(sets) == len(META) and all(len(s) == 1 for s in sets.values())


@pytest.mark.parametrize("placement", META)
def test_every_placement_of_the_tables_has_a_position(placement: str, placements: Places) -> None:
    assert meta._where(placements[placement])["Publisher Platforms"]


def test_the_no_break_spaces_of_french_reach_the_ad(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    bodies = [r["Body"] for r in ads(small_batch, small_brief, placements)]
    assert "Prêt\u202f? Lui, oui\u202f: 18\u00a0heures à froid." in bodies


def test_a_machine_reads_the_sheet_so_nothing_is_escaped_and_a_row_stays_a_line(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    odd = {"headline": Text(field="headline", text="=1+1\tand\nmore", source="brief")}
    batch = replace(small_batch, variants=(replace(small_batch.variants[0], copy=odd),), components=())
    data = meta.write(batch, small_brief, placements)["ads.tsv"]
    assert sheet(data)[0]["Title"] == "=1+1 and more"
    assert data.count(b"\n") == 2


def test_the_files_to_upload_are_listed_as_they_lie_in_assets(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    made = meta.write(small_batch, small_brief, placements)
    named = {r["Image File Name"] or r["Video File Name"] for r in sheet(made["ads.tsv"])}
    assert set(made["files.txt"].decode().split()) == named
    assert named <= {a.path.removeprefix("assets/") for v in small_batch.variants for a in v.files}


def test_each_call_to_action_of_a_brief_has_the_platforms_word(small_brief: Brief) -> None:
    schema = json.loads((files("factory") / "brief.schema.json").read_text(encoding="utf-8"))
    for cta in schema["properties"]["cta"]["enum"]:
        assert meta.call_to_action(replace(small_brief, cta=cta)) == cta.upper()
    assert meta.call_to_action(replace(small_brief, cta="sing_along")) == "LEARN_MORE"


def test_each_objective_of_a_brief_has_the_platforms_word() -> None:
    schema = json.loads((files("factory") / "brief.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]["objective"]["enum"]) == set(meta.OBJECTIVES)


# ------------------------------------------------------------------------------------------------ Meta's calls


def test_uploads_come_first_each_file_once_and_nothing_is_named_before_it_is_made(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    done: set[str] = set()
    for call in calls(small_batch, small_brief, placements):
        assert {f"asset:{sha}" for sha in leaves(call, "$asset")} <= done
        assert set(leaves(call, "$call")) <= done
        assert call["id"] not in done
        done.add(call["id"])
    kinds = [c["id"].split(":")[0] for c in calls(small_batch, small_brief, placements)]
    assert kinds.index("creative") > max(i for i, k in enumerate(kinds) if k == "asset")


def test_an_ad_is_a_concept_a_locale_and_a_kind_and_is_paused(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    made = [c["body"] for c in calls(small_batch, small_brief, placements) if c["id"].startswith("ad:")]
    assert [a["name"] for a in made] == ["c01_en_image", "c01_fr_image", "c02_fr_video"]
    assert {a["status"] for a in made} == {"PAUSED"}
    assert all(a["adset_id"] == {"$account": "adset_id"} for a in made)


def test_a_single_file_is_a_plain_post_and_a_film_brings_its_thumbnail(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    made = creatives(small_batch, small_brief, placements)
    assert made["c01_fr_image"]["object_story_spec"]["link_data"]["name"] == "La nuit porte conseil."
    film = made["c02_fr_video"]["object_story_spec"]["video_data"]
    sha = film["video_id"]["$asset"]
    assert film["image_url"] == {"$call": f"thumbnail:{sha}"} and "link_description" not in film
    assert "asset_feed_spec" not in made["c02_fr_video"]


def test_a_film_on_a_wash_that_a_model_drew_is_declared_as_such(small_brief: Brief, placements: Places) -> None:
    film = variant_of("c01", "meta.feed.square", "en", "video")
    for wash, declared in (("", False), ("haze", True)):
        batch = batch_of(film, concepts=(concept_of("c01", wash=wash),))
        assert calls(batch, small_brief, placements)[0]["body"]["is_ai_generated"] is declared
    painted = replace(batch_of(film), models={"image": "e" * 64})
    assert calls(painted, small_brief, placements)[0]["body"]["is_ai_generated"] is True


@settings(deadline=None)
@given(st.lists(st.sampled_from(META), min_size=1, max_size=10, unique=True), st.sampled_from(["image", "video"]))
def test_placement_rules_are_what_the_platform_takes(chosen: Sequence[str], kind: str) -> None:
    batch = batch_of(*(variant_of("c01", p, "en", kind) for p in chosen))
    body = next(iter(creatives(batch, brief_of(), load_placements()).values()))
    feed = body.get("asset_feed_spec")
    if feed is None:
        assert {"link_data", "video_data"} & set(body["object_story_spec"])
        return
    rules = feed["asset_customization_rules"]
    assert len(rules) >= 2 and [r["priority"] for r in rules] == list(range(1, len(rules) + 1))
    assert rules[-1]["customization_spec"] == {} and all(r["customization_spec"] for r in rules[:-1])
    spots = [(k, p) for r in rules for k, ps in r["customization_spec"].items() if k != "publisher_platforms" for p in ps]
    assert len(spots) == len(set(spots)), "a position belongs to one rule"
    assert all("whatsapp" not in p for p in leaves(feed, "publisher_platforms"))
    asked = {r[k]["name"] for r in rules for k in r if k.endswith("_label")}
    carried = {
        label["name"]
        for labels in leaves({k: v for k, v in feed.items() if k != "asset_customization_rules"}, "adlabels")
        for label in labels
    }
    assert asked == carried, "each label is carried, and no file lies there without a rule"
    assert len(feed.get("descriptions", ())) <= 1 and "adlabels" not in (feed.get("descriptions") or [{}])[0]
    assert all(t["text"] for name in ("bodies", "titles") for t in feed.get(name, ()))


def brief_of() -> Brief:
    from factory.records import Product

    return Brief(
        version=1,
        name="n",
        brand="b",
        objective="traffic",
        message="m",
        cta="shop_now",
        tribes=(),
        locales=("en",),
        product=Product(name="p", category="c", facts=(), pictures=()),
        placements=(),
        kinds=("image",),
        concepts=1,
        variants=1,
        url="https://a.example/",
    )


def test_the_feed_serves_the_rest_and_stories_and_the_side_have_their_own(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    feed = creatives(small_batch, small_brief, placements)["c01_en_image"]["asset_feed_spec"]
    where = {r["image_label"]["name"]: r["customization_spec"] for r in feed["asset_customization_rules"]}
    assert where == {
        "image_stories.vertical": {
            "publisher_platforms": ["facebook", "instagram"],
            "facebook_positions": ["story", "facebook_reels"],
            "instagram_positions": ["story", "reels"],
        },
        "image_right_column": {"publisher_platforms": ["facebook"], "facebook_positions": ["right_hand_column"]},
        "image_feed.portrait": {},
    }


def test_a_second_variant_of_a_cell_is_a_second_ad(small_brief: Brief, placements: Places) -> None:
    twice = [variant_of("c01", p, "en", nth=n) for n in (0, 1) for p in ("meta.feed.portrait", "meta.stories.vertical")]
    assert list(creatives(batch_of(*twice), small_brief, placements)) == ["c01_en_image", "c01_en_image_2"]


def test_an_ad_with_several_places_lets_the_platform_name_the_place(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    brief = replace(small_brief, utm={"campaign": "{placement}"})
    made = creatives(small_batch, brief, placements)
    assert made["c01_en_image"]["url_tags"] == "utm_campaign={{placement}}&utm_content=c01_en_image"
    assert made["c01_fr_image"]["url_tags"] == "utm_campaign=meta.feed.portrait&utm_content=c01_fr_image"


def test_approved_words_and_pictures_are_kept_from_automatic_edits(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    for body in creatives(small_batch, small_brief, placements).values():
        features = body["degrees_of_freedom_spec"]["creative_features_spec"]
        assert {f["enroll_status"] for f in features.values()} == {"OPT_OUT"}
        assert "text_optimizations" in features and "standard_enhancements" not in features


# -------------------------------------------------------------------------------------------------------- IAB


def test_a_banner_is_a_row_with_size_file_link_and_alt_text(small_batch: Batch, small_brief: Brief, placements: Places) -> None:
    (row,) = sheet(iab.write(small_batch, small_brief, placements)["trafficking.csv"], ",")
    banner = next(v for v in small_batch.variants if v.placement == "iab.leaderboard" and v.status == "shipped")
    assert (row["Creative ID"], row["Size"], row["Status"], row["Language"]) == (banner.id, "728x90", "PAUSED", "fr")
    assert row["File"] == banner.files[0].path.removeprefix("assets/")
    assert row["Alt Text"] == "Vesper: La nuit porte conseil. Et 18\u00a0heures de repos."
    assert row["Landing Page"] == small_brief.url
    assert row["Click URL"].startswith("https://vesper.example/brew?ref=a%20b&utm_source=iab&") and row["Click URL"].endswith(
        "#top"
    )


def test_people_open_the_trafficking_sheet_so_formulas_are_escaped(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    data = iab.write(small_batch, replace(small_brief, brand="@vesper"), placements)["trafficking.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    assert sheet(data, ",")[0]["Alt Text"].startswith("'@vesper")


def test_a_banner_without_words_is_described_by_the_product(small_brief: Brief) -> None:
    bare: Variant = variant_of("c01", "iab.leaderboard", "en", copy={})
    assert iab.alt_text(bare, small_brief) == "Vesper: Vesper Cold Brew"


# ------------------------------------------------------------------------------------------------ what is shared


def test_links_carry_the_patterns_of_the_brief_and_leave_what_they_do_not_know(small_brief: Brief) -> None:
    v = variant_of("c01", "meta.feed.portrait", "en")
    tags = utm(replace(small_brief, utm={"campaign": "{concept}-{locale}-{who}", "term": "{{ad.name}} {tribe}"}), v, "meta")
    assert tags == {"utm_campaign": "c01-en-{who}", "utm_term": "{{ad.name}} slow-cooks", "utm_content": v.id}


def test_a_tag_that_the_page_already_has_is_replaced_and_the_rest_of_its_query_is_untouched() -> None:
    url = with_query("https://a.example/p?utm_source=old&flag&q=a+b%2Fc#x", {"utm_source": "meta"})
    assert url == "https://a.example/p?flag&q=a+b%2Fc&utm_source=meta#x"


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"utm_[a-z]{1,8}", fullmatch=True), st.text(min_size=1), max_size=4))
def test_any_text_survives_the_way_through_a_link(tags: dict[str, str]) -> None:
    tags = {k: v for k, v in tags.items() if v.encode(errors="ignore").decode() == v}
    query = urlsplit(with_query("https://a.example/?k=1", tags)).query
    assert parse_qs(query, keep_blank_values=True) == {"k": ["1"], **{k: [v] for k, v in tags.items()}}


@settings(deadline=None)
@given(st.text())
def test_a_cell_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1 and "\t" not in one_line(text)


def test_a_platform_is_one_row_of_the_table_and_writes_a_readme(
    small_batch: Batch, small_brief: Brief, placements: Places
) -> None:
    for platform, write in WRITERS.items():
        made = write(small_batch, small_brief, placements)
        readme = made["README.txt"].decode()
        assert "\n1. " in readme and small_brief.name in readme, platform
        assert all(len(line) <= 130 for line in readme.splitlines())


def test_each_platform_that_has_placements_has_a_writer(placements: Places) -> None:
    assert {p.platform for p in placements.values()} == set(WRITERS)
