"""The parts of a kit, each read from its piece of `kit.yaml` into a record; faults are gathered, never raised.

A reader is called only when its piece has the shape of the schema, so it may trust types; it checks what a schema
cannot: that files are there and sound, that names lead somewhere, that type can be read on its ground.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from brand_kits import colour
from brand_kits.errors import KitError, KitFault
from brand_kits.kit import (
    ROLES,
    Claim,
    Colour,
    ColourPair,
    ForbiddenClaim,
    Imagery,
    LegalLine,
    Logo,
    Mode,
    Motion,
    PairUse,
    Palette,
    ProductPicture,
    Shapes,
    TypeRole,
    Voice,
)  # fmt: skip
from brand_kits.safe import font, raster, svg
from brand_kits.safe.files import Blob, inside, read_blob
from brand_kits.safe.yaml import Document, parse_yaml

READABLE, LARGE_ONLY = 65.0, 45.0
"""|Lc| from which type of 42 px and up, and of 72 px and up, reads on a 1080 px picture (after APCA's size table)."""
LEAST_INK = 60.0
"""|Lc| below which a mode's ink or muted type is refused."""
LETTERS = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:?!"))

Where = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the readers share: the folder, the document, the faults so far, and the files that were read."""

    root: Path
    document: Document
    faults: list[KitFault] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Digest of every file that was read, by its name in the folder."""

    def fault(self, code: str, fact: str, path: Where, help: str) -> None:
        """Note a fault at a field."""
        self.faults.append(KitFault(code=code, fact=fact, where=self.document.where(path), help=help))

    def blob(self, name: str, limit: int) -> Blob:
        """A file of the folder; KitError when it lies outside, is missing or too big."""
        blob = read_blob(inside(self.root, name), limit=limit)
        self.files[name] = blob.digest
        return Blob(digest=blob.digest, data=blob.data, name=name)

    def opened(self, name: str, path: Where, limit: int, reader: Callable[[Blob], T]) -> T | None:
        """A file read by its kind's reader, or None with its faults noted at the field that names it."""
        try:
            return reader(self.blob(name, limit))
        except KitError as refusal:
            for fault in refusal.faults:
                self.fault(fault.code, fault.fact, path, fault.help)
            return None

    def known(self, names: Any, path: Where, colours: Mapping[str, Any]) -> tuple[str, ...]:
        """Colour names, with a fault for each that the palette lacks."""
        for i, name in enumerate(names):
            if colours and name not in colours:
                self.fault("palette.unknown", f"{name!r} is no colour of the palette", (*path, i),
                           f"Choose one of {', '.join(colours)}.")
        return tuple(names)

    def day(self, value: Any, path: Where) -> date | None:
        """A date that YAML read, or that stands in quotes."""
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault("date.wrong", f"{value!r} is no day of the calendar", path, "Write a date as 2026-01-31.")
            return None


# ------------------------------------------------------------------------------------------------------- colours


def read_palette(desk: Desk, data: Mapping[str, Any]) -> Palette:
    """Colours, modes with every role filled, proportions that sum to 1, and the table of type on grounds."""
    colours = {
        name: Colour(name=name, hex=c["hex"].upper(), oklch=colour.hex_to_oklch(c["hex"]), title=c.get("title", ""))
        for name, c in data["colours"].items()
    }
    modes = {name: _mode(desk, name, m, colours) for name, m in data["modes"].items()}
    pairs = _pairs(desk, data.get("pairs", ()), colours)
    share = data.get("proportion", {"ground": 0.6, "surface": 0.3, "accent": 0.1})
    if abs(sum(share.values()) - 1) > 0.005:
        desk.fault("palette.proportion", f"The proportions sum to {sum(share.values()):.2f}", ("palette", "proportion"),
                   "They must sum to 1.")
    return Palette(colours=colours, modes=modes, proportion=share, pairs=pairs)


def _mode(desk: Desk, name: str, data: Mapping[str, Any], colours: Mapping[str, Colour]) -> Mode:
    where = ("palette", "modes", name)
    roles: dict[str, str] = {role: data[role] for role in ROLES}
    missing = [role for role in ROLES if roles[role] not in colours]
    for role in missing:
        desk.fault("palette.unknown", f"{roles[role]!r} is no colour of the palette", (*where, role),
                   f"Choose one of {', '.join(colours)}.")
    for role in ("ink", "muted") if not missing else ():
        _readable(desk, colours[roles[role]], colours[roles["ground"]], LEAST_INK, (*where, role))
    return Mode(name=name, kind=data["kind"], roles=roles)


def _readable(desk: Desk, text: Colour, ground: Colour, least: float, where: Where) -> None:
    lc = abs(colour.apca_hex(text.hex, ground.hex))
    if lc < least:
        desk.fault("palette.contrast", f"{text.name} on {ground.name} has a contrast of Lc {lc:.0f}", where,
                   f"It needs Lc {least:.0f}: make the type darker or lighter, or change the ground.")


def _pairs(desk: Desk, declared: Any, colours: Mapping[str, Colour]) -> dict[tuple[str, str], ColourPair]:
    """Every pair, used as its contrast allows unless the brand says otherwise."""
    said: dict[tuple[str, str], PairUse] = {}
    for i, pair in enumerate(declared):
        names = desk.known((pair["text"], pair["ground"]), ("palette", "pairs", i), colours)
        said[(names[0], names[1])] = pair["use"]
        least = {"any": LEAST_INK, "big": LARGE_ONLY}.get(pair["use"])
        if least and set(names) <= set(colours):
            _readable(desk, colours[names[0]], colours[names[1]], least, ("palette", "pairs", i))
    figures = colour.table({name: c.hex for name, c in colours.items()})
    return {
        (text, ground): ColourPair(text=text, ground=ground, lc=round(lc, 2), ratio=round(ratio, 2),
                                   use=said.get((text, ground)) or _use(abs(lc)))
        for (text, ground), (lc, ratio) in figures.items()
    }


def _use(lc: float) -> PairUse:
    return "any" if lc >= READABLE else "big" if lc >= LARGE_ONLY else "never"


# ---------------------------------------------------------------------------------------------- type and drawings


def read_type(desk: Desk, data: Mapping[str, Any]) -> dict[str, TypeRole]:
    """The type roles, their fonts opened and checked for letters and figures."""
    return {name: _role(desk, name, role) for name, role in data.items()}


def _role(desk: Desk, name: str, data: Mapping[str, Any]) -> TypeRole:
    files: dict[int, Path] = {}
    for weight, file in data["files"].items():
        where = ("type", name, "files", weight)
        facts = desk.opened(file, where, font.MAX_BYTES, font.check)
        if facts:
            files[int(weight)] = desk.root / file
            _lettered(desk, facts, where)
    return TypeRole(
        name=name, family=data["family"], files=files, case=data.get("case", "sentence"),
        tracking=float(data.get("tracking", 0.0)), features=data.get("features", {}),
        fallback={script: tuple(families) for script, families in data.get("fallback", {}).items()},
    )


def _lettered(desk: Desk, facts: font.FontFacts, where: Where) -> None:
    lacking = "".join(map(chr, sorted(LETTERS - facts.letters)))
    if lacking:
        desk.fault("font.letters", f"The font lacks {lacking[:24]}", where,
                   "Use a font with Latin letters and figures.")


def read_logos(desk: Desk, data: Mapping[str, Any], colours: Mapping[str, Any]) -> dict[str, Logo]:
    """The drawings of the logo, each a clean SVG, in the kit's order."""
    return {name: logo for name, entry in data.items() if (logo := _logo(desk, name, entry, colours))}


def _logo(desk: Desk, name: str, data: Mapping[str, Any], colours: Mapping[str, Any]) -> Logo | None:
    where = ("logos", name)
    grounds = desk.known(data["grounds"], (*where, "grounds"), colours)
    drawing = desk.opened(data["file"], (*where, "file"), svg.MAX_BYTES, svg.check)
    if drawing is None:
        return None
    return Logo(
        name=name, kind=data["kind"], file=desk.root / data["file"], grounds=grounds, colours=drawing.colours,
        clear_space=float(data.get("clear_space", 0.5)), min_width=int(data.get("min_width", 90)),
        size=(drawing.width, drawing.height),
    )


def read_products(desk: Desk, data: Mapping[str, Any], colours: Mapping[str, Any]) -> dict[str, ProductPicture]:
    """The product pictures, decoded once each, with what was measured of them."""
    return {name: picture for name, entry in data.items() if (picture := _picture(desk, name, entry, colours))}


def _picture(desk: Desk, name: str, data: Mapping[str, Any], colours: Mapping[str, Any]) -> ProductPicture | None:
    where = ("products", name)
    avoid = desk.known(data.get("avoid_grounds", ()), (*where, "avoid_grounds"), colours)
    measured = _measured(desk, data["data"], (*where, "data")) if "data" in data else {}
    facts = desk.opened(data["file"], (*where, "file"), raster.MAX_BYTES, raster.facts)
    if facts is None:
        return None
    if not facts.transparent:
        desk.fault("picture.ground", f"{data['file']} has no transparent ground", (*where, "file"),
                   "Give a cut-out: a PNG or WebP whose ground is see-through.")
    return ProductPicture(
        name=name, product=data.get("product", name), file=desk.root / data["file"], size=(facts.width, facts.height),
        cutout=facts.transparent, data_file=desk.root / data["data"] if "data" in data else None, data=measured,
        alt=data.get("alt", {}), avoid_grounds=avoid,
    )


def _measured(desk: Desk, name: str, where: Where) -> Mapping[str, Any]:
    def as_table(blob: Blob) -> Mapping[str, Any]:
        data = parse_yaml(blob.data.decode("utf-8", "replace"), name).data
        return data if isinstance(data, dict) else {}

    return desk.opened(name, where, 200_000, as_table) or {}


# ------------------------------------------------------------------------------------------------- words and rules


def read_voice(data: Mapping[str, Any]) -> Voice:
    """How the brand speaks."""
    words = {key: tuple(data.get(key, ())) for key in ("is", "is_not", "do", "dont")}
    return Voice(
        is_=words["is"], is_not=words["is_not"], do=words["do"], dont=words["dont"],
        formality=data.get("formality", {}), banned_words={k: tuple(v) for k, v in data.get("banned", {}).items()},
    )


def read_claims(desk: Desk, data: Mapping[str, Any]) -> tuple[tuple[Claim, ...], tuple[ForbiddenClaim, ...]]:
    """What may be said with its evidence, and what may not."""
    allowed = tuple(
        Claim(id=c["id"], texts=c["texts"], evidence=c["evidence"],
              expires=desk.day(c.get("expires"), ("claims", "allowed", i, "expires")))
        for i, c in enumerate(data.get("allowed", ()))
    )
    forbidden = tuple(
        ForbiddenClaim(id=c["id"], words={k: tuple(v) for k, v in c["words"].items()}, why=c["why"],
                       instead=c.get("instead", ""))
        for c in data.get("forbidden", ())
    )
    for key in ("allowed", "forbidden"):
        _once(desk, [c["id"] for c in data.get(key, ())], ("claims", key))
    return allowed, forbidden


def read_legal(desk: Desk, data: Any) -> tuple[LegalLine, ...]:
    """Lines that markets and categories require."""
    _once(desk, [line["id"] for line in data], ("legal",))
    return tuple(
        LegalLine(id=line["id"], market=line.get("market", "*"), category=line.get("category", "*"),
                  when=line.get("when", "always"), texts=line["texts"])
        for line in data
    )


def _once(desk: Desk, ids: list[str], where: Where) -> None:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            desk.fault("id.twice", f"The id {name!r} stands twice", (*where, i, "id"), "Give each its own id.")


def read_imagery(data: Mapping[str, Any]) -> Imagery:
    """What pictures show and do not show."""
    return Imagery(**{key: tuple(data.get(key, ())) for key in ("do", "dont", "moods")})


def read_shapes(desk: Desk, data: Mapping[str, Any], logos: Mapping[str, Any]) -> Shapes:
    """Corner radii and the pattern."""
    pattern = data.get("pattern", "")
    if pattern and logos and pattern not in logos:
        desk.fault("shapes.pattern", f"{pattern!r} is no drawing of the logo", ("shapes", "pattern"),
                   f"Choose one of {', '.join(logos)}.")
    return Shapes(radius=float(data.get("radius", 0.0)), button_radius=float(data.get("button_radius", 0.5)),
                  pattern=pattern, tilt=float(data.get("tilt", 0.0)))  # fmt: skip


def read_motion(data: Mapping[str, Any]) -> Motion:
    """How the brand moves."""
    a, b, c, d = (float(v) for v in data.get("easing", (0.2, 0.0, 0.0, 1.0)))
    seconds = float(data.get("end_card_seconds", 2.0))
    return Motion(easing=(a, b, c, d), end_card_seconds=seconds, sound=data.get("sound", {}))
