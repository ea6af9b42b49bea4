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
    return Choice(id=p.id, title=p.title, takes=" and ".join(f"{k}s" for k in p.media), size=f"{p.canvas[0]} × {p.canvas[1]}",
                  picture=draw(p))


def draw(p: Placement) -> Picture:
    """A placement where it appears."""
    width, height = float(p.shown_pt), p.shown_pt * p.canvas[1] / p.canvas[0]
    if p.surfaces:
        return next(scene for fits, scene in SCENES if fits(p))(p, width, height)
    return _foot(width, height) if width <= PHONE[0] and height < 110 and p.layout_class == "S" else _page(p.layout_class, width, height)


def _phone(boxes: Sequence[Box]) -> Picture:
    screen = Box(kind="screen", x=0, y=0, w=PHONE[0], h=PHONE[1], r=28)
    return Picture(width=PHONE[0], height=PHONE[1], boxes=(screen, *boxes))


def _says(x: float, y: float, *widths: float, height: float = 12, step: float = 22) -> list[Box]:
    """Lines of text."""
    return [Box(kind="text", x=x, y=y + n * step, w=w, h=height, r=height / 2) for n, w in enumerate(widths)]


def _feed(_p: Placement, width: float, height: float) -> Picture:
    """Between two posts: who says it and the text above, the picture, the line and the button below."""
    top, left = 128.0, (PHONE[0] - width) / 2
    head = [Box(kind="bar", x=0, y=0, w=PHONE[0], h=56, r=0), Box(kind="other", x=16, y=72, w=40, h=40, r=20), *_says(68, 76, 130, 84)]
    foot = top + height
    below = [Box(kind="bar", x=0, y=foot, w=PHONE[0], h=62), *_says(16, foot + 16, 150, 100), Box(kind="ui", x=262, y=foot + 13, w=97, h=36, r=8)]
    rest = [] if foot > 560 else [Box(kind="other", x=16, y=foot + 82, w=40, h=40, r=20), *_says(68, foot + 88, 150, 100)]
    return _phone([*head, Box(kind="ad", x=left, y=top, w=width, h=height), *below, *rest])


def _full(p: Placement, _width: float, _height: float) -> Picture:
    """The whole screen, with what the platform lays over its edges."""
    w, h = PHONE
    ad = Box(kind="ad", x=0, y=0, w=w, h=h, r=28)
    top, foot = h * p.safe.top, h * (1 - p.safe.bottom)
    over = [Box(kind="ui", x=16, y=18, w=w - 32, h=5, r=2), Box(kind="ui", x=16, y=36, w=36, h=36, r=18), Box(kind="ui", x=62, y=48, w=110, h=12, r=6)]
    side = [Box(kind="ui", x=w - 48, y=foot - 190 + n * 56, w=30, h=30, r=15) for n in range(4)] if p.safe.bottom > 0.25 else []
    below = [Box(kind="ui", x=20, y=foot + 16, w=150, h=12, r=6), Box(kind="ui", x=20, y=min(foot + 44, h - 60), w=w - 40, h=40, r=20)]
    return _phone([ad, *(over if top > 40 else []), *side, *below])


def _column(_p: Placement, width: float, height: float) -> Picture:
    """Beside the posts of a wide page."""
    w, h = PAGE
    feed = [Box(kind="other", x=380, y=120 + n * 430, w=500, h=390, r=12) for n in range(2)]
    menu = _says(60, 140, 180, 150, 190, 130, 170, height=18, step=54)
    ad = Box(kind="ad", x=w - 60 - width, y=120, w=width, h=height, r=8)
    return _screen([Box(kind="bar", x=0, y=0, w=w, h=72), *menu, *feed, ad, *_says(ad.x, 120 + height + 18, width * 0.9, width * 0.6, height=18, step=34)])


def _tile(_p: Placement, _width: float, height: float) -> Picture:
    """One of many things for sale."""
    side = (PHONE[0] - 48) / 2
    spots = [(16 + n % 2 * (side + 16), 112 + n // 2 * (side + 62)) for n in range(4)]
    boxes = [Box(kind="ad" if n == 1 else "other", x=x, y=y, w=side, h=side * min(1.25, height / _width), r=8) for n, (x, y) in enumerate(spots)]
    texts = [b for x, y in spots for b in _says(x, y + side + 10, side * 0.7, side * 0.4, height=10, step=18)]
    return _phone([Box(kind="bar", x=0, y=0, w=PHONE[0], h=56), *_says(16, 74, 200, height=18), *boxes, *texts])


def _sticker(p: Placement, width: float, height: float) -> Picture:
    """Small, over somebody else's film."""
    film = Box(kind="other", x=0, y=0, w=PHONE[0], h=PHONE[1], r=28)
    icons = [Box(kind="ui", x=PHONE[0] - 48, y=330 + n * 56, w=30, h=30, r=15) for n in range(4)]
    return _phone([film, *icons, Box(kind="ad", x=20, y=PHONE[1] - 110 - height, w=width, h=height, r=8), *_says(20, PHONE[1] - 90, 160, 110)])


def _any(*names: str) -> Callable[[Placement], bool]:
    return lambda p: any(n in s for s in p.surfaces for n in names)


SCENES: Final[Sequence[tuple[Callable[[Placement], bool], Callable[[Placement, float, float], Picture]]]] = (
    (lambda p: p.layout_class == "V", _full),
    (_any("right_hand", "right_column"), _column),
    (_any("marketplace"), _tile),
    (lambda p: p.shown_pt <= PHONE[0] / 2, _sticker),
    (lambda p: True, _feed),
)
"""Scenes of a platform of phones, the first that fits."""


def _screen(boxes: Sequence[Box]) -> Picture:
    screen = Box(kind="screen", x=0, y=0, w=PAGE[0], h=PAGE[1], r=18)
    return Picture(width=PAGE[0], height=PAGE[1], boxes=(screen, *boxes))


def _foot(width: float, height: float) -> Picture:
    """At the foot of a page on a phone."""
    lines = [Box(kind="other", x=16, y=72, w=PHONE[0] - 32, h=180, r=8), *_says(16, 276, 330, 310, 338, 250, 320, 300, 336, 190, 280, step=30)]
    return _phone([Box(kind="bar", x=0, y=0, w=PHONE[0], h=52), *lines, Box(kind="ad", x=(PHONE[0] - width) / 2, y=PHONE[1] - height - 10, w=width, h=height)])


def _page(layout: str, width: float, height: float) -> Picture:
    """On a page for reading: over it, beside it, or in it."""
    w, _h = PAGE
    head = Box(kind="bar", x=0, y=0, w=w, h=64)
    if layout == "S":
        top = 64 + 32 + height + 32
        text = _says(150, top + 250, 560, 590, 520, 600, 570, 540, 600, 480, height=16, step=40)
        return _screen([head, Box(kind="ad", x=(w - width) / 2, y=96, w=width, h=height), Box(kind="other", x=150, y=top, w=620, h=220, r=8), *text,
                        Box(kind="other", x=830, y=top, w=300, h=PAGE[1] - top - 60, r=8)])
    story = [Box(kind="other", x=120, y=120, w=640, h=320, r=8), *_says(120, 480, 600, 640, 570, 630, 600, 520, 640, 590, 610, 400, height=16, step=42)]
    x = 820 + (340 - width) / 2
    return _screen([head, *story, Box(kind="ad", x=x, y=120, w=width, h=height), *(_says(x, 120 + height + 50, *[width * k for k in (0.9, 1, 0.8, 0.95)], height=16, step=42) if height < 500 else [])])
