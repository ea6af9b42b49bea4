"""One function a stage: read what it needs, call the hand that does it, keep what it made. Plain; knows no queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brand_kits.kit import BrandKit
from factory.brief import localized
from factory.errors import FactoryError, StageError, StoreError
from factory.flow import Job
from factory.ids import digest, digest_bytes, plain
from factory.records import Brief, Concept, CopyDeck, Placement, Plan, Plate, PlateJob
from workers.noise import to_log
from workers.results import deck_of, plate_of
from workers.work import Work

if TYPE_CHECKING:
    from pipelines.compose.compose import Composer, Composition
    from pipelines.product.cutout import Cutout

FORMATS: Mapping[str, tuple[str, str]] = {
    "jpg": ("jpeg", "image/jpeg"), "png": ("png", "image/png"), "webp": ("webp", "image/webp"),
}
"""File ending -> the encoder's name for it and its media type."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every stage of a batch may read."""

    brief: Brief
    kit: BrandKit
    plan: Plan
    placements: Mapping[str, Placement]
    work: Work
    image_model: str
    copy_model: str

    def concept(self, name: str) -> Concept:
        """A concept of the plan by its id."""
        return next(c for c in self.plan.concepts if c.id == name)

    def plate_job(self, name: str) -> PlateJob:
        """A plate job of the plan by its id."""
        return next(j for j in self.plan.plate_jobs if j.id == name)


Maker = Callable[["Hands", "Composer", Placement, CopyDeck, str, int], dict[str, Any]]
"""Makes one attempt at a cell: hands, composer, placement, words, cell, number of the attempt."""


def runner(context: Context) -> Callable[[Job], Any]:
    """The function that does a job in this process and returns its result; whoever calls it keeps that."""
    hands = Hands(context)
    return lambda job: STAGE_HANDS[job.stage](hands, job)


def keeper(context: Context) -> Callable[[Job], None]:
    """What a child of `factory make` does with a job: the result is kept where the next stage looks for it."""
    to_log(context.work.root / "children.log")
    do = runner(context)

    def run(job: Job) -> None:
        context.work.put(job.id, do(job))

    return run


class Hands:
    """A process's warm things: the composer of the concept at hand, its decks, the product pictures."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.localized = lru_cache(maxsize=16)(lambda locale: localized(context.brief, locale))
        self.cutout = lru_cache(maxsize=4)(self._cutout)
        self.composer = lru_cache(maxsize=3)(self._composer)
        self.deck = lru_cache(maxsize=64)(lambda job: deck_of(context.work.get(job)))

    def _cutout(self, name: str, count: int = 1) -> Cutout | None:
        """A product picture, or that many of the product in one; those behind show it turned, where the kit has that."""
        from pipelines.product.group import load_group

        if not name:
            return None
        kit = self.context.kit.product_pictures
        own = kit.get(name)
        turned = tuple(kit[n].file for n in own.data.get("turned", ()) if n in kit) if own else ()
        return load_group(own.file if own else Path(self.context.brief.source_dir) / name, count, turned)

    def _composer(self, concept: str, plate_result: str, calm: bool = False) -> Composer:
        """The composer of a concept on its plate; `calm` puts it on the plain ground of its mode instead."""
        from pipelines.compose.compose import Composer
        from pipelines.compose.flat import Flat
        from pipelines.plate import open_scene

        c = self.context.concept(concept)
        plate = plate_of(self.context.work.get(plate_result))

        def reopen(palette: Mapping[str, str]) -> Any:
            return open_scene(Plate(**{**_fields(plate), "palette": dict(palette)}), self.context.work.blob)

        scene = Flat(plate.palette["ground"]) if calm else open_scene(plate, self.context.work.blob)
        return Composer(
            concept=c, kit=self.context.kit, scene=scene, product=self.cutout(c.picture, c.count), brief=self.context.brief,
            reopen=reopen,
        )


def _fields(plate: Plate) -> dict[str, Any]:
    return {name: getattr(plate, name) for name in Plate.__dataclass_fields__}


def make_plate(hands: Hands, job: Job) -> Any:
    """A plate: a set in the kit's colours, its wash, or what a model painted over it."""
    from pipelines.plate import make_plate as make
    from pipelines.plate.models import painter, wash_maker

    context = hands.context
    plate, files = make(context.plate_job(job.args["plate"]), wash=wash_maker(), paint=painter(context.image_model))
    for name, data in files.items():
        if context.work.put_blob(data, name.rsplit(".", 1)[-1]) != name:
            raise StageError(f"A plate's file {name} is not named by its content", code="plate.name", where=job.id)
    return plain(plate)


