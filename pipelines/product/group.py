"""As many products as are sold: one picture of several, made from cut-outs that stand one behind the other.

One leads in front; the others stand behind it to its sides, smaller and higher as a camera sees them. Where
the kit has the product turned a little, those behind show that, so that they do not look copied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from factory.ids import digest
from pipelines.product.cutout import load_cutout
from pipelines.scene import Cutout, Solid

CAMERA = 7.08
"""The sets' distance to a product, in heights of it: what stands farther away is smaller."""
LARGEST = 1500
"""Height in px of a group's leading product: memory for several of them."""
PLACES: Mapping[int, tuple[tuple[float, float], ...]] = {
    2: ((0.0, 0.0), (0.86, 0.62)),
    3: ((0.0, 0.0), (-0.78, 0.62), (0.80, 0.86)),
    4: ((0.0, 0.0), (-0.78, 0.56), (0.82, 0.50), (1.50, 1.20)),
    5: ((0.0, 0.0), (-1.00, 0.24), (1.02, 0.18), (-0.50, 1.20), (0.56, 1.10)),
    6: ((0.0, 0.0), (-1.00, 0.24), (1.02, 0.18), (-0.50, 1.20), (0.56, 1.10), (1.62, 1.24)),
}
"""Where each stands: across and away, in widths of the product; the first leads. Neighbours overlap by about a fifth."""
SHADE, SPREAD, DRIFT = 0.42, 0.022, 0.012
"""How much a product darkens the one behind it along its outline, over which width, and how far away from the light."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stood:
    """One product of a group: where it stands (heights of a product, y away) and its pixels' box, foot row at 0."""

    of: Cutout
    at: tuple[float, float]
    scale: float
    box: tuple[int, int, int, int]


@lru_cache(maxsize=4)
def load_group(path: Path, count: int, turned: tuple[Path, ...] = ()) -> Cutout:
    """The cut-out at a path, `count` times. `turned` are pictures of the same product turned left and right."""
    return grouped(load_cutout(path), count, tuple(load_cutout(p) for p in turned))


def grouped(lead: Cutout, count: int, turned: Sequence[Cutout] = ()) -> Cutout:
    """A cut-out of `count` products. Its label and its safe crops are those of the leading one.

    ValueError for more than six. A picture that shows several bodies already is taken as it is.
    """
    if count == 1 or lead.solids:
        return lead
    if count not in PLACES:
        raise ValueError(f"a group of {count}: {max(PLACES)} at most")
    tall = min(LARGEST, lead.size[1])
    stood = [_stand(lead if i == 0 else _other(lead, turned, at), at, lead, tall) for i, at in enumerate(PLACES[count])]
    left, right = min(s.box[0] for s in stood), max(s.box[0] + s.box[2] for s in stood)
    top, bottom = min(s.box[1] for s in stood), max(s.box[1] + s.box[3] for s in stood)
    rgba = _laid(stood, (left, top, right - left, bottom - top), lead, tall)
    return _told(lead, stood, rgba, (left, top), tall)


def _other(lead: Cutout, turned: Sequence[Cutout], at: tuple[float, float]) -> Cutout:
    """Which picture stands there: turned toward the middle, if there is one."""
    if not turned:
        return lead
    return turned[0] if at[0] < 0 else turned[-1]


def _stand(of: Cutout, at: tuple[float, float], lead: Cutout, tall: int) -> _Stood:
    """Where a product's picture lies when it stands so many widths across and away; the leader's foot is (0, 0)."""
    x, y = at[0] * lead.aspect, at[1] * lead.aspect
    scale = CAMERA / (CAMERA + y)
    height = round(scale * tall)
    width = round(height * of.aspect)
    rise = y * scale * math.sin(math.radians(lead.pitch)) * tall
    foot = round(lead.sink * height - rise)
    return _Stood(of=of, at=(x, y), scale=scale, box=(round(x * scale * tall - width / 2), foot - height, width, height))


