"""Plate jobs: records, files by digest, washes, painted pictures."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from staging import PALETTE

from factory.errors import RefusedError, StoreError
from factory.records import PlateJob
from pipelines.light import Pixels
from pipelines.plate import make_plate, open_scene
from pipelines.plate.painted import PaintedScene
from pipelines.scene import Window

JOB = PlateJob(
    id="j", set="seamless", light=1, wash="", wash_use="", palette=PALETTE, seed=3, tier="draft",
)  # fmt: skip
WINDOW = Window(size=(60, 80), foot=(30.0, 64.0), height=30)


def haze(name: str, seed: int, tier: str) -> np.ndarray:
    weights = np.random.default_rng(seed).random((3, 24, 24))
    return (weights / weights.sum(0)).astype(np.float16)


def sunset(job: PlateJob, picture: Pixels) -> Pixels:
    return np.full_like(picture, (200, 120, 60))


def test_a_set_plate_is_a_record_and_a_preview() -> None:
    plate, files = make_plate(JOB)
    assert (plate.kind, plate.set, plate.light, dict(plate.palette)) == ("set", "seamless", 1, PALETTE)
    assert set(files) == set(plate.files.values())
    assert set(plate.files) == {"preview"}


def test_files_are_named_by_their_digest_and_repeat_byte_for_byte() -> None:
    first, again = (make_plate(replace(JOB, wash="haze", wash_use="albedo"), wash=haze) for _ in range(2))
    assert first == again
    for name, data in first[1].items():
        assert name.split(".")[0] == hashlib.sha256(data).hexdigest()


def test_a_wash_plate_opens_with_its_wash() -> None:
    plate, files = make_plate(replace(JOB, wash="haze", wash_use="albedo"), wash=haze)
    plain, _ = make_plate(JOB)
    washed = open_scene(plate, files.__getitem__).view(WINDOW, 1)
    assert plate.kind == "wash"
    assert np.abs(washed.albedo - open_scene(plain, files.__getitem__).view(WINDOW, 1).albedo).max() > 0.05
    np.testing.assert_array_equal(washed.key, open_scene(plain, files.__getitem__).view(WINDOW, 1).key)


def test_a_painted_plate_keeps_the_picture_and_the_sets_light() -> None:
    plate, files = make_plate(replace(JOB, prompt="a table at dusk", model="some"), paint=sunset)
    assert plate.kind == "paint"
    scene = open_scene(plate, files.__getitem__)
    passes = scene.view(WINDOW, 0)
    assert passes.light_dir[0] < 0
    from pipelines.light import finish, grade

    picture = finish(grade(passes), grain=0)
    assert np.abs(picture.astype(int) - (200, 120, 60)).max() <= 2


def test_what_nothing_can_make_is_refused() -> None:
    with pytest.raises(RefusedError, match="the wash 'haze'"):
        make_plate(replace(JOB, wash="haze"))
    with pytest.raises(RefusedError, match="the model 'some'"):
        make_plate(replace(JOB, prompt="x", model="some"))


@pytest.mark.parametrize("name", ["nowhere", "../seamless", ".", "a/b"])
def test_an_unknown_set_is_named_with_those_there_are(name: str) -> None:
    with pytest.raises(StoreError) as error:
        make_plate(replace(JOB, set=name))
    assert "seamless" in error.value.fault.help


def test_a_painted_picture_covers_every_canvas_without_stretching() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:, :50] = 255
    for size in ((90, 160), (160, 84), (50, 50)):
        albedo = PaintedScene("p", picture).view(Window(size=size, foot=(20.0, 40.0), height=20), 0).albedo
        assert albedo.shape == (size[1], size[0], 3)
        assert albedo[:, : size[0] // 2 - 2].min() > 0.9 and albedo[:, size[0] // 2 + 2 :].max() < 0.1


def test_a_painted_floor_takes_a_shadow() -> None:
    from staging import can

    from pipelines.compose.stage import Stage

    scene = PaintedScene("p", np.full((100, 100, 3), 180, np.uint8))
    there = Stage(scene, Window(size=(160, 160), foot=(60.0, 130.0), height=70), can(200))
    assert there.picture(0, product=False).min() > 170
    assert there.ground(0).min() < 140
