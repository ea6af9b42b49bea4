"""A real diffusers folder of a stranger: a tiny Stable Diffusion XL with random weights, saved and opened by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gpu.errors import ModelError
from gpu.painter import open_painter
from pipelines.plate.paint import opened, paint

PICTURE = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None], (64, 1, 3))


def tokenizer():
    from transformers import CLIPTokenizer

    alphabet = [chr(c) for c in range(33, 127)]
    words = alphabet + [f"{letter}</w>" for letter in alphabet] + ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={w: i for i, w in enumerate(words)}, merges=[], model_max_length=77)


def text_encoder(words, projected):
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=words, hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
        projection_dim=32, bos_token_id=words - 2, eos_token_id=words - 1, pad_token_id=1,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def unet():
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64,
    )  # fmt: skip


def decoder():
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(16, 32), in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=8,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
    )  # fmt: skip


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    torch.manual_seed(1)
    words = tokenizer()
    pipe = StableDiffusionXLPipeline(
        vae=decoder(), text_encoder=text_encoder(len(words), False), text_encoder_2=text_encoder(len(words), True),
        tokenizer=words, tokenizer_2=tokenizer(), unet=unet(), scheduler=EulerDiscreteScheduler(),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("sdxl")
    pipe.save_pretrained(str(folder), safe_serialization=True)
    opened.cache_clear()
    return folder


def test_a_folder_paints_from_words(sdxl):
    picture = paint(str(sdxl), "a wall in morning light", None, (80, 60), seed=4, steps=2)
    assert (picture.shape, picture.dtype) == ((60, 80, 3), np.uint8)
    assert picture.std() > 1


def test_a_folder_paints_over_a_picture_and_keeps_more_of_it_when_told_so(sdxl):
    near, far = (paint(str(sdxl), "a wall", PICTURE, (64, 64), 4, 10, strength=s) for s in (0.1, 1.0))
    likeness = [np.corrcoef(p.ravel(), PICTURE.ravel())[0, 1] for p in (near, far)]
    words = paint(str(sdxl), "a wall", None, (64, 64), 4, 10)
    assert abs(likeness[0]) > abs(likeness[1])
    assert not np.array_equal(far, words)


def test_the_same_seed_gives_the_same_bytes_even_from_a_folder_opened_anew(sdxl):
    first = paint(str(sdxl), "a wall", PICTURE, (64, 64), 4, 2)
    opened.cache_clear()
    again, other = (paint(str(sdxl), "a wall", PICTURE, (64, 64), seed, 2) for seed in (4, 5))
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_the_words_reach_the_model(sdxl):
    one, two = (paint(str(sdxl), words, None, (64, 64), 4, 2) for words in ("a wall", "water and stones"))
    assert one.tobytes() != two.tobytes()


def test_a_plate_job_is_painted_with_its_own_words_and_palette(sdxl):
    from factory.records import PlateJob
    from pipelines.plate.models import describe, painter

    palette = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28"}
    job = PlateJob(
        id="j1", set="seamless", light=0, wash="", wash_use="", palette=palette, seed=3, tier="draft",
        prompt="Slow coffee",
    )  # fmt: skip
    maker = painter(str(sdxl))
    assert maker is not None
    assert maker(job, PICTURE).shape == PICTURE.shape
    assert describe(str(sdxl))["image"].startswith("StableDiffusionXLPipeline:")
    assert painter("") is None


def test_a_damaged_folder_is_told_in_one_sentence(sdxl, tmp_path):
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(sdxl, broken)
    (broken / "unet" / "config.json").unlink()
    with pytest.raises(ModelError) as caught:
        open_painter(str(broken))
    assert caught.value.code == "model_open"


def test_a_class_that_draws_no_pictures_is_refused(tmp_path):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))
    with pytest.raises(ModelError, match="The folder's WanPipeline cannot be opened as a text-to-image model"):
        open_painter(str(tmp_path))


@pytest.mark.slow
def test_a_batch_is_made_with_the_folder_by_name(sdxl: Path, tmp_path: Path) -> None:
    """`factory make --image-model DIR`: plates come from the model, and the record says from which."""
    kit = Path("brand_kits/samples/vesper")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "factory.doors.cli", "make", str(kit / "briefs/cold-brew.yaml"), "--kit", str(kit)]
    command += ["--out", str(out), "--variants", "2", "--no-video", "--image-model", str(sdxl), "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    batch = json.loads((out / "batch.json").read_text())
    assert batch["models"]["image"].startswith("StableDiffusionXLPipeline:")
    results = [json.loads(p.read_text()) for p in (out / ".work/results").glob("plate-*.json")]
    assert {r["kind"] for r in results} == {"paint"}
    assert all(r["provenance"]["model"] == batch["models"]["image"] for r in results)
