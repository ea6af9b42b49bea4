"""The bundle as a whole: what is written, that it is true, and that it is the same twice."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bundle_samples import batch_of, variant_of
from jsonschema import Draft202012Validator

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from factory.errors import StoreError
from factory.manifests.canonical import check, schema, to_json, to_plain
from factory.publish import publish_folder
from factory.records import Batch, Brief, Placement

GOLDEN = Path(__file__).parents[2] / "data" / "bundle"
KIT = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
Places = Mapping[str, Placement]
Spoil = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def kit() -> BrandKit:
    return load_kit(KIT)


def written(root: Path) -> dict[str, bytes]:
    names = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    return {n: (root / n).read_bytes() for n in names if not n.startswith("assets/")}


def test_a_bundle_holds_the_record_the_texts_a_folder_a_platform_and_the_page(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    publish_folder(small_batch, small_brief, kit, placements.values(), out)
    assert list(written(out)) == [
        "batch.json", "copy.csv", "index.html", "manifests/iab/README.txt", "manifests/iab/trafficking.csv",
        "manifests/meta/README.txt", "manifests/meta/ads.tsv", "manifests/meta/calls.json", "manifests/meta/files.txt",
    ]  # fmt: skip


def test_a_small_batch_is_published_as_it_always_was(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    """Run once with UPDATE_GOLDEN=1 after a change that was meant, and read the difference."""
    publish_folder(small_batch, small_brief, kit, placements.values(), out)
    made = {n: b for n, b in written(out).items() if not n.endswith(("index.html", "README.txt"))}
    if os.environ.get("UPDATE_GOLDEN"):
        for name, data in made.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(data)
    assert made == written(GOLDEN)


def test_the_same_batch_gives_the_same_bytes_in_any_order_of_its_mappings(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    publish_folder(small_batch, small_brief, kit, placements.values(), out)
    first = written(out)
    turned = replace(
        small_batch,
        variants=tuple(replace(v, copy=dict(reversed(list(v.copy.items())))) for v in small_batch.variants),
        figures=dict(reversed(list(small_batch.figures.items()))),
    )
    publish_folder(turned, small_brief, kit, reversed(list(placements.values())), out)
    assert written(out) == first


def test_every_file_that_a_manifest_or_the_page_names_lies_in_the_bundle(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    publish_folder(small_batch, small_brief, kit, placements.values(), out)
    named = {
        a["path"]
        for v in json.loads((out / "batch.json").read_text())["variants"]
        if v["status"] == "shipped"
        for a in v["files"]
    }
    listed = {f"assets/{n}" for n in (out / "manifests/meta/files.txt").read_text().split()}
    assert listed < named and all((out / n).is_file() for n in named)


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:-1])], ids=["missing", "cut"])
def test_nothing_is_written_when_a_file_is_missing_or_cut_short(
    harm: Callable[[Path], object], out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    path = small_batch.variants[1].files[0].path
    harm(out / path)
    with pytest.raises(StoreError) as caught:
        publish_folder(small_batch, small_brief, kit, placements.values(), out)
    assert (caught.value.fault.code, caught.value.fault.where) == ("publish.missing", path)
    assert written(out) == {}


def test_a_platform_with_nothing_shipped_gets_no_folder(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    lost = batch_of(variant_of("c01", "iab.leaderboard", "en", status="dropped", reason="contrast"))
    publish_folder(lost, small_brief, kit, placements.values(), out)
    assert not (out / "manifests").exists() and (out / "index.html").is_file()


def test_no_half_written_file_is_left_behind(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    publish_folder(small_batch, small_brief, kit, placements.values(), out)
    assert not [p for p in out.rglob("*") if p.name.startswith(".")]


# ---------------------------------------------------------------------------------------------- the record itself


def test_the_schema_is_a_valid_schema_and_takes_the_record(small_batch: Batch) -> None:
    Draft202012Validator.check_schema(dict(schema()))
    body = json.loads(to_json(small_batch))
    Draft202012Validator(schema()).validate(body)
    assert body["variants"][0]["copy"]["headline"] == {"text": "It slept on it.", "source": "brief", "facts": ["hours"]}


def test_the_record_is_sorted_utf8_and_ends_in_a_newline(small_batch: Batch) -> None:
    data = to_json(small_batch)
    assert data.endswith(b"}\n") and "Prêt\u202f?".encode() in data
    assert data == json.dumps(json.loads(data), sort_keys=True, ensure_ascii=False, indent=1).encode() + b"\n"


def variant(body: dict[str, Any], n: int = 0) -> Any:
    return body["variants"][n]


def spoiled() -> Iterator[Any]:
    """Name, what is done to a good record, where the fault is told."""
    cases: dict[str, tuple[Spoil, str]] = {
        "a field is missing": (lambda b: b.pop("seed"), ""),
        "a field that nobody knows": (lambda b: b.update(colour="red"), ""),
        "a digest too short": (lambda b: b.update(plan="abc"), "plan"),
        "a seed in words": (lambda b: b.update(seed="zero"), "seed"),
        "another schema": (lambda b: b.update(schema="https://creative-factory.dev/schemas/batch/2"), "schema"),
        "an id in capitals": (lambda b: variant(b).update(id="ABCDEF0123456789"), "variants/0/id"),
        "a status that is none": (lambda b: variant(b).update(status="perhaps"), "variants/0/status"),
        "a machine approves": (lambda b: variant(b).update(review="machine"), "variants/0/review"),
        "shipped without a file": (lambda b: variant(b).update(files=[]), "variants/0/files"),
        "shipped with a reason": (lambda b: variant(b).update(reason="why not"), "variants/0/reason"),
        "shipped though a check fails": (
            lambda b: variant(b)["findings"][0].update(verdict="fail"),
            "variants/0/findings/0/verdict",
        ),
        "dropped without a reason": (lambda b: variant(b, 6).update(reason=""), "variants/6/reason"),
        "a path out of the bundle": (lambda b: variant(b)["files"][0].update(path="../../etc/passwd"), "variants/0/files/0/path"),
        "a file of no bytes": (lambda b: variant(b)["files"][0].update(bytes=0), "variants/0/files/0/bytes"),
        "a text that nobody wrote": (
            lambda b: variant(b)["copy"]["headline"].update(source="web"),
            "variants/0/copy/headline/source",
        ),
        "an empty text": (lambda b: variant(b)["copy"]["headline"].update(text=""), "variants/0/copy/headline/text"),
        "an endless number": (lambda b: variant(b)["provenance"].update(score=float("nan")), ""),
        "two of one id": (lambda b: variant(b, 1).update(id=variant(b)["id"]), f"variants/{ID}"),
        "a concept that is not there": (lambda b: variant(b).update(concept="c99"), f"variants/{ID}/concept"),
        "a file of another name": (lambda b: variant(b)["files"][0].update(sha256="0" * 64), f"variants/{ID}/files"),
        "figures that lie": (lambda b: b["figures"].update(shipped=7), "figures/shipped"),
        "a part of nothing": (lambda b: b["components"][0].update(used_by=["f" * 16]), "components/clean1/used_by"),
    }
    for name, (spoil, where) in cases.items():
        yield pytest.param(spoil, where, id=name)


ID = variant_of("c01", "meta.feed.portrait", "en").id


@pytest.mark.parametrize(("spoil", "where"), list(spoiled()))
def test_a_record_that_is_wrong_is_refused_with_its_place(spoil: Spoil, where: str, small_batch: Batch) -> None:
    body = copy.deepcopy(to_plain(small_batch))
    check(body)
    spoil(body)
    with pytest.raises(StoreError) as caught:
        check(body)
    assert caught.value.fault.code == "batch.schema" and caught.value.fault.where == f"batch.json: {where}"


def test_no_bundle_is_better_than_a_false_one(
    out: Path, small_batch: Batch, small_brief: Brief, kit: BrandKit, placements: Places
) -> None:
    lie = replace(small_batch, figures={**small_batch.figures, "shipped": 99})
    with pytest.raises(StoreError, match="99 where 6 variants are shipped"):
        publish_folder(lie, small_brief, kit, placements.values(), out)
    assert written(out) == {}
