"""From a still to a film: what a storyboard's shots and moves become for this picture, its words and its product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement, Safe
from pipelines.compose.compose import Composer, Composition, device_colours, ghost
from pipelines.compose.content import set_right
from pipelines.compose.contrast import reading
from pipelines.compose.draw import Pixels
from pipelines.compose.faces import face_of
from pipelines.compose.family import LayoutError
from pipelines.compose.geometry import union
from pipelines.light import LUMINANCE, srgb_to_linear
from pipelines.motion.cards import Card, cards
from pipelines.motion.closeup import close_up
from pipelines.motion.easing import easing
from pipelines.motion.endcard import LEAVES, lockup
from pipelines.motion.lightset import LightSet, Look
from pipelines.motion.shots import Cards, Close, Shot, Track, Wide, cues
from pipelines.motion.sound import Mark
from pipelines.motion.storyboard import Facts, Move, Storyboard, choose, reading_seconds, resolve
from pipelines.motion.words import LEAVE, Cue, Group, counted, figure_of, grouped

SPOKEN = ("headline", "headline2", "quote")
FIGURES = ("number", "rating")
COUNTED = ("number",)
"""What may be shown at less than its value: never a rating, which would stand there as another one."""
LEAST_FIGURE = 5.0
"""Smaller figures than this have nothing to count."""
LONGEST_CARD = 62
HERO_TRAVEL = 0.05
BEATS = (0.5, 0.75, 1.0)
CARD_SECONDS = 0.42
LONGEST_END = 2.2
NUMBER = re.compile(r"\d+")
PATIENCE = 0.35
"""How much shorter than its reading time a second line may stand: it is short, and nothing else is read there."""
FLOORS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75)
LEGIBLE = 45.0
"""APCA's least for large bold type: what a headline keeps while the light is still coming."""
DIMMEST, DIMMER = 0.25, 0.85
"""A first frame is at least this light (mean OKLab L), or this share of the still where the brand's ground is dark."""


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


@dataclass(kw_only=True)
class _Job:
    """Everything a film of one composition is made from."""

    composition: Composition
    composer: Composer
    placement: Placement
    deck: CopyDeck
    kit: BrandKit
    seed: int
    board: Storyboard
    anchors: dict[str, float]
    words: tuple[Card, ...]

    @property
    def locale(self) -> str:
        return self.composition.content.locale

    @property
    def bpm(self) -> float:
        return float(self.kit.motion.sound.get("bpm", 100.0))


