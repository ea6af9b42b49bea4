"""Brands on pages: kits and colours taken in, everything of a kit shown, nothing of a stranger's file handed on."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from factory.kitzip import pack
from factory.store import library
from factory.store.pool import connect
from tests.service.site.conftest import Outline, Person, Site

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
TOKENS = ":root { --brand-lilac: #D0C4EE; --rose: #E8A0B4; --gap: 4px; }"


def lean() -> str:
    """The sample's kit.yaml with one product and two fonts: enough to show, quick to open."""
    text = (SAMPLE / "kit.yaml").read_text(encoding="utf-8")
    text = text[: text.index("products:")] + "products:\n" + text[text.index("  nitro-can:"):]
    text = text.replace("600: fonts/FrauncesSoft-SemiBold.ttf, ", "")
    return re.sub(r"      [567]00: fonts/.*\n", "", text)


@pytest.fixture(scope="module")
def kit() -> bytes:
    gone = [f"product/{p.name}" for p in (SAMPLE / "product").glob("cold-brew*")]
    gone += [f"fonts/{n}.ttf" for n in ("FrauncesSoft-SemiBold", "Figtree-Medium", "Figtree-SemiBold", "Figtree-Bold")]
    return changed(pack(SAMPLE), {"kit.yaml": lean().encode(), **dict.fromkeys(gone)})


