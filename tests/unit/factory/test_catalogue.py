"""What a plan may choose from is what lies in the package."""

from __future__ import annotations

import sys

from factory.catalogue import load_catalogue


def test_every_set_has_a_row_with_lights_that_have_moods() -> None:
    rows = {row.name: row for row in load_catalogue().sets}
    assert {"seamless", "window_wall", "leaf_light"} <= set(rows)
    for row in rows.values():
        assert row.title and row.mood and row.kind in {"rendered", "procedural"} and row.ground in {"set", "flat"}
        assert len(row.lights) >= 3 and all(light.mood for light in row.lights)
        assert len({light.name for light in row.lights}) == len(row.lights)


def test_the_flat_ground_is_the_seamless_sweep() -> None:
    assert [row.name for row in load_catalogue().sets if row.ground == "flat"] == ["seamless"]


def test_rows_and_scenes_speak_of_the_same_lights() -> None:
    from pipelines.plate.setfile import read_set

    for row in load_catalogue().sets:
        file = read_set(row.name)
        assert [light.name for light in row.lights] == [key.name for key in file.keys]
        for light, key in zip(row.lights, file.keys, strict=True):
            assert (light.azimuth > 0) == (key.direction[0] > 0), f"{row.name} {light.name}"


def test_reading_the_catalogue_loads_no_code_of_the_pipelines() -> None:
    import subprocess

    code = (
        "import sys; from factory.catalogue import load_catalogue; load_catalogue(); "
        "print([m for m in sys.modules if m.startswith('pipelines.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
