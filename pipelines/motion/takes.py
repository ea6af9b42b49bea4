"""Takes: the still's own shot, the close one and the end lockup, made for one composition by a storyboard's moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement, Text
from pipelines.compose.block import Block
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.content import set_right
from pipelines.compose.contrast import reading
from pipelines.compose.dress import device_colours, ghost
from pipelines.compose.faces import face_of
from pipelines.compose.geometry import union
from pipelines.motion.closeup import close_up
from pipelines.motion.endcard import end_card
from pipelines.motion.lightset import LightSet, Look
from pipelines.motion.poster import lightness
from pipelines.motion.shots import Close, End, Track, Wide, cues
from pipelines.motion.storyboard import Move, Storyboard, reading_seconds, resolve
from pipelines.motion.words import Cue, Group, counted, figure_of, grouped

SPOKEN = ("headline", "headline2", "quote")
FIGURES = ("number", "rating", "price")
COUNTED = ("number",)
"""What may be shown at less than its value: never a rating, which would stand there as another one."""
OWN = "brief"
"""Source of words that a person wrote for this idea."""
APART = 0.26
"""How far from its place the line between two lights begins, in canvases."""
PATIENCE = 0.5
"""How much shorter than its reading time a second line may stand: nothing else is read there."""
EARLIEST = 1.7
"""A close shot never begins before this second: the thought comes first."""
LATEST = 1.4
"""A close shot is at least so long."""
FOOT = 0.84
"""Down to this share of the canvas a product may stand though words may not: tall stills have it there too."""
TURNS = (20.0, -20.0, 10.0, -10.0, 5.0, -5.0)
"""Degrees that the light may turn, in order of preference: the first at which every text stays readable."""
LIT = 0.95
"""Share of the still's lightness that stays: light that goes on is not light that goes out."""
SLACK = 3.0
"""Lc that a text may lose on the way."""
RISING = ("headline", "phrase", "cta")
"""What rises in the lockup, in this order; logo, prices and terms are there at once."""
NUMBER = re.compile(r"\d+")


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

    @property
    def locale(self) -> str:
        """The language of the words."""
        return self.composition.content.locale

    @property
    def bpm(self) -> float:
        """Beats a minute of the kit's sound."""
        return float(self.kit.motion.sound.get("bpm", 100.0))

    def track(self, what: str, rest: float = 1.0) -> Track:
        """The storyboard's moves of one thing as a value over time."""
        moves = tuple((resolve(m.at, self.anchors), m) for m in self.board.move(what))
        return Track(moves=moves, brand=self.kit.motion.easing, rest=rest)

    def start(self, what: str) -> tuple[float, Move] | None:
        """When the storyboard first moves a thing, and how."""
        return next(iter(self.track(what).moves), None)

    @cached_property
    def place(self) -> LightSet:
        """The still's place, shared by its shots."""
        still = self.composition
        w, h = still.backdrop.size
        across = still.backdrop.split is not None and still.backdrop.split[0] == "x"
        apart = APART * (w if across else h)
        for turn in TURNS:
            place = LightSet(still.backdrop, still.behind, still.veils, apart, turn)
            if _reads_on(place, still):
                break
        return place


def _reads_on(place: LightSet, still: Composition) -> bool:
    """Whether the picture stays bright and all that it says is read while the light goes on, half way and at its end."""
    for hour in (0.5, 1.0):
        picture = place.picture(Look(hour=hour), place.behind)
        if lightness(picture) < LIT * lightness(place.full()):
            return False
        for text in still.layout.texts:
            blocks = (i for i in still.items if isinstance(i, Block))
            drawn = next((b for b in blocks if (b.role, b.text) == (text.role, text.block.text)), None)
            told = still.measured.get(text.role)
            if drawn is None or told is None:
                continue
            if reading(picture, drawn).p10 < min(told.minimum, told.reading.p10) - SLACK:
                return False
    return True


def headline(composition: Composition) -> str:
    """What the still says first, its halves joined."""
    return " ".join(t.block.text for t in composition.layout.texts if t.role in SPOKEN)


def wide(job: Job, until: float, later: Sequence[str] = ()) -> Wide:
    """The still's own shot by the storyboard's moves, up to a moment. After the poster, texts in `later` wait for the
    close shot, which says them."""
    composition, kit = job.composition, job.kit
    layout = composition.layout
    colours = device_colours(kit, job.composer.tones)
    fixture = layout.fixture
    printed = fixture is not None and fixture.device.where == "behind"
    over = fixture is not None and not printed
    front = len(fixture.draw(colours)) if fixture is not None and not printed else 0
    _, groups = grouped(composition.items, front)
    groups = tuple(g for g in groups if g.role not in ("sub", "body") or g.block is None or g.block.text not in later)
    starts = {"rest": found} if (found := job.start("rest")) else {}
    starts |= dict.fromkeys(SPOKEN, told) if (told := job.start("headline")) else {}
    return Wide(
        place=job.place, groups=cues(layout, groups, starts, job.start("phrases")), still=composition.pixels,
        light=job.track("light", rest=0.0), progress=job.track("device"), split=job.track("split"), printed=printed,
        device=(lambda p: fixture.draw(colours, p)) if fixture else None, until=until,
        ghost=ghost(layout, kit, job.composer.tones), change=_counter(job) if job.start("figure") else None,
        about=_quiet_point(composition), window=None if over else _window(composition), whole=over,
    )


