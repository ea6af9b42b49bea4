"""The contact sheet, read back from its own pixels."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from factory.records import Asset, Batch, Concept, Text, Variant
from pipelines import sheet
from pipelines.sheet import WIDTH, Cell, contact_sheet
from pipelines.sheetpen import GROUND, Pen

FONTS = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper" / "fonts"
FACES = FONTS / "Figtree-Medium.ttf", FONTS / "Figtree-Bold.ttf"
COLOURS = ((200, 40, 40), (40, 160, 60), (40, 60, 200), (220, 190, 30), (150, 40, 170), (30, 170, 180))
SIZES = {"meta.feed.square": (1080, 1080), "meta.reels.vertical": (1080, 1920), "meta.stories.vertical": (1080, 1920),
         "iab.leaderboard": (728, 90), "iab.medium_rectangle": (300, 250)}


def concept(name: str, idea: str = "It slept on it. Two thoughts that meet") -> Concept:
    """A concept by its id."""
    return Concept(
        id=name, tribe="slow-cooks", motive="wit", fact="", proof="", line="", hook="", subject="product", family="product",
        device="", device_data={}, picture="", set="window_wall", light=0, wash="", wash_use="", mode="light", ground="cream",
        flip=False, tier="standard", seed=1, idea=idea,
    )


def variant(folder: Path, name: str, place: str, locale: str, colour: tuple[int, int, int], owner: str = "c01") -> Variant:
    """A variant whose file is of one colour."""
    w, h = SIZES[place]
    path = folder / f"{name}.png"
    Image.new("RGB", (w, h), colour).save(path)
    asset = Asset(path=path.name, sha256="", bytes=path.stat().st_size, type="image/png", width=w, height=h)
    return Variant(
        id=name, kind="image", concept=owner, tribe="slow-cooks", locale=locale, placement=place, status="shipped",
        files=(asset,), copy={"art_headline": Text(field="art_headline", text="Slept", source="brief")}, findings=(),
        provenance={},
    )


def batch(concepts: tuple[Concept, ...], variants: tuple[Variant, ...]) -> Batch:
    """A batch of these."""
    return Batch(schema="", brief="", kit="", plan="", models={}, seed=0, figures={}, concepts=concepts, variants=variants,
                 components=())


def seen(data: bytes, colour: tuple[int, int, int]) -> tuple[int, int, int, int] | None:
    """The box (x, y, w, h) of a colour on a sheet, or None."""
    pixels = np.asarray(Image.open(io.BytesIO(data), formats=("JPEG",)).convert("RGB")).astype(int)
    hit = np.abs(pixels - np.array(colour)).max(axis=2) < 12
    if hit.sum() < 400:
        return None
    ys, xs = np.nonzero(hit)
    return int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1


def test_every_shape_is_shown_whole_and_in_its_proportions(tmp_path: Path) -> None:
    places = ["meta.feed.square", "meta.reels.vertical", "iab.leaderboard", "iab.medium_rectangle"]
    made = tuple(variant(tmp_path, f"v{n}", p, "en", COLOURS[n]) for n, p in enumerate(places))
    data = contact_sheet(batch((concept("c01"),), made), tmp_path, *FACES)
    for n, place in enumerate(places):
        box = seen(data, COLOURS[n])
        assert box is not None
        w, h = SIZES[place]
        assert box[2] / box[3] == pytest.approx(w / h, rel=0.06)
        assert box[2] <= w


def test_no_picture_covers_another(tmp_path: Path) -> None:
    places = list(SIZES)
    made = tuple(variant(tmp_path, f"v{n}", p, "en", COLOURS[n]) for n, p in enumerate(places) if p != "meta.stories.vertical")
    data = contact_sheet(batch((concept("c01"),), made), tmp_path, *FACES)
    boxes = [b for n in range(len(places)) if (b := seen(data, COLOURS[n]))]
    for i, a in enumerate(boxes):
        assert a[0] + a[2] <= WIDTH
        for b in boxes[i + 1 :]:
            assert a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]


def test_one_of_each_shape_and_only_what_shipped(tmp_path: Path) -> None:
    reel = variant(tmp_path, "v1", "meta.reels.vertical", "en", COLOURS[0])
    story = variant(tmp_path, "v2", "meta.stories.vertical", "en", COLOURS[1])
    gone = replace(variant(tmp_path, "v3", "meta.feed.square", "en", COLOURS[2]), status="dropped")
    data = contact_sheet(batch((concept("c01"),), (reel, story, gone)), tmp_path, *FACES)
    assert sum(seen(data, c) is not None for c in COLOURS[:2]) == 1
    assert seen(data, COLOURS[2]) is None


def test_locales_take_turns(tmp_path: Path) -> None:
    made = tuple(variant(tmp_path, f"{p}{loc}", p, loc, COLOURS[n + 3 * (loc == "fr")])
                 for n, p in enumerate(["meta.feed.square", "meta.reels.vertical"]) for loc in ("en", "fr"))
    cells = sheet._cells(batch((concept("c01"),), made), concept("c01"), tmp_path)
    assert {c.caption.split()[0] for c in cells} == {"en", "fr"}


def test_concepts_stand_under_each_other_in_order_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    first = variant(tmp_path, "v1", "meta.feed.square", "en", COLOURS[0], "c01")
    third = variant(tmp_path, "v3", "meta.feed.square", "en", COLOURS[1], "c03")
    data = contact_sheet(batch((concept("c01"), concept("c02"), concept("c03")), (first, third)), tmp_path, *FACES)
    a, b = seen(data, COLOURS[0]), seen(data, COLOURS[1])
    assert a is not None
    assert b is not None
    assert a[1] + a[3] < b[1]


def test_a_batch_of_nothing_gives_a_sheet_all_the_same(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(contact_sheet(batch((), ()), tmp_path, *FACES)), formats=("JPEG",)) as image:
        assert image.width == WIDTH


def test_the_same_batch_gives_the_same_bytes(tmp_path: Path) -> None:
    made = (variant(tmp_path, "v1", "meta.feed.square", "en", COLOURS[0]),)
    one, two = (contact_sheet(batch((concept("c01"),), made), tmp_path, *FACES) for _ in range(2))
    assert one == two


def test_a_film_shows_a_frame_and_its_play_mark(tmp_path: Path) -> None:
    import cv2

    pen = cv2.VideoWriter(str(tmp_path / "film.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, (360, 640))
    for _ in range(9):
        pen.write(np.full((640, 360, 3), (40, 60, 200), np.uint8))
    pen.release()
    asset = Asset(path="film.mp4", sha256="", bytes=1, type="video/mp4", width=360, height=640, seconds=6.0)
    film = replace(variant(tmp_path, "v1", "meta.reels.vertical", "en", COLOURS[0]), kind="video", files=(asset,))
    cell = sheet._cells(batch((concept("c01"),), (film,)), concept("c01"), tmp_path)[0]
    assert cell.caption == "en  6 s  reels vertical"
    assert cell.pixels[100, 100].tolist() == pytest.approx([200, 60, 40], abs=12)
    data = contact_sheet(batch((concept("c01"),), (film,)), tmp_path, *FACES)
    pixels = np.asarray(Image.open(io.BytesIO(data), formats=("JPEG",)).convert("RGB")).astype(int)
    box = seen(data, (200, 60, 40))
    assert box is not None
    corner = pixels[box[1] + box[3] - 90 : box[1] + box[3], box[0] + box[2] - 90 : box[0] + box[2]]
    assert (corner.min(axis=2) > 225).sum() > 300


def test_more_banners_than_fit_a_pile_stand_beside_it() -> None:
    banner = Cell(pixels=np.zeros((250, 300, 3), np.uint8), caption="", seconds=None)
    piles = list(sheet._stacks([banner, banner, banner]))
    assert [len(p) for p in piles] == [1, 1, 1]
    strip = Cell(pixels=np.zeros((50, 320, 3), np.uint8), caption="", seconds=None)
    assert [len(p) for p in sheet._stacks([banner, strip])] == [2]


def test_words_are_cut_or_broken_to_their_room() -> None:
    pen = Pen(400, 60, *FACES)
    assert pen.fitting("short", 300, 20) == "short"
    cut = pen.fitting("a caption that is far too long for its picture", 160, 20)
    assert cut.endswith("…")
    assert pen.width(cut, 20) <= 160
    lines = pen.balanced("one two three four five six seven", 200, 30, bold=True)
    assert " ".join(lines) == "one two three four five six seven"
    assert all(pen.width(line, 30, bold=True) <= 200 for line in lines)
    assert pen.lines("Kaltgezogenerkaffee ja", 60, 30) == ["Kaltgezogenerkaffee", "ja"]


def test_the_ground_is_quiet() -> None:
    assert min(GROUND) > 235
    assert max(GROUND) - min(GROUND) < 8
