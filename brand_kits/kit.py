"""A brand as frozen records: what a kit folder says, with its files found and opened once.

Paths are absolute and lie inside `BrandKit.root`. Languages are keys like `fr` or `fr-CA`; `*` means every one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

Roles = Literal["ground", "surface", "accent", "ink", "muted"]
ROLES: tuple[Roles, ...] = ("ground", "surface", "accent", "ink", "muted")
PairUse = Literal["any", "big", "never"]
When = Literal["always", "price", "offer", "rating"]
T = TypeVar("T")


def by_locale(table: Mapping[str, T], locale: str) -> T | None:
    """The entry for a locale, else for its language, else for `*`, else None."""
    return next((table[key] for key in (locale, locale.split("-", maxsplit=1)[0], "*") if key in table), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """A colour of the palette; `oklch` is (lightness 0..1, chroma, hue in degrees)."""

    name: str
    hex: str
    oklch: tuple[float, float, float]
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mode:
    """Which colour plays which role on a kind of ground. `roles` maps each of `ROLES` to a colour's name."""

    name: str
    kind: Literal["light", "dark", "bold"]
    roles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourPair:
    """Type of one colour on a ground of another: signed APCA contrast, WCAG ratio, and what it may carry."""

    text: str
    ground: str
    lc: float
    ratio: float
    use: PairUse


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """The colours, what they are for, and how much of each. `proportion` maps roles to shares that sum to 1."""

    colours: Mapping[str, Colour]
    modes: Mapping[str, Mode]
    proportion: Mapping[str, float]
    pairs: Mapping[tuple[str, str], ColourPair] = field(default_factory=dict)
    """Every (text, ground) pair of two different colours of the palette."""

    def colour(self, mode: str, role: str) -> Colour:
        """The colour that plays a role in a mode; KeyError when the kit has no such mode."""
        return self.colours[self.modes[mode].roles[role]]

    def hexes(self, mode: str) -> dict[str, str]:
        """Role to hex for a mode: what a plate job asks for."""
        return {role: self.colour(mode, role).hex for role in ROLES}


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeRole:
    """A family for a purpose. `files` maps a weight to its font; tracking is in em at display sizes."""

    name: str
    family: str
    files: Mapping[int, Path]
    case: Literal["sentence", "upper", "title"] = "sentence"
    tracking: float = 0.0
    features: Mapping[str, bool] = field(default_factory=dict)
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def weights(self) -> tuple[int, ...]:
        """The weights that have a file, light to heavy."""
        return tuple(sorted(self.files))

    def file(self, weight: int) -> Path:
        """The font whose weight is nearest; the heavier one of two equally near."""
        return self.files[min(self.files, key=lambda w: (abs(w - weight), -w))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """One drawing of the logo and where it may stand.

    `clear_space` is a fraction of the mark's height, `min_width` pixels on a 1080 px canvas, `size` the drawing's
    view box (width, height); `grounds` names the palette colours it may stand on, `colours` those it is drawn in.
    """

    name: str
    kind: Literal["logo", "mark", "word"]
    file: Path
    grounds: tuple[str, ...]
    colours: tuple[str, ...]
    clear_space: float
    min_width: int
    size: tuple[float, float]

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[0] / self.size[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """How the brand speaks. `formality` maps a language to the form of address, `banned_words` to refused words."""

    is_: tuple[str, ...]
    is_not: tuple[str, ...]
    do: tuple[str, ...]
    dont: tuple[str, ...]
    formality: Mapping[str, str]
    banned_words: Mapping[str, tuple[str, ...]]

    def banned(self, locale: str) -> tuple[str, ...]:
        """Words that are refused in a locale: those for all, for its language and for the locale itself."""
        keys = dict.fromkeys(("*", locale.split("-", maxsplit=1)[0], locale))
        return tuple(word for key in keys for word in self.banned_words.get(key, ()))

    def address(self, locale: str) -> str:
        """The form of address in a locale ("tu", "du", ...), or "" where the language has one form only."""
        return by_locale(self.formality, locale) or ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Something the brand may say, with what proves it and until when. `texts` maps a language to the wording."""

    id: str
    texts: Mapping[str, str]
    evidence: str
    expires: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForbiddenClaim:
    """Something the brand must not say: words that give it away, by language; why; and what to say instead."""

    id: str
    words: Mapping[str, tuple[str, ...]]
    why: str
    instead: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalLine:
    """A line that a market or category requires; `when` says what calls for it. `*` means every one."""

    id: str
    market: str
    category: str
    when: When
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Imagery:
    """What pictures show and do not show, in a person's words."""

    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shapes:
    """Forms of the brand: corner radius as a fraction of the short side, the pattern's mark and its tilt in degrees."""

    radius: float = 0.0
    button_radius: float = 0.5
    pattern: str = ""
    tilt: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """How the brand moves: a cubic Bezier as CSS writes it, seconds of the end card, and its sound in words."""

    easing: tuple[float, float, float, float] = (0.2, 0.0, 0.0, 1.0)
    end_card_seconds: float = 2.0
    sound: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductPicture:
    """A picture of a product. `data` is what was measured of it (pitch, label box, profile, ...); see its own file.

    `avoid_grounds` names the colours that must not stand behind it, as ground, disc or panel: it would melt into them.
    """

    name: str
    product: str
    file: Path
    size: tuple[int, int]
    cutout: bool
    data_file: Path | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    avoid_grounds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandKit:
    """A brand's rules and parts. `digest` names the content of `kit.yaml` and of every file it names."""

    name: str
    version: str
    digest: str
    root: Path
    palette: Palette
    type: Mapping[str, TypeRole]
    logos: Mapping[str, Logo]
    voice: Voice
    claims: tuple[Claim, ...] = ()
    forbidden: tuple[ForbiddenClaim, ...] = ()
    legal: tuple[LegalLine, ...] = ()
    imagery: Imagery = field(default_factory=Imagery)
    shapes: Shapes = field(default_factory=Shapes)
    motion: Motion = field(default_factory=Motion)
    disclosure: Mapping[str, str] = field(default_factory=dict)
    product_pictures: Mapping[str, ProductPicture] = field(default_factory=dict)
    effective_from: date | None = None
    effective_until: date | None = None

    def effective_on(self, day: date) -> bool:
        """Whether the kit may be used on a day; an open end never ends."""
        return (self.effective_from or day) <= day <= (self.effective_until or day)

    def claims_on(self, day: date) -> tuple[Claim, ...]:
        """The claims whose evidence still stands on a day."""
        return tuple(claim for claim in self.claims if claim.expires is None or day <= claim.expires)

    def legal_lines(self, *, market: str, category: str, locale: str, when: tuple[When, ...]) -> tuple[str, ...]:
        """The legal lines for a market (ISO 3166), category and locale, for the occasions that apply."""
        wanted = ("always", *when)
        chosen = [
            line for line in self.legal
            if line.market in ("*", market) and line.category in ("*", category) and line.when in wanted
        ]
        return tuple(text for line in chosen if (text := by_locale(line.texts, locale)))

    def logos_on(self, ground: str, kind: str = "logo") -> tuple[Logo, ...]:
        """The drawings of a kind that may stand on a palette colour, in the kit's order (the first is preferred)."""
        return tuple(logo for logo in self.logos.values() if logo.kind == kind and ground in logo.grounds)
