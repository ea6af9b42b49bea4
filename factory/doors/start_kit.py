"""A brand kit to begin with, from what lies in a folder: logos, fonts, colours, cut-out pictures of products.

What the files cannot say (a voice, which colour is for what) is chosen plainly and marked for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from brand_kits.errors import KitError
from factory.brief.desk import slug
from factory.doors.start_palette import Palette, palette_of
from factory.errors import Fault, InputError

FILE: Final = "kit.yaml"
FONTS: Final = (".ttf", ".otf")
PICTURES: Final = (".png", ".webp")
TOKENS: Final = (".css", ".json")
DISPLAY: Final = re.compile(r"display|head|title|serif|poster|black|slab", re.I)
MIN_SIDE: Final = 600
MOST_FILES: Final = 400


@dataclass(kw_only=True, slots=True)
class Found:
    """What lies in the folder, by its path there. `notes` tell what was left out and why."""

    logos: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fonts: dict[str, dict[int, str]] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    pictured_logos: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def start_kit(folder: Path, name: str) -> tuple[Path, list[str]]:
    """Write the file. Returns its path and notes. InputError when it is there already or when something a kit needs is not."""
    path = folder / FILE
    if path.exists():
        raise InputError([Fault(code="init.there", fact=f"{path} is there already", where=str(path),
                                help="Move it away to begin anew; nothing is overwritten.")])
    if not folder.is_dir():
        raise InputError([Fault(code="init.folder", fact=f"There is no folder {folder}", where=str(folder),
                                help="Make it, and put logo (SVG), fonts (TTF, OTF) and colours (colours.txt, CSS) into it.")])
    found = look(folder)
    missing = list(_missing(found, folder))
    if missing:
        raise InputError(missing)
    palette = palette_of(found.colours, found.logos)
    path.write_text(kit_text(name or _named(folder), found, palette), encoding="utf-8", newline="\n")
    return path, [*found.notes, *palette.notes, *_checked(folder)]


def _named(folder: Path) -> str:
    return folder.resolve().name.replace("-", " ").replace("_", " ").title() or "Brand"


def _missing(found: Found, folder: Path) -> Iterator[Fault]:
    where = str(folder)
    if not found.logos:
        there = f"{found.pictured_logos[0]} is a picture, which is not sharp at every size. " if found.pictured_logos else ""
        yield Fault(code="init.logo", fact="There is no logo as SVG", where=where,
                    help=f"{there}Export the logo as SVG, words as outlines.")
    if not found.fonts:
        yield Fault(code="init.fonts", fact="There is no font", where=where,
                    help="Put the brand's TTF or OTF files into the folder.")
    if not found.colours and not any(found.logos.values()):
        yield Fault(code="init.colours", fact="There are no colours", where=where,
                    help="Write colours.txt with a line for each, such as `ink #1C1A3B`, or put the brand's CSS file there.")


def _checked(folder: Path) -> list[str]:
    """What `factory validate` would say of it."""
    from brand_kits.load import load_kit

    try:
        load_kit(folder)
    except KitError as error:
        return ["Still to mend:", *(f"  {f}" for f in error.faults)]
    return [f"It is a whole kit. Look through it, say how the brand speaks, then: factory validate {folder}"]


# ------------------------------------------------------------------------------------------------ looking


def look(folder: Path) -> Found:
    """What a kit can be made of in a folder, in the order of names; files that are unsound are noted and left out."""
    found = Found()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        taker = next((t for endings, t in TAKERS if path.suffix.lower() in endings), None)
        if taker:
            try:
                taker(found, path, name)
            except KitError as error:
                found.notes.append(f"Left out: {name}. {error.faults[0]}")
    return found


def _files(folder: Path) -> list[Path]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return [p for p in paths if not any(s.startswith(".") for s in p.relative_to(folder).parts)][:MOST_FILES]


def _logo(found: Found, path: Path, name: str) -> None:
    from brand_kits.safe.svg import read_svg

    found.logos[name] = read_svg(path).colours


def _font(found: Found, path: Path, name: str) -> None:
    from brand_kits.parts import LETTERS
    from brand_kits.safe.font import read_font

    facts = read_font(path)
    if LETTERS - facts.letters:
        found.notes.append(f"Left out: {name} has no Latin letters and figures.")
        return
    found.fonts.setdefault(facts.family, {}).setdefault(facts.weight, name)


def _colours(found: Found, path: Path, _name: str) -> None:
    if not re.search(r"colou?rs?|palette", path.stem, re.I):
        return
    for line in path.read_text(encoding="utf-8", errors="replace")[:100_000].splitlines():
        match = re.search(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", line)
        if match:
            words = re.sub(r"[^\w -]+", " ", line.replace(match[0], " ")).strip()
            _add(found, words, _six(match[1]))


def _tokens(found: Found, path: Path, name: str) -> None:
    from brand_kits.tokens import read_tokens

    told = read_tokens(path.read_text(encoding="utf-8", errors="replace"))
    for token in told.colours:
        _add(found, re.sub(r"^(?:--)?(?:brand|colou?rs?)[-.]", "", token.name, flags=re.I), token.hex)
    found.notes += [f"{name}: {f}" for f in told.faults[:5]] if told.colours else []


def _add(found: Found, words: str, code: str) -> None:
    """A colour under a name that no other has; the same colour again is none."""
    if code in found.colours.values():
        return
    name = slug(words).replace("-", "_") or f"colour_{len(found.colours) + 1}"
    if not name[0].isalpha():
        name = f"c_{name}"
    while name in found.colours:
        name += "_2"
    found.colours[name] = code


def _six(digits: str) -> str:
    return "#" + ("".join(c * 2 for c in digits) if len(digits) == 3 else digits).upper()


def _picture(found: Found, path: Path, name: str) -> None:
    from brand_kits.safe.files import read_blob
    from brand_kits.safe.raster import MAX_BYTES, facts

    if re.search(r"logo|mark|icon|brand", path.stem, re.I):
        found.pictured_logos.append(name)
        return
    told = facts(read_blob(path, limit=MAX_BYTES))
    if not told.transparent or max(told.width, told.height) < MIN_SIDE:
        found.notes.append(f"Left out: {name} is no cut-out of at least {MIN_SIDE} pixels.")
        return
    found.products[slug(path.stem) or f"product-{len(found.products) + 1}"] = name


TAKERS: Final[Sequence[tuple[Sequence[str], Any]]] = (
    ((".svg",), _logo), (FONTS, _font), ((".txt", ".md"), _colours), (TOKENS, _tokens), (PICTURES, _picture),
)  # fmt: skip
"""How files of each ending are looked at."""


# ------------------------------------------------------------------------------------------------ writing


def kit_text(name: str, found: Found, palette: Palette) -> str:
    """The file's text."""
    display, text = faces(found.fonts)
    parts = [
        HEAD, _flow({"kit": 1}), _flow({"name": name}), 'version: "1.0.0"\n',
        PALETTE, _block({"palette": {"colours": palette.colours, "modes": palette.modes}}),
        TYPE, _block({"type": {"display": _face(found, display), "text": _face(found, text)}}),
        LOGOS, _block({"logos": _logos(found, palette)}),
        VOICE, TAIL,
    ]  # fmt: skip
    if found.products:
        pictures = {n: {"product": n.replace("-", " "), "file": f} for n, f in found.products.items()}
        parts[-1:-1] = [PRODUCTS, _block({"products": pictures})]
    return "\n".join(parts)


