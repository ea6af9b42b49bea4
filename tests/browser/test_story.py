"""The whole story, as people live it: a brand, a brief from nothing, a batch, decisions, other words, a bundle."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from brand_kits.load import load_kit
from factory.kitzip import pack
from tests.browser.house import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

KIT = ROOT / "brand_kits" / "samples" / "vesper"
PRODUCT = KIT / "product" / "cold-brew-bottle-right.png"
PLACES = ("meta.feed.portrait", "meta.feed.square", "iab.medium_rectangle", "iab.half_page")
IDEAS, VARIANTS = 3, 12
HEADLINE, TITLE = "Cold on purpose.", "Poured at midnight"
MAKING_MS = 120_000
"""How long a step may take that workers do, on a machine that is busy with other tests."""

FIELDS = {
    "A name for this brief": "The hour after ten",
    "Name, as it stands on the shelf": "Vesper Cold Brew",
    "What it is, in a word or two": "coffee",
    "Landing page": "https://vesper.example/hour",
    "The one thing that people should take with them": "Cold brew for those who begin when others stop.",
    "What they would call themselves": "Night bakers",
    "Values, one a line": "craft\npatience\nbeing early",
    "Passions, one a line": "sourdough\nempty streets\nradio at night",
    "A day of theirs, in a few sentences": "They light the oven when the last bars close, and they are done when the city wakes up.",
    "Different ideas": str(IDEAS),
    "Variants in all": str(VARIANTS),
}
FACTS = ("steeped cold for 18 hours", "no sugar", "two ingredients: coffee and water")


def test_from_nothing_to_a_bundle(enter: Callable[..., Page], tmp_path: Path) -> None:
    carl, rita = enter("Carl"), enter("Rita")
    add_brand(carl)
    write_brief(carl)
    batch = start(carl)
    made = watch(carl)
    rita.goto(f"{batch}/review")
    carl.get_by_role("link", name=f"Review {made}").click()
    expect(carl.locator(READY)).to_have_count(made)
    rejected = reject_three(carl, rita)
    edited = edit(carl, rita)
    approve_the_rest(carl, rita, made)
    held = bundle(carl, tmp_path, made - 3)
    look_into(held, rejected, edited, made)


def add_brand(page: Page) -> None:
    """Drop the kit's zip on the page for it."""
    page.get_by_role("link", name="Brands").click()
    page.get_by_role("link", name=re.compile("^(Add your brand|New brand)$")).click()
    page.get_by_label("The kit, as a zip archive").set_input_files({"name": "vesper.zip", "mimeType": "application/zip", "buffer": pack(load_kit(KIT).root)})
    page.get_by_label("What it is called here").fill("Vesper by night")
    page.get_by_role("button", name="Add the brand").click()
    expect(page.get_by_role("heading", name="Vesper by night")).to_be_visible(timeout=MAKING_MS)


# ------------------------------------------------------------------------------------------------ a brief


def write_brief(page: Page) -> None:
    """Fill the blank form in: it says what is missing, then what the brief becomes and costs."""
    page.get_by_role("link", name="Write a brief").click()
    page.get_by_role("link", name="Begin with a blank").click()
    expect(page.get_by_role("heading", name="Still to fill in")).to_be_visible()
    page.get_by_label("Add your own").set_input_files(PRODUCT)
    own = page.locator("label.tile").filter(has_text=PRODUCT.stem)
    expect(own.locator("input:checked")).to_have_count(1)
    for words, text in FIELDS.items():
        page.get_by_label(words).first.fill(text)
    for at, fact in enumerate(FACTS):
        page.get_by_label("A short phrase that stands alone").nth(at).fill(fact)
    for box in page.locator('input[name="placements"]').all():
        box.set_checked(box.get_attribute("value") in PLACES)
    page.get_by_label("Films, where a place takes them").uncheck()
    quote = page.locator("#check")
    expect(quote.get_by_role("heading", name="It can be made")).to_be_visible()
    expect(quote.locator("dl.quote")).to_contain_text(re.compile(rf"variants\s*{VARIANTS}\s*different ideas\s*{IDEAS}"))
    page.get_by_role("button", name="Keep and see the plan").click()


def start(page: Page) -> str:
    """From the plan to a batch; its address."""
    expect(page.get_by_role("heading", name="The plan")).to_be_visible()
    expect(page.locator("table.matrix tbody tr")).to_have_count(IDEAS)
    page.get_by_role("button", name=f"Start making {VARIANTS} variants").click()
    page.wait_for_url("**/batches/bat_*")
    return page.url.partition("?")[0]


COUNTED = """() => {
  const seen = (window.seen = new Set());
  new MutationObserver(() => seen.add(document.querySelectorAll("#wall img").length)).observe(document.body, { childList: true, subtree: true });
}"""


def watch(page: Page) -> int:
    """See variants arrive one after the other, and the batch end; how many were made."""
    page.evaluate(COUNTED)
    line = page.locator("[data-part=line]")
    expect(line).to_contain_text("took", timeout=MAKING_MS)
    counts = page.evaluate("[...window.seen].filter(n => n)")
    assert len(counts) >= 2, counts
    made = int(line.locator("strong").inner_text())
    assert VARIANTS - 3 <= made <= VARIANTS, line.inner_text()  # checks may hold some back
    return made


# ------------------------------------------------------------------------------------------------ decisions

