"""`make bench-web`: a reviewer before 1,000 variants in Debian's Chromium, against a whole installation.

Makes a batch of real pictures (no films), then measures at 1440 x 900: the first paint of its review (cold, median of 3),
the longest task while the whole grid is scrolled to its end, 100 decisions by the key P from the first press until all
stand in the database, and an edit from Enter to the new picture in its card (median of 5). The last line is one JSON object.
Run beside nothing else.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bench.service import trip
from bench.service.brief import SAMPLE
from factory.client import Client
from factory.store.pool import connect
from tests.browser.house import PASSWORD, House, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZE = {"width": 1440, "height": 900}
GOALS = {"first_paint_ms": 500, "decisions_s": 5, "longest_task_ms": 100, "edit_s": 1.5}
PLACES = ["iab.*", "meta.right_column", "meta.feed.*", "meta.stories.vertical", "meta.reels.vertical"]
"""Fourteen sizes, five of them as large as a feed or a story."""
PRESSES, EDITS, LOADS = 100, 5, 3
CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)

WATCH = """() => {
  window.seen = { paint: 0, tasks: [] };
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (e.name === "first-contentful-paint") seen.paint = e.startTime; })
    .observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.tasks.push([e.startTime, e.duration]); })
    .observe({ type: "longtask", buffered: true });
}"""
"""Runs in each page before its own scripts."""

AT_CARD = """(id) => { const edit = window.edit = { from: 0, to: 0, refused: false };
  const old = document.querySelector(`#c-${id} img`).getAttribute("src");
  addEventListener("keydown", (e) => { if (e.key === "Enter" && !edit.from) edit.from = performance.now(); }, true);
  const look = () => {
    const now = document.querySelector(`#c-${id} img`);
    edit.refused = document.getElementById(`c-${id}`).dataset.state === "failed";
    if (now.getAttribute("src") !== old && now.complete && now.naturalWidth) edit.to = performance.now();
    else if (!edit.refused) requestAnimationFrame(look);
  };
  look(); }"""
"""The time from Enter until the first frame that shows another picture in the card."""

TO_EDIT = """() => { const seen = new Set(); return [...document.querySelectorAll("#grid .card")].filter((c) => {
    const group = c.closest(".group").dataset.concept, what = c.querySelector(".what").textContent;
    if (seen.has(group) || c.dataset.state !== "ready" || !what.startsWith("en ") || !/feed/i.test(what)) return false;
    seen.add(group); return true; }).map((c) => c.id.slice(2)); }"""
"""Of each idea the first English picture for a feed."""


def main() -> int:
    """Make, look, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1000)
    args = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("There is no Chromium here: apt-get install chromium.")
    folder = Path(tempfile.mkdtemp(prefix="bench-web-"))
    try:
        folder.chmod(0o711)
        with running(folder) as house:
            batch, took = made(house, args.variants)
            told = {**measured(house, batch), "making_s": took}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(told))
    return 0 if reached(told) else 1


def reached(told: Mapping[str, Any]) -> bool:
    """Whether every goal is."""
    return told["decisions_stored"] >= PRESSES and all(told[name] < most for name, most in GOALS.items())


def say(text: str) -> None:
    """A line for who waits."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def made(house: House, variants: int) -> tuple[str, int]:
    """A finished batch, and the seconds that making it took."""
    body: dict[str, Any] = yaml.safe_load((SAMPLE / "briefs" / "cold-brew.yaml").read_text(encoding="utf-8"))
    ideas = min(60, -(-variants // (14 * len(body["locales"]))))
    body |= {"name": "A thousand", "placements": PLACES, "kinds": ["image"], "concepts": ideas, "variants": variants}
    since = time.monotonic()
    client = Client(house.url, house.key)
    batch = trip.submit(client, body, key="thousand")
    say(f"{batch}: {variants} variants of {ideas} ideas")
    ended = client.wait(batch, 3600)
    if ended.state != "completed":
        raise RuntimeError(f"the batch ended as {ended.state}: {ended}")
    return batch, round(time.monotonic() - since)


# ------------------------------------------------------------------------------------------------ in the browser


@dataclass(frozen=True, kw_only=True)
class Room:
    """A browser, and the cookies of a reviewer who has signed in."""

    house: House
    batch: str
    browser: Browser
    cookies: Any

    @contextmanager
    def review(self, *, query: str = "") -> Iterator[Page]:
        """The review in a browser that has never seen it: nothing is kept from page to page."""
        context = self.browser.new_context(viewport=SIZE, base_url=self.house.url, storage_state=self.cookies)  # type: ignore[arg-type]
        try:
            page = context.new_page()
            page.add_init_script(f"({WATCH})()")
            page.goto(f"/batches/{self.batch}/review{query}", wait_until="load")
            until(lambda: page.evaluate("() => seen.paint > 0 && document.activeElement?.closest('.card') != null"), 30)
            yield page
        finally:
            context.close()

    def ask(self, sql: str) -> int:
        """A number from the database, of the batch."""
        with connect(self.house.settings.database_url) as db:
            row = db.execute(sql, (self.batch,)).fetchone()
        return int(next(iter(row.values()))) if row else 0


def measured(house: House, batch: str) -> dict[str, Any]:
    """The figures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        room = Room(house=house, batch=batch, browser=browser, cookies=signed_in(house, browser))
        told = {**first_paint(room), **scrolling(room), **deciding(room), **editing(room)}
        return told | {"variants": room.ask("select count(*) as n from variants where batch = %s and made is not null"),
                       "large": room.ask(f"select count(*) as n from variants where batch = %s and {LARGE}"), "chromium": browser.version}


