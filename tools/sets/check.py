"""Check packed sets: `python check.py FOLDER...`; says what is wrong, exits 1 if anything is.

Files and sizes, sums of weights, the anchor on the surface that depth shows, exposure of
every key, light at the anchor, calm of the quiet boxes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from geometry import Camera
from pack import LIT, TONE, lit
from preview import Floats, SetFiles
from quiet import EDGE_MAX, SD_MAX, Unrest

ROLES = ("ground", "surface", "accent", "muted", "ink")
FOOT = 0.5  # radius in world units of a usual product's foot


def faults(folder: Path) -> list[str]:
    """All that is wrong with one set."""
    files = SetFiles.open(folder)
    found = _files(files)
    if any("missing" in fault for fault in found):
        return found
    return found + _weights(files) + _anchor(files) + _exposure(files) + _quiet(files)


def _files(files: SetFiles) -> list[str]:
    data, found = files.data, []
    names = [f"key_{i}.webp" for i in range(len(data["keys"]))] + ["fill.webp", "depth.png"]
    names += [f"gloss_key_{i}.webp" for i, k in enumerate(data["keys"]) if k["gloss_scale"]]
    names += ["gloss_fill.webp"] if data["fill"]["gloss_scale"] else []
    names += [f"part_{p}.webp" for p in data["parts"]]
    names += [f"seen_{p}.webp" for p in data["parts"]] if data["mirror"] else []
    found += [f"{name} is missing" for name in names if not (files.folder / name).exists()]
    extra = {p.name for p in files.folder.iterdir()} - set(names) - {"set.yaml"}
    found += [f"{name} is not named by set.yaml" for name in sorted(extra)]
    found += [f"part {p} has the unknown role {r}" for p, r in data["parts"].items() if r not in ROLES]
    if files.side != data["master"][0]:
        found.append(f"light is {files.side} px, set.yaml says {data['master'][0]}")
    return found


def _weights(files: SetFiles) -> list[str]:
    paths = [files.folder / f"part_{part}.webp" for part in files.data["parts"]]
    layers = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in paths]
    grey = [layer if layer.ndim == 2 else layer[..., 0] for layer in layers]
    found = []
    if grey[0].shape[0] != files.data["masks"][0]:
        found.append(f"masks are {grey[0].shape[0]} px")
    total = np.sum(np.stack(grey).astype(np.int32), axis=0)
    if (total != 255).any():
        found.append(f"weights sum to {total.min()}..{total.max()}, not 255")
    return found


def _anchor(files: SetFiles) -> list[str]:
    data = files.data
    world = Camera.of(data["camera"]).world(files.depth())
    x, y = (int(f * files.side) for f in data["anchor"]["px"])
    patch = world[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3)
    gap = float(np.linalg.norm(np.median(patch, axis=0) - data["anchor"]["world"]))
    found = [f"anchor is {gap:.3f} units off the surface"] if gap > 0.06 else []
    if abs(data["camera"]["pitch"] - 10) > 0.5:
        found.append(f"pitch {data['camera']['pitch']} is not 10 degrees")
    away = world - np.array(data["anchor"]["world"])
    foot = np.hypot(away[..., 0], away[..., 1]) < FOOT
    uneven = float(np.percentile(np.abs(away[foot][:, 2]), 90))
    return found + ([f"ground under the foot is uneven by {uneven:.2f}"] if uneven > 0.12 else [])


def _exposure(files: SetFiles) -> list[str]:
    data, found = files.data, []
    ground = sum(files.weight(f"part_{p}") for p, r in data["parts"].items() if r in LIT) > 0.9
    fill = files.light("fill", data["fill"]["scale"])
    for index, key in enumerate(data["keys"]):
        lamp = files.light(f"key_{index}", key["scale"])
        where = lit(lamp, ground)
        top = float(np.percentile((lamp + fill)[where], 90))
        share = float(np.median(fill[where]))
        spot = light_at_anchor(files, lamp) / float(np.median(lamp[where]))
        print(f"  {data['name']} {key['name']}: lit {top:.3f}, fill {share:.2f}, key at the anchor {spot:.2f}")
        if abs(top - 1) > 0.03:
            found.append(f"{key['name']}: key + fill reach {top:.2f}, not 1")
        if not 0.25 < share < 0.45:
            found.append(f"{key['name']}: fill is {share:.2f} of the lit ground")
        if spot < 0.5:
            found.append(f"{key['name']}: key at the anchor is only {spot:.2f} of the lit ground's")
    return found


def light_at_anchor(files: SetFiles, lamp: Floats) -> float:
    """Mean key light on the contact plane where a product will stand."""
    away = Camera.of(files.data["camera"]).world(files.depth()) - np.array(files.data["anchor"]["world"])
    near = (np.hypot(away[..., 0], away[..., 1]) < 1.3 * FOOT) & (np.abs(away[..., 2]) < 0.2)
    return float(lamp[near].mean())


def _quiet(files: SetFiles) -> list[str]:
    data, side, found = files.data, 160, []

    def shrink(layer: Floats) -> Floats:
        return cv2.resize(layer, (side, side), interpolation=cv2.INTER_AREA)

    tone = sum(TONE[role] * shrink(files.weight(f"part_{p}")) for p, role in data["parts"].items())
    fill = shrink(files.light("fill", data["fill"]["scale"]))
    for index, key in enumerate(data["keys"]):
        lamp = shrink(files.light(f"key_{index}", key["scale"]))
        unrest = Unrest.of(np.sqrt(np.clip((lamp + fill) * tone, 0, 1)))
        for box in (data["quiet"] or []) + key.get("quiet", []):
            sd, edge = unrest.measure(tuple(box))
            if sd > SD_MAX + 0.01 or edge > EDGE_MAX + 0.01:
                found.append(f"{key['name']}: box {box} is not calm (sd {sd:.3f}, edges {edge:.3f})")
    if not data["quiet"] and not all(key.get("quiet") for key in data["keys"]):
        found.append("a key has no quiet box")
    return found


def main() -> None:
    """Check the folders named."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folders", type=Path, nargs="+")
    bad = 0
    for folder in ask.parse_args().folders:
        found = faults(folder)
        bad += len(found)
        print(f"{folder.name}: {'ok' if not found else ''}")
        for fault in found:
            print(f"  ! {fault}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