def _quiet_point(composition: Composition) -> tuple[float, float]:
    """The point that the camera comes nearer to: of the product the one nearest to the type, so that it grows away from
    it; a device's middle where that is the picture; without either the type's middle."""
    layout = composition.layout
    if layout.fixture is not None and layout.fixture.device.where != "behind":
        return layout.fixture.box.centre
    box = union([t.box for t in layout.texts]) if layout.texts else layout.grid.canvas
    x, y = box.centre
    if composition.product_box is None:
        return x, y
    px, py, pw, ph = composition.product_box
    return min(max(x, px), px + pw), min(max(y, py), py + ph)


def _window(composition: Composition) -> tuple[int, int, int, int] | None:
    box = composition.layout.window
    return (round(box.x), round(box.y), round(box.w), round(box.h)) if box else None


def _counter(job: Job) -> Any:
    """Turns a figure's group into what it shows at a moment."""
    track = job.track("figure")

    def change(group: Group, t: float) -> tuple[Group, Any]:
        block = group.block
        figure = figure_of(block) if block is not None and group.role in COUNTED else None
        share = track.at(t)
        if block is None or figure is None or share >= 1:
            return group, None
        now = counted(block, figure, share, face_of(job.kit, "display", block.weight))
        return replace(group, items=tuple(now if i is block else i for i in group.items)), figure.at(share)

    return change


# --------------------------------------------------------------------------------------------------------- close


def close(job: Job, start: float) -> tuple[float, Close] | None:
    """The product near, with the thought's second words if they can be read in the time, else silent; and when it
    begins, which is sooner where there is more to read. None where the product cannot be shown nearer."""
    composer, composition = job.composer, job.composition
    if composer.product is None or composer.shape is None or composition.product_box is None:
        return None
    if composition.backdrop.second is not None:
        return None
    end = job.anchors["end"]
    for text in (*second_words(job), ""):
        begins = max(EARLIEST, min(start, end - reading_seconds(text) + PATIENCE)) if text else start
        if text and reading_seconds(text) > end - begins + PATIENCE:
            continue
        found = close_up(
            job.place, composer.product, composer.shape, text, composition.layout.grid, job.kit, composer.tones, job.locale,
            max(1 - job.placement.safe.bottom, FOOT),
        )
        if found is not None and end - begins >= LATEST:
            groups = ((Group(role="close", items=(found.block,)), Cue(enter=begins, seconds=0.4)),) if found.block else ()
            light = job.track("light", rest=0.0)
            return begins, Close(base=found.pixels, light=light, centre=found.centre, start=begins, groups=groups)
    return None


def second_words(job: Job) -> list[str]:
    """What may be said near the product, best first: the thought's own sub, or where it began and ended. Never the
    headline again, never another fact. A sub line that the still shows is kept for here."""
    layout = job.composition.layout
    said = {t.block.text for t in layout.texts if t.role in (*SPOKEN, "caption", *FIGURES)}
    return [] if layout.text("price") else [t for t in own_words(job) if t not in said and t != headline(job.composition)]


def own_words(job: Job) -> list[str]:
    """The thought's own words beside its headline: what a person wrote for it; where nobody did, what is said of its
    own fact."""
    concept = job.composer.concept
    mine = {concept.fact, concept.proof} - {""}

    def own(text: Text) -> bool:
        return text.source == OWN or (not concept.line and bool(text.facts) and set(text.facts) <= mine)

    fields = ("art_sub", "art_quote")
    texts = [set_right(t.text, job.locale) for name in fields for t in job.deck.options(name) if own(t)]
    return list(dict.fromkeys(texts))


# ----------------------------------------------------------------------------------------------------------- end


def end(job: Job, said: Sequence[str]) -> End | None:
    """The end lockup; `said` is what close shots have told already. Logo and product are there at once, line and call
    rise; all is still within .8 s."""
    tried = (
        end_card(job.composer, job.placement, job.deck, job.composition, line) for line in last_words(job, said)
    )
    card = next((c for c in tried if c is not None), None)
    if card is None:
        return None
    begin = job.anchors["end"]
    _, groups = grouped(card.items, 0)
    rising = sorted((g for g in groups if g.role in RISING), key=lambda g: RISING.index(g.role))
    timed = [(g, Cue()) for g in groups if g.role not in RISING]
    timed += [(g, Cue(enter=begin + 0.05 + 0.1 * n, seconds=0.42, stagger=0.06)) for n, g in enumerate(rising)]
    box = card.product_box
    about = (box[0] + box[2] / 2, float(box[1] + box[3])) if box else card.layout.grid.canvas.centre
    base = card.backdrop.picture(card.behind, card.veils)
    return End(base=base, about=about, start=begin, groups=tuple(timed), card=card)


def last_words(job: Job, said: Sequence[str]) -> list[str]:
    """The lockup's line, best first: of an offer what it gives for how much; else the thought's own sub, or when that was
    said near the product, the headline whole once more."""
    composition = job.composition
    told = job.deck.first("art_headline")
    whole = [headline(composition), set_right(told.text, job.locale) if told else ""]
    if composition.layout.text("price") is not None:
        return sorted(composition.content.options("sub"), key=len)
    return [t for t in dict.fromkeys([*(w for w in own_words(job) if w not in said), *whole]) if t]
