"""Who cannot see well, use a mouse or bear motion: axe-core finds nothing, Tab reaches everything, the page fits when enlarged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

from tests.browser.tour import STOPS, Stop, open_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.house import House

pytestmark = pytest.mark.xdist_group("browser")

HERE: Final = Path(__file__).parent
AXE: Final = (HERE / "axe" / "axe.min.js").read_text(encoding="utf-8")
TABS: Final = (HERE / "tabs.js").read_text(encoding="utf-8")
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGES: Final = re.compile(
    r"/(docs|static|media|thumbs|openapi\.json)\b|/(download|kit|text)$|/manifests/|/export\.|^/(running|settings)$|/more$|^/v1/"
)
"""Addresses that links may lead to and that are files, or pages of the API."""
TYPED: Final = ("start", "batch", "review", "variant", "brief-blank", "brief-plan", "bundle-new", "brand", "account", "settings-people",
                "sign-in")  # fmt: skip


def visits(enter: Callable[..., Page], **look: Any) -> Iterator[tuple[Stop, Page]]:
    """Every stop with a browser at hand that is signed in as its person."""
    for by in dict.fromkeys(stop.by for stop in STOPS):
        page = enter(by, **look)
        for stop in (s for s in STOPS if s.by == by):
            yield stop, page


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong: rule, and where."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(house: House, enter: Callable[..., Page], names: Mapping[str, str], theme: str) -> None:
    wrong, led = [], set()
    for stop, page in visits(enter, theme=theme):
        open_at(page, stop, names)
        wrong += [f"{stop.name} {fault}" for fault in faults(page)]
        led |= set(page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)"))
    assert not wrong, "\n".join(wrong)
    assert not (unknown := strange(led, house.url)), f"Pages that links lead to and that are not on the tour: {unknown}"


def strange(links: set[str], url: str) -> list[str]:
    """Addresses of this house that are no stop's."""
    shapes = [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(urlsplit(s.path).path)) + "$") for s in STOPS]
    paths = {urlsplit(link).path for link in links if link.startswith(url)}
    return sorted(p for p in paths if not NO_PAGES.search(p) and not any(s.match(p) for s in shapes))


@pytest.mark.slow
def test_tab_reaches_everything_and_one_sees_where_it_is(enter: Callable[..., Page], names: Mapping[str, str]) -> None:
    wrong = []
    for stop, page in visits(enter):
        if stop.name not in TYPED:
            continue
        page.goto(stop.path.format(**names))
        page.evaluate(TABS)
        for _ in range(page.evaluate("() => window.tabs.expected().length * 1.2 + 12 | 0")):
            page.keyboard.press("Tab")
        told = page.evaluate("() => window.tabs.told()")
        wrong += [f"{stop.name}: Tab does not reach {what}" for what in told["missed"]]
        wrong += [f"{stop.name}: one does not see that {what} has the focus" for what in told["unseen"]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("width", [640, 320])
def test_an_enlarged_page_does_not_run_out_sideways_nor_move(enter: Callable[..., Page], names: Mapping[str, str], width: int) -> None:
    """640 pixels: a window of 1280 at 200 %; 320: at 400 %."""
    wrong = []
    for stop, page in visits(enter, width=width):
        open_at(page, stop, names)
        if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            wrong.append(f"{stop.name} is {over} pixels too wide")
        wrong += [f"{stop.name} moves: {what}" for what in page.evaluate(MOVING)]
    assert not wrong, "\n".join(wrong)


MOVING: Final = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  return s.animationName !== 'none' || s.transitionDuration.split(',').some(d => parseFloat(d) > 0);
}).map(e => `${e.tagName}.${e.className}`)"""
"""Elements that move although the person asked for stillness."""
