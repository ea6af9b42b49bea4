"""The main path in a browser that runs no scripts: a batch started, decided on, its words changed, published."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.xdist_group("browser")

MAKING_S = 180
"""How long workers may take, on a machine that is busy with other tests."""


def test_the_main_path_needs_no_scripts(enter: Callable[..., Page]) -> None:
    carl = enter("Carl", scripts=False)
    made = start_a_batch(carl)
    first, second = (str(link.get_attribute("href")) for link in carl.locator(".tile.ready a").all()[:2])
    decide(carl, first, "Approve", "approved")
    decide(carl, second, "Reject", "rejected")
    edit(carl, second)
    decide(carl, second, "Approve", "approved")
    publish(carl, made)


def start_a_batch(page: Page) -> str:
    """From the sample brand and its brief; the batch's address."""
    page.goto("/brands/new")
    page.get_by_role("button", name="Or try the sample brand").click()
    page.goto("/briefs/new")
    page.get_by_role("listitem").filter(has_text="A whole sample").get_by_role("link").first.click()
    page.get_by_role("button", name="Keep and see the plan").click()
    page.get_by_label("Variants").fill("4")
    page.get_by_label("Films").select_option("no")
    page.get_by_role("button", name="Show the plan anew").click()
    page.get_by_role("button", name="Start making 4 variants").click()
    expect(page.get_by_role("main")).to_contain_text("The batch has started.")
    again(page, page.locator("[data-part=line]").filter(has_text="took"))
    return page.url


def again(page: Page, wanted: Locator) -> None:
    """Load the page anew until something is there, as somebody without scripts does."""
    end = time.monotonic() + MAKING_S
    while not wanted.count() and time.monotonic() < end:
        page.wait_for_timeout(1000)
        page.reload()
    expect(wanted.first).to_be_visible()


def decide(page: Page, variant: str, button: str, state: str) -> None:
    page.goto(variant)
    page.get_by_role("button", name=re.compile(f"^{button}")).click()
    page.wait_for_url(f"**{variant}")
    expect(page.locator("[data-state-tag]")).to_have_text(re.compile(state, re.IGNORECASE))


def edit(page: Page, variant: str) -> None:
    """Other words: the page says that it composes, then shows the new picture."""
    page.goto(variant)
    before = page.locator("#piece").get_attribute("src")
    page.locator(".words textarea").first.fill("Made by night")
    for box in page.get_by_label("sizes that say the same").all():
        box.uncheck()
    page.get_by_role("button", name="Save the words").click()
    expect(page.get_by_role("status").first).to_contain_text("anew")
    again(page, page.locator("#shown[data-state=ready]"))
    expect(page.locator(".words textarea").first).to_have_value("Made by night")
    expect(page.locator("#piece")).not_to_have_attribute("src", str(before))


def publish(page: Page, batch: str) -> None:
    page.goto(batch)
    page.get_by_role("link", name="Make a bundle").click()
    expect(page.locator("#outcome")).to_contain_text("2 variants")
    page.get_by_role("button", name="Publish").click()
    again(page, page.get_by_role("link", name="Download the zip"))
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the zip").click()
    assert coming.value.path().stat().st_size > 1000
