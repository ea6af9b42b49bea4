"""From a still to a film: what a storyboard's shots and moves become for this picture, its words and its product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement, Safe
from pipelines.compose.compose import Composer, Composition
from pipelines.motion.cards import Card, cards
from pipelines.motion.shots import Cards, Close, Shot, Wide
from pipelines.motion.sound import Mark
from pipelines.motion.storyboard import Facts, Storyboard, choose, resolve
from pipelines.motion.takes import COUNTED, Job, close, headline, hero, wide
from pipelines.motion.words import figure_of

LEAST_FIGURE = 5.0
"""Smaller figures than this have nothing to count."""
LONGEST_CARD = 62
BEATS = (0.5, 0.75, 1.0)
CARD_SECONDS = 0.42
LONGEST_END = 2.2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Film:
    """Shots with the seconds at which they begin, and the sounds. `first` tells what frame 0 shows."""

    storyboard: str
    seconds: float
    end: float
    shots: tuple[tuple[float, Shot], ...]
    marks: tuple[Mark, ...]
    bpm: float
    product_box: tuple[int, int, int, int] | None
    texts: tuple[str, ...]
    first: Mapping[str, float]

    def shot_at(self, t: float) -> Shot:
        """The shot that is on at a moment."""
        return next(shot for start, shot in reversed(self.shots) if t >= start - 1e-6)


def direct(
    composition: Composition, composer: Composer, placement: Placement, deck: CopyDeck, kit: BrandKit, seed: int,
    board: Storyboard | None = None,
) -> Film:
    """The film of a composition by the storyboard that suits it (or the one given)."""
    words = _cards(composition, composer, kit, placement.safe)
    board = board or choose(_facts(composition, composer, words), seed)
    end = board.seconds - min(max(kit.motion.end_card_seconds, board.seconds - board.end), LONGEST_END)
    job = Job(
        composition=composition, composer=composer, placement=placement, deck=deck, kit=kit, seed=seed, board=board,
        anchors={"end": end}, words=words or (),
    )
    job.anchors["cards"] = len(job.words) * _card_seconds(job.bpm)
    shots = _shots(job)
    marks = [m for m in _marks(job) if m.kind != "land" or not _is_hero(shots, end)]
    marks += [Mark(kind="land", at=end + 0.1)] if _is_hero(shots, end) else []
    marks += [Mark(kind="word", at=n * _card_seconds(job.bpm)) for n in range(1, len(job.words)) if _has_cards(board)]
    return Film(
        storyboard=board.name, seconds=board.seconds, end=end, shots=shots, marks=tuple(marks), bpm=job.bpm,
        product_box=composition.product_box, texts=_said(shots), first=_first(shots[0][1], composition),
    )


def _first(shot: Shot, composition: Composition) -> dict[str, float]:
    """What frame 0 shows: the share of the canvas under the product, and how opaque the first text is."""
    if not isinstance(shot, Wide):
        return {"first_product": 0.0, "first_text": 1.0}
    layers = shot.place.layers()
    w, h = composition.backdrop.size
    there = shot.product.at(0.0)
    share = float((layers[0].rgba[..., 3] > 127).sum()) / (w * h) if layers and there >= 1 else 0.0
    lead = next((c for g, c in shot.groups if composition.layout.texts and g.role == composition.layout.texts[0].role), None)
    return {"first_product": round(share, 4), "first_text": 1.0 if lead is not None and lead.enter < 0 else 0.0}


def _said(shots: Sequence[tuple[float, Shot]]) -> tuple[str, ...]:
    """Every text that the film shows, in order of appearance; cards say what the headline says."""
    groups = [g for _, shot in shots if isinstance(shot, (Wide, Close)) for g, _ in shot.groups]
    return tuple(dict.fromkeys(g.block.text for g in groups if g.block is not None and g.role != "logo"))


def _marks(job: Job) -> list[Mark]:
    return [Mark(kind=kind, at=max(0.0, resolve(at, job.anchors))) for kind, at in job.board.marks]


def _is_hero(shots: Sequence[tuple[float, Shot]], end: float) -> bool:
    """Whether the film ends on another picture than it began with, where the product lands."""
    own = [shot for start, shot in shots if isinstance(shot, Wide) and start < end]
    return bool(own) and shots[-1][1] is not own[0]


def _has_cards(board: Storyboard) -> bool:
    return any(s.kind == "cards" for s in board.shots)


def _facts(composition: Composition, composer: Composer, words: tuple[Card, ...] | None) -> Facts:
    layout = composition.layout
    has = {
        "product": composition.product_box is not None, "words": words is not None, "figure": _countable(composition),
        "device": layout.fixture is not None and layout.fixture.device.where == "over",
    }
    device = layout.fixture.device.name if layout.fixture else ""
    shown = frozenset(name for name, there in has.items() if there)
    return Facts(family=layout.family, device=device, motive=composer.concept.motive, has=shown)


def _countable(composition: Composition) -> bool:
    for text in composition.layout.texts:
        if text.role in COUNTED:
            figure = figure_of(text.block)
            return figure is not None and (figure.value >= LEAST_FIGURE or figure.places > 0)
    return False


def _cards(composition: Composition, composer: Composer, kit: BrandKit, safe: Safe) -> tuple[Card, ...] | None:
    text = headline(composition)
    if not text or len(text) > LONGEST_CARD:
        return None
    tones = composer.tones
    grid = composition.layout.grid
    field = grid.canvas.scaled((safe.left + 0.02, safe.top, 0.96 - safe.left - safe.right, 1 - safe.top - safe.bottom))
    return cards(text, kit, tones.roles["ground"], grid, field, composition.content.locale, (tones.light, tones.dark))


def _card_seconds(bpm: float) -> float:
    """A part of a beat near to the time that a card is given."""
    return min((60 / bpm * b for b in BEATS), key=lambda s: abs(s - CARD_SECONDS))


# ---------------------------------------------------------------------------------------------------- shots


def _shots(job: Job) -> tuple[tuple[float, Shot], ...]:
    made: list[tuple[float, Shot]] = []
    last = hero(job) if any(s.kind == "hero" for s in job.board.shots) else None
    own = wide(job, job.composition, end_card=last is None)
    for plan in job.board.shots:
        start = resolve(plan.at, job.anchors)
        shot: Shot | None = None
        if plan.kind == "wide":
            shot = own
        elif plan.kind == "hero":
            shot = last
        elif plan.kind == "cards":
            shot = Cards(size=job.placement.canvas, cards=job.words, step=_card_seconds(job.bpm))
        else:
            shot = close(job, start)
        if shot is not None:
            made.append((start, shot))
    return tuple(made)


