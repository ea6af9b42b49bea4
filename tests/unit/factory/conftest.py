"""A small batch that has one of everything: pictures, a film, a clean picture, a banner, one dropped, one failed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from bundle_samples import FAIL, PASS, WARN, batch_of, concept_of, file_of, variant_of

from factory.placements import load_placements
from factory.records import Batch, Brief, Component, Placement, Product, Tribe


@pytest.fixture
def placements() -> Mapping[str, Placement]:
    """All placements by id."""
    return load_placements()


@pytest.fixture
def small_brief() -> Brief:
    """A brief with a tagged landing page that already has a query."""
    return Brief(
        version=1,
        name="Cold Brew & co",
        brand="Vesper",
        objective="sales",
        message="Coffee made <overnight>.",
        cta="shop_now",
        product=Product(name="Vesper Cold Brew", category="coffee", facts=(), pictures=("bottle",)),
        concepts=2,
        variants=8,
        tribes=(Tribe(id="slow-cooks", name="Slow cooks", values=(), passions=(), story=""),),
        locales=("en", "fr"),
        placements=("meta.*", "iab.leaderboard"),
        kinds=("image", "video"),
        url="https://vesper.example/brew?ref=a%20b#top",
        utm={"source": "{platform}", "medium": "paid", "campaign": "autumn", "content": "{variant}", "term": "{tribe}"},
    )


@pytest.fixture
def small_batch() -> Batch:
    """Eight variants of two concepts; the second stands on a wash."""
    kept = (
        variant_of("c01", "meta.feed.portrait", "en"),
        variant_of("c01", "meta.stories.vertical", "en", findings=(PASS, WARN)),
        variant_of("c01", "meta.right_column", "en"),
        variant_of("c01", "meta.feed.portrait", "fr"),
        variant_of("c02", "meta.feed.square", "fr", "video"),
        variant_of("c02", "iab.leaderboard", "fr"),
    )
    lost = (
        variant_of("c02", "meta.feed.square", "en", status="dropped", findings=(FAIL,), reason="safe_zone: the logo is covered"),
        variant_of("c02", "iab.leaderboard", "en", status="failed", files=(), copy={}, findings=(), reason="No layout holds it."),
    )
    clean = Component(
        id="clean1", kind="image", role="clean", used_by=(kept[2].id,), asset=file_of("clean", "image", (1200, 1200))
    )
    return batch_of(*kept, *lost, components=(clean,), concepts=(concept_of("c02", wash="haze", wash_use="albedo"),))


@pytest.fixture
def out(tmp_path: Path, small_batch: Batch) -> Path:
    """OUT with the shipped files of the small batch in its `assets/`."""
    (tmp_path / "assets").mkdir()
    named = {
        "clean": [c.asset for c in small_batch.components if c.asset],
        **{
            f"{v.concept} {v.placement} {v.locale} {v.kind} 0": list(v.files)
            for v in small_batch.variants
            if v.status == "shipped"
        },
    }
    for name, assets in named.items():
        for asset in assets:
            (tmp_path / asset.path).write_bytes(name.encode())
    return tmp_path
