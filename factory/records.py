"""The words of the product as frozen records. Pixels are named by digest; arrays live in `pipelines` only.

Units: sizes are pixels of the finished asset, boxes are fractions of the canvas (x, y, w, h from the top left)
where a name says fraction, durations are seconds, money is Decimal with an ISO 4217 code, text is as shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["image", "video"]
Mode = Literal["light", "dark", "bold"]
Tier = Literal["draft", "standard", "fine"]
Verdict = Literal["pass", "warn", "fail"]
FactKind = Literal["benefit", "number", "absence", "origin", "ingredient", "occasion", "time"]
LayoutClass = Literal["V", "Q", "W", "B", "T", "S"]
CtaRule = Literal["platform", "draw", "phrase"]

# --------------------------------------------------------------------------------------------------- the brief


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something true of the product, typed so that a grammar can speak of it.

    `text` is a short phrase that stands alone ("steeped cold for 18 hours"); `noun` the thing counted or absent
    ("sugar"); a number or time has `value` and `unit` (as said: "hours"; `symbol` as written beside a figure: "h").
    """

    id: str
    kind: FactKind
    text: str
    value: Decimal | None = None
    unit: str = ""
    symbol: str = ""
    noun: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """Somebody else says it: a rating, award, test or quotation, always with its source."""

    id: str
    text: str
    source: str
    kind: Literal["rating", "press", "quote", "test", "award"] = "press"
    value: Decimal | None = None
    out_of: Decimal | None = None
    count: int | None = None
    as_of: date | None = None
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What is on offer, with its dates and terms.

    `quantity` is how many products the price buys, as many as a picture of the offer shows; `buys` says it in words
    ("Three bottles"), to stand beside the price; `price_note` is what must stand with it ("€10.00 per litre").
    """

    text: str
    terms: str
    quantity: int = 1
    buys: str = ""
    price_note: str = ""
    code: str = ""
    price: Money | None = None
    was: Money | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """The thing advertised. `pictures` are names of the kit's product pictures or paths beside the brief."""

    name: str
    category: str
    facts: tuple[Fact, ...]
    pictures: tuple[str, ...]
    url: str = ""
    price: Money | None = None
    price_note: str = ""
    gtin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tribe:
    """An affinity audience: values, passions, a story. Never a sensitive trait."""

    id: str
    name: str
    values: tuple[str, ...]
    passions: tuple[str, ...]
    story: str
    words: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An idea that a person had, in their own words for each locale; used first, word for word.

    `texts` maps a locale to copy fields (`headline`, `sub`, `primary_text`, `description`, `word`, ...): the same
    idea, written anew in each language. `device` may name a device with its data (`word`, `letter`, ...).
    """

    id: str
    texts: Mapping[str, Mapping[str, str]]
    motive: str = ""
    fact: str = ""
    tribe: str = ""
    proof: str = ""
    device: str = ""
    families: tuple[str, ...] = ()
    mood: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtDirection:
    """What the person wants to see and not to see, as words that sets, washes and lights are chosen by."""

    mood: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """What a person asks for."""

    version: int
    name: str
    brand: str
    objective: str
    product: Product
    message: str
    tribes: tuple[Tribe, ...]
    locales: tuple[str, ...]
    placements: tuple[str, ...]
    kinds: tuple[Kind, ...]
    concepts: int
    variants: int
    cta: str
    url: str
    language: str = "en"
    offer: Offer | None = None
    proof: tuple[Proof, ...] = ()
    lines: tuple[Line, ...] = ()
    utm: Mapping[str, str] = field(default_factory=dict)
    art: ArtDirection = field(default_factory=ArtDirection)
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source_dir: str = ""
    """Folder the brief was read from, for its picture paths; never part of a digest."""


# ------------------------------------------------------------------------------------------------- placements


@dataclass(frozen=True, kw_only=True, slots=True)
class TextLimit:
    """Characters of one ad-text field: the strictest recommendation, and what the platform refuses beyond."""

    limit: int | None
    hard: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Safe:
    """Fractions of the canvas to keep free at each edge."""

    top: float
    right: float
    bottom: float
    left: float


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoRule:
    """What a placement takes as video. Seconds, bytes, frames a second."""

    min_seconds: float
    max_seconds: float | None
    max_bytes: int | None
    max_fps: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """A place on a platform with its shape and limits, as the tables in `factory/placements` give it.

    `canvas` is what we make (width, height); `shown_pt` the width in points at which a phone or page shows it;
    `clean` asks for a picture without type beside the composed one; `text_share` is the largest share of text and
    logo on the picture (None: no limit).
    """

    id: str
    platform: str
    title: str
    media: tuple[Kind, ...]
    canvas: tuple[int, int]
    layout_class: LayoutClass
    shown_pt: float
    safe: Safe
    text: Mapping[str, TextLimit]
    cta: CtaRule
    text_on_image: bool
    text_share: float | None
    clean: bool
    max_bytes: int
    formats: tuple[str, ...]
    border: bool = False
    logo: Literal["required", "optional", "none"] = "optional"
    video: VideoRule | None = None
    surfaces: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------- plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Concept:
    """One creative idea of a brief, for one tribe.

    `set` names a set of the catalogue ("seamless" for a flat ground), `light` one of its keys; `mode` names one of
    the kit's modes and `ground` the colour it stands on, `other` the mode of the other half or of the picture in a page;
    `line` is the person's idea it speaks, or "" when the grammar writes; `device_data` is what a device draws from, by
    locale where it is words. `count` is how many of the product its picture shows.
    """

    id: str
    tribe: str
    motive: str
    fact: str
    proof: str
    line: str
    hook: str
    subject: Literal["product", "scene", "words", "figure", "voice", "offer"]
    family: str
    device: str
    device_data: Mapping[str, Any]
    picture: str
    set: str
    light: int
    wash: str
    wash_use: Literal["", "albedo", "light"]
    mode: str
    ground: str
    flip: bool
    tier: Tier
    seed: int
    idea: str
    count: int = 1
    other: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Concept x placement x locale x kind: one finished creative that the plan promises or keeps as a spare."""

    id: str
    concept: str
    placement: str
    locale: str
    kind: Kind
    ordinal: int = 0
    spare: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlateJob:
    """One plate to make: equal jobs are one job. `palette` maps roles to hex colours."""

    id: str
    set: str
    light: int
    wash: str
    wash_use: Literal["", "albedo", "light"]
    palette: Mapping[str, str]
    seed: int
    tier: Tier
    prompt: str = ""
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The full, frozen list of what a brief will become. `plates` maps a concept to its plate job's id."""

    digest: str
    brief: str
    kit: str
    seed: int
    variants: int
    spare_factor: float
    concepts: tuple[Concept, ...]
    cells: tuple[Cell, ...]
    plate_jobs: tuple[PlateJob, ...]
    plates: Mapping[str, str]


