"""Colours out of design tokens, for a palette: the W3C format (DTCG 2025.10, JSON) or custom properties of CSS.

    read_tokens('{"ink": {"$type": "color", "$value": {"colorSpace": "oklch", "components": [0.24, 0.06, 284]}}}')
    read_tokens(":root { --brand-ink: #1C1A3B; --brand-type: var(--brand-ink); }")

Text in, colours out. What cannot be read is told by token and keeps nothing else from being read.
Sources: designtokens.org/tr/2025.10 (format and colour modules); CSS Custom Properties 1; CSS Color 4.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from brand_kits.colour import HEX, srgb_to_hex
from brand_kits.errors import KitFault

MAX_TEXT: Final = 400_000
MAX_TOKENS: Final = 2_000
MAX_DEPTH: Final = 40
SPACES: Final = {
    "srgb": 1.0, "srgb-linear": 1.0, "display-p3": 1.0, "a98-rgb": 1.0, "prophoto-rgb": 1.0, "rec2020": 1.0, "xyz-d65": 1.0,
    "xyz-d50": 1.0, "lab": 1.0, "lch": 1.0, "oklab": 1.0, "oklch": 1.0, "hsl": 0.01, "hwb": 0.01,
}  # fmt: skip
"""Colour spaces of the format, and what its second and third component are multiplied by to run 0..1 where we count so."""

GENERIC: Final = frozenset((
    "color", "colour", "colors", "colours", "palette", "brand", "global", "base", "core", "ref", "sys", "token", "tokens",
    "primitive", "swatch",
))
ALIAS: Final = re.compile(r"\{([^{}]+)\}")
COMMENT: Final = re.compile(r"/\*.*?\*/", re.S)
PROPERTY: Final = re.compile(r"(--[A-Za-z_][\w-]{0,120})\s*:\s*([^;{}]{1,400})")
VAR: Final = re.compile(r"var\(\s*(--[\w-]{1,120})\s*(?:,\s*(.+))?\)")
MEANT: Final = re.compile(r"#|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|var)\(", re.I)
"""How a value begins that is meant to be a colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A colour with the name that it had. `wide`: it lay outside sRGB and was brought in by chroma."""

    name: str
    hex: str
    title: str = ""
    wide: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """What a text holds: colours in its order, what could not be read, how many tokens were no colours."""

    colours: tuple[Token, ...] = ()
    faults: tuple[KitFault, ...] = ()
    others: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A token with the palette's name that suits it; `known`: the palette has that name. "" leaves it out."""

    token: Token
    into: str
    known: bool


class _RefusedError(ValueError):
    """A token that is no colour for a palette: the fact and the remedy."""


@dataclass(slots=True)
class _Sheet:
    colours: list[Token] = field(default_factory=list)
    faults: list[KitFault] = field(default_factory=list)
    others: int = 0

    def fault(self, where: str, code: str, fact: str, help: str) -> None:
        self.faults.append(KitFault(code=code, fact=fact, where=where, help=help))

    def done(self) -> Tokens:
        return Tokens(colours=tuple(self.colours), faults=tuple(self.faults), others=self.others)


def read_tokens(text: str) -> Tokens:
    """The colours of a text in either form. Never raises: a text that is neither is told as a fault."""
    sheet = _Sheet()
    if len(text) > MAX_TEXT:
        sheet.fault("", "tokens.size", f"The text has {len(text):,} characters", f"At most {MAX_TEXT:,} are read.")
        return sheet.done()
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        _json(start, sheet)
    else:
        _css(start, sheet)
    if not sheet.colours and not sheet.faults:
        sheet.fault("", "tokens.none", "There is no colour in it",
                    "Paste design tokens as JSON with tokens of $type color, or CSS such as --brand-ink: #1C1A3B;")  # fmt: skip
    return sheet.done()


# ------------------------------------------------------------------------------------------------ JSON


def _json(text: str, sheet: _Sheet) -> None:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        sheet.fault(f"line {error.lineno}", "tokens.syntax", f"The JSON breaks off: {error.msg}", "Check the commas there.")
        return
    except RecursionError:
        sheet.fault("", "tokens.depth", "The tokens lie too deep", "Flatten the file.")
        return
    found = dict(_tokens(data, (), None, 0))
    if len(found) > MAX_TOKENS:
        sheet.fault("", "tokens.size", f"The file has over {MAX_TOKENS:,} tokens", "Keep the colours only.")
        return
    for path, (_, kind) in found.items():
        _take(path, kind, found, sheet)


