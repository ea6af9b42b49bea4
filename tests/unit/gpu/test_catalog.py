from pathlib import Path

import pytest

from gpu import catalog
from gpu.device import Device

LAPTOP = Device(kind="cpu", name="processor", memory=16, precision="float32", threads=4)
CARD = Device(kind="cuda", name="a card", memory=80, precision="bfloat16", threads=1)
SMALL_CARD = Device(kind="cuda", name="a small card", memory=12, precision="bfloat16", threads=1)


def row(name, device):
    return next(r for r in catalog.rows(device) if r["name"] == name)


def test_a_processor_runs_our_own_model_and_no_other():
    assert [r["name"] for r in catalog.rows(LAPTOP) if r["runs_here"]] == ["washes"]


def test_a_row_says_everything_that_stands_in_the_way():
    assert row("flux1-schnell", SMALL_CARD)["why_not"] == (
        "needs 33.9 GiB, here are 12; weights are not in the package: download a folder of them and name it by "
        "--image-model DIR"
    )


def test_a_big_card_still_needs_a_folder():
    assert row("sdxl", CARD)["why_not"].startswith("weights are not in the package")


def test_a_row_of_ours_without_its_weights_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "files", lambda package: tmp_path)
    assert row("washes", LAPTOP)["why_not"] == "its weights are missing from this installation"


@pytest.mark.parametrize("spec", catalog.MODELS, ids=lambda s: s.name)
def test_no_revision_is_claimed_that_nobody_has_checked(spec):
    assert spec.revision is None
    assert (spec.repo is None) != (spec.folder is None)


@pytest.mark.parametrize("spec", catalog.MODELS, ids=lambda s: s.name)
def test_sizes_divide_by_the_multiple(spec):
    assert all(side % spec.multiple == 0 for size in spec.sizes for side in size)


def test_a_model_is_found_by_name_or_hub_id():
    assert catalog.find("flux2-klein-4b") is catalog.find("black-forest-labs/FLUX.2-klein-4B")
    assert catalog.find("nothing") is None


def test_rows_are_plain_enough_for_json():
    import json

    assert json.loads(json.dumps(catalog.rows(LAPTOP))) == catalog.rows(LAPTOP)


@pytest.mark.parametrize("spec", catalog.MODELS, ids=lambda s: s.name)
def test_the_manual_has_the_same_row(spec):
    manual = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")
    line = next(row for row in manual.splitlines() if row.startswith(f"| `{spec.name}` |"))
    assert (spec.repo or "in the package") in line
    assert spec.licence in line
    assert f"| {spec.memory:g}" in line
    assert f"| {spec.steps} |" in line
