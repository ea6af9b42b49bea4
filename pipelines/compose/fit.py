"""The largest good setting of a text in a box: size, line breaks, leading and tracking together."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.compose.breaking import Align, Broken, break_lines, split_words
from pipelines.compose.compounds import cut_word
from pipelines.compose.typeset import Face
from pipelines.compose.typeset import leading as leading_at
from pipelines.compose.typeset import tracking as tracking_at

ACCEPTED = 45.0
CRISP_BELOW = 28.0
TOUCH = 0.05
"""Least gap of ink between lines, in em."""
OPENERS, CLOSERS = "“„«‚‘\"‹", "”“»’‘\"›"
INNER_SPACES = "\u202f\u00a0"
QUOTE_GAP, WIDE_GAP = 0.06, 0.14
STEEP, FLAT = 25.0, 12.0
"""What a doubling of size is worth, below and above the target, in units of break cost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A text with its size. `leading` is px from baseline to baseline, `tracking` em, `widths` px of ink.

    `height` runs from the top of a capital in the first line to the lowest ink; `rise` is what accents add above.
    `inset` is how far an opening quotation mark moves the axis of the text in; widths hold it.
    """

    text: str
    lines: tuple[str, ...]
    size: float
    leading: float
    tracking: float
    cost: float
    widths: tuple[float, ...]
    height: float
    rise: float
    locale: str
    align: Align
    inset: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the breaks are acceptable; if not, other words or another family would serve better."""
        return self.cost <= ACCEPTED


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ask:
    face: Face
    width: float
    height: float
    px_per_pt: float
    size: tuple[float, float, float]
    locale: str
    align: Align
    poster: bool
    leading: float | None
    tracking: float | None
    caps: bool
    tall: bool
    hang: bool


def fit(
    text: str, face: Face, width: float, height: float, px_per_pt: float, *, size: tuple[float, float, float],
    lines: tuple[int, int] = (1, 4), locale: str = "en", align: Align = "left", poster: bool = False,
    leading: float | None = None, tracking: float | None = None, hang: bool = True,
) -> Fitted | None:
    """Set `text` in a box of `width` x `height` px, or None when even the least size does not fit.

    `size` is (least, target, most) px, `leading` and `tracking` em instead of the formulas. For each number of
    lines the largest size that fits is taken; size is then weighed against the cost of the breaks, and growth past
    the target counts half. A German compound too wide for the box is cut once at its joint. With `hang`, an opening
    quotation mark stays in the box and the lines of a flush left text stand beside it.
    """
    ask = _Ask(
        face=face, width=width, height=height, px_per_pt=px_per_pt, size=size, locale=locale, align=align,
        poster=poster, leading=leading, tracking=tracking, caps=text.isupper(), tall=_has_tall_capitals(text),
        hang=hang and align == "left" and text[:1] in OPENERS,
    )
    words = split_words(text)
    if not words:
        return None
    return _best(text, words, ask, lines) or _best(text, _cut(words, ask), ask, lines)


def _has_tall_capitals(text: str) -> bool:
    """Capitals alone, some with marks above them: they need more air between lines."""
    return text.isupper() and unicodedata.normalize("NFD", text) != unicodedata.normalize("NFC", text)


def _best(text: str, words: tuple[str, ...], ask: _Ask, lines: tuple[int, int]) -> Fitted | None:
    tried = [_at(text, words, ask, k) for k in range(lines[0], min(lines[1], len(words)) + 1)]
    fitting = [found for found in tried if found is not None]
    return max(fitting, key=lambda found: _worth(found, ask.size), default=None)


def _worth(found: Fitted, size: tuple[float, float, float]) -> float:
    least, target, _ = size
    steep = STEEP * math.log2(min(found.size, target) / least)
    return steep + FLAT * math.log2(max(found.size, target) / target) - found.cost


def _at(text: str, words: tuple[str, ...], ask: _Ask, k: int) -> Fitted | None:
    """The best setting on k lines: the finest breaks may be too wide, so lines that fit at the target size and at the
    least are tried too."""
    found: list[Fitted] = []
    for limit in (math.inf, _limit(ask, ask.size[1]), _limit(ask, ask.size[0])):
        broken = _break(words, ask, k, limit)
        largest = _largest(text, broken, ask) if broken else None
        if largest is not None:
            found.append(largest)
            if largest.size >= ask.size[1]:
                break
    return max(found, key=lambda one: _worth(one, ask.size), default=None)


def _limit(ask: _Ask, size: float) -> float:
    """The box's width at `size`, told at the size that lines are measured at."""
    return ask.width * ask.size[1] / size


