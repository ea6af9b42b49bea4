"""Where lines end: every way to break is weighed, and the least bad one wins.

Costs count in hundredths of a squared slack. Beyond raggedness they know what a reader stumbles over: a word that leans
on the next one at a line's end, a lone word, a phrase torn from its last or first word. A line that is a phrase of its
own may be short: that is rhythm.

The cost depends on the widest line, so the dynamic programme runs once for each width a line could have. Up to 25
words the search is exact; longer texts (terms, legal lines) try 64 of those widths.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from pipelines.compose.stranded import stranded_words, tight_words

Align = Literal["left", "centre", "right"]
SOFT_HYPHEN = "\u00ad"
AFTER_HYPHEN = "\u200b"
"""Marks a piece that ends in a hyphen of its own, which the next piece follows without a space."""
ENDS = (".", ",", ":", ";", "!", "?", "…", "。", "，", "！", "？", "—", "–")
CLOSERS = "”’\"“»›)]"
COUNTED = re.compile(r"[\d.,]*\d[\d.,]*(-[a-zäöüß]+)?")
"""A number, or one made an adjective."""

ORPHAN, LONELY, LONELY_FIRST, LONELY_BANNER, LONELY_WIDE, LONELY_POSTER, SHORT_LAST = 60, 35, 20, 8, 6, 30, 30
OWN_PHRASE = 8
"""What a lone word or a short last line costs when it is a phrase by itself."""
STRANDED, TORN_OFF, ENDING, LEFT_BEHIND, HYPHEN, OWN_HYPHEN = 34, 64, -12, 24, 80, 24
"""A line that ends in a preposition or the like, in an article or a number of something, at a phrase's end, ..."""
MORE_LINES, GOOD_PAIR = 6, -4
EXACT_WORDS, SAMPLED_WIDTHS = 25, 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """Lines with their cost (accepted up to 45, fine up to 20) and their widths as `width_of` measured them."""

    cost: float
    lines: tuple[str, ...]
    widths: tuple[float, ...]

    @property
    def evenness(self) -> float:
        """Narrowest over widest line, 0..1."""
        return min(self.widths) / max(self.widths) if max(self.widths) else 1.0


class _Text(NamedTuple):
    words: tuple[str, ...]
    widths: tuple[tuple[float, ...], ...]
    """widths[i][j - i - 1] is the width of words i..j-1 as a line."""
    leaning: tuple[int, ...]
    """What a line end after each word costs for the word that it leans on."""
    ending: tuple[bool, ...]
    single: tuple[bool, ...]
    cut: tuple[int, ...]
    """What a line end after each word costs for the hyphen it shows."""

    def width(self, i: int, j: int) -> float:
        return self.widths[i][j - i - 1]

    def opens(self, i: int) -> bool:
        """Whether a phrase begins with word i."""
        return i == 0 or self.ending[i - 1]

    def closes(self, j: int) -> bool:
        """Whether a phrase ends before word j; the text's end is one."""
        return j == len(self.words) or self.ending[j - 1]


class _Rules(NamedTuple):
    k: int
    poster: bool
    align: Align


def split_words(text: str) -> tuple[str, ...]:
    """The pieces a line may end after: split at plain spaces only, so that no-break spaces hold."""
    return tuple(word for word in text.replace("\n", " ").split(" ") if word)


def join_words(words: Sequence[str]) -> str:
    """A line from pieces. A piece that ends in a soft hyphen joins the next, or shows a hyphen at the line's end."""
    line = ""
    for word in words:
        glued = line.endswith((SOFT_HYPHEN, AFTER_HYPHEN))
        line = line[:-1] + word if glued else f"{line} {word}" if line else word
    return line[:-1] + "-" if line.endswith(SOFT_HYPHEN) else line.removesuffix(AFTER_HYPHEN)


def break_lines(
    words: Sequence[str], width_of: Callable[[str], float], k: int, locale: str = "en", poster: bool = False,
    align: Align = "left", limit: float = math.inf,
) -> Broken | None:
    """The best way to set `words` on exactly `k` lines none wider than `limit`, or None when there is no way.

    `width_of` measures a line in any unit. A piece that ends in U+00AD or U+200B is half of a word (see
    `at_compound_joint`): it joins the next without a space.
    """
    if not 1 <= k <= len(words):
        return None
    text, rules = _measured(tuple(words), width_of, locale), _Rules(k, poster, align)
    best: tuple[float, tuple[int, ...]] | None = None
    for widest in _possible_widths(text, k, limit):
        if best is not None and _floor(text, widest, k) >= best[0]:
            break
        found = _cheapest(text, widest, rules)
        if found is not None and (best is None or found[0] < best[0] - 1e-9):
            best = found
    return _broken(text, best) if best else None


# ------------------------------------------------------------------------------------------------- measuring


def _measured(words: tuple[str, ...], width_of: Callable[[str], float], locale: str) -> _Text:
    n = len(words)
    widths = tuple(tuple(width_of(join_words(words[i:j])) for j in range(i + 1, n + 1)) for i in range(n))
    return _Text(
        words, widths, tuple(_lean(w, locale) for w in words), tuple(ends_phrase(w) for w in words),
        tuple("\u00a0" not in w and "\u202f" not in w for w in words),
        tuple(HYPHEN * w.endswith(SOFT_HYPHEN) + OWN_HYPHEN * w.endswith(AFTER_HYPHEN) for w in words),
    )


def ends_phrase(word: str) -> bool:
    """Whether a word closes a phrase with punctuation, closing quotes aside."""
    return word.rstrip(CLOSERS + "\u00a0\u202f").endswith(ENDS)