def write_copy(hands: Hands, job: Job) -> Any:
    """A copy deck: one concept in one locale."""
    from pipelines.copydeck.engines import engine_for
    from pipelines.copydeck.write import write

    context = hands.context
    locale = job.args["locale"]
    brief = hands.localized(locale)
    limits = tuple(context.placements.values())
    deck = write(
        brief, context.concept(job.args["concept"]), locale, context.kit, limits, drafts=engine_for(context.copy_model),
        concepts=context.plan.concepts, category=context.brief.product.category,
    )
    return plain(deck)


def compose(hands: Hands, job: Job) -> Any:
    """A concept's pictures at one placement, in all its locales, each checked; and its clean picture where wanted."""
    context = hands.context
    placement = context.placements[job.args["placement"]]
    made: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for cell in job.args["cells"]:
        made += _attempts(hands, job, placement, cell["id"], _decks(hands, job, cell["locale"]), errors, _picture)
    components = [_clean(hands, placement, job)] if placement.clean else []
    return {"made": made, "components": components, "errors": errors}


def _attempts(
    hands: Hands, job: Job, placement: Placement, cell: str, decks: Sequence[CopyDeck], errors: dict[str, str], maker: Maker
) -> Iterator[dict[str, Any]]:
    """A first attempt, and a calmer spare when it cannot be laid out or a check forbids to ship it: fewer words (the second
    deck), on the plain ground.

    What a layout cannot hold is a cell's misfortune, not the job's: it is noted in `errors` and the others go on. What
    cannot be read or kept is no misfortune of the cell: the job ends with it.
    """
    for number, words in enumerate(decks):
        composer = hands.composer(job.args["concept"], job.needs["plate"], number > 0)
        try:
            made = maker(hands, composer, placement, words, cell, number)
        except StoreError:
            raise
        except FactoryError as error:
            errors[cell] = str(error)
            continue
        errors.pop(cell, None)
        yield made
        if not any(f["verdict"] == "fail" for f in made["findings"]):
            return


def _decks(hands: Hands, job: Job, locale: str) -> tuple[CopyDeck, CopyDeck]:
    """The words of a first attempt and of a spare."""
    deck = hands.deck(job.needs[f"copy.{locale}"])
    return deck, spare(deck)


def spare(deck: CopyDeck) -> CopyDeck:
    """The deck without what may be left out: not the headline, which is the idea, nor what a person wrote into it."""
    kept = tuple(t for t in deck.texts if t.field not in ("art_sub", "art_body") or t.source == "person")
    return CopyDeck(concept=deck.concept, locale=deck.locale, texts=kept)


def _picture(
    hands: Hands, composer: Composer, placement: Placement, deck: CopyDeck, cell: str, number: int
) -> dict[str, Any]:
    from pipelines.compose.encode import encode
    from pipelines.features import thumb
    from workers.subjects import check_picture

    brief = hands.localized(deck.locale)
    worded = placement.text_on_image
    composition = composer.compose(deck, placement, brief) if worded else composer.clean(placement, deck.locale)
    ending = placement.formats[0]
    data = encode(composition.pixels, placement.max_bytes, FORMATS[ending][0])  # type: ignore[arg-type]
    blob = hands.context.work.put_blob(data, ending)
    copy = said(deck, composition, placement)
    findings = check_picture(composition, data, placement, copy, hands.context.kit, brief, deck.locale)
    return {
        "cell": cell, "attempt": number, "blob": blob, "asset": _asset(data, ending, composition.pixels.shape),
        "copy": copy, "findings": plain(findings), "thumb": thumb(composition.pixels),
        "provenance": {**composition.provenance(), "plate": composer.concept.set, "light": composer.concept.light},
    }


