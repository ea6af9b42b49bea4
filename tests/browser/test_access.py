"""Axe-core finds nothing on any page, in either theme; what is typed is reached by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong: rule, and where."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    return [f"{page.url} {v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(enter: Callable[..., Page], theme: str) -> None:
    page = enter("Ada", theme=theme)
    wrong = []
    for path in ["/", "/bundles"]:
        page.goto(path)
        wrong += faults(page)
    assert not wrong, "\n".join(wrong)
