"""The gallery: a page that works from disk, takes any text without harm, and says everything about a batch."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bundle_samples import batch_of, variant_of
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.gallery.page import for_script, to_html
from factory.records import Batch, Brief, Placement, Text

KIT = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
Places = Mapping[str, Placement]
HOSTILE = (
    "</script><script>alert(1)</script>", "<!--<script>", "]]>", "<img src=x onerror=alert(1)>", "{{DATA}} {{STYLE}} {{BRAND}}",
    "\u2028\u2029", "\"'`&amp;", "\\u003c/script>", r"\1 \g<0>", "💧 é ｆｕｌｌ", "\x00\x1b[31m",
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would see: elements with attributes, the text of each script and style, the text of the rest."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._raw = ""
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._raw = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw and self.inside and self.inside[-1][0] == f"{self._raw}{len(self.elements)}":
            self.inside[-1] = (self.inside[-1][0], self.inside[-1][1] + data)
        elif self._raw:
            self.inside.append((f"{self._raw}{len(self.elements)}", data))
        else:
            self.words.append(data)

    @property
    def data(self) -> dict[str, Any]:
        """The batch as the script finds it."""
        loaded: dict[str, Any] = json.loads(next(t for k, t in self.inside if k.startswith("script")))
        return loaded


@pytest.fixture(scope="module")
def kit() -> BrandKit:
    return load_kit(KIT)


@pytest.fixture
def page(small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places) -> Page:
    return Page(to_html(small_batch, small_brief, kit, placements))


def test_the_page_is_titled_and_no_mark_of_the_template_is_left(page: Page) -> None:
    said = " ".join(" ".join(page.words).split())
    assert "Cold Brew & co · Vesper" in said and said.count("Cold Brew & co") == 2
    assert "Coffee made <overnight>." in said
    assert "{{" not in said


def test_every_variant_is_there_with_its_words_sources_checks_and_making(page: Page, small_batch: Batch) -> None:
    by_id = {v["id"]: v for v in page.data["variants"]}
    assert list(by_id) == [v.id for v in small_batch.variants]
    first = by_id[small_batch.variants[0].id]
    assert first["copy"]["headline"] == {"text": "It slept on it.", "source": "brief"}
    assert {k: first["findings"][0][k] for k in ("measured", "wanted")} == {"measured": "92 Lc", "wanted": "≥ 60 Lc"}
    assert first["provenance"]["family"] == "product" and first["review"] == "pending"


def test_what_did_not_ship_stands_there_with_its_reason_and_shows_no_file(page: Page) -> None:
    lost = [v for v in page.data["variants"] if v["verdict"] == "dropped"]
    assert [(v["status"], v["reason"]) for v in lost] == [
        ("dropped", "safe_zone: the logo is covered"), ("failed", "No layout holds it."),
    ]  # fmt: skip
    assert all(v["files"] == [] for v in lost)


def test_a_warning_is_a_verdict_of_its_own(page: Page) -> None:
    assert [v["verdict"] for v in page.data["variants"]] == ["pass", "warn", "pass", "pass", "pass", "pass", "dropped", "dropped"]


def test_files_are_named_relative_to_the_page_with_their_size(page: Page, small_batch: Batch) -> None:
    for v in page.data["variants"]:
        for file in v["files"]:
            assert re.fullmatch(r"assets/[0-9a-f]{64}\.(jpg|mp4)", file["path"]) and file["w"] > 0 and file["h"] > 0
    assert page.data["components"][0]["used_by"] == [small_batch.variants[2].id]


def test_places_and_tribes_have_the_names_that_people_use(page: Page) -> None:
    assert page.data["placements"]["meta.stories.vertical"].startswith("Meta ")
    assert page.data["tribes"] == {"slow-cooks": "Slow cooks"} and page.data["concepts"][0]["tribe"] == "Slow cooks"


def test_the_page_asks_for_nothing_from_anywhere(page: Page) -> None:
    asking = {"src", "href", "action", "srcset", "poster", "data"}
    assert not [a for _, attrs in page.elements for a in attrs if a in asking or a.startswith("on")]
    assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttpRequest|eval\(|innerHTML", " ".join(t for k, t in page.inside))


def test_the_page_runs_its_own_script_and_no_other(page: Page) -> None:
    policy = next(a["content"] or "" for t, a in page.elements if t == "meta" and a.get("http-equiv"))
    style, script = next(t for k, t in page.inside if k.startswith("style")), page.inside[-1][1]
    for name, text in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_and_change_nothing_of_the_page(
    text: str, page: Page, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    told = {"headline": Text(field="headline", text=text, source="brief")}
    first = replace(small_batch.variants[0], copy=told, reason=text, provenance={text: text})
    concepts = tuple(replace(c, idea=text) for c in small_batch.concepts)
    batch = replace(small_batch, variants=(first, *small_batch.variants[1:]), concepts=concepts)
    tribes = tuple(replace(t, name=text) for t in small_brief.tribes)
    spoiled = Page(to_html(batch, replace(small_brief, name=text, message=text, tribes=tribes), kit, placements))
    assert spoiled.elements == page.elements
    assert spoiled.data["variants"][0]["copy"]["headline"]["text"] == text
    assert spoiled.data["concepts"][0]["idea"] == text
    assert spoiled.inside[-1] == page.inside[-1]
    if text.isprintable():
        assert text in " ".join(spoiled.words)


@settings(deadline=None)
@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_data_comes_out_of_the_script_as_it_went_in_and_cannot_leave_it(value: Any) -> None:
    text = for_script(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_an_endless_number_is_refused_as_no_browser_could_read_it() -> None:
    with pytest.raises(ValueError, match="JSON"):
        for_script({"score": float("inf")})


def test_the_same_batch_gives_the_same_bytes(small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places) -> None:
    turned = dict(reversed(list(placements.items())))
    assert to_html(small_batch, small_brief, kit, placements) == to_html(small_batch, small_brief, kit, turned)


def test_a_batch_of_which_nothing_shipped_has_a_page(small_brief: Brief, kit: BrandKit, placements: Places) -> None:
    lost = batch_of(variant_of("c01", "iab.leaderboard", "en", status="failed", files=(), copy={}, reason="No layout."))
    assert Page(to_html(lost, small_brief, kit, placements)).data["variants"][0]["reason"] == "No layout."


def test_what_the_script_looks_for_is_in_the_template(page: Page) -> None:
    ids = {a["id"] for _, a in page.elements if a.get("id")}
    names = {a["name"] for t, a in page.elements if t in ("select", "input")}
    script = page.inside[-1][1]
    assert set(re.findall(r"\$\(\"(\w+)\"\)", script)) <= ids
    keys = re.search(r"KEYS = \[(.*?)\]", script)
    assert keys and set(re.findall(r'"(\w+)"', keys[1])) | {"q"} == names


@pytest.mark.browser
def test_a_browser_draws_a_card_for_each_shipped_variant_from_disk(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    browser = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    (out / "index.html").write_bytes(to_html(small_batch, small_brief, kit, placements))
    run = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={out / 'profile'}", "--enable-logging=stderr",
         "--dump-dom", (out / "index.html").as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    drawn = run.stdout.split('<main id="batch">')[1].split("</main>")[0]
    assert drawn.count('class="card"') == 6 and drawn.count('class="lost"') == 2
    assert drawn.count("<video") == 1 and drawn.count("--aspect") == 6
    assert "safe_zone: the logo is covered" in drawn and "It slept on it." in drawn
    assert "CONSOLE" not in run.stderr
