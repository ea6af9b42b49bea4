"""Briefs on pages, as browsers without scripts send their forms."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from brand_kits.load import load_kit
from factory.brief import load_brief
from factory.doors.web.kitfacts import facts_of
from factory.errors import InputError
from factory.kitzip import pack
from factory.storage import open_storage
from factory.store import library
from factory.store.pool import connect
from tests.service.site.conftest import Outline, Person, Site

VESPER = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"


@lru_cache(maxsize=1)
def packed() -> tuple[Any, bytes]:
    kit = load_kit(VESPER)
    return kit, pack(kit.root)


def brand(site: Site, name: str = "Vesper") -> str:
    """A brand with the sample's kit."""
    kit, data = packed()
    told = site.api.settings
    storage = open_storage(endpoint=told.s3_endpoint, bucket=told.bucket, region=told.s3_region, access_key=told.s3_access_key,
                           secret_key=told.s3_secret_key)
    storage.put(f"kits/{kit.digest}.zip", data)
    with connect(told.database_url) as db, db.transaction():
        made = library.put_brand(db, name, "test")
        assert made
        library.put_version(db, made, kit.digest, facts_of(kit), "test")
    return made


class Sheet(HTMLParser):
    """What a browser would send of the form `#form`: `fields`, as name and value."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.inside, self.area, self.pick, self.first = False, "", "", True
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.inside = got.get("id") == "form"
        if not self.inside or not (got.get("name") or tag == "option"):
            return
        if tag == "input" and got.get("type") != "file" and (got.get("type") not in ("checkbox", "radio") or "checked" in got):
            self.fields.append((got["name"], got.get("value", "")))
        elif tag == "textarea":
            self.area = got["name"]
            self.fields.append((self.area, ""))
        elif tag == "select":
            self.pick, self.first = got["name"], True
            self.fields.append((self.pick, ""))
        elif tag == "option" and self.pick and ("selected" in got or self.first):
            self.fields[-1], self.first = (self.pick, got.get("value", "")), False

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea":
            self.area = ""
        if tag == "select":
            self.pick = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            name, before = self.fields[-1]
            self.fields[-1] = (name, before + data.removeprefix("\n") if not before else before + data)


def sheet(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in Sheet(text).fields:
        found.setdefault(name, []).append(value)
    return found


def send(person: Person, text: str, do: str, path: str = "/briefs/new", files: Any = None, **typed: Any) -> Any:
    """Press a button of the form on a page, with what was typed. Names are written with two underscores for each dot."""
    data = {**sheet(text), "do": do, **{k.replace("__", "."): v for k, v in typed.items()}}
    return person.client.post(path, data=data, files=files)


FILLED = {
    "name": "Nitro <b>can</b>", "product__name": "Vesper Nitro", "product__category": "coffee", "product__pictures": ["nitro-can"],
    "product__facts__0__text": "no sugar", "product__facts__0__kind": "absence", "product__facts__0__noun": "sugar",
    "product__facts__1__text": "180 mg caffeine", "product__facts__1__value": "180", "product__facts__1__unit": "milligrams",
    "url": "https://vesper.example/nitro", "message": "Coffee with a head of its own.", "tribes__0__name": "Record diggers",
    "tribes__0__values": "patience\r\nthe B-side", "tribes__0__passions": "crates", "tribes__0__story": "They came for one record.",
    "concepts": "3", "variants": "9",
}  # fmt: skip


@pytest.fixture
def creator(site: Site) -> Iterator[Person]:
    yield site.enter("creator")


def test_only_creators_write_and_everybody_reads(site: Site, creator: Person):
    assert site.stranger().see("/briefs").status_code == 303
    reviewer = site.enter("reviewer")
    page = reviewer.see("/briefs")
    assert "No brief yet" in page.text
    assert "/briefs/new" not in Outline(page.text).links
    assert reviewer.see("/briefs/new").status_code == 403
    assert reviewer.send("/briefs/new", {"do": "keep"}).status_code == 403
    assert "/briefs/new" in Outline(creator.see("/briefs").text).links


def test_without_a_brand_there_is_a_first_step(creator: Person):
    page = creator.see("/briefs/new")
    assert "First, a brand" in page.text
    assert "/brands/new" in Outline(page.text).links
    assert "First, a brand" in creator.see("/briefs/new?blank=1").text


def test_a_brief_is_written_kept_planned_and_started_without_scripts(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?blank=1").text
    more = send(creator, text, "add-tribe", **FILLED)
    assert more.status_code == 200
    typed = sheet(more.text)
    assert typed["tribes.0.values"] == ["patience\nthe B-side"]
    assert typed["tribes.1.name"] == [""]
    assert "&lt;b&gt;can" in more.text
    kept = send(creator, more.text, "keep")
    assert kept.status_code == 303, Outline(kept.text).texts
    brief = kept.headers["location"].split("/")[2]
    plan = creator.see(kept.headers["location"])
    assert "Nothing is made yet" in plan.text
    assert "Start making 9 variants" in plan.text
    assert "&lt;b&gt;can" in creator.see("/briefs").text
    assert "They came for one record." in creator.see(f"/briefs/{brief}").text
    started = [creator.send(f"/briefs/{brief}/start", {"key": "k", "variants": n, "films": "no", "do": "start"}) for n in ("", "", "5")]
    assert [a.status_code for a in started] == [303] * 3
    where = [a.headers["location"] for a in started]
    assert where[0] == where[1] != where[2]
    with connect(site.api.settings.database_url) as db:
        rows = db.execute("select options from batches order by created_at").fetchall()
        noted = db.execute("select action from audit where actor = %s order by seq", (creator.id,)).fetchall()
    assert [(r["options"]["variants"], r["options"]["video"]) for r in rows] == [(None, False), (5, False)]
    assert [n["action"] for n in noted] == ["brief.create", "batch.create", "batch.create"]


def test_what_is_wrong_is_told_at_its_field_in_the_words_of_the_command_line(site: Site, creator: Person, tmp_path: Path):
    brand(site)
    text = creator.see("/briefs/new?blank=1").text
    wrong = {**FILLED, "url": "http://vesper.example", "product__facts__1__value": "many", "tribes__0__name": "Young mothers"}
    page = send(creator, text, "keep", **wrong)
    assert page.status_code == 422
    body = tmp_path / "brief.yaml"
    body.write_text("version: 1\nname: x\nbrand: Vesper\nproduct: {name: x, category: y, pictures: [nitro-can], facts: [{text: z, value: many, "
                    "unit: milligrams}]}\nmessage: m\nurl: http://vesper.example\nlocales: [en]\nplacements: [meta.feed.square]\n"
                    "tribes: [{name: Young mothers, values: [a], passions: [b], story: c}]\n")
    with pytest.raises(InputError) as told:
        load_brief(body, packed()[0])
    places = dict(zip(["product.facts.1.value", "url", "tribes.0.name"], told.value.faults, strict=False))
    for name, fault in places.items():
        said = page.text.split(f'id="w-{name}">')[1].split("</p>")[0].replace("&#39;", "'")
        assert f"{fault.fact}. {fault.help}" in said
    assert "Nobody is chosen by a sensitive trait here" in page.text
    assert "people who start before sunrise" in page.text
    assert sheet(page.text)["product.facts.1.value"] == ["many"]


def test_the_check_beside_the_form_quotes_or_tells(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?sample=cold-brew").text
    good = send(creator, text, "", path="/briefs/check")
    assert "It can be made" in good.text
    assert ">72<" in good.text
    wrong = send(creator, text, "", path="/briefs/check", url="x")
    assert 'data-at="url"' in wrong.text


@pytest.mark.parametrize("sample", ["cold-brew", "nitro-can"])
def test_a_sample_goes_through_the_form_unchanged(site: Site, creator: Person, sample: str, tmp_path: Path):
    brand(site)
    kept = send(creator, creator.see(f"/briefs/new?sample={sample}").text, "keep")
    brief = kept.headers["location"].split("/")[2]
    body = tmp_path / "brief.yaml"
    body.write_text(creator.see(f"/briefs/{brief}/text").text, encoding="utf-8")
    found, wanted = (dataclasses.replace(load_brief(p, packed()[0]), source_dir="") for p in (body, VESPER / "briefs" / f"{sample}.yaml"))
    assert found == wanted
    again = creator.see(f"/briefs/new?from={brief}")
    assert sheet(again.text)["product.name"] == [wanted.product.name]


@pytest.mark.parametrize("row", ["fact", "proof", "tribe", "line"])
def test_each_kind_of_row_is_added_blank_and_may_stay_so(site: Site, creator: Person, row: str):
    brand(site)
    page = send(creator, creator.see("/briefs/new?sample=nitro-can").text, f"add-{row}")
    assert page.status_code == 200
    assert send(creator, page.text, "keep").status_code == 303


def test_rows_keep_what_belongs_to_them_when_another_goes(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?sample=cold-brew").text
    before = sheet(text)
    after = sheet(send(creator, text, "remove-fact-0").text)
    assert after["product.facts.0.id"] == before["product.facts.1.id"]
    assert after["translations.de.product.facts.0.text"] == before["translations.de.product.facts.1.text"]
    assert after["lines.1.fact"] == before["lines.1.fact"] == ["window"]
    assert after["lines.0.fact"] == [""]


def test_languages_ask_for_their_words(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?blank=1").text
    page = send(creator, text, "refresh", **{**FILLED, "locales": ["en", "fr"]})
    fields = sheet(page.text)
    assert "translations.fr.message" in fields
    assert "translations.fr.product.facts.1.text" in fields
    assert "In fr these texts are missing" in send(creator, page.text, "keep").text


def test_a_dropped_file_opens_in_the_form_and_a_broken_one_is_told(site: Site, creator: Person):
    made = brand(site)
    sent = {"_mark": creator.mark(), "brand": made, "do": "file"}

    def drop(name: str, data: bytes) -> Any:
        return creator.client.post("/drop/briefs/new", data=sent, files={"file": (name, data)})

    whole = drop("a.yaml", (VESPER / "briefs" / "cold-brew.yaml").read_bytes())
    assert sheet(whole.text)["name"] == ["Cold Brew, autumn launch"]
    odd = drop("a.json", b'{"version": 1, "name": "<i>odd</i>", "colour": "red", "tribes": "all"}')
    assert odd.status_code == 200
    assert "colour is not a field of a brief" in odd.text
    assert "&lt;i&gt;odd" in odd.text
    for name, data, said in (("a.yaml", b"a: [1", "a.yaml"), ("a.yaml", b"- 1", "holds no fields"), ("a.yaml", b"\xff\xfe", "UTF-8"),
                             ("a.yaml", b"x: &a 1", "Anchors")):
        answer = drop(name, data)
        assert answer.status_code == 422
        assert said in answer.text or "brief.yaml" in answer.text
    assert drop("", b"").status_code == 422


def picture(mode: str, size: tuple[int, int] = (700, 800)) -> bytes:
    sink = io.BytesIO()
    made = Image.new(mode, size)
    made.paste((200, 80, 20, 255)[: len(mode)], (100, 100, 500, 600))
    made.save(sink, "PNG")
    return sink.getvalue()


def test_a_dropped_cut_out_travels_with_the_brief_and_into_the_next(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?blank=1").text
    page = send(creator, text, "picture", "/drop/briefs/new", files={"file": ("My Can.png", picture("RGBA"))},
                **{**FILLED, "product__pictures": []})
    assert page.status_code == 200
    assert sheet(page.text)["product.pictures"] == ["my-can.png"]
    shown = next(x.split('"')[0] for x in page.text.split('src="') if x.startswith("/briefs/upload-picture/"))
    assert creator.see(shown).headers["content-type"] == "image/webp"
    kept = send(creator, page.text, "keep")
    assert kept.status_code == 303
    brief = kept.headers["location"].split("/")[2]
    assert creator.see(f"/briefs/{brief}/picture/my-can.png").content[8:12] == b"WEBP"
    again = send(creator, creator.see(f"/briefs/new?from={brief}").text, "keep", name="Another")
    assert again.status_code == 303
    other = again.headers["location"].split("/")[2]
    assert creator.see(f"/briefs/{other}/picture/my-can.png").status_code == 200


def test_a_picture_that_is_no_cut_out_is_told(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?blank=1").text
    opaque = send(creator, text, "picture", "/drop/briefs/new", files={"file": ("a.png", picture("RGB"))})
    assert "has no see-through ground" in opaque.text
    drawing = send(creator, text, "picture", "/drop/briefs/new", files={"file": ("a.png", b"<svg onload='x'/>")})
    assert drawing.status_code == 422
    assert "an SVG drawing" in drawing.text
    assert send(creator, text, "picture", "/drop/briefs/new").status_code == 422


def test_pictures_of_the_kit_are_shown_small_and_others_are_not_found(site: Site, creator: Person):
    made = brand(site)
    answer = creator.see(f"/briefs/kit-picture/{made}/1/nitro-can")
    assert answer.content[8:12] == b"WEBP"
    assert len(answer.content) < 40_000
    assert creator.see(f"/briefs/kit-picture/{made}/1/kit.yaml").status_code == 404
    assert creator.see(f"/briefs/kit-picture/{made}/9/nitro-can").status_code == 404


def test_choices_of_a_plan_are_held_to_their_limits(site: Site, creator: Person):
    brand(site)
    brief = send(creator, creator.see("/briefs/new?sample=cold-brew").text, "keep").headers["location"].split("/")[2]
    for wrong in ({"variants": "0"}, {"variants": "many"}, {"seed": "99999999999"}):
        answer = creator.send(f"/briefs/{brief}/start", {"key": "k", "do": "start", **wrong})
        assert answer.status_code == 422
        assert 'class="fault"' in answer.text
    shown = creator.send(f"/briefs/{brief}/start", {"key": "k", "do": "show", "variants": "20", "films": "no"})
    assert "variants=20" in shown.headers["location"]
    plan = creator.see(shown.headers["location"])
    assert "Start making 20 variants" in plan.text
    assert site.enter("reviewer").see(f"/briefs/{brief}/start").status_code == 403
    with connect(site.api.settings.database_url) as db:
        assert db.execute("select count(*) as n from batches").fetchone() == {"n": 0}


def test_a_brief_whose_offer_is_over_is_shown_and_not_started(site: Site, creator: Person):
    made = brand(site)
    body = (VESPER / "briefs" / "cold-brew.yaml").read_text(encoding="utf-8").replace("2026-12-31", "2020-12-31").replace("2026-09-01", "2020-09-01")
    with connect(site.api.settings.database_url) as db, db.transaction():
        row = library.put_brief(db, name="Over", brand=made, brand_version=1, body=body, format="yaml", pictures={}, by=creator.id)
    page = creator.see(f"/briefs/{row['id']}")
    assert "The offer ended on 2020-12-31" in page.text
    assert "Night-shift crews" in page.text
    assert f"/briefs/{row['id']}/start" not in Outline(page.text).links
    assert "The offer ended on 2020-12-31" in creator.see(f"/briefs/{row['id']}/start").text


def test_a_form_that_is_sent_twice_keeps_one_brief(site: Site, creator: Person):
    brand(site)
    text = creator.see("/briefs/new?sample=nitro-can").text
    first, second = (send(creator, text, "keep").headers["location"] for _ in range(2))
    assert first == second
    assert send(creator, text, "keep", name="Another").headers["location"] != first


def test_a_brief_of_another_brand_begins_from_a_sample_without_its_pictures(site: Site, creator: Person):
    brand(site, "Vesper")
    assert creator.see("/briefs/new?brand=brd_00000000000000000000&blank=1").status_code == 404
    assert creator.see("/briefs/new?from=brf_00000000000000000000").status_code == 404
    assert creator.see("/briefs/brf_00000000000000000000").status_code == 404
    assert creator.send("/briefs/new", {"do": "keep"}).status_code == 404
