"""Words become outlines: harfbuzz shapes, skia draws, the numbers of the craft set leading and tracking.

A `Run` is geometry: its path starts at pen (0, 0) on the baseline, y down, in pixels of the finished asset. Nothing
here knows of lines or boxes; see `fit` and `block`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from factory.errors import FactoryError
from pipelines.compose.fonts import Font, cap_height, has_serifs, open_font, weight_of, x_height

FEATURES: Mapping[str, bool] = {"kern": True, "liga": True, "lnum": True}
STRIPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\u200c\u200d\ufeff\u200e\u200f"))
STAND_INS: Mapping[str, tuple[str, float]] = {
    # sign a Latin face often lacks -> what is shaped for it, and the share of that sign's advance
    "\u202f": ("\u00a0", 0.6),
    "\u2009": ("\u00a0", 0.6),
    "\u200a": ("\u00a0", 0.35),
    "\u2007": ("0", 1.0),
    "\u00a0": (" ", 1.0),
    "\u2011": ("-", 1.0),
    "\u2032": ("'", 1.0),
}
BLANK = frozenset("\u2007")
CONNECTED = frozenset({"ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "SYRIAC", "MONGOLIAN", "THAI"})
LOOSE_TRACKING = 0.03

Box = tuple[float, float, float, float]


class GlyphError(FactoryError):
    """A text holds a sign that no face at hand can draw."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """The outlines of one word of a run, where they stand in the run; `ink` is (left, top, right, bottom)."""

    text: str
    path: Any
    ink: Box


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Run:
    """A shaped line. `ink` is (left, top, right, bottom) around its outlines; zeros when it is blank.

    `parts` are its words, divided at plain spaces but shaped together, so that kerning is whole.
    """

    text: str
    size: float
    parts: tuple[Part, ...]
    advance: float
    ink: Box

    @property
    def path(self) -> Any:
        """All outlines as one skia path."""
        import skia

        whole = skia.Path()
        for part in self.parts:
            whole.addPath(part.path)
        return whole

    @property
    def width(self) -> float:
        """Width of the ink, side bearings left out."""
        return self.ink[2] - self.ink[0]


class _Glyph(NamedTuple):
    id: int
    cluster: int
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Face:
    """One font file with the faces to ask when it lacks a sign, in order."""

    path: Path
    fallback: tuple[Path, ...] = ()
    weight: int = 0
    """Weight as the kit names it; 0 asks the file."""
    features: tuple[tuple[str, bool], ...] = ()
    """OpenType features beside kerning, ligatures and lining figures."""

    @property
    def cap(self) -> float:
        """Height of H in em."""
        return cap_height(self.path)

    @property
    def xheight(self) -> float:
        """Height of x in em."""
        return x_height(self.path)

    @property
    def heavy(self) -> int:
        """The weight: the kit's, else that of the file's OS/2 table."""
        return self.weight or weight_of(self.path)

    @property
    def serif(self) -> bool:
        """Whether its T stands on a foot; files seldom tell the truth about themselves."""
        return has_serifs(self.path)

    def has(self, text: str) -> bool:
        """Whether every sign can be drawn by this face or one of its fallbacks."""
        return all(_chooser(self, sign) is not None for sign in _clean(text))

    def run(
        self, text: str, size: float, tracking: float = 0.0, locale: str = "en",
        features: Mapping[str, bool] | None = None,
    ) -> Run:
        """Shape one line at `size` px with `tracking` em between signs.

        Raises GlyphError naming the sign when neither the face nor a fallback has it. Connected scripts are never
        tracked; ligatures are off in widely tracked text, where they would stand as dark knots.
        """
        return _run(self, text, float(size), float(tracking), locale, tuple(sorted((features or {}).items())))

    def width(self, text: str, size: float, tracking: float = 0.0, locale: str = "en") -> float:
        """Width of the ink of a line."""
        return self.run(text, size, tracking, locale).width


# -------------------------------------------------------------------------------------------------- shaping


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(STRIPPED)


def _sign_for(font: Font, sign: str) -> str | None:
    """What this font shapes for a sign: itself, a stand-in it has, or None."""
    if font.has(sign):
        return sign
    other = STAND_INS.get(sign, ("", 0.0))[0]
    return _sign_for(font, other) if other else None


@lru_cache(maxsize=8192)
def _chooser(face: Face, sign: str) -> tuple[Path, str] | None:
    """The first file that can show a sign, and what it shapes for it."""
    for path in (face.path, *face.fallback):
        shown = _sign_for(open_font(path), sign)
        if shown is not None:
            return path, shown
    return None


@dataclass(slots=True)
class _Stretch:
    """Neighbouring signs set from one file; `share` scales the advance of a stand-in, by position in `text`."""

    path: Path
    text: str = ""
    share: dict[int, float] = field(default_factory=dict)
    blank: set[int] = field(default_factory=set)

    def add(self, sign: str, shown: str) -> None:
        if sign != shown:
            self.share[len(self.text)] = STAND_INS[sign][1]
            if sign in BLANK:
                self.blank.add(len(self.text))
        self.text += shown


def _stretches(face: Face, text: str) -> list[_Stretch]:
    done: list[_Stretch] = []
    for sign in _clean(text):
        choice = _chooser(face, sign)
        if choice is None:
            raise _missing(face, sign, text)
        if not done or done[-1].path != choice[0]:
            done.append(_Stretch(choice[0]))
        done[-1].add(sign, choice[1])
    return done


def _missing(face: Face, sign: str, text: str) -> GlyphError:
    name = unicodedata.name(sign, "a sign without a name")
    return GlyphError(
        f"{face.path.name} cannot draw {sign!r} (U+{ord(sign):04X} {name})",
        code="glyph-missing", where=text, help="Name a fallback face for it in the kit or change the text.",
    )


def _script(text: str) -> str:
    letter = next((c for c in text if c.isalpha()), "A")
    return unicodedata.name(letter, "LATIN").split(" ")[0]


def _shape(font: Font, text: str, locale: str, features: Mapping[str, bool]) -> list[_Glyph]:
    import uharfbuzz as hb

    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = locale
    hb.shape(font.hb, buffer, dict(features))
    return [
        _Glyph(info.codepoint, info.cluster, at.x_advance, at.x_offset, at.y_offset)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _scaled(face: Face, path: Path, size: float) -> float:
    """A fallback is set so that its small letters stand as high as the main face's."""
    return size if path == face.path else size * x_height(face.path) / x_height(path)


