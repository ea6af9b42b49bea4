"""Crop and measure a picture of more than one standing bottle: `python still.py RENDER.png NAME [pixels]`.

`pixels` as given to the renderer. Bodies and label are known from the scene and projected; the rest is measured.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import poses
import yaml
from measure import HEAD, MARGIN, PITCH, cropped

LENS, SENSOR, DISTANCE, TALL, TILT = 85.0, 36.0, 18.4, 2.6, 8.0
"""The camera of `studio`."""
WORDS, HALF_ARC = (0.225, 0.843), 0.27
"""Lowest and highest printed word over the foot, half the width of the widest along the surface."""
FITS: dict[str, dict[str, list[str]]] = {
    "cold-brew-lying": {
        "families": ["minimal", "scene", "editorial", "product"], "motives": ["presence", "habit"],
        "moods": ["asleep", "lie-in"], "avoid_sets": ["cloth", "water", "stairs", "window_table"],
    },
    "cold-brew-poured": {
        "families": ["scene", "editorial", "product", "list", "minimal"], "motives": ["desire", "reasons"],
        "moods": ["served", "window"], "avoid_sets": ["cloth", "window_table"],
    },
    "cold-brew-served": {
        "families": ["editorial", "scene", "product"], "motives": ["craft", "trust"],
        "moods": ["slow", "table"], "avoid_sets": ["cloth", "window_table"],
    },
}
"""What each picture is good for: the plan chooses by it."""
Point = tuple[float, float, float]


def main() -> None:
    """Crop and measure one render."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("render", type=Path)
    ask.add_argument("name", choices=list(FITS))
    ask.add_argument("pixels", type=float)
    want = ask.parse_args()
    whole = cv2.imread(str(want.render), cv2.IMREAD_UNCHANGED)
    picture = cropped(_calmed(whole))
    folder = Path(__file__).resolve().parents[1]
    cv2.imwrite(str(folder / f"{want.name}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    text = yaml.safe_dump(measured(whole, want.name, want.pixels), sort_keys=False, default_flow_style=None, width=100)
    note = "# solids: bodies for the shadows, in heights of the visible picture, from its contact point.\n"
    (folder / f"{want.name}.yaml").write_text(HEAD + note + text, encoding="utf-8")


def _calmed(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Clear glass without the grain that few samples leave in its alpha; edges and solid things stay as they are."""
    alpha = picture[..., 3]
    clear = (alpha > 8) & (alpha < 235)
    inside = cv2.morphologyEx(clear.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    calm = picture.copy()
    smooth = cv2.bilateralFilter(cv2.medianBlur(alpha, 5), 9, 40, 6)
    calm[..., 3][inside] = smooth[inside]
    return calm


def measured(whole: npt.NDArray[np.uint8], name: str, pixels: float) -> dict[str, Any]:
    """The data of one still."""
    solid = whole[..., 3] > 6
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    top, left, high, wide = rows[0], columns[0], rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
    share = TALL * LENS / (SENSOR * DISTANCE)
    frame = round(pixels / share)
    foot = (whole.shape[1] / 2 - left, whole.shape[0] - poses.BELOW[name] * frame - top)
    unit = pixels / poses.HEIGHT / high
    x0, far = (foot[0] - wide / 2) / high, poses.FAR.get(name, 1.0)

    def seen(point: Point) -> tuple[float, float]:
        x, y = projected(point, far)
        return (foot[0] + x * frame) / wide, (foot[1] - y * frame) / high

    corners = np.array([seen(p) for p in _words(name)])
    (x1, y1), (x2, y2) = corners.min(0), corners.max(0)
    full = (high + 2 * MARGIN, wide + 2 * MARGIN)
    down, across = (lambda v: (v * high + MARGIN) / full[0]), (lambda v: (v * wide + MARGIN) / full[1])
    box = [across(x1), down(y1), across(x2) - across(x1), down(y2) - down(y1)]
    return {
        "pitch": PITCH, "lit_side": "left", "height_mm": round(high / pixels * 164), "width_mm": round(wide / pixels * 164),
        "brand_on_label": True, "label_box": [round(float(v), 4) for v in box],
        "safe_crop_bottom": round(min(0.99, float(box[1] + box[3]) + 0.03), 4), "safe_crop_top": round(float(box[1]) - 0.03, 4),
        "foot_row": round(float(down(foot[1] / high)), 4), "solids": [_solid(body, unit, x0) for body in _bodies(name)],
        "fits": FITS[name], "licence": "CC0-1.0",
    }


def projected(point: Point, far: float = 1.0) -> tuple[float, float]:
    """Where a point shows, in heights of the frame right of and above where the contact point shows."""
    d, tilt, distance = math.radians(PITCH), math.radians(TILT), DISTANCE * poses.HEIGHT / TALL * far

    def at(p: Point) -> tuple[float, float]:
        x, y, z = p[0], p[1] + math.cos(d) * distance, p[2] - math.sin(d) * distance
        deep, up = y * math.cos(tilt) - z * math.sin(tilt), y * math.sin(tilt) + z * math.cos(tilt)
        return LENS * far / SENSOR * x / deep, LENS * far / SENSOR * up / deep

    (x, y), (_, foot) = at(point), at((0.0, 0.0, 0.0))
    return x, y - foot


def _words(name: str) -> list[Point]:
    """Points round the words of the bottle's label."""
    r = poses.BODY
    turn = math.radians(poses.SERVED_TURN) if name == "cold-brew-served" else 0.0
    angles = [turn + k / 4 * HALF_ARC / r for k in range(-4, 5)]
    upright = [(r * math.sin(a), -r * math.cos(a), z) for a in angles for z in WORDS]
    if name == "cold-brew-lying":
        return [_laid(p) for p in upright]
    at = poses.SERVED_BOTTLE if name == "cold-brew-served" else poses.BOTTLE
    return [(p[0] + at[0], p[1] + at[1], p[2]) for p in upright]


def _laid(point: Point) -> Point:
    """A point of the standing bottle when it lies."""
    yaw, roll = math.radians(poses.YAW), math.radians(poses.ROLL)
    axis = np.array([math.cos(yaw), -math.sin(yaw), 0])
    level = np.array([-math.sin(yaw), -math.cos(yaw), 0])
    front = level * math.cos(roll) + np.array([0, 0, math.sin(roll)])
    x, y, z = point
    moved = x * np.cross(axis, front) - y * front + (z - poses.HEIGHT / 2) * axis + np.array([0, 0, poses.BODY])
    return float(moved[0]), float(moved[1]), float(moved[2])


def _bodies(name: str) -> list[tuple[tuple[float, float], list[float], float, float | None]]:
    """Each body: where it stands, its radii, its height, its yaw; in the scene's units."""
    standing = yaml.safe_load((Path(__file__).resolve().parents[1] / "cold-brew-bottle.yaml").read_text())["profile"]
    bottle = [v * poses.HEIGHT for v in standing]
    if name == "cold-brew-lying":
        return [((0.0, 0.0), bottle, poses.HEIGHT, -poses.YAW)]
    opened = bottle[: round(64 * poses.OPEN_HEIGHT / poses.HEIGHT)]
    glass = [float(v) for v in np.linspace(poses.GLASS_FOOT, poses.GLASS_RIM, 8)]
    if name == "cold-brew-served":
        tumbler = (poses.SERVED_TUMBLER, glass, poses.GLASS_HEIGHT, None)
        return [(poses.SERVED_BOTTLE, bottle, poses.HEIGHT, None), tumbler]
    cap = [poses.CAP_RADIUS] * 4
    return [
        (poses.BOTTLE, opened, poses.OPEN_HEIGHT, None), (poses.TUMBLER, glass, poses.GLASS_HEIGHT, None),
        (poses.CAP, cap, poses.CAP_HEIGHT, None),
    ]


def _solid(body: tuple[tuple[float, float], list[float], float, float | None], unit: float, x0: float) -> dict[str, Any]:
    at, radii, height, yaw = body
    data: dict[str, Any] = {
        "at": [round(float(at[0] * unit + x0), 4), round(float(at[1] * unit), 4)], "height": round(float(height * unit), 4),
        "radii": [round(float(r * unit), 4) for r in radii],
    }
    return data if yaw is None else {**data, "yaw": yaw}


if __name__ == "__main__":
    main()
