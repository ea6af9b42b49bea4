"""From a real composition to what the checks look at, and through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.brief import load_brief
from factory.placements import select
from factory.records import Brief, Concept, CopyDeck, Finding, Placement, Text
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.encode import encode
from pipelines.compose.flat import Flat
from pipelines.product.cutout import load_cutout
from workers.subjects import check_picture, check_video, decoded, frames_of, subject_of, text_of

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
WORDS = {
    "art_headline": "It slept on it.", "art_sub": "For 18 hours, in cold water.", "art_cta": "Shop now",
    "headline": "It slept on it.", "primary_text": "Big decisions take a night. So does our coffee.",
    "description": "18 hours in cold water.",
}


@lru_cache(maxsize=1)
def inputs() -> tuple[BrandKit, Brief]:
    """The sample brand and its brief."""
    kit = load_kit(SAMPLE)
    return kit, load_brief(SAMPLE / "briefs" / "cold-brew.yaml", kit)


@lru_cache(maxsize=4)
def composer(family: str = "product") -> Composer:
    """The bottle on a plain ground."""
    kit, brief = inputs()
    concept = Concept(
        id="c01", tribe="slow-cooks", motive="wit", fact="hours", proof="", line="slept-on-it", hook="", subject="product",
        family=family, device="", device_data={}, picture="cold-brew-bottle", set="seamless", light=0, wash="", wash_use="",
        mode="light", ground="cream", flip=False, tier="standard", seed=7, idea="It slept on it.",
    )
    cutout = load_cutout(kit.product_pictures["cold-brew-bottle"].file)
    return Composer(concept=concept, kit=kit, scene=Flat("#F7EDE0"), product=cutout, brief=brief)


def place(name: str) -> Placement:
    """A placement of the tables."""
    return next(iter(select((name,))))


@lru_cache(maxsize=8)
def made(name: str = "iab.medium_rectangle") -> tuple[Composition, bytes]:
    """A composition and its file."""
    deck = CopyDeck(concept="c01", locale="en", texts=tuple(Text(field=k, text=v, source="brief") for k, v in WORDS.items()))
    composition = composer().compose(deck, place(name), inputs()[1])
    return composition, encode(composition.pixels, place(name).max_bytes)


def checked(composition: Composition, data: bytes, name: str = "iab.medium_rectangle", **copy: str) -> tuple[Finding, ...]:
    """The findings of a picture."""
    kit, brief = inputs()
    words: Mapping[str, Any] = {k: Text(field=k, text=v, source="brief") for k, v in {**WORDS, **copy}.items()}
    return check_picture(composition, data, place(name), words, kit, brief, "en")


@pytest.mark.parametrize("name", ["iab.medium_rectangle", "meta.feed.square"])
def test_what_we_compose_passes_our_own_checks(name: str) -> None:
    found = checked(*made(name), name)
    assert [f for f in found if f.verdict == "fail"] == []
    assert {"contrast", "safe_zone", "text_fit", "file", "product", "palette"} <= {f.code.split(".")[0] for f in found}


def test_a_subject_holds_what_was_drawn_where_it_was_drawn() -> None:
    composition, data = made()
    kit, brief = inputs()
    pixels = decoded(data, composition.pixels.shape)
    subject = subject_of(composition, pixels, data, "image/jpeg", place("iab.medium_rectangle"), {}, kit, brief, "en")
    assert {p.text for p in subject.parts} >= {"It slept on it.", "Shop now"}
    changed = np.abs(subject.intended.astype(int) - subject.ground).max(axis=2) > 8
    ink = np.zeros_like(changed)
    for part in (*(i for p in subject.parts for i in p.inks), *(subject.sign.inks if subject.sign else ())):
        h, w = part.coverage.shape
        ink[part.y : part.y + h, part.x : part.x + w] |= part.coverage > 0
    assert (changed <= ink).all()
    assert changed.sum() > 0.7 * ink.sum()
    assert subject.product is not None
    assert subject.product.delta_e < 2
    assert subject.button is not None


def test_a_picture_whose_type_was_painted_over_fails() -> None:
    composition, _ = made()
    blind = composition.pixels.copy()
    block = next(t.block for t in composition.layout.texts if t.role == "headline")
    x, y, w, h = (round(v) for v in block.box)
    blind[y - 2 : y + h + 2, x - 2 : x + w + 2] = blind[y - 3, x - 3]
    found = checked(composition, encode(blind, None))
    assert any(f.code == "contrast" and f.verdict == "fail" for f in found)


def test_a_product_that_was_tinted_fails() -> None:
    composition, _ = made()
    x, y, w, h = composition.product_box or (0, 0, 0, 0)
    tinted = composition.pixels.copy()
    tinted[max(0, y) : y + h, x : x + w, 2] = np.minimum(tinted[max(0, y) : y + h, x : x + w, 2].astype(int) + 60, 255)
    found = checked(composition, encode(tinted, None))
    assert any(f.code == "product.colour" and f.verdict == "fail" for f in found)


def test_a_claim_beside_the_picture_is_read_too() -> None:
    found = checked(*made(), headline="The healthiest coffee of all.")
    assert any(f.code.startswith("claims.") and f.verdict == "fail" for f in found)


def test_a_file_that_does_not_decode_is_a_finding_and_no_crash() -> None:
    composition, data = made()
    assert any(f.code == "file.damaged" for f in checked(composition, data[:200]))


def test_findings_are_the_same_every_time() -> None:
    assert checked(*made()) == checked(*made())


def test_a_text_may_come_as_a_record_as_plain_data_or_as_words() -> None:
    text = Text(field="headline", text="Slept", source="brief", facts=("hours",))
    plain = {"field": "headline", "text": "Slept", "source": "brief", "facts": ["hours"]}
    assert text_of("headline", text) == text_of("headline", plain) == text
    assert text_of("headline", "Slept").source == "grammar"


# ---------------------------------------------------------------------------------------------------------- films


@dataclass
class Result:
    """A film as motion hands it over."""

    data: bytes
    width: int
    height: int
    seconds: float
    figures: Mapping[str, Any]
    poster: Any = None
    storyboard: str = ""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Ten small frames that grow brighter, written by an encoder that knows nothing of ours."""
    import cv2

    path = tmp_path_factory.mktemp("film") / "film.mp4"
    pen = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 96))
    for n in range(10):
        pen.write(np.tile(np.linspace(0, 20 * n + 20, 64).astype(np.uint8)[None, :, None], (96, 1, 3)))
    pen.release()
    return path.read_bytes()


