"""Ways to stage a layout when the picture makes its words hard to read, least given up first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way to stage a layout: what is left out, how much smaller the product and headlines are, whether sides are
    changed, how many lights further on the scene's list, or a plain ground in place of the scene."""

    without: tuple[str, ...] = ()
    scale: float = 1.0
    turned: bool = False
    light: int = 0
    plain: bool = False
    loud: float = 1.0


AS_MEANT = Way()
QUIETER = ("sub", "body")
OTHER_WAYS = (
    Way(without=QUIETER), Way(scale=0.84), Way(turned=True), Way(plain=True), Way(light=1), Way(light=2),
    Way(loud=0.66), Way(without=QUIETER, scale=0.84), Way(without=QUIETER, turned=True), Way(without=QUIETER, scale=0.7),
)
"""What is tried in turn when the picture makes words hard to read; sides change only where they stand side by side."""