# ------------------------------------------------------------------------------------------------ what is made


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Words for one field, and where they come from: `brief`, `kit`, `person` (an edit), `grammar` or `model:<name>`."""

    field: str
    text: str
    source: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyDeck:
    """The words of one concept in one locale. A field may stand several times: best first, shorter ones after."""

    concept: str
    locale: str
    texts: tuple[Text, ...]

    def options(self, field: str) -> tuple[Text, ...]:
        """All texts for a field, best first; empty when there is none."""
        return tuple(t for t in self.texts if t.field == field)

    def first(self, field: str, limit: int | None = None) -> Text | None:
        """The best text for a field that has at most `limit` characters, or None."""
        return next((t for t in self.options(field) if limit is None or len(t.text) <= limit), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plate:
    """A generated picture before type and logo, whatever made it; arrays lie in files named by digest."""

    job: str
    kind: Literal["set", "wash", "paint"]
    set: str
    light: int
    palette: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One measured result of one check."""

    code: str
    verdict: Verdict
    fact: str
    where: str = ""
    measured: str = ""
    wanted: str = ""
    help: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A finished file, named by its digest."""

    path: str
    sha256: str
    bytes: int
    type: str
    width: int
    height: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """An atomic part that a platform mixes by itself, with the variants or placements that use it."""

    id: str
    kind: Literal["image", "video", "logo", "text"]
    role: str
    used_by: tuple[str, ...]
    asset: Asset | None = None
    text: str = ""
    locale: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One finished creative for a placement and a locale."""

    id: str
    kind: Kind
    concept: str
    tribe: str
    locale: str
    placement: str
    status: Literal["shipped", "dropped", "failed"]
    files: tuple[Asset, ...]
    copy: Mapping[str, Text]
    findings: tuple[Finding, ...]
    provenance: Mapping[str, Any]
    version: int = 1
    review: Literal["pending", "approved", "rejected"] = "pending"
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """All the work of one plan: what `batch.json` holds."""

    schema: str
    brief: str
    kit: str
    plan: str
    models: Mapping[str, str]
    seed: int
    figures: Mapping[str, Any]
    concepts: tuple[Concept, ...]
    variants: tuple[Variant, ...]
    components: tuple[Component, ...]
