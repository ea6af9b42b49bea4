"""How things start and stop: cubic Beziers as CSS writes them, and the brand's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

Bezier = tuple[float, float, float, float]
Ease = Callable[[float], float]

CURVES: Mapping[str, Bezier] = {
    "enter": (0.05, 0.7, 0.1, 1.0),
    "exit": (0.3, 0.0, 0.8, 0.15),
    "move": (0.2, 0.0, 0.0, 1.0),
    "settle": (0.16, 1.0, 0.3, 1.0),
    "drift": (0.37, 0.0, 0.63, 1.0),
    "count": (0.2, 0.55, 0.45, 1.0),
    "rest": (0.3, 0.5, 0.6, 1.0),
    "push": (0.3, 0.3, 0.7, 0.7),
}
"""Material Design's emphasised curves (m3.material.io, motion), and our own for products, light and figures."""
STEPS = 24


@lru_cache(maxsize=32)
def easing(name: str, brand: Bezier | None = None) -> Ease:
    """The curve of a name: `linear`, `brand` (the kit's own, else `move`), or one of `CURVES`. Raises KeyError."""
    if name == "linear":
        return clamped
    if name == "brand":
        return _bezier(brand or CURVES["move"])
    return _bezier(CURVES[name])


def clamped(t: float) -> float:
    """Time as it is, within 0..1."""
    return min(max(t, 0.0), 1.0)


def _bezier(curve: Bezier) -> Ease:
    """Progress at a share of time: the curve's x is found by halving, which never leaves it."""
    x1, y1, x2, y2 = curve

    def eased(t: float) -> float:
        if t <= 0 or t >= 1:
            return clamped(t)
        low, high = 0.0, 1.0
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _axis(x1, x2, middle) < t else (low, middle)
        return _axis(y1, y2, (low + high) / 2)

    return eased


def _axis(first: float, second: float, s: float) -> float:
    """A cubic Bezier from 0 to 1 at parameter `s`."""
    return 3 * first * s * (1 - s) ** 2 + 3 * second * s * s * (1 - s) + s**3
