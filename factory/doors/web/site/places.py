"""Pictures of where placements appear: a phone, a page, and the ad in it, in the sizes of the placement tables.

Everything is measured in points of the screen; a picture is a view box with rectangles of a few kinds (`screen`, `bar`,
`text`, `other`, `ad`, `ui`), which the page's stylesheet colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from factory.placements import load_placements, load_tables
from factory.records import Placement

PHONE: Final = (375.0, 667.0)
PAGE: Final = (1280.0, 960.0)



@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle of a picture; sizes in points."""

    kind: str
    x: float
    y: float
    w: float
    h: float
    r: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A placement drawn where it appears."""

    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A placement to choose."""

    id: str
    title: str
    takes: str
    size: str
    picture: Picture


MADE: Final[Mapping[str, str]] = {"image": "pictures", "video": "films"}


@lru_cache(maxsize=1)
def choices() -> Mapping[str, Sequence[Choice]]:
    """Every placement by its platform's title."""
    records = load_placements()
    apps_first = sorted(load_tables(), key=lambda t: not any(records[row].surfaces for row in t.rows))
    return {t.title: tuple(_choice(records[row]) for row in t.rows) for t in apps_first}


def known() -> tuple[str, ...]:
    """Ids of all placements in the order in which they are shown."""
    return tuple(c.id for group in choices().values() for c in group)


def _choice(p: Placement) -> Choice:
    return Choice(id=p.id, title=p.title, takes=" and ".join(MADE[k] for k in p.media), size=f"{p.canvas[0]} × {p.canvas[1]}",
                  picture=draw(p))


def draw(p: Placement) -> Picture:
    """A placement where it appears."""
    width, height = float(p.shown_pt), p.shown_pt * p.canvas[1] / p.canvas[0]
    if p.surfaces:
        return next(scene for fits, scene in SCENES if fits(p))(p, width, height)
    on_phone = p.layout_class == "S" and width <= PHONE[0]
    return _foot(width, height) if on_phone else _page(p.layout_class, width, height)


def _box(kind: str, x: float, y: float, w: float, h: float, r: float = 0) -> Box:
    return Box(kind=kind, x=x, y=y, w=w, h=h, r=r)


def _phone(boxes: Sequence[Box]) -> Picture:
    screen = _box("screen", 0, 0, PHONE[0], PHONE[1], 28)
    return Picture(width=PHONE[0], height=PHONE[1], boxes=(screen, *boxes))


def _says(x: float, y: float, *widths: float, height: float = 12, step: float = 22) -> list[Box]:
    """Lines of text."""
    return [_box("text", x, y + n * step, w, height, height / 2) for n, w in enumerate(widths)]


def _feed(_p: Placement, width: float, height: float) -> Picture:
    """Between two posts: who says it and the text above, the picture, the line and the button below."""
    top, left = 128.0, (PHONE[0] - width) / 2
    head = [_box("bar", 0, 0, PHONE[0], 56, 0), _box("other", 16, 72, 40, 40, 20), *_says(68, 76, 130, 84)]
    foot = top + height
    below = [_box("bar", 0, foot, PHONE[0], 62), *_says(16, foot + 16, 150, 100), _box("ui", 262, foot + 13, 97, 36, 8)]
    rest = [] if foot > 560 else [_box("other", 16, foot + 82, 40, 40, 20), *_says(68, foot + 88, 150, 100)]
    return _phone([*head, _box("ad", left, top, width, height), *below, *rest])


def _full(p: Placement, _width: float, _height: float) -> Picture:
    """The whole screen, with what the platform lays over its edges."""
    w, h = PHONE
    ad = _box("ad", 0, 0, w, h, 28)
    top, foot = h * p.safe.top, h * (1 - p.safe.bottom)
    over = [_box("ui", 16, 18, w - 32, 5, 2), _box("ui", 16, 36, 36, 36, 18), _box("ui", 62, 48, 110, 12, 6)]
    side = [_box("ui", w - 48, foot - 190 + n * 56, 30, 30, 15) for n in range(4)] if p.safe.bottom > 0.25 else []
    below = [_box("ui", 20, foot + 16, 150, 12, 6), _box("ui", 20, min(foot + 44, h - 60), w - 40, 40, 20)]
    return _phone([ad, *(over if top > 40 else []), *side, *below])