def faces(fonts: Mapping[str, Mapping[int, str]]) -> tuple[str, str]:
    """The families for display and for text: one that says so by its name, and the one with most weights of the rest."""
    names = sorted(fonts, key=lambda f: (-len(fonts[f]), f))
    display = next((f for f in names if DISPLAY.search(f)), names[-1])
    text = next((f for f in names if f != display), display)
    return display, text


def _face(found: Found, family: str) -> dict[str, Any]:
    return {"family": family, "files": dict(sorted(found.fonts[family].items()))}


def _logos(found: Found, palette: Palette) -> dict[str, Any]:
    kinds = ((r"mark|icon|symbol", "mark"), (r"word", "word"))
    made: dict[str, Any] = {}
    for file in found.logos:
        stem = Path(file).stem
        kind = next((k for form, k in kinds if re.search(form, stem, re.I)), "logo")
        name = slug(stem).replace("-", "_") or f"logo_{len(made) + 1}"
        grounds = palette.grounds_of(file)
        if grounds:
            made[name if name not in made else f"{name}_{len(made) + 1}"] = {"kind": kind, "file": file, "grounds": grounds}
    return dict(sorted(made.items(), key=lambda item: ("logo", "word", "mark").index(item[1]["kind"])))


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    return text


def _block(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return text


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


HEAD: Final = """\
# A brand kit, begun from the files of this folder. Look through it; what a machine chose is marked with "chosen".
# What every field means: brand_kits/kit.schema.json. Check it: factory validate <this folder>
"""
PALETTE: Final = """\
# Colours by name, and which plays which role on each kind of ground: chosen by lightness, chroma and contrast.
# A mode is a ground that pictures may stand on. `ink` is for type, `muted` for quiet type; both must be readable."""
TYPE: Final = """\
# Families by purpose: weight to font file. Which is for display was chosen by its name or its weights."""
LOGOS: Final = """\
# The drawings of the logo, and the colours that each may stand on: chosen by contrast. kind: logo, mark or word."""
PRODUCTS: Final = """\
# Pictures of products: cut-outs. A file of what was measured of each may lie beside it (`data:`)."""
VOICE: Final = """\
# How the brand speaks: chosen, as no file says it. Write your own words.
voice:
  is: [clear, warm, exact]
  is_not: [loud, vague]
  #do: [Say one true thing and stop.]
  #dont: [Stack adjectives.]
  #formality: {en: you, fr: vous, de: Sie}
  #banned: {"*": [], en: [game-changer]}
"""
TAIL: Final = """\
# What may be claimed, and what proves it; what must never be.
#claims:
#  allowed:
#    - {id: made-here, texts: {en: made here}, evidence: "Production log, 2026", expires: 2027-12-31}
#  forbidden:
#    - {id: health, words: {en: [healthy]}, why: No health claim is authorised, instead: Say what is in it.}

# Lines that the law asks for. market: a country or "*"; when: always, price, offer or rating.
#legal:
#  - {id: stocks, market: "*", when: offer, texts: {en: While stocks last.}}
"""
