import pytest
import torch

from gpu.errors import ModelError
from gpu.own.pipeline import open_washes

MAP = (36, 48)


@pytest.fixture(scope="module")
def pipeline(tiny_washes):
    return open_washes(str(tiny_washes))


def draw(pipeline, seed=1, name="calm", **more):
    return pipeline(name, MAP, torch.Generator().manual_seed(seed), steps=3, **more).weights


def test_a_folder_is_written_and_opened_whole(pipeline, tmp_path):
    pipeline.save_pretrained(str(tmp_path))
    again = open_washes(str(tmp_path))
    assert again.config.classes == ["calm", "wild"]
    assert torch.equal(draw(again), draw(pipeline))


def test_weights_are_shares(pipeline):
    weights = draw(pipeline, count=2)
    assert weights.shape == (2, 3, 48, 36)
    assert weights.min() >= 0
    assert torch.allclose(weights.sum(1), torch.ones(2, 48, 36), atol=1e-5)


def test_the_seed_and_the_class_decide(pipeline):
    drawn = [draw(pipeline, 1), draw(pipeline, 2), draw(pipeline, 1, "wild")]
    assert torch.equal(draw(pipeline, 1), drawn[0])
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_guidance_pushes_away_from_what_any_class_would_give(pipeline):
    plain, asked, pushed = (draw(pipeline, guidance=g) for g in (0, 1, 2))
    assert torch.dist(pushed, plain) > torch.dist(asked, plain) > 0


def test_from_an_image_less_strength_stays_nearer(pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "_clean", lambda name, sample, time, guidance: sample)
    image = torch.zeros(3, 48, 36)
    image[0] = 1
    near, far = (draw(pipeline, image=image, strength=s) for s in (0.34, 1.0))
    assert torch.dist(near[0], image) < torch.dist(far[0], image)


def test_a_mask_leaves_the_rest_as_it_was(pipeline):
    image = draw(pipeline, 5)[0]
    mask = torch.zeros(48, 36)
    mask[:, :18] = 1
    drawn = draw(pipeline, 6, image=image, mask=mask)[0]
    assert torch.allclose(drawn[:, :, 18:], image[:, :, 18:], atol=1e-5)
    assert not torch.allclose(drawn[:, :, :18], image[:, :, :18], atol=1e-2)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": "stormy"}, "unknown_wash"),
        ({"size": (40, 48)}, "wash_size"),
        ({"mask": torch.ones(48, 36)}, "wash_mask"),
        ({"image": torch.ones(3, 36, 48)}, "wash_image"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pipeline, more, code):
    with pytest.raises(ModelError) as caught:
        pipeline(**{"name": "calm", "size": MAP, "steps": 1, **more})
    assert caught.value.code == code


def test_a_folder_of_another_kind_is_refused(pipeline, tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    with pytest.raises(ModelError, match="holds a FluxPipeline, not a WashPipeline"):
        open_washes(str(tmp_path))
