"""Font files opened once, and what their outlines tell: heights, weight, whether they have serifs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from factory.errors import FactoryError


class FontError(FactoryError):
    """A font file that cannot be opened."""


class Font:
    """The two engines' views of one file; costly to open, so shared by path."""

    def __init__(self, path: Path) -> None:
        import skia
        import uharfbuzz as hb

        blob = hb.Blob.from_file_path(str(path))
        self.hb = hb.Font(hb.Face(blob))
        self.typeface = skia.Typeface.MakeFromFile(str(path))
        if self.typeface is None:
            raise FontError(f"{path.name} is not a font that can be opened", code="font-unreadable", where=str(path))
        self.upem = int(self.hb.face.upem)
        self.signs = frozenset(self.hb.face.unicodes)
        self.outlines = lru_cache(maxsize=4096)(self._outline)

    def has(self, sign: str) -> bool:
        """Whether the file maps this character."""
        return ord(sign) in self.signs

    def top(self, sign: str, otherwise: float) -> float:
        """Height of a sign's ink over the baseline in em."""
        glyph = self.hb.get_nominal_glyph(ord(sign))
        extents = self.hb.get_glyph_extents(glyph) if glyph else None
        return extents.y_bearing / self.upem if extents else otherwise

    def _outline(self, glyph: int, size: float) -> Any:
        import skia

        font = skia.Font(self.typeface, size)
        font.setHinting(skia.FontHinting.kNone)
        font.setSubpixel(True)
        font.setLinearMetrics(True)
        return font.getPath(glyph)


@lru_cache(maxsize=64)
def open_font(path: Path) -> Font:
    """The font in a file; raises FontError when the engines cannot read it."""
    return Font(path)


@lru_cache(maxsize=64)
def cap_height(path: Path) -> float:
    """Height of H in em."""
    return open_font(path).top("H", 0.7)


@lru_cache(maxsize=64)
def x_height(path: Path) -> float:
    """Height of x in em."""
    return open_font(path).top("x", 0.5)


@lru_cache(maxsize=64)
def weight_of(path: Path) -> int:
    """The weight that the file's OS/2 table names."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return int(font["OS/2"].usWeightClass)


@lru_cache(maxsize=64)
def has_serifs(path: Path) -> bool:
    """The stem of T is a third wider at the baseline than at a third of its height."""
    font = open_font(path)
    glyph = font.hb.get_nominal_glyph(ord("T"))
    outline = font.outlines(glyph, 1000.0) if glyph else None
    if outline is None:
        return False
    cap = 1000 * cap_height(path)
    return _width_at(outline, 0.03 * cap) > 1.33 * _width_at(outline, 0.35 * cap)


def _width_at(outline: Any, height: float) -> float:
    """Width of an outline's slice at a height over the baseline."""
    import skia

    slab = skia.Path()
    slab.addRect(skia.Rect.MakeLTRB(-1e4, -height - 2, 1e4, -height + 2))
    return float(skia.Op(outline, slab, skia.PathOp.kIntersect_PathOp).computeTightBounds().width())
