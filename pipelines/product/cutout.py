"""A product picture cut out of its background, with the measures that staging needs.

What the YAML file beside the picture is silent about is measured from alpha. A picture of more than one body, or of
one that lies, tells its `solids` (`at`, `radii`, `height`, `yaw`, in heights of the picture) and its `foot_row`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from factory.errors import FactoryError
from factory.ids import digest_bytes
from pipelines.scene import Cutout, Side, Solid

__all__ = ["Cutout", "ProductError", "cutout", "load_cutout"]

PROFILE_STEPS = 64
FOOT_STEPS = 3
"""Rows of the profile where a picture shows the curve of the base and not the radius."""
SOLID = 127
FAINT = 8
USUAL_PITCH = 10.0


class ProductError(FactoryError):
    """A product picture cannot be used; says why and what would serve."""


@lru_cache(maxsize=8)
def load_cutout(path: Path) -> Cutout:
    """Read a cut-out and the `<name>.yaml` beside it. Raises ProductError."""
    rgba = _read(path)
    x0, y0, x1, y1 = _bounds(rgba, path)
    full = (rgba.shape[1], rgba.shape[0])
    data = _data(path.with_suffix(".yaml"))
    return cutout(rgba[y0:y1, x0:x1], _trimmed(data, full, (x0, y0, x1, y1)), digest_bytes(path.read_bytes()))


def cutout(rgba: npt.NDArray[np.uint8], data: Mapping[str, Any], digest: str) -> Cutout:
    """A cut-out from trimmed pixels and what is known of them."""
    pitch = float(data.get("pitch", USUAL_PITCH))
    given = data.get("profile")
    foot = float(data.get("foot_radius", measured_foot(rgba[..., 3], pitch)))
    profile = _resampled(given) if given else measured_profile(rgba[..., 3], pitch)
    profile[:FOOT_STEPS] = np.linspace(foot, max(foot, profile[FOOT_STEPS]), FOOT_STEPS)
    label = data.get("label_box")
    return Cutout(
        rgba=np.ascontiguousarray(rgba),
        profile=profile,
        pitch=pitch,
        lit_side=data.get("lit_side") or measured_lit_side(rgba),
        foot_radius=foot,
        label_box=tuple(label) if label else None,
        brand_on_label=bool(data.get("brand_on_label", False)),
        safe_crop_bottom=float(data.get("safe_crop_bottom", label[1] + label[3] if label else 0.75)),
        safe_crop_top=float(data.get("safe_crop_top", label[1] if label else 0.25)),
        height_mm=data.get("height_mm"),
        width_mm=data.get("width_mm"),
        digest=digest,
        solids=tuple(_solid(body) for body in data.get("solids", ())),
        foot_row=data.get("foot_row"),
    )


def _solid(data: Mapping[str, Any]) -> Solid:
    """One body of a picture of several, or of one that lies."""
    x, y = data["at"]
    return Solid(at=(float(x), float(y)), radii=_resampled(data["radii"]), height=float(data["height"]), yaw=data.get("yaw"))


def _read(path: Path) -> npt.NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=("PNG", "WEBP", "JPEG")) as picture:
            has_alpha = "A" in picture.getbands() or "transparency" in picture.info
            pixels = np.asarray(picture.convert("RGBA"))
    except (OSError, UnidentifiedImageError) as error:
        raise ProductError(
            f"The product picture cannot be read: {error}",
            code="product-unreadable", where=path.name, help="Give a PNG or WebP file with a transparent background.",
        ) from error  # fmt: skip
    if not has_alpha or int(pixels[..., 3].min()) > 250:
        raise ProductError(
            "The product picture has no transparent background",
            code="product-no-alpha", where=path.name,
            help="Cut the product out and save it as PNG or WebP with alpha.",
        )  # fmt: skip
    return pixels


def _bounds(rgba: npt.NDArray[np.uint8], path: Path) -> tuple[int, int, int, int]:
    """The box x0, y0, x1, y1 that holds everything visible."""
    seen = rgba[..., 3] > FAINT
    columns, rows = np.flatnonzero(seen.any(0)), np.flatnonzero(seen.any(1))
    if len(rows) < 64 or len(columns) < 16:
        raise ProductError(
            f"The product picture shows only {len(columns)}x{len(rows)} px of a product",
            code="product-too-small", where=path.name, help="Give a picture of at least 1000 px in height.",
        )  # fmt: skip
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _data(path: Path) -> dict[str, Any]:
    """The measures a person wrote beside the picture; empty when there are none."""
    import yaml

    if not path.exists():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProductError(f"The product data cannot be read: {error}", code="product-data", where=path.name) from error
    return data if isinstance(data, dict) else {}


def _trimmed(data: Mapping[str, Any], full: tuple[int, int], box: tuple[int, int, int, int]) -> dict[str, Any]:
    """Fractions of the file's picture turned into fractions of the trimmed one."""
    x0, y0, x1, y1 = box
    across, down = full[0] / (x1 - x0), full[1] / (y1 - y0)
    moved = dict(data)
    if label := data.get("label_box"):
        x, y, w, h = label
        moved["label_box"] = (
            (x - x0 / full[0]) * across, (y - y0 / full[1]) * down, w * across, h * down,
        )  # fmt: skip
    for name in ("safe_crop_bottom", "safe_crop_top", "foot_row"):
        if name in data:
            moved[name] = (data[name] - y0 / full[1]) * down
    return moved


