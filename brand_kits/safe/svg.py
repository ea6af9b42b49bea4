"""Logos from people: an SVG of plain shapes, nothing that runs, fetches, or depends on what is installed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from brand_kits.errors import KitError, KitFault
from brand_kits.safe.files import Blob, read_blob

MAX_BYTES = 512_000
MAX_ELEMENTS = 4_000
MAX_DEPTH = 32
SVG = "http://www.w3.org/2000/svg"

SHAPES = frozenset((
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "clipPath", "mask",
    "linearGradient", "radialGradient", "stop", "title", "desc",
))
_PAINTS = ("fill", "stroke", "style", "stop-color")
REFUSED = {
    "script": ("svg.script", "carries a script", "Export the logo without scripts."),
    "foreignObject": ("svg.foreign", "carries foreign content", "Export the logo as plain shapes."),
    "image": ("svg.image", "carries a picture", "Draw the logo as shapes; a picture in it has no edges to print."),
    "text": ("svg.text", "carries live text", "Convert words to outlines: the font may not be here."),
    "style": ("svg.style", "carries a style sheet", "Export with fills as attributes."),
    "use": ("svg.use", "carries linked copies", "Expand symbols and copies before the export."),
}
_URL = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A checked SVG: its cleaned text, the size of its view box, and the colours it is filled with (hex, sorted)."""

    text: str
    width: float
    height: float
    colours: tuple[str, ...]


def read_svg(path: Path) -> Drawing:
    """A logo drawing; KitError lists everything in it that is refused."""
    return check(read_blob(path, limit=MAX_BYTES))


@lru_cache(maxsize=64)
def check(blob: Blob) -> Drawing:
    """The same from bytes that were read already; equal bytes are checked once."""
    root = _parse(blob)
    found = list(dict.fromkeys(_faults(root, blob.name)))
    if found:
        raise KitError(found)
    width, height = _view_box(root, blob.name)
    return Drawing(text=_hush(blob), width=width, height=height, colours=_colours(root))


def _parse(blob: Blob) -> Any:
    """An element tree without any document type: no entities, so nothing to blow up or to fetch."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(blob.data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as cause:
        raise KitError([_fault("svg.entity", blob.name, "declares a document type or entities",
                               "Remove the DOCTYPE.")]) from cause
    except (ParseError, ValueError, LookupError, RecursionError) as cause:
        raise KitError([_fault("svg.broken", blob.name, "is not well-formed XML", "Export it anew.")]) from cause


def _faults(root: Any, name: str) -> Iterator[KitFault]:
    if root.tag != f"{{{SVG}}}svg":
        yield _fault("svg.root", name, "is not an SVG", "The first element must be <svg> in the SVG namespace.")
        return
    for count, (element, depth) in enumerate(_walk(root), start=1):
        if count > MAX_ELEMENTS or depth > MAX_DEPTH:
            fact = f"has over {MAX_ELEMENTS} shapes or {MAX_DEPTH} levels"
            yield _fault("svg.size", name, fact, "Simplify the drawing.")
            return
        yield from _element_faults(element, name)


def _walk(root: Any) -> Iterator[tuple[Any, int]]:
    """Every element with its depth, without recursion."""
    stack = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        yield element, depth
        stack += [(child, depth + 1) for child in reversed(list(element))]


def _element_faults(element: Any, name: str) -> Iterator[KitFault]:
    if not isinstance(element.tag, str):  # a comment or a processing instruction
        return
    space, _, tag = element.tag.rpartition("}")
    if space != "{" + SVG:
        return  # an editor's private notes: hushed, never drawn
    if tag in REFUSED:
        code, fact, help = REFUSED[tag]
        yield _fault(code, name, fact, help)
    elif tag not in SHAPES:
        yield _fault("svg.element", name, f"uses <{tag}>", "Draw with paths, basic shapes and gradients only.")
    for key, value in element.attrib.items():
        yield from _attribute_faults(key.rpartition("}")[2], value, name)


def _attribute_faults(key: str, value: str, name: str) -> Iterator[KitFault]:
    if key.lower().startswith("on"):
        yield _fault("svg.script", name, f"has a script in {key}", "Export the logo without scripts.")
    elif key == "href" and not value.startswith("#"):
        yield _fault("svg.external", name, "points outside itself", "Embed nothing and link nothing.")
    elif _URL.search(value) or "@import" in value.lower() or "expression(" in value.lower():
        yield _fault("svg.external", name, f"fetches something in {key}", "Embed nothing and link nothing.")


def _view_box(root: Any, name: str) -> tuple[float, float]:
    try:
        numbers = [float(v) for v in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
        _, _, width, height = numbers
        if all(map(math.isfinite, numbers)) and width > 0 and height > 0:
            return width, height
    except ValueError:
        pass
    remedy = 'Give <svg> a viewBox="0 0 width height" round the drawing.'
    raise KitError([_fault("svg.box", name, "has no view box", remedy)])


def _colours(root: Any) -> tuple[str, ...]:
    values = (v for element, _ in _walk(root) for k, v in element.attrib.items() if k in _PAINTS)
    found = {code for value in values for code in _HEX.findall(value)}
    return tuple(sorted({_long(code).upper() for code in found}))


def _long(code: str) -> str:
    return code if len(code) == 7 else "#" + "".join(c * 2 for c in code[1:])


def _hush(blob: Blob) -> str:
    """A second, independent cleaner: what the check above let through is still stripped to plain drawing."""
    from py_svg_hush import filter_svg

    try:
        return str(filter_svg(blob.data).decode("utf-8"))
    except (ValueError, RuntimeError, UnicodeDecodeError) as cause:
        fault = _fault("svg.broken", blob.name, "cannot be cleaned", "Export it anew as plain SVG.")
        raise KitError([fault]) from cause


def _fault(code: str, name: str, fact: str, help: str) -> KitFault:
    return KitFault(code=code, fact=f"{name} {fact}", where=name, help=help)