READY = "li.card[data-state=ready]"


def ready(page: Page) -> list[str]:
    """The ids of the cards that can be decided on, as they stand on the page."""
    return [str(card.get_attribute("id")) for card in page.locator(READY).all()]


def reject_three(page: Page, other: Page) -> list[str]:
    """By keys: X, then a number for the reason; the next one is at hand each time. Somebody else sees it happen."""
    ids = ready(page)[:3]
    expect(page.locator(f"#{ids[0]} a")).to_be_focused()
    for reason, card in enumerate(ids, 1):
        page.keyboard.press("x")
        expect(page.get_by_role("dialog", name="Why not?")).to_be_visible()
        page.keyboard.press(str(reason))
        expect(page.locator(f"#{card} .mark")).to_have_text("Rejected")
        expect(other.locator(f"#{card} .mark")).to_have_text("Rejected")
    for each in (page, other):
        expect(each.locator('[data-tally="all"]')).to_contain_text("3 rejected")
    return ids


def edit(page: Page, other: Page) -> list[str]:
    """Change a headline by keys: its other sizes follow, and their pictures change on both screens. The cards that changed."""
    before = {card: picture(page, card) for card in ready(page)}
    idea = page.locator("section.group").nth(1)
    idea.locator(READY).filter(has_text="Feed, square").locator("a").focus()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Variant")
    headline, title = (dialog.get_by_label("Headline").nth(n) for n in (0, 1))
    expect(headline).to_be_focused()
    page.keyboard.type(HEADLINE)
    title.fill(TITLE)
    title.press("Enter")
    said = page.locator("#toast")
    expect(said).to_have_text(re.compile(r"Composing this and \d+ other sizes? anew"))
    sizes = 1 + int(re.findall(r"\d+", said.inner_text())[0])
    assert sizes >= 2
    expect(dialog.get_by_role("heading", name="Versions")).to_be_visible(timeout=MAKING_MS)
    dialog.get_by_role("button", name="Close").click()
    anew = idea.locator(f'{READY}[data-v="2"]')
    expect(anew).to_have_count(sizes, timeout=MAKING_MS)
    changed = [str(card.get_attribute("id")) for card in anew.all()]
    for each in (page, other):
        for card in changed:
            expect(each.locator(f"#{card} img")).not_to_have_attribute("src", before[card], timeout=MAKING_MS)
    assert {card: picture(page, card) for card in before if card not in changed} == {c: p for c, p in before.items() if c not in changed}
    return changed


def picture(page: Page, card: str) -> str:
    return str(page.locator(f"#{card} img").get_attribute("src"))


def approve_the_rest(page: Page, other: Page, made: int) -> None:
    """Idea by idea, with the button in its heading; the store and the other screen follow."""
    offers = page.get_by_role("button", name=re.compile("^Approve (all|the open one)"))
    expect(offers).to_have_count(IDEAS)
    for left in range(IDEAS - 1, -1, -1):
        offers.first.click()
        expect(offers).to_have_count(left)
    for each in (page, other):
        expect(each.locator('[data-tally="all"]')).to_contain_text(f"0 to decide, {made - 3} approved, 3 rejected")
    expect(page.locator("#review[data-saved=yes]")).to_be_attached()


# ------------------------------------------------------------------------------------------------ out


def bundle(page: Page, folder: Path, count: int) -> zipfile.ZipFile:
    """Publish what is approved and download it; who took it is remembered."""
    page.get_by_role("link", name="Make a bundle").click()
    expect(page.locator("#outcome")).to_contain_text(f"{count} variants")
    page.get_by_role("button", name="Publish").click()
    link = page.get_by_role("link", name="Download the zip")
    expect(link).to_be_visible(timeout=MAKING_MS)
    with page.expect_download() as coming:
        link.click()
    coming.value.save_as(folder / "bundle.zip")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Carl the zip")
    return zipfile.ZipFile(folder / "bundle.zip")


def look_into(held: zipfile.ZipFile, rejected: list[str], edited: list[str], made: int) -> None:
    """The record and the sheets say what was decided: the words that were edited, and nothing that was rejected."""
    assert held.testzip() is None
    record: dict[str, Any] = json.loads(held.read("batch.json"))
    out = {v["id"]: v for v in record["variants"] if not v["reason"]}
    assert {v["review"] for v in out.values()} == {"approved"}
    assert len(out) == made - 3
    said = {"c-" + name: v["copy"]["art_headline"]["text"] for name, v in out.items()}
    assert not set(rejected) & set(said)
    assert {said[card] for card in edited} == {HEADLINE}
    names = set(held.namelist())
    assert {f["path"] for v in out.values() for f in v["files"]} <= names
    meta = sheet(held, "manifests/meta/ads.tsv", "\t")
    titles = {row["Ad Name"].rpartition("_")[2]: row["Title"] for row in meta}
    banners = {row["Creative ID"]: row["Alt Text"] for row in sheet(held, "manifests/iab/trafficking.csv", ",")}
    assert {*titles, *banners} == set(out)
    for name in (card.removeprefix("c-") for card in edited):
        assert titles.get(name) == TITLE or HEADLINE in banners[name]
    assert TITLE in titles.values()
    assert {row["Ad Status"] for row in meta} == {"PAUSED"}


def sheet(held: zipfile.ZipFile, name: str, separator: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(held.read(name).decode("utf-8-sig")), delimiter=separator))
