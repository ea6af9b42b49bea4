"""logo: the logo is there where it must be, with air around it, large enough, on a ground that the kit allows.

What it does
    Looks whether the placement wants a logo and whether one stands there; measures the distance to the nearest text,
    button or product, its width, and which of the kit's colours it stands on.

Why it is bad
    A crowded, tiny or wrongly coloured logo says that nobody looked. In a placement that draws the name itself, or
    forbids overlays, a second one is refused.

What to do
    Let the layout give it a corner of its own; give the kit a drawing for this ground (reversed, one colour).

Thresholds and their source
    Where a logo is required, a label that says the name on a product of 145 points height or more is one. Clear space,
    least width and allowed grounds are the kit's. Half the clear space fails; a width of 80 % of the
    least fails. The least width counts on a picture whose short side is 1080 px and shrinks with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brand_kits.colour import delta_e_ok, hex_to_oklab, linear_to_oklab, srgb_to_linear
from brand_kits.kit import Logo
from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.sight import beyond, gap, near
from pipelines.check.subject import Box, Sign, Subject

LEGIBLE = 145.0
"""Points of height from which the name on a product's label is read."""
CORNER = "Give it a corner of its own."
SURE = 0.06
"""A ground this near (OKLab) to a colour of the kit is that colour."""
INK_SHARE = 0.95
"""What a drawing's ink takes at least of its view box' width."""


def check(subject: Subject) -> list[Finding]:
    """Whether the logo stands as the kit asks."""
    sign, duty = subject.sign, subject.placement.logo
    if sign is None:
        return _without(subject) if duty == "required" else []
    if duty == "none":
        return [_duty("The placement takes no logo on the picture", sign.name or "a logo", "none")]
    rule = subject.kit.logos.get(sign.name)
    if rule is None:
        return [_duty("The logo is not one of the kit's drawings", sign.name or "unknown", "a drawing of the kit")]
    return told([*_clear(sign, rule, subject), _wide(sign, rule, subject), *_ground(sign, rule, subject)])


def _without(subject: Subject) -> list[Finding]:
    """A label that says the brand's name, whole and large enough, is a logo."""
    seen = subject.product
    words = seen.words if seen is not None else None
    if seen is not None and words is not None and seen.brand:
        canvas = (0.0, 0.0, float(subject.size[0]), float(subject.size[1]))
        if beyond(words, canvas) <= 0 and seen.box[3] / subject.pt >= LEGIBLE:
            return [Finding(code="logo", verdict="pass", fact="The product's label says the name", where="product",
                            measured=f"{seen.box[3] / subject.pt:.0f} pt high")]
    return [_duty("The placement needs a logo", "none", "a logo")]


def _duty(fact: str, measured: str, wanted: str) -> Finding:
    return Finding(code="logo", verdict="fail", fact=fact, where="logo", measured=measured, wanted=wanted, help=CORNER)


def _clear(sign: Sign, rule: Logo, subject: Subject) -> Iterator[Finding]:
    need = max(1.0, rule.clear_space * sign.box[3])
    scale = Scale(code="logo.clear", floor=need / 2, wanted=need - 0.5, form="{:.0f} px", help=CORNER)
    things = [(f"“{p.text}”", line) for p in subject.parts if p.place == "layout" for line in p.line_boxes]
    if subject.button is not None:
        things.append(("the button", subject.button.box))
    if things:
        name, box = min(things, key=lambda t: gap(sign.box, t[1]))
        yield scale.judge(gap(sign.box, box), f"The logo has air beside {name}", f"The logo is crowded by {name}", "logo")
    if subject.product is not None and _over(sign.box, subject):
        yield _duty("The logo stands on the product", "overlap", "apart")


def _over(box: Box, subject: Subject) -> bool:
    """Whether the product's own pixels lie under a box."""
    assert subject.product is not None
    x, y, w, h = (round(v) for v in box)
    return bool(subject.product.cover[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)].any())


def _wide(sign: Sign, rule: Logo, subject: Subject) -> Finding:
    least = INK_SHARE * rule.min_width * min(subject.size) / 1080
    scale = Scale(code="logo.size", floor=0.8 * least, wanted=least, form="{:.0f} px wide", help="Give it more room.")
    return scale.judge(sign.box[2], "The logo is large enough", "The logo is small", "logo")


def _ground(sign: Sign, rule: Logo, subject: Subject) -> Iterator[Finding]:
    """A plain ground of one of the kit's colours should be one that the drawing may stand on."""
    below = np.concatenate([near(subject.ground, ink, 2.0) for ink in sign.inks])
    if not len(below):
        return
    lab = np.median(linear_to_oklab(srgb_to_linear(below)), axis=0)
    away = {c.name: float(delta_e_ok(lab, hex_to_oklab(c.hex))) for c in subject.kit.palette.colours.values()}
    name = min(away, key=lambda n: (away[n], n))
    if away[name] <= SURE and rule.grounds and name not in rule.grounds:
        yield Finding(
            code="logo.ground", verdict="warn", fact=f"The kit does not set this drawing of the logo on {name}",
            where="logo", measured=name, wanted=" or ".join(rule.grounds), help="Give the kit a drawing for this ground.",
        )