def changed(kit: bytes, files: dict[str, bytes | None]) -> bytes:
    """The kit with some files otherwise, or without them."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kit)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in {*old.namelist(), *files}:
            data = files.get(name, old.read(name) if name in old.namelist() else None)
            if data is not None:
                new.writestr(name, data)
    return sink.getvalue()


def drop(person: Person, path: str, data: bytes, name: str = "kit.zip", **fields: Any) -> Any:
    return person.send(path, fields, files={"kit": (name, data, "application/zip")})


def brand_of(person: Person, kit: bytes) -> str:
    answer = drop(person, "/drop/brands", kit)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def versions(site: Site, brand: str) -> list[int]:
    with connect(site.api.settings.database_url) as db:
        return [v["version"] for v in library.versions(db, brand.rpartition("/")[2], None, 10)]


def test_a_kit_becomes_a_brand_that_shows_all_of_itself(site: Site, kit: bytes) -> None:
    carl = site.enter("creator", name="Carl")
    assert "No brand yet" in carl.see("/brands").text
    where = brand_of(carl, kit)
    text = carl.see(where).text
    for words in ("persimmon", "#F05A28", "Fraunces Soft", "clear space 40 %", "Never on midnight or indigo or dusk", "Say one true thing", "Production log",
                  "No health claim", "Contains caffeine.", "not for text", "by Carl", "Picture made by computer."):
        assert words in text, words
    assert " style=" not in text
    shelf = carl.see("/brands").text
    assert "Version 1" in shelf
    assert where in Outline(shelf).links
    reviewer = site.enter("reviewer")
    seen = reviewer.see(where).text
    assert "New version" not in seen
    assert reviewer.see("/brands/new").status_code == 403
    assert drop(reviewer, "/drop/brands", kit).status_code == 403


def test_pictures_are_drawn_by_us_and_shown_to_people_only(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    text = carl.see(brand_of(carl, kit)).text
    pictures = sorted(set(re.findall(r"/brands/pictures/[0-9a-f]{64}/[a-z0-9_-]+\.webp", text)))
    kinds = {p.rpartition("/")[2].partition("-")[0] for p in pictures}
    assert kinds == {"logo", "product", "type", "script"}
    answer = carl.see(next(p for p in pictures if "/logo-" in p))
    assert answer.headers["content-type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"
    assert "immutable" in answer.headers["cache-control"]
    assert all(carl.see(p).status_code == 200 for p in pictures)
    assert site.stranger().see(pictures[0]).status_code == 303
    assert carl.see(pictures[0].replace(pictures[0].split("/")[3], "0" * 64)).status_code == 404
    assert carl.see(pictures[0].rpartition("/")[0] + "/other.webp").status_code == 404
    assert ".svg" not in re.sub(r"/static/[^\"]+", "", text)


def test_faults_of_a_kit_are_told_with_line_and_remedy_and_the_name_is_kept(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    text = lean()
    bad = text.replace('hex: "#3F3B66"', 'hex: "#F0E0D0"').replace("accent: persimmon, ink: midnight", "accent: <b>, ink: midnight", 1)
    script = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'
    answer = drop(carl, "/drop/brands", changed(kit, {"kit.yaml": bad.encode(), "logo/logo.svg": script}), name="Ours & co")
    assert answer.status_code == 422
    assert re.search(r"kit\.yaml:\d+", answer.text)
    assert "carries a script" in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text
    other = drop(carl, "/drop/brands", b"no zip at all", name="")
    assert other.status_code == 422
    assert drop(carl, "/drop/brands", b"", name="").status_code == 422
    assert carl.send("/drop/brands", {"name": "Kept"}).status_code == 422
    assert 'value="Kept"' in carl.send("/drop/brands", {"name": "Kept"}).text
    assert "No brand yet" in carl.see("/brands").text


def test_a_name_that_is_taken_is_told_at_its_field(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    brand_of(carl, kit)
    again = drop(carl, "/drop/brands", kit)
    assert again.status_code == 422
    assert "There is a brand" in again.text
    sample = carl.send("/brands/sample")
    assert (sample.status_code, sample.headers["location"]) == (303, "/brands")


def test_the_sample_is_a_brand_at_a_press(site: Site) -> None:
    carl = site.enter("creator")
    where = carl.send("/brands/sample").headers["location"]
    assert "Vesper" in carl.see(where).text


def test_another_kit_is_another_version_and_what_changed_is_told(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    where = brand_of(carl, kit)
    text = lean().replace("#F05A28", "#F05A30").replace("expires: 2027-03-31", "expires: 2026-01-31", 1)
    added = drop(carl, f"/drop{where}", changed(kit, {"kit.yaml": text.encode()}))
    assert added.status_code == 303
    page = carl.see(added.headers["location"].partition("#")[0]).text
    assert "Palette › colour › persimmon › value" in page
    assert re.search(r"<del>.*#F05A28.*</del>", page)
    assert "ended on 31 January 2026" in page
    same = drop(carl, f"/drop{where}", kit)
    assert same.headers["location"] == f"{where}?version=1"
    assert versions(site, where) == [2, 1]
    old = carl.see(f"{where}?version=1").text
    assert "This is version 1 of 2" in old
    assert carl.see(f"{where}?version=3").status_code == 404
    link = carl.see(f"{where}/versions/1/kit")
    assert link.status_code == 302


def test_tokens_are_looked_at_before_they_make_a_version(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    where = brand_of(carl, kit)
    look = carl.send(f"/drop{where}/tokens", {"text": TOKENS})
    assert look.status_code == 200, look.text
    assert "1 other token left alone" in look.text
    assert "Palette › colour › lilac › value" in look.text
    assert re.search(r'value="lilac" selected', look.text)
    assert versions(site, where) == [1]
    made = carl.send(f"/drop{where}/tokens", {"text": TOKENS, "into:--brand-lilac": "lilac", "into:--rose": "+", "on": "1", "do": "make"})
    assert made.status_code == 303
    page = carl.see(made.headers["location"].partition("#")[0]).text
    assert "#D0C4EE" in page
    assert "rose" in page
    assert versions(site, where) == [2, 1]


def test_tokens_that_would_break_a_kit_make_no_version(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    where = brand_of(carl, kit)
    pale = {"text": "--midnight: #F0E8DD;", "into:--midnight": "midnight", "on": "1", "do": "make"}
    answer = carl.send(f"/drop{where}/tokens", pale)
    assert answer.status_code == 422
    assert "has a contrast of Lc" in answer.text
    assert "Make version" not in answer.text
    twice = carl.send(f"/drop{where}/tokens", {"text": "--a: #111111; --b: #222222;", "into:--a": "dusk", "into:--b": "dusk", "do": "make", "on": "1"})
    assert "Two tokens go into dusk" in twice.text
    late = carl.send(f"/drop{where}/tokens", {"text": TOKENS, "into:--brand-lilac": "lilac", "on": "7", "do": "make"})
    assert late.status_code == 422
    assert "Somebody has added a version" in late.text
    nothing = carl.send(f"/drop{where}/tokens", {"text": "<script>x</script>"})
    assert nothing.status_code == 422
    assert "There is no colour in it" in nothing.text
    assert "<script>x" not in nothing.text
    assert versions(site, where) == [1]


def test_tokens_come_as_a_file_too(site: Site, kit: bytes) -> None:
    carl = site.enter("creator")
    where = brand_of(carl, kit)
    answer = carl.send(f"/drop{where}/tokens", {"text": ""}, files={"file": ("t.json", b'{"lilac": {"$type": "color", "$value": "#D0C4EE"}}', "application/json")})
    assert answer.status_code == 200
    assert "Make version 2" in answer.text
    assert site.enter("reviewer").see(f"{where}/tokens").status_code == 403
