"""Make a set's folder from its passes: `python pack.py WORK/water pipelines/plate/sets/water`.

Light is stored square-root coded, weights exactly, depth as its inverse; exposure is set so
that every key with the fill reaches 1.0 on the lit ground, so plates of all sets grade alike.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # read when cv2 is loaded

import cv2
import numpy as np
import numpy.typing as npt
import yaml
from geometry import Camera, snap
from quiet import Box, calm_boxes

Floats = npt.NDArray[np.float32]

MATTER = 0.6  # reflectance of the neutral matter in the scenes
FILL_SHARE = 0.38  # of the lit ground's light, from the fill
LIT = ("ground", "surface")
QUALITY = 90
TONE = {"ground": 0.80, "surface": 0.62, "accent": 0.30, "muted": 0.45, "ink": 0.10}

HEAD = """\
# A set: light and matter of one stage. Numbers in fractions of the square master unless said.
# light files: code = round(255 * sqrt(L / scale)); L x albedo is the linear picture.
# depth.png: code = round(65535 * scale / z); z is the distance along the camera's axis
#   (camera looks along its -z), in world units; so z = 65535 * scale / code.
# seen_<part>: weight of the part seen in the mirror, already x the mirror's own weight.
"""


def main() -> None:
    """Pack one set."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("passes", type=Path)
    ask.add_argument("folder", type=Path)
    want = ask.parse_args()
    pack(want.passes, want.folder)


