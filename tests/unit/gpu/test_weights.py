import json
import os

import pytest

from gpu import weights
from gpu.errors import GpuError, WeightsError


def folder(root, files=(), class_name="FluxPipeline"):
    (root / "model_index.json").write_text(json.dumps({"_class_name": class_name}))
    for name in files:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def refusal(call, *args):
    with pytest.raises(WeightsError) as caught:
        call(*args)
    return caught.value


def test_a_sound_folder_is_opened_and_known_by_its_class(tmp_path):
    found = weights.find(str(folder(tmp_path, ["unet/a.safetensors"])))
    assert (found.path, found.pipeline, found.spec.name) == (tmp_path, "FluxPipeline", "flux1-schnell")


def test_a_class_outside_the_catalogue_is_welcome(tmp_path):
    assert weights.find(str(folder(tmp_path, class_name="ChromaPipeline"))).spec is None


def test_a_hub_id_is_refused_and_the_message_says_what_to_give():
    error = refusal(weights.find, "stranger/model")
    assert str(error) == (
        "'stranger/model' names weights on a hub that nobody has pinned here; nothing is downloaded (--image-model). "
        "Download a revision of stranger/model that you trust to a folder, read its licence, and give that folder: "
        "--image-model DIR."
    )
    assert error.code == "weights_unpinned"


def test_a_catalogue_name_without_a_folder_is_refused_by_its_hub_id():
    assert "revision of Tongyi-MAI/Z-Image-Turbo" in refusal(weights.find, "z-image-turbo").help


@pytest.mark.parametrize("name", ["nowhere", "/nowhere/at/all", "./a/b", "a/b/c"])
def test_a_missing_folder_is_named(name):
    error = refusal(weights.find, name)
    assert (error.code, error.fact) == ("weights_missing", f"There is no folder '{name}'")


def test_pickled_weights_are_refused_where_they_are_all_there_is(tmp_path):
    error = refusal(weights.find, str(folder(tmp_path, ["unet/weights.bin"])))
    assert (error.code, error.where) == ("weights_pickled", "unet/weights.bin")


def test_pickled_weights_beside_safetensors_are_left_alone(tmp_path):
    weights.find(str(folder(tmp_path, ["unet/weights.bin", "unet/weights.safetensors"])))


def test_safetensors_of_one_part_do_not_excuse_pickles_of_another(tmp_path):
    error = refusal(weights.find, str(folder(tmp_path, ["unet/w.safetensors", "vae/w.ckpt"])))
    assert error.where == "vae/w.ckpt"


def test_a_folder_that_brings_code_is_refused(tmp_path):
    error = refusal(weights.find, str(folder(tmp_path, ["unet/w.safetensors", "unet/mine.py"])))
    assert (error.code, error.where) == ("weights_code", "unet/mine.py")


def test_a_class_of_another_module_is_code_of_its_own(tmp_path):
    assert refusal(weights.find, str(folder(tmp_path, class_name=["pipeline", "Mine"]))).code == "weights_code"


@pytest.mark.parametrize("index", [None, "{", "[]"])
def test_a_folder_without_a_readable_index_is_no_model(tmp_path, index):
    if index is not None:
        (tmp_path / "model_index.json").write_text(index)
    assert refusal(weights.find, str(tmp_path)).code == "weights_format"


def test_a_digest_sees_every_byte_and_every_name(tmp_path):
    whole = folder(tmp_path, ["unet/a.safetensors"])
    first = weights.digest(whole)
    (whole / "unet/a.safetensors").write_bytes(b"y")
    second = weights.digest(whole)
    (whole / "unet/a.safetensors").rename(whole / "unet/b.safetensors")
    assert len({first, second, weights.digest(whole)}) == 3
    assert len(first) == 64


def test_a_digest_is_of_content_and_not_of_time_or_place(tmp_path):
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        folder(tmp_path / place, ["unet/a.safetensors"])
    os.utime(tmp_path / "two/unet/a.safetensors", (1, 1))
    assert weights.digest(tmp_path / "one") == weights.digest(tmp_path / "two")


def test_every_error_of_the_machine_has_four_fields():
    error = GpuError("It broke.", code="c", where="w", help="Mend it.")
    assert (error.code, error.fact, error.where, error.help) == ("c", "It broke.", "w", "Mend it.")
    assert str(error) == "It broke (w). Mend it."
