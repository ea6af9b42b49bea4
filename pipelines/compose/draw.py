"""Paint finished geometry on pixels. Nothing is decided here.

Pixels are (h, w, 4) uint8 BGRA, premultiplied: the one layout that skia paints fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.compose.setting import Block

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rect:
    """A filled rectangle (x, y, w, h); with `stroke` > 0 a frame of that thickness inside the box."""

    box: Box
    colour: str
    opacity: float = 1.0
    stroke: float = 0.0
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundRect:
    """A filled rectangle with round corners of `radius` px."""

    box: Box
    radius: float
    colour: str
    opacity: float = 1.0
    stroke: float = 0.0
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PathItem:
    """A skia path in canvas pixels, filled, or drawn as a line of `stroke` px."""

    path: Any
    colour: str
    opacity: float = 1.0
    stroke: float = 0.0
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Image:
    """A straight-alpha RGBA picture (h, w, 4) uint8 with its top left corner at whole pixels (x, y)."""

    rgba: Pixels
    x: int
    y: int
    opacity: float = 1.0
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scrim:
    """A veil of one colour whose opacity (h, w) float 0..1 covers the canvas; see `contrast.scrim`."""

    alpha: NDArray[np.float32]
    colour: str
    role: str = "scrim"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shown:
    """An item at a moment of a film: faded, shifted by px, scaled about a point, and cut to a box (x, y, w, h)."""

    item: Any
    opacity: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    about: tuple[float, float] = (0.0, 0.0)
    clip: Box | None = None


Item = Block | Rect | RoundRect | PathItem | Image | Scrim | Shown


def canvas(width: int, height: int, rgb: Pixels | None = None) -> Pixels:
    """Fresh pixels: black, or a copy of an opaque RGB picture (h, w, 3)."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 3] = 255
    if rgb is not None:
        pixels[..., :3] = rgb[..., ::-1]
    return pixels


def to_rgb(pixels: Pixels) -> Pixels:
    """The opaque picture (h, w, 3) RGB of pixels, contiguous."""
    return np.ascontiguousarray(pixels[..., 2::-1])


def draw(
    pixels: Pixels, items: Iterable[Item], *, opacity: float = 1.0, offset: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Paint items in order on `pixels`, in place; `opacity` and `offset` (px) hold for all of them."""
    brush = _Brush(pixels)
    for item in items:
        brush.show(Shown(item=item, opacity=opacity, offset=offset))


class _Brush:
    def __init__(self, pixels: Pixels) -> None:
        import skia

        height, width = pixels.shape[:2]
        self.pixels = pixels
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self.surface = skia.Surface.MakeRasterDirect(info, pixels)
        self.canvas = self.surface.getCanvas()

    def show(self, shown: Shown) -> None:
        import skia

        self.canvas.save()
        if shown.clip is not None:
            self.canvas.clipRect(skia.Rect.MakeXYWH(*shown.clip), doAntiAlias=True)
        self.canvas.translate(*shown.offset)
        self.canvas.translate(*shown.about)
        self.canvas.scale(shown.scale, shown.scale)
        self.canvas.translate(-shown.about[0], -shown.about[1])
        self.paint(shown.item, shown.opacity)
        self.canvas.restore()

    def paint(self, item: Any, opacity: float) -> None:
        if isinstance(item, Shown):
            inner = Shown(
                item=item.item, opacity=item.opacity * opacity, offset=item.offset, scale=item.scale,
                about=item.about, clip=item.clip,
            )
            self.show(inner)
        else:
            PAINTERS[type(item)](self, item, opacity)

    def block(self, item: Block, opacity: float) -> None:
        """A fading block is painted whole and then faded, so that overlaps do not show."""
        faded = opacity < 1.0
        if faded:
            self.canvas.saveLayerAlpha(None, round(255 * opacity))
        for piece in item.pieces:
            self.canvas.drawPath(piece.path, _paint(piece.colour or item.colour, 1.0))
        if faded:
            self.canvas.restore()

    def rect(self, item: Rect, opacity: float) -> None:
        import skia

        paint = _paint(item.colour, item.opacity * opacity, item.stroke)
        self.canvas.drawRect(skia.Rect.MakeXYWH(*_inside(item.box, item.stroke)), paint)

    def round_rect(self, item: RoundRect, opacity: float) -> None:
        import skia

        paint = _paint(item.colour, item.opacity * opacity, item.stroke)
        box = skia.Rect.MakeXYWH(*_inside(item.box, item.stroke))
        self.canvas.drawRoundRect(box, item.radius, item.radius, paint)

    def path(self, item: PathItem, opacity: float) -> None:
        self.canvas.drawPath(item.path, _paint(item.colour, item.opacity * opacity, item.stroke))

    def image(self, item: Image, opacity: float) -> None:
        import skia

        picture = skia.Image.fromarray(_premultiplied(item.rgba), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        self.canvas.drawImage(picture, item.x, item.y, smooth, _paint("#000000", item.opacity * opacity))

    def scrim(self, item: Scrim, opacity: float) -> None:
        colour = np.array(_rgb(item.colour)[::-1], np.float32)
        alpha = (item.alpha * opacity)[..., None]
        below = self.pixels[..., :3].astype(np.float32)
        mixed = below * (1 - alpha) + colour * alpha + _dither(item.alpha.shape)[..., None]
        self.pixels[..., :3] = np.where(alpha > 0, np.clip(mixed + 0.5, 0, 255), below).astype(np.uint8)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _paint(colour: str, opacity: float, stroke: float = 0.0) -> Any:
    import skia

    r, g, b = _rgb(colour)
    paint = skia.Paint(Color4f=skia.Color4f(r / 255, g / 255, b / 255, opacity), AntiAlias=True)
    if stroke > 0:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(stroke)
    return paint


def _inside(box: Box, stroke: float) -> Box:
    x, y, w, h = box
    return x + stroke / 2, y + stroke / 2, w - stroke, h - stroke


def _premultiplied(rgba: Pixels) -> Pixels:
    alpha = rgba[..., 3:].astype(np.uint16)
    colour = (rgba[..., 2::-1] * alpha + 127) // 255
    return np.ascontiguousarray(np.concatenate([colour, alpha], axis=-1).astype(np.uint8))


def _dither(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Noise of .6 levels against banding, the same for every run."""
    return np.random.default_rng(7).normal(0.0, 0.6, shape).astype(np.float32)


PAINTERS: dict[type, Callable[[_Brush, Any, float], None]] = {
    Block: _Brush.block,
    Rect: _Brush.rect,
    RoundRect: _Brush.round_rect,
    PathItem: _Brush.path,
    Image: _Brush.image,
    Scrim: _Brush.scrim,
}
