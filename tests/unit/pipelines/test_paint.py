import numpy as np
import pytest

from brand_kits.colour import linear_to_oklab, srgb_to_linear
from gpu.painter import Painter, fitting
from pipelines.plate import paint as module
from pipelines.plate.paint import FURTHEST, paint, toward_palette

PALETTE = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28"}
NOISE = np.random.default_rng(2).integers(0, 256, (24, 32, 3), np.uint8)


def mean_lab(picture):
    return linear_to_oklab(srgb_to_linear(picture / 255)).reshape(-1, 3).mean(0)


def test_a_picture_is_drawn_toward_the_kit_but_not_far():
    before = np.full((8, 8, 3), (40, 120, 60), np.uint8)
    move = mean_lab(toward_palette(before, PALETTE)) - mean_lab(before)
    assert np.hypot(move[1], move[2]) == pytest.approx(FURTHEST, abs=0.004)
    assert abs(move[0]) < 0.01


def test_a_picture_in_the_kits_colours_is_left_nearly_alone():
    before = np.full((8, 8, 3), (0xF4, 0xE6, 0xE0), np.uint8)
    assert np.abs(toward_palette(before, {"ground": "#F4E6E0"}).astype(int) - before).max() <= 1


@pytest.mark.parametrize(
    ("size", "side", "fitted"),
    [
        ((1080, 1080), 1024, (1024, 1024)),
        ((1080, 1920), 1024, (768, 1360)),
        ((1200, 628), 1024, (1408, 736)),
        ((500, 10), 64, (448, 16)),
    ],
)
def test_a_model_draws_near_its_own_area_in_sides_it_can_take(size, side, fitted):
    assert fitting(size, side) == fitted


class Recorder:
    """Stands for a pipeline: remembers what it was asked, gives noise."""

    default_sample_size, vae_scale_factor = 8, 8

    def __init__(self):
        self.asked = {}

    def __call__(self, prompt, width, height, generator, num_inference_steps=7):
        return self.drawn(locals())

    def drawn(self, asked):
        from types import SimpleNamespace

        from PIL import Image

        self.asked = {k: v for k, v in asked.items() if k != "self"}
        return SimpleNamespace(images=[Image.fromarray(NOISE)])


class PictureRecorder(Recorder):
    def __call__(self, prompt, negative_prompt, image, strength, generator, num_inference_steps=7):
        return self.drawn(locals())


@pytest.fixture
def painter(monkeypatch):
    def made(over):
        from gpu.weights import Folder

        folder = Folder(path=None, pipeline="Recorder", spec=None)
        found = Painter(folder=folder, from_words=Recorder(), from_picture=PictureRecorder() if over else None)
        monkeypatch.setattr(module, "opened", lambda name: found)
        return found

    return made


def test_a_class_is_asked_only_for_what_it_takes(painter):
    asked = painter(over=False)
    picture = paint("folder", "a wall", None, (90, 160), 3)
    assert (asked.from_words.asked["width"], asked.from_words.asked["height"]) == (48, 80)
    assert asked.from_words.asked["num_inference_steps"] == 7
    assert picture.shape == (160, 90, 3)


def test_a_set_is_painted_over_where_the_class_can(painter):
    asked = painter(over=True)
    paint("folder", "a wall", NOISE, (64, 64), 3, steps=1, strength=0.3)
    assert asked.from_picture.asked["image"].size == (64, 64)
    assert asked.from_picture.asked["num_inference_steps"] == 4
    assert "logo" in asked.from_picture.asked["negative_prompt"]


def test_a_class_that_cannot_paint_over_draws_from_the_words(painter):
    asked = painter(over=False)
    paint("folder", "a wall", NOISE, (64, 64), 3)
    assert asked.from_words.asked["prompt"] == "a wall"


def failing(asked):
    raise ValueError("no")


def test_a_model_that_fails_says_which(painter, monkeypatch):
    from gpu.errors import ModelError

    asked = painter(over=False)
    monkeypatch.setattr(asked.from_words, "drawn", failing)
    with pytest.raises(ModelError, match="Recorder could not draw: no"):
        paint("folder", "a wall", None, (64, 64), 3)
