"""Takes: the still's own shot, the close one and the hero's, made for one composition by a storyboard's moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement
from pipelines.compose.compose import Composer, Composition, device_colours, ghost
from pipelines.compose.content import set_right
from pipelines.compose.faces import face_of
from pipelines.compose.family import LayoutError
from pipelines.compose.geometry import union
from pipelines.motion.cards import Card
from pipelines.motion.closeup import close_up
from pipelines.motion.easing import easing
from pipelines.motion.endcard import leaving, lockup
from pipelines.motion.lift import lift
from pipelines.motion.lightset import LightSet
from pipelines.motion.shots import Close, Track, Wide, cues
from pipelines.motion.storyboard import Move, Storyboard, reading_seconds, resolve
from pipelines.motion.words import LEAVE, Cue, Group, counted, figure_of, grouped

SPOKEN = ("headline", "headline2", "quote")
FIGURES = ("number", "rating", "price")
COUNTED = ("number",)
"""What may be shown at less than its value: never a rating, which would stand there as another one."""
HERO_TRAVEL = 0.05
NUMBER = re.compile(r"\d+")
PATIENCE = 0.5
"""How much shorter than its reading time a second line may stand: nothing else is read there."""


@dataclass(kw_only=True)
class Job:
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
        """The language of the words."""
        return self.composition.content.locale

    @property
    def bpm(self) -> float:
        """Beats a minute of the kit's sound."""
        return float(self.kit.motion.sound.get("bpm", 100.0))

    def starts(self, what: str) -> tuple[tuple[float, Move], ...]:
        """The storyboard's moves of one thing with their seconds."""
        return tuple((resolve(m.at, self.anchors), m) for m in self.board.move(what))


def headline(composition: Composition) -> str:
    """What the still says first, its halves joined."""
    return " ".join(t.block.text for t in composition.layout.texts if t.role in SPOKEN)


def wide(job: Job, composition: Composition, end_card: bool) -> Wide:
    """The still's own shot by the storyboard's moves, with the end card's lockup at its end where it is the last."""
    layout, tones, kit = composition.layout, job.composer.tones, job.kit
    colours = device_colours(kit, tones)
    fixture = layout.fixture
    printed = fixture is not None and fixture.device.where == "behind"
    front = len(fixture.draw(colours)) if fixture is not None and not printed else 0
    _, groups = grouped(composition.items, front)
    starts: dict[str, tuple[float, Move]] = {}
    for move in job.board.moves:
        roles = {"headline": SPOKEN, "figure": COUNTED, "rest": ("rest",)}.get(move.what, ())
        starts |= {role: (resolve(move.at, job.anchors), move) for role in roles}
    figure = starts.get("number")
    for role in COUNTED:
        starts.pop(role, None)
    leave = job.anchors["end"] - LEAVE if end_card else float("inf")
    timed = cues(layout, groups, starts, leave, leaving(layout))
    if end_card:
        timed = (*timed, *_end_groups(job, composition, groups))
    made = Wide(
        place=LightSet(composition.backdrop, composition.behind, composition.veils),
        groups=timed, light=Track(moves=job.starts("light"), brand=kit.motion.easing),
        product=Track(moves=job.starts("product"), brand=kit.motion.easing),
        progress=Track(moves=job.starts("device"), brand=kit.motion.easing),
        travel=_travel(composition, _share(job.board)), printed=printed,
        device=(lambda p: fixture.draw(colours, p)) if fixture else None,
        ghost=ghost(layout, kit, tones), change=_counter(job, figure) if figure else None,
        still_at=job.anchors["end"], about=_quiet_point(composition), window=_window(composition),
    )
    lift(made, composition)
    return made


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


def _share(board: Storyboard) -> float:
    return next((m.travel for m in board.move("product")), 0.0)


def _travel(composition: Composition, share: float) -> float:
    """How far above its place the product appears, px: a share of the canvas, less where type stands over it."""
    asked = share * composition.layout.grid.size[1]
    if composition.product_box is None:
        return asked
    x, y, w, _ = composition.product_box
    over = [t.box.bottom for t in composition.layout.texts if t.box.x < x + w and t.box.right > x and t.box.bottom <= y]
    room = y - max(over) - composition.layout.grid.unit if over else asked
    return min(asked, max(room, 0.0))


def _counter(job: Job, move: tuple[float, Move]) -> Any:
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


def _end_groups(job: Job, composition: Composition, groups: Sequence[Group]) -> tuple[tuple[Group, Cue], ...]:
    """Logo and phrase of the end card with their cues; they are all there .7 s after it begins."""
    kept = [g for g in groups if g.role not in leaving(composition.layout)]
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


def close(job: Job, start: float) -> Close | None:
    """The product near with a second line that can be read in the time; None when there is no such view or line."""
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


def _second_lines(job: Job) -> list[str]:
    """What may be said after the headline, best first: never the headline again, last what repeats a figure."""
    said = headline(job.composition)
    fields = ("art_sub", "art_body", "art_item")
    texts = [set_right(t.text, job.locale) for name in fields for t in job.deck.options(name)]
    shown = " ".join(t.block.text for t in job.composition.layout.texts if t.role in (*SPOKEN, *FIGURES))
    figures = set(NUMBER.findall(shown))
    fresh = [t for t in dict.fromkeys(texts) if t and t != said]
    return sorted(fresh, key=lambda t: bool(figures & set(NUMBER.findall(t))))


def hero(job: Job) -> Wide | None:
    """For a still that shows no product: the product alone with the same headline, as the film's end."""
    composer = job.composer
    if job.composition.product_box is not None or composer.product is None:
        return None
    concept = replace(composer.concept, family="product", device="")
    other = Composer(concept=concept, kit=job.kit, scene=composer.scene, product=composer.product, brief=composer.brief)
    content = replace(job.composition.content, device="").without(tuple(leaving(job.composition.layout)))
    try:
        still = other.compose_content(content, job.placement)
    except LayoutError:
        return None
    if still.product_box is None:
        return None
    end = job.anchors["end"]
    landing = (end, Move(what="product", seconds=0.6, ease="settle"))
    _, groups = grouped(still.items, 0)
    timed = (*cues(still.layout, groups, {}, float("inf"), leaving(still.layout)), *_end_groups(job, still, groups))
    return Wide(
        place=LightSet(still.backdrop, still.behind, still.veils), groups=timed,
        light=Track(moves=()), product=Track(moves=(landing,)), progress=Track(moves=()),
        travel=_travel(still, HERO_TRAVEL),
        ghost=ghost(still.layout, job.kit, composer.tones),
    )
