import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import ModelError, WeightsError
from pipelines.plate.washes import enlarge, make_wash, map_size, seamless, wash_bytes


@given(st.integers(6, 60), st.integers(6, 60))
def test_shares_stay_shares_at_any_size(width, height):
    weights = np.random.default_rng(4).dirichlet([1, 1, 1], (12, 12)).transpose(2, 0, 1).astype(np.float32)
    grown = enlarge(weights, (width, height))
    assert grown.shape == (3, height, width)
    assert np.allclose(grown.sum(0), 1, atol=1e-5)
    assert grown.min() >= 0


def test_what_repeats_from_patch_to_patch_goes_and_a_slope_stays():
    slope = np.tile(np.arange(15, dtype=np.float32), (3, 15, 1))
    seams = np.tile(np.float32([[0.5, -0.5, 0.0], [0.0, 0.5, -0.5], [-0.5, 0.0, 0.5]]), (3, 5, 5))
    calm = seamless(slope + seams, 3)
    assert calm.shape == (3, 11, 11)
    assert np.allclose(calm, slope[:, 2:-2, 2:-2], atol=1e-5)


def test_a_slope_stays_a_slope():
    slope = np.tile(np.arange(12, dtype=np.float32), (12, 1))[None]
    grown = enlarge(slope, (120, 120))[0, 60]
    assert np.allclose(np.diff(grown)[30:90], 0.1, atol=1e-4)


def test_a_wide_canvas_cuts_above_and_below_and_keeps_the_middle():
    layer = np.zeros((1, 12, 12), np.float32)
    layer[0, 5:7] = 1
    grown = enlarge(layer, (40, 20))[0]
    assert np.allclose(grown, grown[::-1], atol=1e-6)
    assert grown[10].mean() > 0.7 > 0.1 > grown[0].mean()


@pytest.mark.parametrize(
    ("canvas", "drawn"),
    [((1080, 1080), (48, 48)), ((1080, 1920), (36, 60)), ((1200, 628), (60, 36)), ((1080, 1350), (48, 48))],
)
def test_a_map_has_the_shape_nearest_to_the_canvas(canvas, drawn):
    assert map_size(canvas) == drawn


def test_a_wash_has_the_same_bytes_every_time_and_on_any_number_of_threads(tiny_washes):
    import torch

    before, drawn = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        drawn.append(wash_bytes(make_wash("calm", 9, (50, 40), steps=3, model=str(tiny_washes))))
    torch.set_num_threads(before)
    assert drawn[0] == drawn[1]


def test_a_wash_is_kept_as_half_precision_shares(tiny_washes):
    kept = np.load(io.BytesIO(wash_bytes(make_wash("wild", 9, (50, 40), steps=2, model=str(tiny_washes)))))
    assert (kept.dtype, kept.shape) == (np.float16, (3, 40, 50))
    assert np.allclose(kept.astype(np.float32).sum(0), 1, atol=2e-3)


def test_an_unknown_class_names_the_known_ones(tiny_washes):
    with pytest.raises(ModelError) as caught:
        make_wash("stormy", 1, (40, 40), model=str(tiny_washes))
    assert str(caught.value) == "No wash is called 'stormy'. There are: calm, wild."


def test_a_missing_folder_is_refused():
    with pytest.raises(WeightsError):
        make_wash("calm", 1, (40, 40), model="/nowhere")


def offered():
    from importlib.resources import files

    import yaml

    return yaml.safe_load((files("pipelines") / "plate/washes.yaml").read_text(encoding="utf-8"))["washes"]


@pytest.mark.parametrize("row", offered(), ids=lambda row: row["name"])
def test_what_is_offered_is_drawn_by_the_packaged_model_without_bands_or_seams(row):
    wash = make_wash(row["name"], 3, (96, 96)).astype(np.float32)
    bend = np.abs(np.diff(wash, 2, axis=1)).max(), np.abs(np.diff(wash, 2, axis=2)).max()
    assert max(bend) < 0.02
    assert wash[0].std() > 0.02
    assert set(row["uses"]) <= {"albedo", "light"}


def test_a_plate_of_a_wash_is_the_same_files_every_time():
    from factory.records import PlateJob
    from pipelines.plate import make_plate
    from pipelines.plate.models import describe, wash_maker

    palette = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28"}
    job = PlateJob(
        id="w1", set="seamless", light=0, wash="haze", wash_use="albedo", palette=palette, seed=3, tier="draft"
    )
    plates = [make_plate(job, wash=wash_maker()) for _ in range(2)]
    assert plates[0] == plates[1]
    assert plates[0][0].kind == "wash"
    assert len(describe(None)["washes"]) == 64