def leans(word: str, locale: str) -> bool:
    """Whether a word would be stranded at a line's end: it leans on the next and has no end punctuation.

    A bare number leans on what it counts, and so does a number made an adjective ("18-hour").
    """
    return _lean(word, locale) > 0


def _lean(word: str, locale: str) -> int:
    if ends_phrase(word):
        return 0
    if COUNTED.fullmatch(word):
        return TORN_OFF
    bare = word.replace("'", "’").lower().strip("“„«»”\"()")
    return TORN_OFF if bare in tight_words(locale) else STRANDED if bare in stranded_words(locale) else 0


def _possible_widths(text: _Text, k: int, limit: float) -> list[float]:
    """Widths the widest of k lines could have, narrow to wide: none below the widest word, none over the limit."""
    n = len(text.words)
    if k == 1:
        return [w for w in (text.width(0, n),) if w <= limit]
    least = max(text.width(i, i + 1) for i in range(n))
    widths = sorted({w for row in text.widths for w in row if least <= w <= limit})
    if n <= EXACT_WORDS:
        return widths
    useful = [w for w in widths if w * k >= 0.9 * text.width(0, n)]
    return useful[:: max(1, len(useful) // (4 * SAMPLED_WIDTHS))][:SAMPLED_WIDTHS]


def _floor(text: _Text, widest: float, k: int) -> float:
    """No way of breaking with this widest line costs less (the slack, spread evenly, and every bonus)."""
    slack = max(0.0, k * widest - text.width(0, len(text.words)))
    return 50 * (slack / widest) ** 2 / k + (MORE_LINES + ENDING) * (k - 1) + GOOD_PAIR


# -------------------------------------------------------------------------------------------------- weighing


def _cheapest(text: _Text, widest: float, rules: _Rules) -> tuple[float, tuple[int, ...]] | None:
    """Dynamic programme over (words set, lines used): least cost with no line over `widest`, and where lines end."""
    n = len(text.words)

    @cache
    def best(start: int, lines_left: int) -> tuple[float, tuple[int, ...]] | None:
        found: tuple[float, tuple[int, ...]] | None = None
        for end in range(start + 1, n - lines_left + 2) if lines_left > 1 else (n,):
            if text.width(start, end) > widest:
                break
            rest = best(end, lines_left - 1) if lines_left > 1 else (0.0, ())
            if rest is None:
                continue
            cost = _line_cost(text, start, end, widest, rules) + rest[0] + _pair_cost(text, end, rules)
            if found is None or cost < found[0]:
                found = cost, (end, *rest[1])
        return found

    result = best(0, rules.k)
    return None if result is None else (result[0] + MORE_LINES * (rules.k - 1), result[1])


def _line_cost(text: _Text, start: int, end: int, widest: float, rules: _Rules) -> float:
    """Cost of words start..end-1 as a line: slack (half for a phrase's end) and what a reader stumbles over."""
    if rules.k == 1:
        return 0.0
    share = text.width(start, end) / widest if widest else 1.0
    slack = 100 * (1 - share) ** 2 * (0.5 if text.closes(end) and rules.align != "centre" else 1.0)
    lonely = end - start == 1 and text.single[start]
    own = text.opens(start) and text.closes(end)
    if end == len(text.words):
        return slack + _last_cost(lonely, own, share, rules) + _start_cost(text, start, end)
    return slack + (_lonely_cost(own, share, rules, start == 0) if lonely else 0.0) + _inner_cost(text, start, end)


def _last_cost(lonely: bool, own: bool, share: float, rules: _Rules) -> float:
    if lonely and share < 0.45:
        return OWN_PHRASE if own else ORPHAN
    if share < 0.5:
        return OWN_PHRASE if own else SHORT_LAST
    return _lonely_cost(own, share, rules) if lonely else 0.0


def _lonely_cost(own: bool, share: float, rules: _Rules, first: bool = False) -> float:
    """A word alone: a stumble in prose, a beat when it is a phrase or fills a poster's line, nothing odd when it is wide."""
    if rules.poster:
        return LONELY_POSTER if share < 0.6 and not own else 0.0
    if own:
        return OWN_PHRASE
    if share >= 0.75:
        return LONELY_WIDE
    if share < 0.4:
        return LONELY
    return LONELY_BANNER if rules.k >= 4 else LONELY_FIRST if first else LONELY


def _inner_cost(text: _Text, start: int, end: int) -> float:
    last = end - 1
    torn = LEFT_BEHIND * (end - start > 1 and text.opens(last) and not text.ending[last])
    ended = text.leaning[last] + ENDING * text.ending[last] + text.cut[last]
    return ended + torn + _start_cost(text, start, end)


def _start_cost(text: _Text, start: int, end: int) -> float:
    """A line that begins with the last word of a phrase and goes on to another one tears it off."""
    return LEFT_BEHIND * (end - start > 1 and text.ending[start] and not text.opens(start))


def _pair_cost(text: _Text, end: int, rules: _Rules) -> float:
    """Two lines have a better order: the longer one below when flush, above when centred."""
    n = len(text.words)
    if rules.k != 2 or end == n:
        return 0.0
    first, second = text.width(0, end), text.width(end, n)
    good = first > second if rules.align == "centre" else 1.05 * first <= second <= 1.4 * first
    return GOOD_PAIR if good else 0.0


def _broken(text: _Text, best: tuple[float, tuple[int, ...]]) -> Broken:
    starts = (0, *best[1][:-1])
    spans = list(zip(starts, best[1], strict=True))
    return Broken(
        cost=best[0],
        lines=tuple(join_words(text.words[i:j]) for i, j in spans),
        widths=tuple(text.width(i, j) for i, j in spans),
    )
