"""Look at a set: `python preview.py FOLDER OUT.jpg [--product CUTOUT.png]`.

Every key in two palettes, whole and at the crops that ads use. For the maker's eye only; the
engine has its own, better grading, shadow and contact.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import yaml
from geometry import Camera

Floats = npt.NDArray[np.float32]

HEX = {
    "cream": "F7EDE0",
    "lilac": "C8B6E2",
    "persimmon": "F05A28",
    "midnight": "1C1A3B",
    "saffron": "F5B53D",
    "stone": "D9C7B4",
    "dusk": "4B4480",
}
PALETTES = {
    "light": {"ground": "cream", "surface": "lilac", "accent": "persimmon", "muted": "stone", "ink": "midnight"},
    "bold": {"ground": "saffron", "surface": "cream", "accent": "persimmon", "muted": "lilac", "ink": "midnight"},
    "dark": {"ground": "midnight", "surface": "lilac", "accent": "persimmon", "muted": "dusk", "ink": "cream"},
    "lilac": {"ground": "lilac", "surface": "cream", "accent": "saffron", "muted": "persimmon", "ink": "midnight"},
}  # fmt: skip
KEY_TINT, FILL_TINT = (1.0, 0.965, 0.91), (1.0, 0.945, 0.90)
CROPS = {"9:16": (0.5625, 1.0), "4:5": (0.8, 1.0), "1:1": (0.72, 0.72), "1.91:1": (0.82, 0.43)}


def linear(code: npt.ArrayLike) -> Floats:
    """sRGB 0..1 to linear light."""
    c = np.asarray(code, np.float32)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encoded(light: Floats) -> Floats:
    """Linear light to sRGB 0..1."""
    x = np.clip(light, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055).astype(np.float32)


def colour(name: str) -> Floats:
    """Linear RGB of a palette colour."""
    code = HEX[name]
    return linear([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)])


@dataclass(slots=True)
class SetFiles:
    """A packed set, decoded at the size of its light."""

    folder: Path
    data: dict[str, Any]
    side: int

    @classmethod
    def open(cls, folder: Path) -> SetFiles:
        """Read set.yaml and the size of the light."""
        data = yaml.safe_load((folder / "set.yaml").read_text(encoding="utf-8"))
        return cls(folder, data, cv2.imread(str(folder / "fill.webp"), 0).shape[0])

    def light(self, name: str, scale: float | None) -> Floats:
        """A light layer in linear units (zeros where the set has none)."""
        if scale is None:
            return np.zeros((self.side, self.side), np.float32)
        code = cv2.imread(str(self.folder / f"{name}.webp"), 0).astype(np.float32)
        return scale * (code / 255) ** 2

    def weight(self, name: str) -> Floats:
        """A weight layer, 0..1, at the size of the light."""
        code = cv2.imread(str(self.folder / f"{name}.webp"), 0)
        if code.shape[0] != self.side:
            code = cv2.resize(code, (self.side, self.side), interpolation=cv2.INTER_AREA)
        return code.astype(np.float32) / 255

    def depth(self) -> Floats:
        """Depth along the camera's axis, at the size of the light."""
        code = cv2.imread(str(self.folder / "depth.png"), cv2.IMREAD_UNCHANGED)
        z = 65535 * self.data["depth"]["scale"] / code.astype(np.float32)
        return cv2.resize(z, (self.side, self.side), interpolation=cv2.INTER_NEAREST)

    def albedo(self, palette: dict[str, str], prefix: str = "part_") -> Floats:
        """Linear colour of every pixel under white light."""
        total = np.zeros((self.side, self.side, 3), np.float32)
        for part, role in self.data["parts"].items():
            total += self.weight(f"{prefix}{part}")[..., None] * colour(palette[role])
        return total


def plate(files: SetFiles, key: int, palette: dict[str, str], shade: Floats, contact: Floats, gain: float = 0.92) -> Floats:
    """The picture in linear light, with the product's shadow and contact in it."""
    data = files.data
    k, f = data["keys"][key], data["fill"]
    open_key = (1 - shade) * (1 - 0.55 * contact)
    lamp = (files.light(f"key_{key}", k["scale"]) * open_key)[..., None] * np.float32(KEY_TINT)
    lamp = lamp + (files.light("fill", f["scale"]) * (1 - contact))[..., None] * np.float32(FILL_TINT)
    shine = files.light(f"gloss_key_{key}", k["gloss_scale"]) * (1 - 0.9 * shade)
    shine = (shine + files.light("gloss_fill", f["gloss_scale"]))[..., None]
    if data["mirror"]:
        seen = files.albedo(palette, "seen_")
        weight = sum(files.weight(f"seen_{part}") for part in data["parts"])[..., None]
        shine = shine * (1 - weight) + shine * seen / 0.6
    return _shoulder((lamp * files.albedo(palette) + shine) * gain)