def test_frames_come_from_the_file_in_order(film: bytes) -> None:
    frames = frames_of(film, (0.0, 0.5, 1.0))
    assert [f.shape for f in frames] == [(96, 64, 3)] * 3
    assert frames[0].mean() < frames[1].mean() < frames[2].mean()
    assert frames_of(b"no film", (0.0, 1.0)) == ()


def test_a_film_is_judged_by_its_own_file(film: bytes) -> None:
    composition, _ = made("meta.feed.square")
    kit, brief = inputs()
    result = Result(data=film, width=64, height=96, seconds=1.0, figures={"fps": 10, "flashes_per_second": 5})
    found = check_video(composition, result, place("meta.feed.square"), WORDS, kit, brief, "en")  # type: ignore[arg-type]
    failed = {f.code for f in found if f.verdict == "fail"}
    assert {"file.pixels", "duration.codec", "motion.flash"} <= failed
    assert not {"contrast", "safe_zone", "text_fit"} & failed


def test_a_film_that_does_not_decode_fails() -> None:
    composition, _ = made("meta.feed.square")
    kit, brief = inputs()
    broken = replace_data(b"\0\0\0\x18ftypisom" + bytes(40))
    found = check_video(composition, broken, place("meta.feed.square"), WORDS, kit, brief, "en")  # type: ignore[arg-type]
    assert {"motion.damaged"} <= {f.code for f in found if f.verdict == "fail"}


def replace_data(data: bytes) -> Result:
    """A film of other bytes."""
    return Result(data=data, width=1080, height=1080, seconds=6.0, figures={})
