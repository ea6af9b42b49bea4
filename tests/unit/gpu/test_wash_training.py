"""The training of our own model, a few tiny steps of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def tools():
    sys.path.insert(0, str(ROOT))
    from tools.washes import export, teacher, train

    yield {"export": export, "teacher": teacher, "train": train}
    sys.path.remove(str(ROOT))


@pytest.mark.parametrize("size", [(48, 48), (36, 60), (60, 36)])
@pytest.mark.parametrize("name", ["sweep", "haze", "leak", "aura", "silk"])
def test_a_taught_wash_is_shares_of_three_colours_and_not_flat(tools, name, size):
    taught = tools["teacher"].render(name, 6, size, np.random.default_rng(1))
    assert taught.shape == (6, 3, size[1], size[0])
    assert taught.min() >= -1e-6
    assert np.allclose(taught.sum(1), 1, atol=1e-5)
    assert taught[:, 0].std((1, 2)).max() > 0.05


def test_a_batch_has_about_as_many_of_each_class(tools):
    taught, labels = tools["teacher"].batch(12, (48, 48), np.random.default_rng(1))
    assert len(taught) == 12
    assert set(np.bincount(labels)) == {2, 3}


def test_a_taught_wash_is_the_same_for_the_same_dice(tools):
    one, two = (tools["teacher"].render("silk", 2, (48, 48), np.random.default_rng(8)) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def broken_at(train, step):
    """The training's loss, with somebody pressing Ctrl-C at a step."""
    whole = train.loss

    def loss(model, recipe, now):
        if now == step:
            raise KeyboardInterrupt
        return whole(model, recipe, now)

    return loss


def test_a_broken_off_training_goes_on_as_if_it_had_not_been(tools, tmp_path, monkeypatch):
    import torch
    from diffusers import UNet2DModel

    train = tools["train"]
    small = lambda: UNet2DModel(  # noqa: E731
        sample_size=(16, 16), in_channels=27, out_channels=27, block_out_channels=(8, 8), layers_per_block=1,
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"), norm_num_groups=4,
        num_class_embeds=train.NULL + 1,
    )  # fmt: skip
    monkeypatch.setattr(train, "net", small)
    recipe = train.Recipe(steps=3, batch=5, warmup=1)
    train.train(recipe, tmp_path / "whole", every=10)
    monkeypatch.setattr(train, "loss", broken_at(train, step=2))
    with pytest.raises(KeyboardInterrupt):
        train.train(recipe, tmp_path / "broken", every=2)
    monkeypatch.undo()
    monkeypatch.setattr(train, "net", small)
    train.train(recipe, tmp_path / "broken", every=10)
    nets = [torch.load(tmp_path / p / "state.pt", weights_only=True)["model"] for p in ("whole", "broken")]
    assert all(torch.equal(nets[0][k], nets[1][k]) for k in nets[0])
    assert json.loads((tmp_path / "broken/training.json").read_text())["samples"] == 15


def test_an_export_is_opened_by_the_pipeline(tools, tmp_path, monkeypatch):
    from gpu.own.pipeline import open_washes

    train = tools["train"]
    recipe = train.Recipe(steps=1, batch=5)
    run = train.start(recipe)
    train.save(run, recipe, tmp_path / "run")
    tools["export"].export(tmp_path / "run", tmp_path / "own")
    assert open_washes(str(tmp_path / "own")).config.classes == list(tools["teacher"].CLASSES)