def _column(_p: Placement, width: float, height: float) -> Picture:
    """Beside the posts of a wide page."""
    w = PAGE[0]
    feed = [_box("other", 380, 120 + n * 430, 500, 390, 12) for n in range(2)]
    menu = _says(60, 140, 180, 150, 190, 130, 170, height=18, step=54)
    ad = _box("ad", w - 60 - width, 120, width, height, 8)
    text = _says(ad.x, 120 + height + 18, width * 0.9, width * 0.6, height=18, step=34)
    return _screen([_box("bar", 0, 0, w, 72), *menu, *feed, ad, *text])


def _tile(_p: Placement, width: float, height: float) -> Picture:
    """One of many things for sale."""
    side = (PHONE[0] - 48) / 2
    spots = [(16 + n % 2 * (side + 16), 112 + n // 2 * (side + 62)) for n in range(4)]
    boxes = [_box("ad" if n == 1 else "other", x, y, side, side * min(1.25, height / width), 8) for n, (x, y) in enumerate(spots)]
    texts = [b for x, y in spots for b in _says(x, y + side + 10, side * 0.7, side * 0.4, height=10, step=18)]
    return _phone([_box("bar", 0, 0, PHONE[0], 56), *_says(16, 74, 200, height=18), *boxes, *texts])


def _sticker(_p: Placement, width: float, height: float) -> Picture:
    """Small, over somebody else's film."""
    film = _box("other", 0, 0, PHONE[0], PHONE[1], 28)
    icons = [_box("ui", PHONE[0] - 48, 330 + n * 56, 30, 30, 15) for n in range(4)]
    return _phone([film, *icons, _box("ad", 20, PHONE[1] - 110 - height, width, height, 8), *_says(20, PHONE[1] - 90, 160, 110)])


def _any(*names: str) -> Callable[[Placement], bool]:
    return lambda p: any(n in s for s in p.surfaces for n in names)


SCENES: Final[Sequence[tuple[Callable[[Placement], bool], Callable[[Placement, float, float], Picture]]]] = (
    (lambda p: p.layout_class == "V", _full),
    (_any("right_hand", "right_column"), _column),
    (_any("marketplace"), _tile),
    (lambda p: p.shown_pt <= PHONE[0] / 2, _sticker),
    (lambda _p: True, _feed),
)
"""Scenes of a platform of phones, the first that fits."""


def _screen(boxes: Sequence[Box]) -> Picture:
    screen = _box("screen", 0, 0, PAGE[0], PAGE[1], 18)
    return Picture(width=PAGE[0], height=PAGE[1], boxes=(screen, *boxes))


def _foot(width: float, height: float) -> Picture:
    """At the foot of a page on a phone."""
    lines = [_box("other", 16, 72, PHONE[0] - 32, 180, 8), *_says(16, 276, 330, 310, 338, 250, 320, 300, 336, 190, 280, step=30)]
    ad = _box("ad", (PHONE[0] - width) / 2, PHONE[1] - height - 10, width, height)
    return _phone([_box("bar", 0, 0, PHONE[0], 52), *lines, ad])


def _page(layout: str, width: float, height: float) -> Picture:
    """On a page for reading: over it, beside it, or in it."""
    w = PAGE[0]
    head = _box("bar", 0, 0, w, 64)
    if layout == "S":
        top = 64 + 32 + height + 32
        text = _says(150, top + 250, 560, 590, 520, 600, 570, 540, 600, 480, height=16, step=40)
        return _screen([head, _box("ad", (w - width) / 2, 96, width, height), _box("other", 150, top, 620, 220, 8), *text,
                        _box("other", 830, top, 300, PAGE[1] - top - 60, 8)])
    text = _says(120, 480, 600, 640, 570, 630, 600, 520, 640, 590, 610, 400, height=16, step=42)
    x = 820 + (340 - width) / 2
    below = _says(x, 170 + height, width * 0.9, width, width * 0.8, width * 0.95, height=16, step=42) if height < 500 else []
    return _screen([head, _box("other", 120, 120, 640, 320, 8), *text, _box("ad", x, 120, width, height), *below])
