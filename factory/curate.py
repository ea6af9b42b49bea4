"""Which variants ship, and why the others do not: quality first, then difference, over what checks measured.

Takes plain values: findings, a score and a small grey thumbnail that `pipelines/features.py` made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from factory.records import Finding

TWIN_SSIM = 0.70
"""Blurred grey thumbnails of two concepts that are more alike than this are the same ad to somebody scrolling by."""

THUMB = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One attempt at a cell. `thumb` is THUMB x THUMB grey values 0..1, row by row; `strip` marks a banner so long
    and thin that all of its kind share one anatomy, and look alike at a glance whatever they say."""

    cell: str
    attempt: int
    concept: str
    placement: str
    locale: str
    kind: str
    findings: tuple[Finding, ...]
    thumb: tuple[float, ...]
    strip: bool = False

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that forbid shipping."""
        return tuple(f for f in self.findings if f.verdict == "fail")

    @property
    def score(self) -> float:
        """1 for a clean variant, less .08 for each warning; a spare yields to a first attempt that is as good."""
        return 1.0 - 0.08 * sum(f.verdict == "warn" for f in self.findings) - 0.01 * self.attempt


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What became of a cell: the attempt that ships, or None and the reason."""

    cell: str
    attempt: int | None
    reason: str


def curate(candidates: Sequence[Candidate]) -> dict[str, Decision]:
    """Decide for every cell. Deterministic, and independent of the order of the candidates."""
    cells: dict[str, list[Candidate]] = {}
    for c in sorted(candidates, key=lambda c: (c.cell, c.attempt)):
        cells.setdefault(c.cell, []).append(c)
    picks = {cell: _best(tries) for cell, tries in cells.items()}
    decisions = {cell: _decide(cell, tries, picks[cell]) for cell, tries in cells.items()}
    for weaker, stronger in _twins([p for p in picks.values() if p]):
        if decisions[stronger.cell].attempt is not None and decisions[weaker.cell].attempt is not None:
            decisions[weaker.cell] = Decision(
                cell=weaker.cell, attempt=None,
                reason=f"looks like {stronger.concept} at {stronger.placement} (similarity above {TWIN_SSIM})",
            )
    return decisions


def _best(tries: Sequence[Candidate]) -> Candidate | None:
    sound = [t for t in tries if not t.failed]
    return max(sound, key=lambda t: (t.score, -t.attempt)) if sound else None


def _decide(cell: str, tries: Sequence[Candidate], best: Candidate | None) -> Decision:
    if best:
        return Decision(cell=cell, attempt=best.attempt, reason="")
    why = "; ".join(dict.fromkeys(f"{f.code}: {f.fact}" for t in tries for f in t.failed))
    return Decision(cell=cell, attempt=None, reason=why or "nothing was made")


def _twins(picks: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """Pairs of different concepts at one place and locale that look alike, the weaker first."""
    found = []
    for a, b in combinations(sorted(picks, key=lambda p: (-p.score, p.concept, p.cell)), 2):
        same_place = (a.placement, a.locale, a.kind) == (b.placement, b.locale, b.kind) and not a.strip
        if same_place and a.concept != b.concept and similarity(a.thumb, b.thumb) > TWIN_SSIM:
            found.append((b, a))
    return found


def similarity(a: Sequence[float], b: Sequence[float]) -> float:
    """Mean SSIM over 8x8 blocks of two THUMB x THUMB grey pictures (Wang et al. 2004, K1 .01, K2 .03), -1..1."""
    x, y = _blocks(a), _blocks(b)
    mx, my = x.mean(1), y.mean(1)
    vx, vy = x.var(1), y.var(1)
    cov = ((x - mx[:, None]) * (y - my[:, None])).mean(1)
    c1, c2 = 0.01**2, 0.03**2
    return float(np.mean(((2 * mx * my + c1) * (2 * cov + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))))


def _blocks(thumb: Sequence[float]) -> npt.NDArray[np.float64]:
    n = THUMB // 8
    grid = np.asarray(thumb, np.float64).reshape(n, 8, n, 8)
    return grid.swapaxes(1, 2).reshape(n * n, 64)


def alikeness(picks: Sequence[Candidate]) -> Mapping[str, float]:
    """Largest and mean similarity between concepts at the same place and locale: figures for the batch."""
    values = [
        similarity(a.thumb, b.thumb)
        for a, b in combinations(sorted(picks, key=lambda p: p.cell), 2)
        if (a.placement, a.locale, a.kind) == (b.placement, b.locale, b.kind) and a.concept != b.concept and not a.strip
    ]
    return {"largest": round(max(values), 4), "mean": round(sum(values) / len(values), 4)} if values else {}
