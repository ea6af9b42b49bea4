"""A kit as its page shows it: plain values out of its records, nothing read and nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from brand_kits import colour
from brand_kits.kit import BrandKit, Claim, ColourPair, Logo, ProductPicture, TypeRole
from brand_kits.safe.sketch import SCRIPTS, drawn

TILE: Final = (300.0, 200.0)
"""Width and height of a tile that a logo or a product stands on."""

SOON: Final = timedelta(days=60)
USES: Final = {"any": "any size", "big": "large only", "never": "not for text"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """Where a thing stands on a tile, in the tile's units, and the room round it that nothing may enter."""

    name: str
    ground: str
    hex: str
    line: str
    thing: tuple[float, float, float, float]
    room: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A claim with how its evidence stands today: `good`, `warn` (soon over) or `bad` (over)."""

    claim: Claim
    tone: str
    said: str


def on(hex: str) -> str:
    """Black or white, whichever reads better on a colour."""
    return max(("#000000", "#FFFFFF"), key=lambda c: abs(colour.apca_hex(c, hex)))


def logo_tiles(kit: BrandKit, logo: Logo) -> list[Tile]:
    """A drawing on each ground that it may stand on, with its clear space."""
    pad = logo.clear_space * logo.size[1]
    return [_tile(kit, logo.name, ground, logo.size, pad) for ground in logo.grounds]


def product_tiles(kit: BrandKit, picture: ProductPicture) -> list[Tile]:
    """A product on the grounds of modes that it may stand on."""
    grounds = dict.fromkeys(m.roles["ground"] for m in kit.palette.modes.values())
    size = (float(picture.size[0]), float(picture.size[1]))
    return [_tile(kit, picture.name, g, size, 0.0) for g in grounds if g not in picture.avoid_grounds]


def _tile(kit: BrandKit, name: str, ground: str, size: tuple[float, float], pad: float) -> Tile:
    width, height = TILE
    scale = min(width * 0.84 / (size[0] + 2 * pad), height * 0.8 / (size[1] + 2 * pad))
    w, h, room = size[0] * scale, size[1] * scale, pad * scale
    x, y = (width - w) / 2, (height - h) / 2
    hex = kit.palette.colours[ground].hex
    return Tile(name=name, ground=ground, hex=hex, line=on(hex), thing=(round(x, 1), round(y, 1), round(w, 1), round(h, 1)),
                room=(round(x - room, 1), round(y - room, 1), round(w + 2 * room, 1), round(h + 2 * room, 1)))  # fmt: skip


def contrast(kit: BrandKit) -> list[tuple[str, list[ColourPair | None]]]:
    """A row for each text colour, a cell for each ground, in the palette's order; None where both are one."""
    names = list(kit.palette.colours)
    return [(text, [kit.palette.pairs.get((text, ground)) for ground in names]) for text in names]


def modes(kit: BrandKit) -> list[tuple[str, str, Mapping[str, str], Mapping[str, str]]]:
    """Name, kind, role to colour's name, role to hex of each mode."""
    return [(m.name, m.kind, m.roles, kit.palette.hexes(m.name)) for m in kit.palette.modes.values()]


def faces(kit: BrandKit) -> list[dict[str, Any]]:
    """Each role of type: its family, weights, how it is set, and each script with its own face or its fallback."""
    return [_face(role) for role in kit.type.values()]


def _face(role: TypeRole) -> dict[str, Any]:
    own = drawn(role)
    others = [(SCRIPTS.get(code, (code, ""))[0], families) for code, families in role.fallback.items() if code not in own]
    return {"role": role, "own": [(code.lower(), SCRIPTS[code][0]) for code in own], "others": others}


def claims(kit: BrandKit, today: date) -> list[Due]:
    """Every claim, those first whose evidence is over or soon will be."""
    found = [_due(claim, today) for claim in kit.claims]
    return sorted(found, key=lambda d: ("bad", "warn", "good").index(d.tone))


def _due(claim: Claim, today: date) -> Due:
    if claim.expires is None:
        return Due(claim=claim, tone="good", said="no end")
    if claim.expires < today:
        return Due(claim=claim, tone="bad", said=f"ended on {claim.expires:%-d %B %Y}")
    soon = claim.expires - today <= SOON
    return Due(claim=claim, tone="warn" if soon else "good", said=f"until {claim.expires:%-d %B %Y}")


def language(code: str) -> str:
    """What people call a language: `fr-CA` is French (CA)."""
    from babel import Locale, UnknownLocaleError

    if code == "*":
        return "every language"
    try:
        return Locale.parse(code, sep="-").english_name or code
    except (ValueError, UnknownLocaleError):
        return code


# ------------------------------------------------------------------------------------------------ what has changed

PLACES: Final = {
    "kit_name": "Name", "kit_version": "The kit's own version", "palette": "Palette", "colours": "colour", "modes": "mode",
    "roles": "role", "type": "Type", "logos": "Logo", "products": "Product picture", "voice": "Voice", "is": "is",
    "is_not": "is not", "banned_words": "words not used", "claims": "Claim", "forbidden": "Never said", "legal": "Legal line",
    "texts": "text", "effective_from": "Good from", "effective_until": "Good until", "hex": "value",
    "expires": "end of its evidence",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One difference in words; `before` or `after` is None where the thing is not there."""

    where: str
    before: str | None
    after: str | None


def told(found: Sequence[tuple[str, Any, Any]]) -> list[Changed]:
    """Differences as words."""
    return [Changed(where=" › ".join(_steps(way)), before=_words(b), after=_words(a)) for way, b, a in found]


def _steps(way: str) -> Iterator[str]:
    for step in way.strip("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        yield PLACES.get(name, name)


def _words(value: Any) -> str | None:
    """A value as people read it; a thing with a hex value is told by it alone."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        told = {k: _words(v) for k, v in value.items() if v not in (None, "", [], {})}
        return told.get("hex") or "; ".join(f"{k}: {v}" for k, v in told.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(v) or "" for v in value)
    return str(value)
