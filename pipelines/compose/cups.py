"""Letters as vessels: a round letter is a cup seen from its side, filled to a level with a meniscus.

A display face's o may have a counter so thin and slanted that liquid in it looks like an eye. A round letter keeps its
own outline here and gets a round counter; any other letter is filled as it is.
"""

from __future__ import annotations

from typing import Any

ROUND = frozenset("oO0")
INNER = (0.56, 0.60)
"""Width and height of a cup's inside over those of the letter."""
FIRST = 0.08
"""Level of a cup that nothing has run into yet: even the first one shows that it is a cup."""
MENISCUS = 0.045
"""How far liquid climbs a cup's walls, in the inside's heights."""


def is_cup(sign: str) -> bool:
    """Whether a sign is drawn as a cup."""
    return sign in ROUND


def cup(path: Any) -> tuple[Any, Any]:
    """The letter with a round counter, and the counter itself, from a round letter's outline."""
    import skia

    outer = _largest(path)
    b = outer.computeTightBounds()
    inner = skia.Path()
    inner.addOval(skia.Rect.MakeXYWH(
        b.centerX() - INNER[0] * b.width() / 2, b.centerY() - INNER[1] * b.height() / 2,
        INNER[0] * b.width(), INNER[1] * b.height(),
    ))
    return skia.Op(outer, inner, skia.PathOp.kDifference_PathOp), inner


def poured(inside: Any, share: float) -> Any:
    """What `share` (0..1) of a cup holds: level across, a little higher at the walls; all of it when full."""
    import skia

    if share >= 1:
        return inside
    b = inside.computeTightBounds()
    level = b.bottom() - b.height() * (FIRST + (1 - FIRST) * share)
    climb = min(MENISCUS * b.height(), 0.4 * (b.bottom() - level))
    liquid = skia.Path()
    liquid.moveTo(b.left() - 1, level - climb)
    liquid.quadTo(b.centerX(), level + climb, b.right() + 1, level - climb)
    liquid.lineTo(b.right() + 1, b.bottom() + 1)
    liquid.lineTo(b.left() - 1, b.bottom() + 1)
    liquid.close()
    return skia.Op(inside, liquid, skia.PathOp.kIntersect_PathOp)


def filling(path: Any, share: float) -> Any:
    """The lower `share` of a letter's counter; of its body when it has no closed counter."""
    import skia

    inner = _counter(path)
    target = inner if inner is not None else path
    b = target.computeTightBounds()
    level = b.bottom() - b.height() * share
    cut = skia.Path()
    cut.addRect(skia.Rect.MakeLTRB(b.left() - 2, level, b.right() + 2, b.bottom() + 2))
    return skia.Op(target, cut, skia.PathOp.kIntersect_PathOp)


def _counter(path: Any) -> Any:
    """The largest closed hole of a letter as a path, or None."""
    import skia

    contours = _contours(path)
    if len(contours) < 2:
        return None
    hole = skia.Op(_largest(path), path, skia.PathOp.kDifference_PathOp)
    return hole if hole is not None and not hole.isEmpty() else None


def _largest(path: Any) -> Any:
    """The contour that reaches furthest: a letter's outer edge."""
    return max(_contours(path), key=lambda c: c.computeTightBounds().width() * c.computeTightBounds().height())


def _contours(path: Any) -> list[Any]:
    import skia

    found: list[Any] = []
    for verb, points in path:
        if verb == skia.Path.kMove_Verb:
            found.append(skia.Path())
            found[-1].moveTo(points[0])
        elif verb == skia.Path.kLine_Verb:
            found[-1].lineTo(points[1])
        elif verb == skia.Path.kQuad_Verb:
            found[-1].quadTo(points[1], points[2])
        elif verb == skia.Path.kCubic_Verb:
            found[-1].cubicTo(points[1], points[2], points[3])
        elif verb == skia.Path.kClose_Verb:
            found[-1].close()
    return [c for c in found if c.countVerbs() > 2]