def _laid(stood: Sequence[_Stood], box: tuple[int, int, int, int], lead: Cutout, tall: int) -> npt.NDArray[np.uint8]:
    """All of them on one sheet, straight alpha, the farthest first; each darkens what is behind it a little."""
    sheet = np.zeros((box[3], box[2], 4), np.float32)
    for one in sorted(stood, key=lambda s: -s.at[1]):
        x, y, w, h = one.box[0] - box[0], one.box[1] - box[1], one.box[2], one.box[3]
        picture = _sized(one.of, w, h)
        _shade(sheet, picture[..., 3], (x, y), lead, tall)
        part = sheet[y : y + h, x : x + w]
        part *= 1 - picture[..., 3:] / 255
        part += picture
    solid = np.maximum(sheet[..., 3:], 1e-3) / 255
    sheet[..., :3] /= solid
    return np.asarray(np.clip(sheet + 0.5, 0, 255), np.uint8)


def _sized(of: Cutout, width: int, height: int) -> npt.NDArray[np.float32]:
    """Premultiplied pixels at a size."""
    import cv2

    straight = of.rgba.astype(np.float32)
    straight[..., :3] *= straight[..., 3:] / 255
    way = cv2.INTER_AREA if height <= of.size[1] else cv2.INTER_CUBIC
    return np.asarray(np.clip(cv2.resize(straight, (width, height), interpolation=way), 0, 255), np.float32)


def _shade(sheet: npt.NDArray[np.float32], alpha: npt.NDArray[np.float32], at: tuple[int, int], lead: Cutout, tall: int) -> None:
    """Darken what stands already along the outline of what comes before it, on the side away from the light."""
    import cv2

    cover = np.zeros(sheet.shape[:2], np.float32)
    x, y = at
    cover[y : y + alpha.shape[0], x : x + alpha.shape[1]] = alpha / 255
    drift = {"left": 1.0, "right": -1.0, "front": 0.0}[lead.lit_side] * DRIFT * tall
    move = np.array([[1, 0, drift], [0, 1, 0]], np.float64)
    soft = cv2.warpAffine(cover, move, (sheet.shape[1], sheet.shape[0]))
    soft = cv2.GaussianBlur(soft, (0, 0), SPREAD * tall)
    sheet[..., :3] *= (1 - SHADE * soft)[..., None]


def _told(
    lead: Cutout, stood: Sequence[_Stood], rgba: npt.NDArray[np.uint8], corner: tuple[int, int], tall: int
) -> Cutout:
    """The group's measures, from those of the products in it."""
    height, width = rgba.shape[:2]
    unit = tall / height
    middle = (corner[0] + width / 2) / tall
    first = stood[0]
    left, top = (first.box[0] - corner[0]) / width, (first.box[1] - corner[1]) / height
    share = (first.box[2] / width, first.box[3] / height)
    solids = tuple(
        Solid(at=((s.at[0] - middle) * unit, s.at[1] * unit), radii=lead.profile * np.float32(unit), height=lead.stature * unit)
        for s in stood
    )

    def down(row: float) -> float:
        return float(top + row * share[1])

    label = lead.label_box
    wide = _wide(stood, lead)
    changed: dict[str, Any] = {
        "rgba": rgba, "solids": solids, "foot_row": -corner[1] / height, "safe_crop_bottom": down(lead.safe_crop_bottom),
        "safe_crop_top": down(lead.safe_crop_top), "digest": digest([lead.digest, *(s.of.digest for s in stood)]),
        "label_box": (left + label[0] * share[0], down(label[1]), label[2] * share[0], label[3] * share[1]) if label else None,
        "width_mm": lead.width_mm and round(lead.width_mm * wide),
    }
    return replace(lead, **changed)


def _wide(stood: Sequence[_Stood], lead: Cutout) -> float:
    """How many products wide a group is."""
    across = [s.at[0] for s in stood]
    return (max(across) - min(across)) / lead.aspect + 1
