"""Washes: abstract grounds drawn by our own small diffusion model, as weights of three palette colours.

The model draws a map of about 48 px; these are fields without an edge finer than a few of its pixels, so a cubic
B-spline (which smooths a little as it enlarges, and has no corner anywhere) carries them to any size without a trace
of the map. Colours come in later, exactly: `pipelines.plate.matter`.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gpu import catalog, seeds, weights
from gpu.device import one_thread

if TYPE_CHECKING:
    from gpu.own.pipeline import WashPipeline

Weights = npt.NDArray[np.float16]
Floats = npt.NDArray[np.float32]
SIZE = (512, 512)
"""Width and height of a wash as it is kept: smooth enough to be enlarged further, whatever the canvas."""
STEPS = 20
GUIDANCE = 1.4
MODEL = "washes"


def make_wash(
    name: str, seed: int, size: tuple[int, int] = SIZE, steps: int = STEPS, guidance: float = GUIDANCE,
    model: str = MODEL,
) -> Weights:  # fmt: skip
    """A wash of a class: (3, h, w) float16 shares of base, second and accent, each point summing to 1 (within 1e-3).

    `size` is (width, height) px; `model` a folder of a WashPipeline or its catalogue name. Drawn alone and on one
    thread, so that its bytes depend on nothing else. Raises gpu.errors.GpuError for an unknown class or folder.
    """
    pipeline = _pipeline(str(weights.find(model).path))
    generator = seeds.generator(seeds.derive(seed, "wash", name))
    with one_thread():
        drawn = pipeline(name, map_size(size), generator, steps, guidance).weights[0].numpy()
    return enlarge(seamless(drawn, pipeline.config.patch), size).astype(np.float16)


def map_size(size: tuple[int, int]) -> tuple[int, int]:
    """The map (width, height) whose shape is nearest to the asked one, among those that the model was trained on."""
    spec = catalog.find(MODEL)
    assert spec is not None
    wanted = np.log(size[0] / size[1])
    return min(spec.sizes, key=lambda s: abs(float(np.log(s[0] / s[1]) - wanted)))


def seamless(drawn: Floats, patch: int) -> Floats:
    """A map (3, h, w) as the model drew it, without the seams of its patches and its less sure outer patch.

    A mean over one patch in each direction takes away whatever repeats from patch to patch, and nothing else that a
    wash has.
    """
    totals = np.cumsum(np.pad(drawn, ((0, 0), (1, 0), (0, 0))), axis=1, dtype=np.float64)
    rows = (totals[:, patch:] - totals[:, :-patch]) / patch
    totals = np.cumsum(np.pad(rows, ((0, 0), (0, 0), (1, 0))), axis=2)
    inner = (totals[..., patch:] - totals[..., :-patch]) / patch
    return np.asarray(inner[:, 1:-1, 1:-1], np.float32)


def enlarge(drawn: Floats, size: tuple[int, int]) -> Floats:
    """Layers (n, h, w) carried to `size` (width, height), covering it around their middle, by a cubic B-spline."""
    h, w = drawn.shape[1:]
    scale = max(size[0] / w, size[1] / h)
    across, down = _spline(w, size[0], scale), _spline(h, size[1], scale)
    # einsum and not @: BLAS sums in another order on another number of threads, and bytes must not depend on that
    return np.asarray(np.einsum("nhx,wx->nhw", np.einsum("yh,nhw->nyw", down, drawn), across), np.float32)


def _spline(count: int, wanted: int, scale: float) -> Floats:
    """Weights (wanted, count) of a uniform cubic B-spline over `count` points; the outer ones go on beyond the edge."""
    at = (np.arange(wanted) + 0.5 - wanted / 2) / scale + count / 2 - 0.5
    knots = np.arange(-2, count + 2)
    far = np.abs(at[:, None] - knots)
    near = np.where(far < 1, 2 / 3 - far**2 + far**3 / 2, np.clip(2 - far, 0, None) ** 3 / 6)
    held = np.eye(count)[np.clip(knots, 0, count - 1)]
    return np.asarray(near @ held, np.float32)


def wash_bytes(wash: Weights) -> bytes:
    """A wash as the bytes of an .npy file: how plates keep it."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(wash), allow_pickle=False)
    return file.getvalue()


@lru_cache(maxsize=1)
def _pipeline(folder: str) -> WashPipeline:
    weights.stay_offline()
    from gpu.own.pipeline import open_washes

    return open_washes(folder)
