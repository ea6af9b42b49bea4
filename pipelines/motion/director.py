"""From a still to a film: what a storyboard's shots and moves become for this picture, its words and its product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement
from pipelines.compose.compose import Composer, Composition
from pipelines.motion.poster import seen_first
from pipelines.motion.shots import Close, End, Shot, Wide
from pipelines.motion.sound import Mark
from pipelines.motion.storyboard import Beat, Facts, Storyboard, choose, resolve
from pipelines.motion.takes import COUNTED, Job, close, end, wide
from pipelines.motion.words import figure_of, grouped, halves

LEAST_FIGURE = 5.0
"""Smaller figures than this have nothing to count."""
LONGEST_END = 2.0


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
    board = board or choose(facts_of(composition, composer), seed)
    seconds = min(max(kit.motion.end_card_seconds, board.seconds - board.end), LONGEST_END)
    job = Job(
        composition=composition, composer=composer, placement=placement, deck=deck, kit=kit, seed=seed, board=board,
        anchors={"end": board.seconds - seconds},
    )
    shots = _shots(job)
    marks = tuple(mark for beat in board.marks for mark in _marks(beat, job))
    return Film(
        storyboard=board.name, seconds=board.seconds, end=job.anchors["end"], shots=shots, marks=marks, bpm=job.bpm,
        product_box=composition.product_box, texts=_said(shots, job),
        first=seen_first(shots[0][1].frame(0.0), composition),
    )


def facts_of(composition: Composition, composer: Composer) -> Facts:
    """What a storyboard may count on."""
    layout = composition.layout
    fixture = layout.fixture
    has = {
        "product": composition.product_box is not None, "phrases": _in_phrases(composition),
        "figure": _countable(composition), "split": composition.backdrop.second is not None,
        "device": fixture is not None and fixture.device.where == "over",
        "printed": fixture is not None and fixture.device.where == "behind",
    }
    return Facts(
        family=layout.family, device=fixture.device.name if fixture else "", motive=composer.concept.motive,
        has=frozenset(name for name, there in has.items() if there),
    )


def _in_phrases(composition: Composition) -> bool:
    _, groups = grouped(composition.items, 0)
    return any(g.role in ("headline", "quote") and halves(g) is not None for g in groups)


def _countable(composition: Composition) -> bool:
    for text in composition.layout.texts:
        if text.role in COUNTED:
            figure = figure_of(text.block)
            return figure is not None and (figure.value >= LEAST_FIGURE or figure.places > 0)
    return False


def _shots(job: Job) -> tuple[tuple[float, Shot], ...]:
    """The storyboard's shots that this concept can have, in order."""
    planned = {plan.kind: resolve(plan.at, job.anchors) for plan in job.board.shots}
    near = close(job, planned["close"]) if "close" in planned else None
    said = [g.block.text for g, _ in near[1].groups if g.block is not None] if near else []
    last = end(job, said)
    until = near[0] if near else job.anchors["end"] if last else job.board.seconds
    later = [*said, *(_texts(last) if last and not near else ())]
    made: list[tuple[float, Shot]] = [(planned["wide"], wide(job, until, later))]
    made += [near] if near else []
    made += [(job.anchors["end"], last)] if last else []
    return tuple(made)


def _texts(shot: End) -> list[str]:
    """Second lines that the lockup says: they wait for it."""
    spoken = shot.card.layout.text("headline")
    return [spoken.block.text] if spoken is not None else []


def _said(shots: Sequence[tuple[float, Shot]], job: Job) -> tuple[str, ...]:
    """Every text that the film shows, in order of appearance; a call to action as the deck writes it."""
    groups = [g for _, shot in shots if isinstance(shot, (Wide, Close, End)) for g, _ in shot.groups]
    texts = [g.block.text for g in groups if g.block is not None and g.role != "logo"]
    call = job.deck.first("art_cta")
    calls = [call.text] if call and any(g.role in ("phrase", "cta") for g in groups) else []
    return tuple(dict.fromkeys([*texts, *calls]))


def _marks(beat: Beat, job: Job) -> Iterator[Mark]:
    at = max(0.0, resolve(beat.at, job.anchors))
    yield Mark(kind=beat.sound, at=at)
    while beat.every and (at := at + beat.every) < resolve(beat.until, job.anchors) + 1e-6:
        yield Mark(kind=beat.sound, at=at)


