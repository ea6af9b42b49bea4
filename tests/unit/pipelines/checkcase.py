"""Creatives drawn from numbers for the checks' tests: a good one, and ways to spoil it."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageDraw, ImageFont

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.brief import load_brief
from factory.placements import select
from factory.records import Brief, Placement, Text
from pipelines.check.subject import Box, Button, Ink, Part, Pixels, Sign, Standing, Subject

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
CREAM, MIDNIGHT, PERSIMMON, SAFFRON = "#F7EDE0", "#1C1A3B", "#F05A28", "#F7BB45"


@lru_cache(maxsize=1)
def kit() -> BrandKit:
    """The sample brand."""
    return load_kit(SAMPLE)


@lru_cache(maxsize=1)
def brief() -> Brief:
    """The sample brand's first brief."""
    return load_brief(SAMPLE / "briefs" / "cold-brew.yaml", kit())


@lru_cache(maxsize=16)
def placement(name: str = "meta.feed.square") -> Placement:
    """A placement of the tables."""
    return next(iter(select((name,))))


def rgb(colour: str) -> tuple[int, int, int]:
    """A hex colour as three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def flat(size: tuple[int, int], colour: str = CREAM) -> Pixels:
    """A picture of one colour."""
    return np.full((size[1], size[0], 3), rgb(colour), np.uint8)


@lru_cache(maxsize=64)
def coverage(text: str, size: float, weight: int) -> Pixels:
    """What a text's glyphs cover, cut to their ink."""
    face = "FrauncesSoft-ExtraBold.ttf" if weight >= 800 else "Figtree-Bold.ttf" if weight >= 700 else "Figtree-Medium.ttf"
    font = ImageFont.truetype(str(SAMPLE / "fonts" / face), size)
    left, top, right, bottom = font.getbbox(text)
    sheet = Image.new("L", (int(right - left), int(bottom - top)), 0)
    ImageDraw.Draw(sheet).text((-left, -top), text, fill=255, font=font)
    return np.asarray(sheet)


def text(words: str, x: float, y: float, size: float, colour: str = MIDNIGHT, weight: int = 800, **more: Any) -> Part:
    """A text of one line with the top left of its ink at (x, y)."""
    ink = Ink(colour=colour, x=round(x), y=round(y), coverage=coverage(words, size, weight))
    box: Box = (float(x), float(y), float(ink.coverage.shape[1]), float(ink.coverage.shape[0]))
    known = {"role": "headline", "text": words, "box": box, "lines": (words,), "line_boxes": (box,), "size": size,
             "weight": weight, "inks": (ink,)}
    return Part(**{**known, **more})


def moved(part: Part, dx: float, dy: float) -> Part:
    """A text somewhere else."""
    x, y, w, h = part.box
    box = (x + dx, y + dy, w, h)
    inks = tuple(replace(i, x=i.x + round(dx), y=i.y + round(dy)) for i in part.inks)
    return replace(part, box=box, line_boxes=(box,), inks=inks)


def sign(x: float, y: float, width: int = 160, height: int = 50, name: str = "primary", colour: str = MIDNIGHT) -> Sign:
    """A logo that is a plain bar."""
    ink = Ink(colour=colour, x=round(x), y=round(y), coverage=np.full((height, width), 255, np.uint8))
    return Sign(name=name, box=(float(x), float(y), float(width), float(height)), inks=(ink,))


def standing(size: tuple[int, int], box: Box, **more: Any) -> Standing:
    """A product that fills its box and is true to its picture."""
    cover = np.zeros((size[1], size[0]), bool)
    x, y, w, h = (round(v) for v in box)
    cover[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = True
    words = (box[0] + 0.1 * box[2], box[1] + 0.5 * box[3], 0.8 * box[2], 0.25 * box[3])
    known = {"name": "product", "box": box, "words": words, "shape_overlap": 0.998, "delta_e": 0.7, "share": 1.0,
             "scale": 0.4, "cover": cover, "brand": True}
    return Standing(**{**known, **more})


def inked(ground: Pixels, inks: tuple[Ink, ...]) -> Pixels:
    """The ground with inks laid on it."""
    done = ground.astype(np.float64)
    for ink in inks:
        h, w = ink.coverage.shape
        rows, columns = slice(max(0, ink.y), max(0, ink.y + h)), slice(max(0, ink.x), max(0, ink.x + w))
        part = done[rows, columns]
        cover = ink.coverage[max(0, -ink.y) :, max(0, -ink.x) :][: part.shape[0], : part.shape[1], None] / 255
        done[rows, columns] = part * (1 - cover) + np.array(rgb(ink.colour)) * cover
    return np.asarray(np.round(done), np.uint8)


def encoded(pixels: Pixels, form: str = "JPEG", **more: Any) -> bytes:
    """A file of a picture with its sRGB profile."""
    buffer = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    known: dict[str, Any] = {"icc_profile": profile, **({"quality": 93, "subsampling": 0} if form == "JPEG" else {})}
    Image.fromarray(pixels).save(buffer, form, **{**known, **more})
    return buffer.getvalue()


def subject(
    parts: tuple[Part, ...] | None = None, *, place: str = "meta.feed.square", ground: Pixels | None = None,
    logo: Sign | None = None, button: Button | None = None, product: Standing | None = None, copy: dict[str, str] | None = None,
    locale: str = "en", **more: Any,
) -> Subject:
    """A finished picture: a headline on cream, unless told otherwise; its file is really encoded and decoded."""
    where = placement(place)
    ground = flat(where.canvas) if ground is None else ground
    parts = (text("It slept on it.", 90, 120, 96),) if parts is None else parts
    pixels = inked(ground, tuple(i for p in parts for i in p.inks) + (logo.inks if logo else ()))
    data = more.pop("data", None) or encoded(pixels)
    seen = np.asarray(Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")).convert("RGB"))
    texts = {k: Text(field=k, text=v, source="brief") for k, v in (copy or {}).items()}
    known: dict[str, Any] = {
        "kind": "image", "type": "image/jpeg", "intended": pixels, "kit": kit(), "brief": brief(),
    }
    return Subject(
        **{**known, **more}, data=data, pixels=seen, ground=ground, placement=where, locale=locale, parts=parts, sign=logo,
        button=button, product=product, copy=texts,
    )


def verdicts(findings: Any, code: str = "") -> set[str]:
    """The verdicts among findings, of a code or of all."""
    return {f.verdict for f in findings if not code or f.code == code}