def direct(
    composition: Composition, composer: Composer, placement: Placement, deck: CopyDeck, kit: BrandKit, seed: int,
    board: Storyboard | None = None,
) -> Film:
    """The film of a composition by the storyboard that suits it (or the one given)."""
    words = _cards(composition, composer, kit, placement.safe)
    board = board or choose(_facts(composition, composer, words), seed)
    end = board.seconds - min(max(kit.motion.end_card_seconds, board.seconds - board.end), LONGEST_END)
    job = _Job(
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


def _marks(job: _Job) -> list[Mark]:
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


def _headline(composition: Composition) -> str:
    return " ".join(t.block.text for t in composition.layout.texts if t.role in SPOKEN)


def _cards(composition: Composition, composer: Composer, kit: BrandKit, safe: Safe) -> tuple[Card, ...] | None:
    text = _headline(composition)
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


def _shots(job: _Job) -> tuple[tuple[float, Shot], ...]:
    made: list[tuple[float, Shot]] = []
    hero = _hero(job) if any(s.kind == "hero" for s in job.board.shots) else None
    wide = _wide(job, job.composition, end_card=hero is None)
    for plan in job.board.shots:
        start = resolve(plan.at, job.anchors)
        shot: Shot | None = None
        if plan.kind == "wide":
            shot = wide
        elif plan.kind == "hero":
            shot = hero
        elif plan.kind == "cards":
            shot = Cards(size=job.placement.canvas, cards=job.words, step=_card_seconds(job.bpm))
        else:
            shot = _close(job, start)
        if shot is not None:
            made.append((start, shot))
    return tuple(made)


def _starts(job: _Job, what: str) -> tuple[tuple[float, Move], ...]:
    return tuple((resolve(m.at, job.anchors), m) for m in job.board.move(what))


def _wide(job: _Job, composition: Composition, end_card: bool) -> Wide:
    layout, tones, kit = composition.layout, job.composer.tones, job.kit
    colours = device_colours(kit, tones)
    fixture = layout.fixture
    printed = fixture is not None and fixture.device.where == "behind"
    front = len(fixture.draw(colours)) if fixture is not None and not printed else 0
    _, groups = grouped(composition.items, front)
    starts: dict[str, tuple[float, Move]] = {}
    for move in job.board.moves:
        roles = {"headline": SPOKEN, "figure": FIGURES, "rest": ("rest",)}.get(move.what, ())
        starts |= {role: (resolve(move.at, job.anchors), move) for role in roles}
    figure = starts.get("number")
    for role in FIGURES:
        starts.pop(role, None)
    leave = job.anchors["end"] - LEAVE if end_card else float("inf")
    timed = cues(layout, groups, starts, leave, LEAVES)
    if end_card:
        timed = (*timed, *_end_groups(job, composition, groups))
    wide = Wide(
        place=LightSet(composition.backdrop, composition.behind, composition.veils),
        groups=timed, light=Track(moves=_starts(job, "light"), brand=kit.motion.easing),
        product=Track(moves=_starts(job, "product"), brand=kit.motion.easing),
        progress=Track(moves=_starts(job, "device"), brand=kit.motion.easing),
        travel=_travel(job), device=(lambda p: fixture.draw(colours, p)) if fixture else None, printed=printed,
        ghost=ghost(layout, kit, tones), change=_counter(job, figure) if figure else None,
        still_at=job.anchors["end"], about=_quiet_point(composition), window=_window(composition),
    )
    _lift(wide, composition)
    return wide


def _quiet_point(composition: Composition) -> tuple[float, float]:
    """The point of the product nearest to the type, else the type's middle: what touches nothing stays in place."""
    box = union([t.box for t in composition.layout.texts]) if composition.layout.texts else composition.layout.grid.canvas
    x, y = box.centre
    if composition.product_box is None:
        return x, y
    px, py, pw, ph = composition.product_box
    return min(max(x, px), px + pw), min(max(y, py), py + ph)


def _window(composition: Composition) -> tuple[int, int, int, int] | None:
    box = composition.layout.window
    return (round(box.x), round(box.y), round(box.w), round(box.h)) if box else None


def _lift(wide: Wide, composition: Composition) -> None:
    """Raise the light of the dim picture until the first frame is no void and its first text reads."""
    start = wide.light.at(-1.0)
    layout = composition.layout
    if start >= 1 or not layout.texts:
        return
    still = _lightness(composition.pixels)
    lead = layout.texts[0].role
    block = next((g.block for g, _ in wide.groups if g.role == lead and g.block), None)
    needed = composition.measured.get(lead)
    for floor in FLOORS:
        wide.place.least = floor
        picture = wide.place.picture(Look(light=start), ())
        light = _lightness(picture) >= min(DIMMEST, DIMMER * still)
        if light and (block is None or needed is None or reading(picture, block).p10 >= min(needed.minimum, LEGIBLE)):
            return


def _lightness(pixels: Pixels) -> float:
    """Mean OKLab L of a picture's luminance, on every eighth pixel."""
    linear = srgb_to_linear(pixels[::8, ::8].astype(np.float32) / 255) @ LUMINANCE
    return float(np.cbrt(linear).mean())


def _travel(job: _Job) -> float:
    moves = job.board.move("product")
    return (moves[0].travel if moves else 0.0) * job.placement.canvas[1]


def _counter(job: _Job, move: tuple[float, Move]) -> Any:
    """Turns a figure's group into what it shows at a moment."""
    start, how = move
    ease = easing(how.ease)

    def change(group: Group, t: float) -> tuple[Group, Any]:
        block = group.block
        figure = figure_of(block) if block is not None and group.role in COUNTED else None
        if block is None or figure is None or t >= start + how.seconds:
            return group, None
        share = how.start + (how.end - how.start) * ease((t - start) / how.seconds)
        written = figure.at(share)
        face = face_of(job.kit, "display", block.weight)
        now = counted(block, figure, share, face)
        return replace(group, items=tuple(now if i is block else i for i in group.items)), written

    return change


def _end_groups(job: _Job, composition: Composition, groups: Sequence[Group]) -> tuple[tuple[Group, Cue], ...]:
    """Logo and phrase of the end card with their cues; they are all there .7 s after it begins."""
    kept = [g for g in groups if g.role not in LEAVES]
    phrase = job.deck.first("art_cta")
    text = set_right(phrase.text, job.locale) if phrase else ""
    made = lockup(
        composition.layout, kept, text, job.kit, job.composer.tones, _still_without(composition), job.locale
    )
    end = job.anchors["end"]
    return tuple((g, Cue(enter=end + 0.08 + 0.12 * n, seconds=0.5)) for n, g in enumerate(made))


def _still_without(composition: Composition) -> Any:
    """The still's picture under its type, on which new type is coloured."""
    return composition.backdrop.picture(composition.behind, composition.veils)


def _close(job: _Job, start: float) -> Close | None:
    composer, composition = job.composer, job.composition
    if composer.product is None or composer.shape is None or composition.product_box is None:
        return None
    seconds = job.anchors["end"] - start
    text = next((t for t in _second_lines(job) if reading_seconds(t) <= seconds + PATIENCE), "")
    if not text or composition.backdrop.second is not None:
        return None
    place = LightSet(composition.backdrop, composition.behind, composition.veils)
    found = close_up(
        place, composer.product, composer.shape, text, composition.layout.grid, job.kit, composer.tones, job.locale
    )
    if found is None:
        return None
    group = Group(role="close", items=(found.block,))
    return Close(base=found.pixels, centre=found.centre, start=start, groups=((group, Cue(enter=start, seconds=0.4)),))


def _second_lines(job: _Job) -> list[str]:
    """What may be said after the headline, best first: never the headline again, last what repeats a figure."""
    said = _headline(job.composition)
    fields = ("art_sub", "art_body", "art_item")
    texts = [set_right(t.text, job.locale) for name in fields for t in job.deck.options(name)]
    figures = set(NUMBER.findall(" ".join(t.block.text for t in job.composition.layout.texts if t.role != "legal")))
    fresh = [t for t in dict.fromkeys(texts) if t and t != said]
    return sorted(fresh, key=lambda t: bool(figures & set(NUMBER.findall(t))))


def _hero(job: _Job) -> Wide | None:
    """For a still that shows no product: the product alone with the same headline, as the film's end."""
    composer = job.composer
    if job.composition.product_box is not None or composer.product is None:
        return None
    concept = replace(composer.concept, family="product", device="")
    other = Composer(concept=concept, kit=job.kit, scene=composer.scene, product=composer.product, brief=composer.brief)
    content = replace(job.composition.content, device="").without(tuple(LEAVES))
    try:
        still = other.compose_content(content, job.placement)
    except LayoutError:
        return None
    if still.product_box is None:
        return None
    end = job.anchors["end"]
    landing = (end, Move(what="product", seconds=0.6, ease="settle"))
    _, groups = grouped(still.items, 0)
    timed = (*cues(still.layout, groups, {}, float("inf"), LEAVES), *_end_groups(job, still, groups))
    return Wide(
        place=LightSet(still.backdrop, still.behind, still.veils), groups=timed,
        light=Track(moves=()), product=Track(moves=(landing,)), progress=Track(moves=()),
        travel=HERO_TRAVEL * job.placement.canvas[1],
        ghost=ghost(still.layout, job.kit, composer.tones),
    )