def _resampled(profile: Any) -> npt.NDArray[np.float32]:
    given = np.asarray(profile, np.float32)
    steps = np.linspace(0, len(given) - 1, PROFILE_STEPS)
    return _capped(np.interp(steps, np.arange(len(given)), given))


def _capped(radii: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """A picture narrows at its upper end where a round top turns away; the solid itself does not."""
    capped = np.array(radii, np.float32)
    capped[-3:] = np.maximum(capped[-3:], capped[-4])
    return capped


def measured_foot(alpha: npt.NDArray[np.uint8], pitch: float) -> float:
    """Radius of a round base in heights of the picture, from the curve of the picture's lower edge.

    A circle of radius r seen from `pitch` is an ellipse: its half width w at k above its lowest point gives
    r = (w^2 + (k / sin pitch)^2) sin pitch / 2k. Never wider than the body above it; flat feet come out as wide.
    """
    height = alpha.shape[0]
    half = (alpha > SOLID).sum(1)[::-1] / (2 * height)
    body = float(np.percentile(half[round(0.02 * height) : round(0.15 * height) + 1], 80))
    squash = max(math.sin(math.radians(pitch)), 0.02)
    low = max(2, round(0.004 * height))
    row = np.arange(low, max(low + 2, round(0.5 * body * squash * height)))
    k, w = (row + 0.5) / height, half[row]
    return min(body, float(np.median((w**2 + (k / squash) ** 2) * squash / (2 * k))))


def measured_profile(alpha: npt.NDArray[np.uint8], pitch: float) -> npt.NDArray[np.float32]:
    """64 radii from foot to top, in heights of the picture, from the widths of the solid rows.

    The radius at a height is that of the row where the height's silhouette stands; `pitch` undoes the sink of the
    base's front edge.
    """
    height = alpha.shape[0]
    radii = (alpha > SOLID).sum(1)[::-1] / (2 * height)
    sink = measured_foot(alpha, pitch) * math.sin(math.radians(pitch))
    rows = np.clip((sink + np.linspace(0, 1 - 2 * sink, PROFILE_STEPS)) * height, 0, height - 1)
    return _capped(np.interp(rows, np.arange(height), radii))


def measured_lit_side(rgba: npt.NDArray[np.uint8]) -> Side:
    """The side whose body is lighter, highlights left out by the median; front when they are alike."""
    middle = rgba[rgba.shape[0] // 4 : -rgba.shape[0] // 6 or None]
    solid = middle[..., 3] > 250
    grey = middle[..., :3].mean(-1)
    half = rgba.shape[1] // 2
    halves = [grey[:, part][solid[:, part]] for part in (slice(0, half), slice(half, None))]
    left, right = (float(np.median(h)) if h.size else 0.0 for h in halves)
    if abs(left - right) < 0.06 * max(left, right, 1):
        return "front"
    return "left" if left > right else "right"