Path_ = tuple[str, ...]
Found = Mapping[Path_, tuple[Mapping[str, Any], str | None]]


def _tokens(node: Any, path: Path_, kind: str | None, depth: int) -> Iterator[tuple[Path_, tuple[Mapping[str, Any], str | None]]]:
    """Every token with its path and the type that it has by itself or from its groups. `$root` is its group's own token."""
    if not isinstance(node, Mapping) or depth > MAX_DEPTH:
        return
    kind = node["$type"] if isinstance(node.get("$type"), str) else kind
    if "$value" in node or "$ref" in node:
        yield path, (node, kind)
        return
    for name, child in node.items():
        if not name.startswith("$") or name == "$root":
            yield from _tokens(child, (*path, name), kind, depth + 1)


def _take(path: Path_, kind: str | None, found: Found, sheet: _Sheet) -> None:
    name = ".".join(p for p in path if p != "$root")
    try:
        value, kind = _value(path, found)
        if kind != "color" and not (kind is None and _looks(value)):
            sheet.others += 1
            return
        hex, wide = _coloured(value)
    except _RefusedError as refused:
        fact, help = refused.args
        sheet.fault(name, "tokens.colour", fact, help)
        return
    title = found[path][0].get("$description", "")
    sheet.colours.append(Token(name=name, hex=hex, wide=wide, title=title.strip()[:200] if isinstance(title, str) else ""))


def _value(path: Path_, found: Found) -> tuple[Any, str | None]:
    """A token's value and type after every alias. Raises _RefusedError for aliases that lead nowhere or in circles."""
    seen: list[Path_] = []
    kind: str | None = None
    while True:
        if path in seen:
            raise _RefusedError("It refers to itself: " + " → ".join(map(".".join, [*seen, path])), "Give one of them a value.")
        seen.append(path)
        node, own = found[path]
        kind = kind or own
        value = node.get("$value", node)
        target = _target(value)
        if target is None:
            return value, kind
        there = next((p for p in (target, (*target, "$root")) if p in found), None)
        if there is None:
            raise _RefusedError(f"It refers to {'.'.join(target)}, which is not in the file", "Add that token.")
        path = there


def _target(value: Any) -> Path_ | None:
    """Where an alias leads: `{a.b}`, or `$ref` with a JSON pointer to a token or its value."""
    if isinstance(value, str):
        match = ALIAS.fullmatch(value.strip())
        return tuple(match[1].split(".")) if match else None
    ref = value.get("$ref") if isinstance(value, Mapping) else None
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return None
    steps = tuple(s.replace("~1", "/").replace("~0", "~") for s in ref[2:].split("/"))
    return steps[:-1] if steps[-1] == "$value" else steps


def _looks(value: Any) -> bool:
    return (isinstance(value, str) and value.startswith("#")) or (isinstance(value, Mapping) and "colorSpace" in value)


def _coloured(value: Any) -> tuple[str, bool]:
    """The hex value of a colour as the format writes it (an object), or as text (as it was written before)."""
    if isinstance(value, str):
        return _parsed(value)
    if not isinstance(value, Mapping) or "colorSpace" not in value:
        raise _RefusedError("Its value is no colour", 'Write {"colorSpace": "srgb", "components": [0.11, 0.1, 0.23]}.')
    space, parts = value["colorSpace"], value.get("components")
    if not isinstance(space, str) or space not in SPACES:
        raise _RefusedError(f"The colour space {space!r} is not known", f"Use one of {', '.join(SPACES)}.")
    if not isinstance(parts, Sequence) or isinstance(parts, str) or len(parts) != 3 or not all(_number(p) for p in parts):
        raise _RefusedError("A colour has three components", 'Write three numbers, or "none" where there is none.')
    alpha = value.get("alpha", 1)
    numbers = [math.nan if p == "none" else float(p) for p in parts]
    if space in ("hsl", "hwb"):
        numbers[1:] = [n * SPACES[space] for n in numbers[1:]]
    return _converted(_made(space, numbers), alpha if isinstance(alpha, (int, float)) else 1)


def _number(part: Any) -> bool:
    plain = isinstance(part, (int, float)) and not isinstance(part, bool)
    return bool(part == "none" or (plain and math.isfinite(part) and abs(part) < 1e6))


