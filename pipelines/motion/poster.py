"""Frame 0, which feeds show as a film's poster: is it bright, is there something on it, does the product stand?"""

from __future__ import annotations

import numpy as np

from pipelines.compose.backdrop import Backdrop
from pipelines.compose.compose import Composition
from pipelines.compose.draw import Pixels
from pipelines.light import LUMINANCE, srgb_to_linear

REACH = 0.14
"""Heights of the product around its foot in which its shadow must be seen."""
DARKER = 5
"""Levels by which the still's own shadow darkens a pixel that counts."""
FEWEST = 40


def seen_first(frame: Pixels, composition: Composition) -> dict[str, float]:
    """Figures of a frame (h, w, 3) against its still: `first_light` its lightness over the still's, `first_shown` the
    share of the still's type and product that it shows, `first_shadow` the share of the product's shadow at its foot
    (left out where the still has none to show)."""
    still = composition.pixels
    told = {
        "first_light": round(lightness(frame) / max(lightness(still), 1e-3), 4),
        "first_shown": round(_shown(frame, composition), 4),
    }
    shadow = shadow_share(frame, composition)
    return told if shadow is None else {**told, "first_shadow": round(shadow, 4)}


def lightness(pixels: Pixels) -> float:
    """Mean OKLab L of a picture's luminance, on every eighth pixel."""
    linear = srgb_to_linear(pixels[::8, ::8].astype(np.float32) / 255) @ LUMINANCE
    return float(np.cbrt(linear).mean())


def _shown(frame: Pixels, composition: Composition) -> float:
    """How much of what the still has over its bare ground is there, by pixels that are alike."""
    still = composition.pixels[::2, ::2].astype(np.int16)
    bare = _bare(composition.backdrop)[::2, ::2].astype(np.int16)
    own = np.abs(still - bare).max(axis=-1) > 24
    if not own.any():
        return 0.0
    alike = np.abs(frame[::2, ::2].astype(np.int16) - still).max(axis=-1) < 24
    return float((alike & own).sum() / own.sum())


def _bare(backdrop: Backdrop) -> Pixels:
    """The still's place without product, print and type; where it is a window in a page, the page is plain."""
    ground = backdrop.ground()
    if ground.shape[:2] == (backdrop.size[1], backdrop.size[0]):
        return ground
    page = np.empty((backdrop.size[1], backdrop.size[0], 3), np.uint8)
    page[:] = [int(backdrop.page[i : i + 2], 16) for i in (1, 3, 5)]
    x, y = backdrop.offset
    page[y : y + ground.shape[0], x : x + ground.shape[1]] = ground
    return page


def shadow_share(frame: Pixels, composition: Composition) -> float | None:
    """How much of the darkening that the product makes about its foot is in a frame; None where there is none to see."""
    backdrop, box = composition.backdrop, composition.product_box
    if box is None or backdrop.second is not None:
        return None
    stage = backdrop.stage
    lit = stage.picture(stage.light, product=False).astype(np.int16).mean(axis=-1)
    dark = lit - stage.ground(stage.light).astype(np.int16).mean(axis=-1)
    x, y = backdrop.offset
    h, w = dark.shape
    inner = frame[y : y + h, x : x + w].astype(np.int16).mean(axis=-1)
    rows, columns = np.mgrid[0:h, 0:w]
    foot_x, foot_y = stage.passes.foot
    near = np.hypot(columns - foot_x, 2 * (rows - foot_y)) < (REACH + box[2] / box[3]) * stage.passes.height
    ground = _uncovered(composition, (h, w))
    where = near & ground & (dark > DARKER)
    if where.sum() < FEWEST:
        return None
    return float(np.clip((lit - inner)[where] / dark[where], 0, 1).mean())


def _uncovered(composition: Composition, shape: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where nothing stands or is drawn over the still's ground, (h, w) of the stage's picture."""
    backdrop = composition.backdrop
    x, y = backdrop.offset
    still = composition.pixels[y : y + shape[0], x : x + shape[1]].astype(np.int16)
    return np.asarray(np.abs(still - backdrop.stage.ground(backdrop.stage.light).astype(np.int16)).max(axis=-1) < 10)
