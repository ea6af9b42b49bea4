"""palette: the picture keeps to the brand's colours.

What it does
    Takes the picture without its product, type and logo and asks of each pixel how far it is from the kit's colours and
    from what two of them mix to (light, a wash or a shadow's edge mixes them). Light may make a colour lighter or
    darker, so lightness counts less than hue and chroma; greys are no colour and count as kept.

Why it is bad
    People know a brand by its colours before they read its name. A picture in foreign ones builds somebody else's.

What to do
    Recolour the plate (sets take the palette exactly), choose a calmer wash, or a light without a strong tint.

Thresholds and their source
    A pixel keeps to the palette within .04 of a mix of two colours (OKLab, lightness at a third). Calibrated on sets
    and washes of the sample brand: they keep .98 and more, the same pictures with hues turned by 90 degrees .0 to .8.
    85 % should, for a stray tint or an accent; under half fails.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from brand_kits.colour import hex_to_oklab, linear_to_oklab, srgb_to_linear
from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Subject

Floats = npt.NDArray[np.float64]
SHARE = Scale(code="palette", floor=0.50, wanted=0.85, form="{:.2f} of the picture",
              help="Choose a set or a wash in the kit's colours.")
NEAR, LIGHTNESS, GREY, SIDE = 0.04, 1 / 3, 0.03, 160


def check(subject: Subject) -> list[Finding]:
    """The share of the picture that keeps to the kit's colours."""
    return told([SHARE.judge(kept_share(subject), "The picture keeps to the brand's colours",
                             "The picture strays from the brand's colours")])


def kept_share(subject: Subject) -> float:
    """Share of the picture, its product aside, that is near a colour of the kit or grey."""
    small, free = _small(subject)
    lab = linear_to_oklab(srgb_to_linear(small[free] / 255))
    if not len(lab):
        return 1.0
    away = from_mixes(lab, np.array([hex_to_oklab(c.hex) for c in subject.kit.palette.colours.values()]))
    grey = np.hypot(lab[:, 1], lab[:, 2]) < GREY
    return float(((away <= NEAR) | grey).mean())


def from_mixes(lab: Floats, colours: Floats) -> Floats:
    """Distance (n,) of OKLab points (n, 3) to the nearest line between two colours (m, 3), lightness at a third."""
    weight = np.array([LIGHTNESS, 1.0, 1.0])
    points, ends = lab * weight, colours * weight
    away = np.sqrt(((points[:, None] - ends[None]) ** 2).sum(axis=2)).min(axis=1)
    for a, b in combinations(ends, 2):
        way = b - a
        along = np.clip((points - a) @ way / max(float(way @ way), 1e-9), 0, 1)
        away = np.minimum(away, np.linalg.norm(points - a - along[:, None] * way, axis=1))
    return np.asarray(away)


def _small(subject: Subject) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The picture at a glance, and where the product is not."""
    import cv2

    w, h = subject.size
    scale = min(1.0, SIDE / max(w, h))
    size = max(1, round(w * scale)), max(1, round(h * scale))
    small = cv2.resize(subject.ground, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    if subject.product is None:
        return small, np.ones(small.shape[:2], bool)
    covered = cv2.resize(subject.product.cover.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    return small, np.asarray(covered == 0)
