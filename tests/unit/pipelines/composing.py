"""What the tests of layout and composition share: the sample kit, placements of every shape, words, a bottle."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from staging import can

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.records import Concept, Money, Placement, Safe
from pipelines.compose.content import Content
from pipelines.compose.crop import Room, Shape
from pipelines.scene import Cutout

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
EDGE, NONE = (0.06, 0.06, 0.06, 0.06), (0.0, 0.0, 0.0, 0.0)
SHAPES: dict[str, tuple[tuple[int, int], str, float, tuple[float, float, float, float]]] = {
    "story": ((1080, 1920), "V", 375, (0.14, 0.06, 0.35, 0.06)), "portrait": ((1080, 1350), "Q", 375, EDGE),
    "square": ((1080, 1080), "Q", 375, EDGE), "landscape": ((1200, 628), "W", 375, EDGE),
    "300x250": ((300, 250), "B", 300, NONE), "300x600": ((300, 600), "T", 300, NONE), "160x600": ((160, 600), "T", 160, NONE),
    "728x90": ((728, 90), "S", 728, NONE), "970x250": ((970, 250), "S", 970, NONE), "320x50": ((320, 50), "S", 320, NONE),
}
BANNERS = tuple(n for n in SHAPES if "x" in n)


@lru_cache(maxsize=1)
def kit() -> BrandKit:
    """The sample brand."""
    return load_kit(SAMPLE)


def placement(name: str, scale: float = 1.0, **changes: Any) -> Placement:
    """A placement of a shape; banners draw their button, wear a frame and need a logo. `scale` shrinks the canvas."""
    (w, h), klass, shown, (top, right, bottom, left) = SHAPES[name]
    banner = name in BANNERS
    made = Placement(
        id=f"test.{name}", platform="test", title=name, media=("image",), canvas=(round(w * scale), round(h * scale)),
        layout_class=klass, shown_pt=shown, safe=Safe(top=top, right=right, bottom=bottom, left=left), text={},  # type: ignore[arg-type]
        cta="draw" if banner else "platform", text_on_image=True, text_share=None, clean=False, max_bytes=10**6,
        formats=("jpg",), border=banner, logo="required" if banner else "optional",
    )
    return replace(made, **changes)


SAID = {
    "en": {
        "headline": ("It slept on it.",), "sub": ("For 18 hours, in cold water.",), "cta": ("Shop now",),
        "quote": ("“I start at three. It started before me.”",), "source": ("A baker in Lyon (sample)",),
        "role": ("first oven at 3 am",), "number": ("18",), "unit": ("h",),
        "legal": ("First order, until 31 December 2026. Contains caffeine.",),
        "item": ("Steeped 18 hours", "Two ingredients", "No sugar"),
    },
    "de": {
        "headline": ("Hat eine Nacht drüber geschlafen.",), "sub": ("18 Stunden, in kaltem Wasser.",),
        "quote": ("„Ich fange um drei an. Er war schon dran.“",), "source": ("Ein Bäcker in Lyon (Beispiel)",),
        "role": ("erster Ofen um 3 Uhr",), "cta": ("Jetzt kaufen",), "number": ("18",), "unit": ("h",),
        "legal": ("Erste Bestellung, bis 31. Dezember 2026. Enthält Koffein.",),
        "item": ("18 Stunden kalt gezogen", "Nur zwei Zutaten", "Ohne Zucker"),
    },
}


def content(locale: str = "en", device: str = "", data: dict[str, Any] | None = None, **texts: tuple[str, ...]) -> Content:
    """Words in a locale, with a price, an old price and a rating; `texts` replace roles, () takes one away."""
    said = {r: t for r, t in {**SAID[locale[:2]], **texts}.items() if t}
    euro = Money(amount=Decimal("9.90"), currency="EUR")
    return Content(
        locale=locale, texts=said, price=euro, was=replace(euro, amount=Decimal("11.70")), rating=(Decimal("4.7"), Decimal(5)),
        device=device, data=data or {},
    )


BOTTLE = Shape(aspect=0.4, sink=0.03, native=1900.0, words=(0.51, 0.865), keep=0.88, brand=True)
ROOM = Room(shape=BOTTLE)


@lru_cache(maxsize=1)
def product() -> Cutout:
    """A can whose words stand in its middle."""
    return replace(can(500), label_box=(0.2, 0.4, 0.6, 0.2), brand_on_label=True, safe_crop_bottom=0.64)


def concept(family: str, device: str = "", mode: str = "light", **data: Any) -> Concept:
    """A concept of a family on the plain ground."""
    return Concept(
        id="c", tribe="t", motive="", fact="", proof="", line="", hook="", subject="product", family=family, device=device,
        device_data=data, picture="", set="seamless", light=0, wash="", wash_use="", mode=mode, ground="cream",
        flip=False, tier="draft", seed=1, idea="",
    )


def changed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two pictures differ, (h, w) bool."""
    return np.asarray((a != b).any(axis=-1))