def _shoulder(picture: Floats) -> Floats:
    """Roll off the brightest channel above .75, keeping hue."""
    top = picture.max(-1, keepdims=True)
    rolled = np.where(top < 0.75, top, 0.75 + 0.25 * (1 - np.exp(-(top - 0.75) / 0.25)))
    return (picture * (rolled / np.maximum(top, 1e-5))).astype(np.float32)


def product_shadow(files: SetFiles, key: int, cutout: Floats, height: float) -> tuple[Floats, Floats]:
    """Cast shadow and contact of a cut-out `height` world units tall at the anchor.

    Each pixel looks along the key to the product's upright sheet, turned to the light.
    """
    data = files.data
    away = Camera.of(data["camera"]).world(files.depth()) - np.array(data["anchor"]["world"])
    sun = np.array(data["keys"][key]["dir"])
    flat = np.array([sun[0], sun[1], 0.0]) / np.hypot(sun[0], sun[1])
    along = -(away @ flat) / (sun @ flat)
    hit = away + along[..., None] * sun
    side = np.array([-flat[1], flat[0], 0.0])
    alpha, scale = cutout[..., 3], cutout.shape[0] / height
    pad = 300
    sheet = cv2.copyMakeBorder(alpha, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    x = (hit @ side) * scale + alpha.shape[1] / 2 + pad
    y = alpha.shape[0] - hit[..., 2] * scale + pad
    blur = max(2.0, 0.29 * 2 * height * np.tan(np.radians(data["keys"][key]["angle"]) / 2) * scale)
    shade = cv2.remap(
        cv2.GaussianBlur(sheet, (0, 0), min(blur, 90.0)),
        x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
    )  # fmt: skip
    shade[along <= 0] = 0
    radius = 0.46 * alpha.shape[1] / scale
    near = (np.hypot(away[..., 0], away[..., 1]) < radius * 1.05) & (np.abs(away[..., 2]) < 0.3)
    unit = data["anchor"]["unit"] * files.side
    contact = 0.75 * cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.05 * unit)
    return cv2.medianBlur(shade.astype(np.float32), 3), contact


def with_product(files: SetFiles, key: int, palette: dict[str, str], path: Path, height: float) -> Floats:
    """The plate with a cut-out standing at the anchor."""
    raw = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 255
    x, y = (f * files.side for f in files.data["anchor"]["px"])
    tall = int(height * files.data["anchor"]["unit"] * files.side)
    wide = int(raw.shape[1] * tall / raw.shape[0])
    cut = cv2.resize(raw, (wide, tall), interpolation=cv2.INTER_AREA)
    cut = np.dstack([linear(cut[..., 2::-1]), cut[..., 3]]).astype(np.float32)
    shade, contact = product_shadow(files, key, cut, height)
    picture = plate(files, key, palette, shade, contact)
    foot = 0.46 * wide * np.sin(np.radians(files.data["camera"]["pitch"]))
    left, top = int(x - wide / 2), int(y + foot - tall)
    spot = picture[top : top + tall, left : left + wide]
    alpha = cut[..., 3:]
    spot[:] = spot * (1 - alpha) + cut[..., :3] * alpha
    return picture


def finished(picture: Floats) -> npt.NDArray[np.uint8]:
    """To BGR bytes, with a little grain."""
    grain = np.random.default_rng(1).normal(0, 0.005, picture.shape[:2]).astype(np.float32)
    code = (encoded(picture) + grain[..., None]) * 255
    return np.clip(np.round(code), 0, 255).astype(np.uint8)[..., ::-1]


def crop(files: SetFiles, picture: npt.NDArray[np.uint8], name: str) -> npt.NDArray[np.uint8]:
    """A crop round the anchor, as an ad would take it; the wide one leaves its right half free."""
    wide, high = CROPS[name]
    x, y = files.data["anchor"]["px"]
    left = x - wide * (0.34 if wide > 0.8 else 0.5)
    top = y - high * 0.84 if high < 1 else 0.0
    left, top = min(max(left, 0), 1 - wide), min(max(top, 0), 1 - high)
    side = picture.shape[0]
    a, b = int(left * side), int(top * side)
    return picture[b : b + int(high * side), a : a + int(wide * side)]


def main() -> None:
    """Write a sheet (or, with --each, one file a key and palette and crop)."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("--product", type=Path)
    ask.add_argument("--height", type=float, default=2.6)
    ask.add_argument("--palettes", nargs="*", default=["light", "dark"])
    ask.add_argument("--crop", choices=list(CROPS))
    ask.add_argument("--keys", nargs="*", type=int)
    want = ask.parse_args()
    files = SetFiles.open(want.folder)
    none = np.zeros((files.side, files.side), np.float32)
    rows = []
    for palette in want.palettes:
        row = []
        for key in want.keys or range(len(files.data["keys"])):
            colours = PALETTES[palette]
            if want.product:
                picture = with_product(files, key, colours, want.product, want.height)
            else:
                picture = plate(files, key, colours, none, none)
            shown = finished(picture)
            row.append(crop(files, shown, want.crop) if want.crop else shown)
        rows.append(np.hstack(row))
    cv2.imwrite(str(want.out), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