def said(deck: CopyDeck, composition: Composition, placement: Placement, also: Sequence[str] = ()) -> dict[str, Any]:
    """The texts of a variant: what is drawn on the picture (`also` in a film), and the ad text shown beside it."""
    from pipelines.compose.punctuation import typographic

    drawn = {t.block.text for t in composition.layout.texts} | set(also)
    copy: dict[str, Any] = {}
    for text in deck.texts:
        own = text.field in placement.text
        shown = typographic(text.text, deck.locale)
        if text.field.startswith("art_") and shown in drawn:
            copy[_free(copy, text.field)] = plain(text)
        elif own and text.field not in copy and len(text.text) <= (placement.text[text.field].limit or 10**6):
            copy[text.field] = plain(text)
    return copy


def _free(copy: Mapping[str, Any], field: str) -> str:
    """A field's name, numbered from its second text on."""
    n = 1
    while (name := field if n == 1 else f"{field}_{n}") in copy:
        n += 1
    return name


def _asset(data: bytes, ending: str, shape: tuple[int, ...], seconds: float | None = None) -> dict[str, Any]:
    kind = FORMATS[ending][1] if ending in FORMATS else f"video/{ending}"
    return {"path": "", "sha256": digest_bytes(data), "bytes": len(data), "type": kind, "width": shape[1], "height": shape[0],
            "seconds": seconds}


def _clean(hands: Hands, placement: Placement, job: Job) -> dict[str, Any]:
    """The picture without type, as a part that the platform may mix."""
    from pipelines.compose.encode import encode

    pixels = hands.composer(job.args["concept"], job.needs["plate"]).clean(placement).pixels
    data = encode(pixels, placement.max_bytes, "jpeg")
    blob = hands.context.work.put_blob(data, "jpg")
    name = digest(["clean", blob])[:16]
    return {"id": name, "kind": "image", "role": "clean", "used_by": [c["id"] for c in job.args["cells"]], "blob": blob,
            "asset": _asset(data, "jpg", pixels.shape)}


def animate(hands: Hands, job: Job) -> Any:
    """One film of a concept at a placement in a locale, checked."""
    placement = hands.context.placements[job.args["placement"]]
    cell = job.args["cells"][0]
    errors: dict[str, str] = {}
    made = list(_attempts(hands, job, placement, cell["id"], _decks(hands, job, cell["locale"]), errors, _film))
    return {"made": made, "components": [], "errors": errors}


def _film(hands: Hands, composer: Composer, placement: Placement, deck: CopyDeck, cell: str, number: int) -> dict[str, Any]:
    from pipelines.features import thumb
    from pipelines.motion.animate import animate as film
    from workers.subjects import check_video

    brief, kit = hands.localized(deck.locale), hands.context.kit
    composition = composer.compose(deck, placement, brief)
    result = film(composition, composer, placement, deck, kit, seed=composer.concept.seed)
    blob = hands.context.work.put_blob(result.data, "mp4")
    copy = said(deck, composition, placement, result.texts)
    findings = check_video(composition, result, placement, copy, kit, brief, deck.locale)
    return {
        "cell": cell, "attempt": number, "blob": blob,
        "asset": _asset(result.data, "mp4", (result.height, result.width), result.seconds),
        "copy": copy, "findings": plain(findings), "thumb": thumb(result.poster),
        "provenance": {**composition.provenance(), "storyboard": result.storyboard, "figures": plain(result.figures)},
    }


def remake(hands: Hands, job: Job, cell: str, decks: Sequence[CopyDeck]) -> tuple[list[dict[str, Any]], str]:
    """One cell of a finished job again, in other words. Returns the attempts, and why there is none."""
    errors: dict[str, str] = {}
    placement = hands.context.placements[job.args["placement"]]
    maker = _film if job.stage == "animate" else _picture
    made = list(_attempts(hands, job, placement, cell, decks, errors, maker))
    return made, errors.get(cell, "")


STAGE_HANDS: Mapping[str, Callable[[Hands, Job], Any]] = {
    "plate": make_plate, "copy": write_copy, "compose": compose, "animate": animate,
}
"""The hand that does each stage of `factory.flow.STAGES`."""
