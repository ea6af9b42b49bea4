"""Pictures of every page of the web app, from an installation with a whole batch: `make screens` (Linux, Chromium; ten minutes).

Writes docs/screens/<page>-<width>[-dark].webp: 390, 1280 and 1920 pixels wide in light, 1280 in dark.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from factory.client import Client
from tests.browser.house import ROOT, House, running, sign_in
from tests.browser.tour import STOPS, Stop, furnish, open_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

FOLDER: Final = ROOT / "docs" / "screens"
KIT: Final = ROOT / "brand_kits" / "samples" / "vesper"
QUALITY: Final = 80
LIVE: Final = Stop(name="batch-live", path="/batches/{batch}")
"""A batch of which a part is made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """A way to look at a page: pixels, theme, and how far down at most."""

    width: int
    height: int
    theme: str = "light"
    most: int = 1600

    @property
    def tail(self) -> str:
        """The end of a file's name."""
        return f"{self.width}-dark" if self.theme == "dark" else str(self.width)


SIGHTS: Final = (Sight(width=390, height=844, most=2400), Sight(width=1280, height=900), Sight(width=1920, height=1080),
                 Sight(width=1280, height=900, theme="dark"))  # fmt: skip


@contextmanager
def seen_by(browser: Browser, url: str, name: str, sight: Sight, kept: dict[str, StorageState]) -> Iterator[BrowserContext]:
    """A person's browser; nobody's, without a name. Who has come in once stays so (`kept`)."""
    context = browser.new_context(viewport={"width": sight.width, "height": sight.height}, color_scheme=sight.theme,
                                  base_url=url, reduced_motion="reduce", storage_state=kept.get(name))  # type: ignore[arg-type]  # fmt: skip
    context.set_default_timeout(60_000)
    if name and name not in kept:
        page = context.new_page()
        sign_in(page, name)
        kept[name] = context.storage_state()
        page.close()
    yield context
    context.close()


def shoot(url: str, names: Mapping[str, str], stops: Iterable[Stop], folder: Path, sights: Iterable[Sight] = SIGHTS) -> None:
    """Take a picture of every stop in every sight."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    path, kept = shutil.which("chromium") or shutil.which("google-chrome"), dict[str, "StorageState"]()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for sight in sights:
            for by in dict.fromkeys(stop.by for stop in stops):
                with seen_by(browser, url, by, sight, kept) as context:
                    for stop in (s for s in stops if s.by == by):
                        _take(context.new_page(), stop, names, sight, folder)
        browser.close()


def _take(page: Page, stop: Stop, names: Mapping[str, str], sight: Sight, folder: Path) -> None:
    open_at(page, stop, names)
    _seen(page)
    down = 0 if stop.keys else min(page.evaluate("document.documentElement.scrollHeight"), sight.most)
    page.set_viewport_size({"width": sight.width, "height": max(sight.height, down)})
    _seen(page)
    data = page.screenshot()
    page.close()
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        picture.convert("RGB").save(folder / f"{stop.name}-{sight.tail}.webp", quality=QUALITY, method=6)


def _seen(page: Page) -> None:
    page.wait_for_timeout(500)
    page.evaluate("""() => Promise.all([...document.images]
        .filter(i => i.offsetWidth && i.getBoundingClientRect().top < innerHeight).map(i => i.decode().catch(() => null)))""")
    page.wait_for_timeout(200)


def made(house: House) -> Mapping[str, str]:
    """A whole batch of the sample brief, seen while it is made; and what else there is to see."""
    with Client(house.url, house.key) as client:
        brief = client.brief(KIT / "briefs" / "cold-brew.yaml", client.kit(KIT))
        batch = client.submit(brief, seed=0).id
        seen = 0
        for event in client.watch(batch):
            seen += event.type == "variant.ready"
            if seen == 20:
                shoot(house.url, {"batch": batch}, [LIVE], FOLDER)
    return furnish(house, batch)


def main() -> None:
    """Start a house, furnish it, take the pictures."""
    home = Path(tempfile.mkdtemp(prefix="screens-"))
    try:
        with running(home) as house:
            shoot(house.url, made(house), STOPS, FOLDER)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    files = sorted(FOLDER.glob("*.webp"))
    weight = sum(f.stat().st_size for f in files) / 1e6
    sys.stdout.write(f"{len(files)} pictures, {weight:.1f} MB, in {FOLDER.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
