"""Debian's Chromium over a whole installation: one house for all tests of this folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from factory.client import Client
from tests.browser.house import ROOT, House, running, sign_in
from tests.browser.tour import furnish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the browser. (Its module names the group of the one house itself: groups are read before this.)"""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="There is no Chromium here: apt-get install chromium."))


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The installation."""
    folder = Path(tempfile.mkdtemp(prefix="house-"))
    try:
        with running(folder) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def batch(house: House) -> str:
    """A finished batch of the sample brief, pictures only."""
    kit = ROOT / "brand_kits" / "samples" / "vesper"
    with Client(house.url, house.key) as client:
        brief = client.brief(kit / "briefs" / "cold-brew.yaml", client.kit(kit))
        made = client.submit(brief, variants=12, video=False)
        assert client.wait(made.id, 300).state == "completed"
    return made.id


@pytest.fixture(scope="session")
def names(house: House, batch: str) -> Mapping[str, str]:
    """The batch looked at, edited, decided and published, and what else a page can show: ids for the stops of the tour."""
    return furnish(house, batch)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # machines are busy with other tests
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kept() -> dict[str, StorageState]:
    """Cookies of who has signed in once: the door makes wait who knocks often."""
    return {}


@pytest.fixture
def enter(house: House, chromium: Browser, kept: dict[str, StorageState]) -> Iterator[Callable[..., Page]]:
    """`enter("Carl")`: a page of a browser in which Carl has signed in; "" is a stranger. What the page's console complains of fails the test."""
    contexts, said = [], list[str]()

    def entered(name: str, *, width: int = 1280, theme: str = "light", scripts: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts,  # type: ignore[arg-type]
                                       base_url=house.url, reduced_motion="reduce", storage_state=kept.get(name))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: said.append(m.text) if m.type == "error" and "Failed to load resource" not in m.text else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        if not name:
            return page
        page.goto("/")
        if "/sign-in" in page.url:
            sign_in(page, name)
            kept[name] = context.storage_state()
        return page

    yield entered
    for context in contexts:
        context.close()
    assert not said, said