class _Pen:
    """Where the next glyph goes, and the outlines of the words drawn so far."""

    def __init__(self) -> None:
        self.x = 0.0
        self.words: list[Any] = []
        self.between = True

    def word(self) -> Any:
        """The path of the word being drawn."""
        import skia

        if self.between:
            self.words.append(skia.Path())
            self.between = False
        return self.words[-1]


@lru_cache(maxsize=4096)
def _run(
    face: Face, text: str, size: float, tracking: float, locale: str, features: tuple[tuple[str, bool], ...]
) -> Run:
    pen = _Pen()
    gap = 0.0 if _script(text) in CONNECTED else tracking * size
    wanted = dict(FEATURES) | dict(face.features) | ({"liga": False} if tracking > LOOSE_TRACKING else {})
    for stretch in _stretches(face, text):
        _draw_stretch(pen, face, stretch, size, gap, locale, wanted | dict(features))
    words = [word for word in _clean(text).split(" ") if word]
    words = words if len(words) == len(pen.words) else [""] * len(pen.words)
    parts = tuple(Part(text=word, path=p, ink=ink_of(p)) for word, p in zip(words, pen.words, strict=True))
    return Run(
        text=text, size=size, parts=parts, advance=pen.x - gap if pen.x else 0.0,
        ink=_union(part.ink for part in parts),
    )


def ink_of(path: Any) -> Box:
    """(left, top, right, bottom) of a path's true extent, zeros for an empty one."""
    bounds = path.computeTightBounds()
    return bounds.left(), bounds.top(), bounds.right(), bounds.bottom()


def _union(inks: Iterable[Box]) -> Box:
    seen = [ink for ink in inks if ink[2] > ink[0]]
    if not seen:
        return 0.0, 0.0, 0.0, 0.0
    return min(i[0] for i in seen), min(i[1] for i in seen), max(i[2] for i in seen), max(i[3] for i in seen)


def _draw_stretch(
    pen: _Pen, face: Face, stretch: _Stretch, size: float, gap: float, locale: str, features: Mapping[str, bool]
) -> None:
    font, real = open_font(stretch.path), _scaled(face, stretch.path, size)
    unit = real / font.upem
    glyphs = _shape(font, stretch.text, locale, features)
    for at, glyph in enumerate(glyphs):
        sign = stretch.text[glyph.cluster]
        if glyph.id == 0:
            raise _missing(face, sign, stretch.text)
        last_of_cluster = at + 1 == len(glyphs) or glyphs[at + 1].cluster != glyph.cluster
        outline = None if glyph.cluster in stretch.blank else font.outlines(glyph.id, real)
        if sign == " ":
            pen.between = True
        elif outline is not None:
            pen.word().addPath(outline, pen.x + glyph.dx * unit, -glyph.dy * unit)
        pen.x += glyph.advance * unit * stretch.share.get(glyph.cluster, 1.0) + (gap if last_of_cluster else 0.0)


# ------------------------------------------------------------------------------------- the numbers of the craft


def leading(pt: float, caps: bool = False, weight: int = 400, tall: bool = False) -> float:
    """Line distance in em for type of `pt` points: .96 + .62 exp(-pt/22), a fit to what designers set by eye.

    Capitals alone need .06 less (never under .90), accented ones (`tall`) 6 % more; heavy headlines at most 1.03.
    """
    value = 0.96 + 0.62 * math.exp(-pt / 22)
    if weight >= 700:
        value = min(value, 1.03)
    if caps:
        value = max(0.90, value - 0.06)
    return value * (1.06 if tall else 1.0)


def tracking(pt: float, caps: bool = False, serif: bool = False, figures: bool = False) -> float:
    """Tracking in em for `pt` points, after Inter's dynamic metrics: -.0223 + .185 exp(-.1745 pt).

    A serif takes half of what is negative (figures a quarter), capitals are opened, and a sans serif's figures above
    100 pt are closed to -.035.
    """
    value = -0.0223 + 0.185 * math.exp(-0.1745 * pt)
    if figures and pt >= 100 and not serif:
        value = -0.035
    if serif and value < 0:
        value /= 4 if figures else 2
    if caps:
        value += _between(pt, ((14.0, 0.08), (18.0, 0.05), (24.0, 0.05), (40.0, 0.02)))
    return value


def _between(x: float, table: Sequence[tuple[float, float]]) -> float:
    """Straight lines between the points of a table, level outside it."""
    if x <= table[0][0]:
        return table[0][1]
    for (x0, y0), (x1, y1) in pairwise(table):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return table[-1][1]
