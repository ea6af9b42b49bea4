"""The commit protocol over both stores: in order, once, whole, whatever breaks it off and whoever races."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import subprocess
import sys
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from factory.archive import archive
from factory.errors import FactoryError, RefusedError, StoreError
from factory.publish import Published, discard, publish, read_mark, readable, recall
from factory.records import Asset
from factory.storage import S3Storage, Storage

PREFIX = "bundles/0123456789abcdef"
FILES = {"batch.json": b'{"variants": []}\n', "copy.csv": b"variant\r\n", "manifests/meta/ads.tsv": b"id\n", "index.html": b"<html>"}


def asset_of(data: bytes, ending: str = "png") -> Asset:
    sha = hashlib.sha256(data).hexdigest()
    return Asset(path=f"assets/{sha}.{ending}", sha256=sha, bytes=len(data), type="image/png", width=1, height=1)


PIXELS = [b"one", b"two" * 1000, b"three"]
ASSETS = [asset_of(p) for p in PIXELS]


@pytest.fixture
def blobs(storage: Storage) -> Storage:
    """A store whose blobs are there."""
    for pixels, asset in zip(PIXELS, ASSETS, strict=True):
        storage.put(asset.path.replace("assets/", "blobs/"), pixels, content_type="image/png")
    return storage


def put(storage: Storage, files: Mapping[str, bytes] = FILES, assets: Iterable[Asset] = ASSETS, **mark: Any) -> Published:
    return publish(storage, PREFIX, files, assets, {"bundle": "0123456789abcdef", **mark})


def contents(storage: Storage) -> dict[str, bytes]:
    return {s.key.removeprefix(f"{PREFIX}/"): storage.get(s.key) for s in storage.list(f"{PREFIX}/")}


def test_a_bundle_holds_its_assets_its_files_and_the_mark(blobs: Storage) -> None:
    done = put(blobs)
    found = contents(blobs)
    mark = json.loads(found.pop("_SUCCESS"))
    assert found == {**FILES, **{a.path: p for a, p in zip(ASSETS, PIXELS, strict=True)}}
    assert mark["files"] == {n: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)} for n, d in found.items()}
    assert (mark["bundle"], mark["batch"]) == ("0123456789abcdef", hashlib.sha256(FILES["batch.json"]).hexdigest())
    assert (done.fresh, done.digest, done.files, done.bytes) == (True, mark["digest"], 8, sum(map(len, found.values())))
    assert read_mark(blobs, PREFIX) == mark
    assert readable(blobs, PREFIX)


def test_files_keep_their_types(blobs: Storage) -> None:
    put(blobs)
    types = {n: stat.content_type for n in ("batch.json", "index.html", ASSETS[0].path) if (stat := blobs.head(f"{PREFIX}/{n}"))}
    assert types == {"batch.json": "application/json", "index.html": "text/html", ASSETS[0].path: "image/png"}


def test_published_twice_it_is_the_same_bundle_once(blobs: Storage) -> None:
    first, before = put(blobs), contents(blobs)
    again = put(blobs, dict(reversed(FILES.items())), reversed(ASSETS))
    assert (again.fresh, again.digest) == (False, first.digest)
    assert contents(blobs) == before


def test_a_finished_bundle_outlives_its_blobs(blobs: Storage) -> None:
    put(blobs)
    blobs.delete([s.key for s in blobs.list("blobs/")])
    assert not put(blobs).fresh


@pytest.mark.parametrize("changed", [{"files": {**FILES, "copy.csv": b"other"}}, {"assets": ASSETS[:2]}, {"by": "somebody"}])
def test_another_bundle_is_refused_where_one_stands(blobs: Storage, changed: dict[str, Any]) -> None:
    put(blobs)
    before = contents(blobs)
    with pytest.raises(StoreError) as caught:
        put(blobs, **changed)
    assert caught.value.fault.code == "publish.other"
    assert contents(blobs) == before


def wrong_blobs() -> Iterator[Any]:
    def gone(storage: Storage, key: str) -> None:
        storage.delete([key])

    yield pytest.param(gone, id="missing")
    yield pytest.param(lambda storage, key: storage.put(key, PIXELS[1][:-1]), id="cut")
    yield pytest.param(lambda storage, key: storage.put(key, PIXELS[1][::-1]), id="other bytes")


@pytest.mark.parametrize("harm", list(wrong_blobs()))
def test_nothing_is_written_when_a_blob_is_not_as_the_record_says(blobs: Storage, harm: Callable[[Storage, str], None]) -> None:
    harm(blobs, ASSETS[1].path.replace("assets/", "blobs/"))
    with pytest.raises(StoreError, match="missing or cut short") as caught:
        put(blobs)
    assert (caught.value.fault.code, caught.value.fault.where) == ("publish.missing", ASSETS[1].path)
    assert contents(blobs) == {}


def test_a_blob_without_a_known_digest_is_read_and_compared(storage: Storage) -> None:
    data = b"film" * (3 << 20)
    asset = asset_of(data)
    with storage.writer(asset.path.replace("assets/", "blobs/")) as writer:
        writer.write(data)
    assert put(storage, assets=[asset]).fresh
    assert storage.get(f"{PREFIX}/{asset.path}") == data


# ------------------------------------------------------------------------------------------------- broken off


class Breaking:
    """A store that ends its publisher before or after the n-th change that is asked of it."""

    def __init__(self, inner: Storage, at: int, *, before: bool) -> None:
        self._inner, self._left, self._before, self._lock = inner, at, before, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._inner, name)
        if name not in ("put", "put_new", "copy"):
            return act

        def change(*args: Any, **how: Any) -> Any:
            with self._lock:
                self._left -= 1
                last = self._left < 0
            if last and self._before:
                raise Killed
            result = act(*args, **how)
            if last:
                raise Killed
            return result

        return change


class Killed(BaseException):
    """Not an error that anybody could handle."""


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", range(8))
def test_broken_off_at_any_step_it_has_no_mark_and_is_finished_by_the_next(blobs: Storage, at: int, before: bool) -> None:
    with pytest.raises(Killed):
        put(Breaking(blobs, at, before=before))
    finished = at == 7 and not before
    assert readable(blobs, PREFIX) == finished
    assert put(blobs).fresh != finished
    assert set(contents(blobs)) == {*FILES, *(a.path for a in ASSETS), "_SUCCESS"}


def test_the_rest_of_another_content_is_refused_until_it_is_discarded(blobs: Storage) -> None:
    with pytest.raises(Killed):
        put(Breaking(blobs, 5, before=True), {**FILES, "batch.json": b"older"})
    with pytest.raises(StoreError) as caught:
        put(blobs)
    assert caught.value.fault.code == "publish.mixed"
    assert discard(blobs, PREFIX) == 5
    assert put(blobs).fresh
    with pytest.raises(StoreError, match="is finished"):
        discard(blobs, PREFIX)


@pytest.mark.parametrize("after", [0, 4, 7])
def test_a_publisher_that_is_killed_leaves_no_mark(after: int, s3: Any) -> None:
    """A real process, a real SIGKILL, between two of its requests."""
    storage = S3Storage(endpoint=s3.endpoint, bucket=s3.bucket, region=s3.region, access_key=s3.access_key, secret_key=s3.secret_key)
    for pixels, asset in zip(PIXELS, ASSETS, strict=True):
        storage.put(asset.path.replace("assets/", "blobs/"), pixels)
    code = (
        "import os, signal, sys\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import test_publish_twins as t\n"
        f"s = t.S3Storage(endpoint={s3.endpoint!r}, bucket={s3.bucket!r}, region='us-east-1', access_key={s3.access_key!r}, secret_key={s3.secret_key!r})\n"
        "t.Killed.__init__ = lambda self: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"t.put(t.Breaking(s, {after}, before=True))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not readable(storage, PREFIX)
    assert len(contents(storage)) >= after - 2
    assert put(storage).fresh


# ------------------------------------------------------------------------------------------------- two at once


def test_of_publishers_at_once_one_is_fresh_and_all_are_done(blobs: Storage) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = [f.result() for f in [pool.submit(put, blobs) for _ in range(4)]]
    assert sorted(d.fresh for d in done) == [False, False, False, True]
    assert len({d.digest for d in done}) == 1
    assert whole(blobs)


def test_two_contents_at_once_never_share_a_mark(blobs: Storage) -> None:
    def one(n: int) -> Published | FactoryError:
        try:
            return put(blobs, {**FILES, "batch.json": b"content %d" % n, "copy.csv": b"rows %d" % n})
        except FactoryError as error:
            return error

    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(one, range(2)))
        told = [o.fault.code for o in outcomes if isinstance(o, FactoryError)]
        assert told
        assert set(told) <= {"publish.mixed", "publish.other"}
        assert whole(blobs) or len(told) == 2
        blobs.delete([s.key for s in blobs.list(f"{PREFIX}/")])


def whole(storage: Storage) -> bool:
    """Whether the mark is there and everything is as it says."""
    mark = read_mark(storage, PREFIX)
    found = contents(storage)
    return mark is not None and all(hashlib.sha256(found[n]).hexdigest() == f["sha256"] for n, f in mark["files"].items())


# ------------------------------------------------------------------------------------------------- recalled


def test_a_recalled_bundle_is_not_readable_and_not_published_again(blobs: Storage) -> None:
    put(blobs)
    assert recall(blobs, PREFIX, "The price\nis wrong")
    assert not recall(blobs, PREFIX, "Another reason")
    assert json.loads(blobs.get(f"{PREFIX}/_RECALLED")) == {"reason": "The price is wrong"}
    assert not readable(blobs, PREFIX)
    assert read_mark(blobs, PREFIX) is None
    with pytest.raises(RefusedError, match="was recalled"):
        put(blobs)
    with pytest.raises(StoreError, match="unfinished or recalled"):
        archive(blobs, PREFIX, "archives/a.zip")
    assert blobs.head("archives/a.zip") is None


def test_recalled_before_it_is_finished_it_never_is(blobs: Storage) -> None:
    recall(blobs, PREFIX, "too late")
    with pytest.raises(RefusedError):
        put(blobs)
    assert not readable(blobs, PREFIX)
    discard(blobs, PREFIX)
    assert list(contents(blobs)) == ["_RECALLED"]


# ------------------------------------------------------------------------------------------------- as one zip


def test_an_archive_holds_the_bundle_byte_for_byte(blobs: Storage) -> None:
    put(blobs)
    done = archive(blobs, PREFIX, "archives/a.zip")
    data = blobs.get("archives/a.zip")
    assert (done.key, done.size, done.sha256) == ("archives/a.zip", len(data), hashlib.sha256(data).hexdigest())
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.testzip() is None
        assert made.namelist() == sorted(contents(blobs))
        assert {n: made.read(n) for n in made.namelist()} == contents(blobs)


def test_equal_bundles_give_equal_archives(blobs: Storage) -> None:
    put(blobs)
    publish(blobs, "bundles/other", FILES, ASSETS, {"bundle": "0123456789abcdef"})
    digests = [archive(blobs, p, f"archives/{n}.zip").sha256 for n, p in enumerate([PREFIX, "bundles/other", PREFIX])]
    assert len(set(digests)) == 1


def test_what_is_not_of_the_bundle_stays_out_of_its_archive(blobs: Storage) -> None:
    put(blobs)
    blobs.put(f"{PREFIX}/stray.txt", b"?")
    archive(blobs, PREFIX, "archives/a.zip")
    with zipfile.ZipFile(io.BytesIO(blobs.get("archives/a.zip"))) as made:
        assert "stray.txt" not in made.namelist()


def test_large_objects_go_through_in_chunks(storage: Storage) -> None:
    data = bytes(range(256)) * 40_000
    asset = asset_of(data)
    storage.put(asset.path.replace("assets/", "blobs/"), data)
    put(storage, assets=[asset])
    archive(storage, PREFIX, "archives/a.zip")
    with zipfile.ZipFile(io.BytesIO(storage.get("archives/a.zip"))) as made:
        assert made.read(asset.path) == data


def test_an_archive_takes_the_memory_of_a_few_objects(storage: Storage) -> None:
    assets = []
    for n in range(16):
        data = b"%02d" % n * (2 << 20)
        assets.append(asset_of(data))
        storage.put(assets[-1].path.replace("assets/", "blobs/"), data)
    put(storage, assets=assets)
    tracemalloc.start()
    archive(storage, PREFIX, "archives/a.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 48 << 20  # of 64 MiB


@pytest.mark.parametrize("size", [3, 9 << 20], ids=["whole", "in chunks"])
def test_a_damaged_bundle_makes_no_archive(storage: Storage, size: int) -> None:
    asset = asset_of(b"g" * size)
    storage.put(asset.path.replace("assets/", "blobs/"), b"g" * size)
    put(storage, assets=[asset])
    storage.put(f"{PREFIX}/{asset.path}", b"b" * size)
    with pytest.raises(StoreError) as caught:
        archive(storage, PREFIX, "archives/a.zip")
    assert caught.value.fault.code == "storage.digest"
    assert storage.head("archives/a.zip") is None


def test_an_unfinished_bundle_makes_no_archive(storage: Storage) -> None:
    with pytest.raises(StoreError, match="unfinished"):
        archive(storage, PREFIX, "archives/a.zip")
