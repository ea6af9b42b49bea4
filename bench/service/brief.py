"""Briefs for benchmarks: the sample brief, with many small placements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SAMPLE = Path(__file__).resolve().parents[2] / "brand_kits" / "samples" / "vesper"
SMALL = ["iab.*", "meta.right_column"]
FILMS = ["meta.feed.square"]


def small_brief(variants: int, *, films: bool, name: str = "Chaos", concepts: int = 8) -> dict[str, Any]:
    """The sample brief over small placements; `films` adds a placement that takes videos."""
    body: dict[str, Any] = yaml.safe_load((SAMPLE / "briefs" / "cold-brew.yaml").read_text(encoding="utf-8"))
    return {
        **body, "name": name, "placements": SMALL + (FILMS if films else []), "variants": variants, "concepts": concepts,
        "kinds": ["image", "video"] if films else ["image"],
    }