def pack(passes: Path, folder: Path) -> None:
    """Read the passes, write set.yaml and its files."""
    meta = json.loads((passes / "meta.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    weights = _weights(passes, list(meta["parts"]))
    depth = _write_depth(passes, folder)
    lights = _lights(passes, meta, weights)
    record = _record(meta, depth)
    record["keys"], record["fill"] = _write_lights(folder, meta, lights)
    record["depth"] = {"scale": depth[1]}
    _write_weights(folder, weights)
    if meta["mirror"]:
        _write_seen(passes, folder, list(meta["parts"]))
    _add_quiet(record, meta, lights, weights)
    _write_yaml(folder, record, meta)


def read_exr(path: Path) -> Floats:
    """A pass as one float channel, or three (RGB) for colour passes."""
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise FileNotFoundError(f"{path}: pass not rendered yet; run make.py for this world")
    return found.astype(np.float32)


def _grey(passes: Path, name: str) -> Floats | None:
    path = passes / f"{name}_0001.exr"
    if not path.exists():
        return None
    found = read_exr(path)
    mean = found[..., :3].mean(-1) if found.ndim == 3 else found
    return np.maximum(mean, 0.0)


def _need(passes: Path, name: str) -> Floats:
    found = _grey(passes, name)
    if found is None:
        raise FileNotFoundError(f"{passes}/{name}: pass not rendered yet")
    return found


def _weights(passes: Path, parts: list[str]) -> dict[str, npt.NDArray[np.uint8]]:
    """Part weights as bytes that sum to 255 at every pixel (largest remainders)."""
    stack = np.stack([_need(passes, f"part_{part}") for part in parts])
    stack[stack < 2.5 / 255] = 0
    total = stack.sum(0)
    if total.min() < 0.5:
        raise ValueError(f"{passes}: a pixel has no part (weight {total.min():.2f})")
    exact = stack / total * 255
    whole = np.floor(exact)
    missing = (255 - whole.sum(0)).astype(int)
    rank = np.argsort(np.argsort(whole - exact, axis=0, kind="stable"), axis=0, kind="stable")
    whole += rank < missing
    return dict(zip(parts, whole.astype(np.uint8), strict=True))


def _write_depth(passes: Path, folder: Path) -> tuple[Floats, float]:
    """Depth at a third of the masks: the median of each 3 x 3 block, so silhouettes stay crisp."""
    full = _need(passes, "depth")
    side = full.shape[0] // 3
    blocks = full[: side * 3, : side * 3].reshape(side, 3, side, 3)
    depth = np.median(blocks.transpose(0, 2, 1, 3).reshape(side, side, 9), axis=-1)
    nearest = float(depth.min())
    code = np.round(65535 * nearest / depth).astype(np.uint16)
    cv2.imwrite(str(folder / "depth.png"), code, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return (65535 * nearest / code).astype(np.float32), nearest


def _lights(passes: Path, meta: dict[str, Any], weights: dict[str, npt.NDArray[np.uint8]]) -> dict[str, Floats]:
    """All light layers, exposed."""
    names = [f"key_{i}" for i in range(len(meta["keys"]))] + ["fill"]
    lights = {name: _need(passes, name) / MATTER for name in names}
    for name in names:
        shine = _grey(passes, f"gloss_{name}")
        if shine is not None:
            lights[f"gloss_{name}"] = shine
    factors = _exposure(meta, lights, weights)
    return {name: layer * factors[name.removeprefix("gloss_")] for name, layer in lights.items()}


def _exposure(meta: dict[str, Any], lights: dict[str, Floats], weights: dict[str, npt.NDArray[np.uint8]]) -> dict[str, float]:
    """Factors that bring key + fill to 1.0 at the 90th percentile of the lit ground.

    The fill has one factor for all keys: its share is the mean over the keys' lit places.
    """
    side = lights["fill"].shape[0]
    ground = sum(small(weights[p], side) for p, role in meta["parts"].items() if role in LIT) > 0.9
    keys = [name for name in lights if name.startswith("key_")]
    levels = [float(np.median(lights["fill"][lit(lights[k], ground)])) for k in keys]
    factors = {"fill": FILL_SHARE / float(np.mean(levels))}
    fill = lights["fill"] * factors["fill"]
    for key in keys:
        where = lit(lights[key], ground)
        factors[key] = _reach_one(lights[key][where], fill[where])
    return factors


def lit(key: Floats, ground: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Ground that a key really reaches: over half of its bright level there."""
    return ground & (key > 0.5 * np.percentile(key[ground], 95))


def _reach_one(key: Floats, fill: Floats) -> float:
    low, high = 0.0, 100.0
    for _ in range(40):
        middle = (low + high) / 2
        over = np.percentile(key * middle + fill, 90) > 1
        low, high = (low, middle) if over else (middle, high)
    return low


def small(weight: npt.NDArray[np.uint8], side: int) -> Floats:
    """A weight picture at `side` pixels, 0..1."""
    out = cv2.resize(weight, (side, side), interpolation=cv2.INTER_AREA)
    return out.astype(np.float32) / 255


def _write_lights(folder: Path, meta: dict[str, Any], lights: dict[str, Floats]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Code every layer; returns the `keys` and `fill` records with their scales."""
    scales = {name: _write_code(folder, name, layer) for name, layer in lights.items()}
    keys = [
        {**key, "scale": scales[f"key_{i}"], "gloss_scale": scales.get(f"gloss_key_{i}")} for i, key in enumerate(meta["keys"])
    ]
    return keys, {"scale": scales["fill"], "gloss_scale": scales.get("gloss_fill")}


def _write_code(folder: Path, name: str, layer: Floats) -> float:
    """Square-root code with a fixed dither; returns the scale (light of code 255)."""
    scale = round(float(np.percentile(layer, 99.97)), 4)
    noise = np.random.default_rng(sum(map(ord, name))).random(layer.shape, np.float32)
    code = np.floor(255 * np.sqrt(np.clip(layer / scale, 0, 1)) + noise)
    picture = np.clip(code, 0, 255).astype(np.uint8)
    cv2.imwrite(str(folder / f"{name}.webp"), picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    return scale


def _write_weights(folder: Path, weights: dict[str, npt.NDArray[np.uint8]]) -> None:
    for part, weight in weights.items():
        path = folder / f"part_{part}.webp"
        cv2.imwrite(str(path), weight, [cv2.IMWRITE_WEBP_QUALITY, 101])  # over 100: lossless


def _write_seen(passes: Path, folder: Path, parts: list[str]) -> None:
    for index, part in enumerate(parts):
        group = read_exr(passes / f"seen_{index // 3}_0001.exr")
        weight = np.clip(group[..., 2 - index % 3], 0, 1)  # cv2 reads BGR
        weight[weight < 2.5 / 255] = 0
        code = np.round(weight * 255).astype(np.uint8)
        path = folder / f"seen_{part}.webp"
        cv2.imwrite(str(path), code, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])


def _record(meta: dict[str, Any], depth: tuple[Floats, float]) -> dict[str, Any]:
    """The part of set.yaml that comes from the scene's geometry."""
    camera = Camera.of(meta["camera"])
    anchor = snap(camera, meta["anchor"], depth[0])
    x, y = camera.pixel(anchor)
    above = camera.pixel(anchor + np.array([0.0, 0.0, 1.0]))[1]
    way = anchor - camera.matrix[:3, 3]
    pitch = float(np.degrees(np.arcsin(-way[2] / np.linalg.norm(way))))
    return {
        **{name: meta[name] for name in ("name", "world")},
        "version": 1,
        **{name: meta[name] for name in ("title", "mood", "parts")},
        "master": [1280, 1280],
        "masks": [2880, 2880],
        "camera": {**meta["camera"], "pitch": round(pitch, 2)},
        "anchor": {"world": anchor.tolist(), "px": [x, y], "unit": y - above},
        "room": meta["room"],
        "horizon": meta["horizon"],
        "mirror": bool(meta["mirror"]),
    }


def _add_quiet(
    record: dict[str, Any],
    meta: dict[str, Any],
    lights: dict[str, Floats],
    weights: dict[str, npt.NDArray[np.uint8]],
) -> None:
    """Calm boxes of all keys together, and of a key alone where it leaves much more room."""
    side = 160
    tone = sum(TONE[role] * small(weights[part], side) for part, role in meta["parts"].items())
    fill = cv2.resize(lights["fill"], (side, side), interpolation=cv2.INTER_AREA)
    tones = []
    for index in range(len(meta["keys"])):
        key = cv2.resize(lights[f"key_{index}"], (side, side), interpolation=cv2.INTER_AREA)
        tones.append(np.sqrt(np.clip((key + fill) * tone, 0, 1)))
    blocked = [product_box(record)]
    shared = calm_boxes(tones, blocked)
    record["quiet"] = [list(box) for box in shared]
    for key, alone in zip(record["keys"], tones, strict=True):
        own = calm_boxes([alone], blocked)
        if own and (not shared or _area(own[0]) > 1.25 * _area(shared[0])):
            key["quiet"] = [list(box) for box in own]


def _area(box: Box) -> float:
    return box[2] * box[3]


def product_box(record: dict[str, Any], height: float = 2.6, half: float = 0.5) -> Box:
    """Where a product of usual size will stand."""
    x, y = record["anchor"]["px"]
    unit = record["anchor"]["unit"]
    return (x - half * unit, y - height * unit, 2 * half * unit, height * unit)


def _write_yaml(folder: Path, record: dict[str, Any], meta: dict[str, Any]) -> None:
    total = sum(meta["seconds"].values())
    record["licence"] = "CC0-1.0"
    record["made_by"] = {
        "script": f"tools/sets/worlds/{meta['name']}.py", "blender": meta["blender"],
        "samples": meta["samples"], "seconds": {**meta["seconds"], "total": round(total, 1)},
    }  # fmt: skip
    text = yaml.safe_dump(_rounded(record), sort_keys=False, default_flow_style=None, width=110, allow_unicode=True)
    (folder / "set.yaml").write_text(HEAD + text, encoding="utf-8")


def _rounded(value: Any) -> Any:
    """Plain data with floats at six places."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(v) for v in value]
    return value


if __name__ == "__main__":
    main()