def _made(space: str, numbers: list[float]) -> Any:
    from coloraide import Color

    return Color(space, numbers)


def _parsed(text: str) -> tuple[str, bool]:
    """A colour as CSS writes it."""
    from coloraide import Color

    if HEX.fullmatch(text.strip()):
        return text.strip().upper(), False
    try:
        colour = Color(text.strip()[:200])
    except (ValueError, TypeError, IndexError):
        raise _RefusedError(f"“{text.strip()[:60]}” is no colour", "Write it as #1C1A3B or oklch(24% 0.06 284).") from None
    return _converted(colour, float(colour.alpha(nans=False)))


def _converted(colour: Any, alpha: float) -> tuple[str, bool]:
    if alpha < 0.999:
        raise _RefusedError("It is see-through, and colours of a palette are not", "Mix it with its ground, or leave it out.")
    rgb = colour.convert("srgb")
    wide = not rgb.in_gamut(tolerance=0.002)
    return srgb_to_hex(rgb.fit(method="oklch-chroma").coords(nans=False) if wide else rgb.coords(nans=False)), wide


# ------------------------------------------------------------------------------------------------ CSS


def _css(text: str, sheet: _Sheet) -> None:
    """Custom properties wherever they stand. One that stands twice, as for a dark theme, counts as it stood first."""
    found: dict[str, str] = {}
    for name, value in PROPERTY.findall(COMMENT.sub(" ", text)):
        found.setdefault(name, value.replace("!important", "").strip())
    if len(found) > MAX_TOKENS:
        sheet.fault("", "tokens.size", f"The text has over {MAX_TOKENS:,} properties", "Keep the colours only.")
        return
    for name, value in found.items():
        try:
            real = _real(name, value, found)
            if MEANT.match(real) or (real.isalpha() and _named(real)):
                hex, wide = _parsed(real)
                sheet.colours.append(Token(name=name, hex=hex, wide=wide))
            else:
                sheet.others += 1
        except _RefusedError as refused:
            sheet.fault(name, "tokens.colour", refused.args[0], refused.args[1])


def _named(word: str) -> bool:
    """Whether a word is a colour, as `rebeccapurple`; `bold` and `currentcolor` are not."""
    try:
        return bool(_parsed(word)[0])
    except _RefusedError:
        return False


def _real(name: str, value: str, found: Mapping[str, str]) -> str:
    seen = [name]
    while match := VAR.fullmatch(value):
        target, spare = match[1], match[2]
        if target in seen:
            raise _RefusedError("It refers to itself: " + " → ".join([*seen, target]), "Give one of them a value.")
        seen.append(target)
        if target not in found and spare is None:
            raise _RefusedError(f"It refers to {target}, which is not in the text", "Paste that property too.")
        value = found.get(target, (spare or "").strip())
    return value


# ------------------------------------------------------------------------------------------------ into a palette


def id_of(name: str) -> str:
    """A palette's name out of a token's: `color.brand.deepInk` is `deep-ink`. What says only "a colour" is left out."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower()
    words = re.findall(r"[a-z0-9]+", parts)
    while len(words) > 1 and words[0] in GENERIC:
        words = words[1:]
    slug = "-".join(words)[:40].strip("-")
    return slug if slug[:1].isalpha() else f"c-{slug}"[:40].strip("-")


def fitted(tokens: Sequence[Token], palette: Sequence[str], most: int = 24) -> tuple[Fitted, ...]:
    """Each token with a name: the palette's own where one fits, else a new one while there is room; each name once."""
    taken: set[str] = set()
    names = [_fit(token, palette, taken) for token in tokens]
    room = len(palette) + sum(1 for n in names if n and n not in palette) <= most
    kept = [n if n in palette or room else "" for n in names]
    return tuple(Fitted(token=t, into=n, known=n in palette) for t, n in zip(tokens, kept, strict=True))


def _fit(token: Token, palette: Sequence[str], taken: set[str]) -> str:
    slug = id_of(token.name)
    same = {re.sub("[_-]", "", p): p for p in palette}
    tried = (slug, slug.rpartition("-")[2])
    name = next((same[key] for key in (re.sub("-", "", t) for t in tried) if key in same), slug)
    if name in taken:
        return ""
    taken.add(name)
    return name