def _largest(text: str, broken: Broken, ask: _Ask) -> Fitted | None:
    """The largest size at which these lines fit, found from above."""
    least, _, size = ask.size
    for _ in range(12):
        found = _set(text, broken, ask, size)
        over = max(max(found.widths) / ask.width, found.height / ask.height)
        if over <= 1.0:
            return _crisped(text, broken, ask, found)
        if size <= least:
            return None
        size = max(least, _down(min(size / over, size - _step(size)), size))
    return None


def _crisped(text: str, broken: Broken, ask: _Ask, found: Fitted) -> Fitted:
    size = crisp(ask.face, found.size)
    return found if size == found.size or size < ask.size[0] else _set(text, broken, ask, size)


def _step(size: float) -> float:
    return 1.0 if size >= 20 else 0.5


def _down(size: float, scale: float) -> float:
    step = _step(scale)
    return math.floor(size / step + 1e-6) * step


def _break(words: tuple[str, ...], ask: _Ask, k: int, limit: float) -> Broken | None:
    size = ask.size[1]
    return _broken(words, ask.face, size, _tracking(ask, size), k, ask.locale, ask.poster, ask.align, ask.hang, limit)


@lru_cache(maxsize=1024)
def _broken(
    words: tuple[str, ...], face: Face, size: float, track: float, k: int, locale: str, poster: bool, align: Align,
    hang: bool, limit: float,
) -> Broken | None:
    def width_of(line: str) -> float:
        bare = line[1:].lstrip(INNER_SPACES) if hang and line[:1] in OPENERS else line
        return face.width(bare, size, track, locale)

    return break_lines(words, width_of, k, locale, poster, align, limit)


def mark_inset(text: str, face: Face, size: float, locale: str) -> float:
    """How far a hung opening mark moves the axis in: its width and .06 em, .14 em where a space follows it."""
    mark = face.run(text[0], size, 0.0, locale)
    return mark.width + (WIDE_GAP if text[1:2] in INNER_SPACES else QUOTE_GAP) * size


def _tracking(ask: _Ask, size: float) -> float:
    if ask.tracking is not None:
        return ask.tracking
    return tracking_at(size / ask.px_per_pt, caps=ask.caps, serif=ask.face.serif)


def _leading(ask: _Ask, size: float) -> float:
    if ask.leading is not None:
        return ask.leading
    return leading_at(size / ask.px_per_pt, caps=ask.caps, weight=ask.face.heavy, tall=ask.tall)


def crisp(face: Face, size: float) -> float:
    """A size at most 6 % smaller whose small letters end on a whole pixel; the size itself from 28 px on.

    Small type without hinting is as sharp as the tops of its x-height.
    """
    if size >= CRISP_BELOW:
        return size
    snapped = math.floor(face.xheight * size + 0.02) / face.xheight
    return snapped if snapped >= 0.94 * size else size


def _set(text: str, broken: Broken, ask: _Ask, size: float) -> Fitted:
    track = _tracking(ask, size)
    runs = [ask.face.run(line, size, track, ask.locale) for line in broken.lines]
    step = max(_leading(ask, size) * size, least_leading([run.ink for run in runs], size))
    cap = ask.face.cap * size
    inset = mark_inset(text, ask.face, size, ask.locale) if ask.hang else 0.0
    return Fitted(
        text=text, lines=broken.lines, size=size, leading=step, tracking=track, cost=broken.cost,
        widths=(_first_width(broken.lines[0], ask, size, track, inset), *(run.width + inset for run in runs[1:])),
        locale=ask.locale, align=ask.align,
        height=cap + (len(runs) - 1) * step + max(0.0, runs[-1].ink[3]), rise=max(0.0, -runs[0].ink[1] - cap),
        inset=inset,
    )


def _first_width(line: str, ask: _Ask, size: float, track: float, inset: float) -> float:
    """Width of the first line; one with a hung mark is measured without the kerning that hanging undoes."""
    bare = line[1:].lstrip(INNER_SPACES) if inset else line
    return ask.face.width(bare, size, track, ask.locale) + inset


def least_leading(inks: list[tuple[float, float, float, float]], size: float) -> float:
    """Baseline distance px that keeps .05 em between each line's lowest ink and the highest of the next."""
    return max((a[3] - b[1] + TOUCH * size for a, b in pairwise(inks)), default=0.0)


def _cut(words: tuple[str, ...], ask: _Ask) -> tuple[str, ...]:
    """The words with the widest one cut in two, or () when it fits or may not be cut."""
    size = ask.size[0]
    widths = [ask.face.width(word, size, _tracking(ask, size), ask.locale) for word in words]
    at = max(range(len(words)), key=widths.__getitem__)
    halves = cut_word(words[at], ask.locale) if widths[at] > ask.width else None
    return (*words[:at], *halves, *words[at + 1 :]) if halves else ()