LARGE = "(placement like 'meta.feed.%%' or placement like 'meta.stories.%%' or placement like 'meta.reels.%%')"


def signed_in(house: House, browser: Browser) -> Any:
    """Cookies of Carl, who may edit and decide."""
    page = browser.new_page(base_url=house.url)
    page.goto("/sign-in")
    page.get_by_label("Name").fill("Carl")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    kept = page.context.storage_state()
    page.context.close()
    return kept


def first_paint(room: Room) -> dict[str, Any]:
    """From the address to the first content on the screen."""
    paints = []
    for _ in range(LOADS):
        with room.review() as page:
            paints.append(round(page.evaluate("() => seen.paint")))
    say(f"first paint {paints} ms")
    return {"first_paint_ms": statistics.median(paints), "first_paints_ms": paints}


def scrolling(room: Room) -> dict[str, Any]:
    """The grid from its first card to its last by the wheel, with all that loads on the way."""
    with room.review() as page:
        page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
        since, began = page.evaluate("() => performance.now()"), time.monotonic()
        while not page.evaluate(AT_END):
            page.mouse.wheel(0, 450)
            if time.monotonic() - began > 300:
                raise TimeoutError("the grid has no end")
        took = time.monotonic() - began
        cards = page.evaluate("() => document.querySelectorAll('#grid .card').length")
        tasks = sorted((round(d) for at, d in page.evaluate("() => seen.tasks") if at >= since), reverse=True)
    say(f"{cards} cards scrolled through in {took:.1f} s, long tasks {tasks[:8]} ms")
    return {"longest_task_ms": max(tasks, default=0), "long_tasks": len(tasks), "scroll_s": round(took, 1), "cards": cards}


AT_END = """() => !document.querySelector("#grid .more") && scrollY + innerHeight >= document.documentElement.scrollHeight - 2"""


def editing(room: Room) -> dict[str, Any]:
    """Another headline for a picture of each of five ideas, all its sizes with it: typed as a fast typist does."""
    took, refused = list[float](), 0
    with room.review() as page:
        for cell in page.evaluate(TO_EDIT):
            if len(took) == EDITS:
                break
            seconds = edited(page, cell, HEADLINES[len(took)])
            took += [seconds] if seconds else []
            refused += not seconds
    say(f"edit to new picture {took} s; {refused} layouts could not hold the words")
    return {"edit_s": statistics.median(took), "edits_s": took, "edits_refused": refused}


def edited(page: Page, cell: str, headline: str) -> float:
    """Seconds from Enter until the card shows the new picture; 0 where the layout cannot hold the words."""
    page.evaluate("(id) => document.querySelector(`#c-${id} a`).focus()", cell)
    page.keyboard.press("e")
    until(lambda: page.evaluate("() => document.activeElement.matches('.words textarea')"), 20)
    page.evaluate(AT_CARD, cell)
    page.keyboard.type(headline, delay=60)
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("() => edit.to > 0 || edit.refused"), 60)
    seconds = 0.0 if page.evaluate("() => edit.refused") else round(page.evaluate("() => edit.to - edit.from") / 1000, 2)
    page.keyboard.press("Escape")
    until(lambda: not page.evaluate("() => document.getElementById('focus').open"), 10)
    return seconds


HEADLINES = ["Night makes it better.", "Slow is a flavour.", "Made while you slept.", "Good things wait.", "Up before you are."]


def deciding(room: Room) -> dict[str, Any]:
    """P, a hundred times, on variants whose checks let them be approved; the page goes on by itself."""
    count = "select count(*) as n from decisions where batch = %s and verdict = 'approved'"
    with room.review(query="?review=pending&state=ready&verdict=pass&verdict=warn") as page:
        before, since = room.ask(count), time.monotonic()
        for _ in range(PRESSES):
            page.keyboard.press("p")
        pressed = time.monotonic() - since
        with connect(room.house.settings.database_url) as db:
            until(lambda: stored(db, count, room.batch) - before >= PRESSES, 60, fail=False)
        took = time.monotonic() - since
        got = room.ask(count) - before
    say(f"{got} decisions stored in {took:.2f} s, pressed in {pressed:.2f} s")
    return {"decisions_s": round(took, 2), "decisions_stored": got, "pressed_s": round(pressed, 2)}


def stored(db: Any, count: str, batch: str) -> int:
    """The count."""
    return int(db.execute(count, (batch,)).fetchone()["n"])


def until(true: Callable[[], Any], seconds: float, *, fail: bool = True) -> None:
    """Until something holds. Raises TimeoutError, or goes on where that is told by what comes."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            if fail:
                raise TimeoutError("the page does not do what it should")
            return
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
