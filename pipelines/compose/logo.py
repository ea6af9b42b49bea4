"""A logo from SVG as outlines: exact at every size, recolourable, placed like any other block."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from factory.errors import FactoryError
from pipelines.compose.setting import Block, Piece, around

SVG = "{http://www.w3.org/2000/svg}"
SILENT = frozenset({"title", "desc", "metadata", "defs"})
DRAWN = frozenset({"g", "path", "rect", "circle", "ellipse", "polygon", "line", "polyline"})
NAMED = {"black": "#000000", "white": "#FFFFFF"}


class LogoError(FactoryError):
    """A logo file that cannot be drawn."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shape:
    """An outline in the drawing's own units with its fill."""

    path: Any
    colour: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Logo:
    """A logo's shapes in a box of `size` units."""

    name: str
    shapes: tuple[Shape, ...]
    size: tuple[float, float]

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[0] / self.size[1]

    def recoloured(self, colour: str) -> Logo:
        """The logo in one colour."""
        return replace(self, shapes=tuple(replace(shape, colour=colour) for shape in self.shapes))


@lru_cache(maxsize=64)
def load_logo(path: Path) -> Logo:
    """Read an SVG of paths and basic shapes with plain fills.

    Raises LogoError for what we would draw wrongly: text, strokes only, gradients, no view box.
    """
    from defusedxml.ElementTree import parse

    root = parse(path).getroot()
    x, y, w, h = _view_box(root, path)
    shapes = tuple(_shapes(root, "#000000", _matrix("translate", [-x, -y]), path))
    if not shapes:
        raise _refusal("The logo has no filled shape", path)
    return Logo(name=path.stem, shapes=shapes, size=(w, h))


def place_logo(logo: Logo, x: float, y: float, h: float, role: str = "logo") -> Block:
    """The logo with its box's top left at (x, y) and `h` px high, as a block whose pieces have their own colours."""
    scale = h / logo.size[1]
    pieces = tuple(_placed(shape, x, y, scale, y + h) for shape in logo.shapes)
    return Block(
        role=role, pieces=pieces, box=around(p.box for p in pieces), text=logo.name, lines=(logo.name,), size=h,
        leading=0.0, tracking=0.0, weight=600, colour=logo.shapes[-1].colour, align="left", axis=x, cap_top=y,
    )


def height_for_area(logo: Logo, share: float, width: int, height: int) -> float:
    """Height px at which the logo's box covers a share of the canvas: wide words then weigh what round signs do."""
    return math.sqrt(share * width * height / logo.aspect)


def _placed(shape: Shape, x: float, y: float, scale: float, baseline: float) -> Piece:
    import skia

    path = skia.Path(shape.path)
    matrix = skia.Matrix()
    matrix.setScaleTranslate(scale, scale, x, y)
    path.transform(matrix)
    b = path.computeTightBounds()
    return Piece(path=path, box=(b.left(), b.top(), b.width(), b.height()), baseline=baseline, colour=shape.colour)


# -------------------------------------------------------------------------------------------------- reading SVG


def _view_box(root: Any, path: Path) -> tuple[float, float, float, float]:
    numbers = _numbers(root.get("viewBox", ""))
    if len(numbers) != 4 or numbers[2] <= 0 or numbers[3] <= 0:
        raise LogoError("The logo has no view box", code="logo-view-box", where=str(path), help="Add viewBox to <svg>.")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text)]


def _shapes(node: Any, fill: str, matrix: Any, path: Path) -> list[Shape]:
    """The filled shapes below a node in drawing order; groups hand down their fill and transform."""
    found: list[Shape] = []
    for child in node:
        kind = str(child.tag).removeprefix(SVG)
        if kind in SILENT:
            continue
        if kind not in DRAWN:
            raise _refusal(f"<{kind}> cannot be drawn", path)
        colour, own = _fill(child, fill), _transform(child, matrix)
        if kind == "g":
            found += _shapes(child, colour, own, path)
        elif colour != "none":
            found.append(Shape(path=_outline(child, own), colour=_hex(colour, path)))
    return found


def _refusal(fact: str, path: Path) -> LogoError:
    return LogoError(fact, code="logo-svg", where=str(path), help="Export the logo as plain filled paths.")


def _transform(node: Any, matrix: Any) -> Any:
    """The node's own transform list, applied inside the matrix of its group."""
    import skia

    for name, arguments in re.findall(r"(\w+)\(([^)]*)\)", node.get("transform", "")):
        matrix = skia.Matrix.Concat(matrix, _matrix(name, _numbers(arguments)))
    return matrix


def _matrix(name: str, n: list[float]) -> Any:
    import skia

    if name == "matrix":
        return skia.Matrix.MakeAll(n[0], n[2], n[4], n[1], n[3], n[5], 0, 0, 1)
    if name == "translate":
        return skia.Matrix.Translate(n[0], n[1] if len(n) > 1 else 0.0)
    if name == "scale":
        return skia.Matrix.Scale(n[0], n[1] if len(n) > 1 else n[0])
    turned = skia.Matrix()
    turned.setRotate(n[0], *(n[1:3] if len(n) == 3 else (0.0, 0.0)))
    return turned


def _style(node: Any, name: str, inherited: str) -> str:
    style = dict(part.split(":", 1) for part in node.get("style", "").replace(" ", "").split(";") if ":" in part)
    return str(style.get(name, node.get(name, inherited))).strip()


def _fill(node: Any, inherited: str) -> str:
    return _style(node, "fill", inherited)


def _hex(colour: str, path: Path) -> str:
    colour = NAMED.get(colour, colour)
    if re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return colour.upper()
    if re.fullmatch(r"#[0-9a-fA-F]{3}", colour):
        return "#" + "".join(c * 2 for c in colour[1:]).upper()
    raise LogoError(f"Fill {colour!r} is not a plain colour", code="logo-fill", where=str(path), help="Use #RRGGBB.")


def _outline(node: Any, matrix: Any) -> Any:
    """The node's outline, basic shapes turned into paths."""
    import skia
    from fontTools.svgLib.path import parse_path
    from fontTools.svgLib.path.shapes import PathBuilder

    builder = PathBuilder()
    builder.add_path_from_element(node)
    path = skia.Path()
    for drawn in builder.paths:
        parse_path(drawn, _pen(path))
    if _style(node, "fill-rule", "nonzero") == "evenodd":
        path.setFillType(skia.PathFillType.kEvenOdd)
    path.transform(matrix)
    return path


def _pen(path: Any) -> Any:
    from fontTools.pens.basePen import BasePen

    class Pen(BasePen):  # type: ignore[misc]
        """Writes into a skia path."""

        def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            path.moveTo(*pt)

        def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            path.lineTo(*pt)

        def _curveToOne(self, a: Any, b: Any, c: Any) -> None:  # noqa: N802
            path.cubicTo(*a, *b, *c)

        def _qCurveToOne(self, a: Any, b: Any) -> None:  # noqa: N802
            path.quadTo(*a, *b)

        def _closePath(self) -> None:  # noqa: N802
            path.close()

        def _endPath(self) -> None:  # noqa: N802
            pass

    return Pen(None)
