"""Files of the service: in the bucket for good, on this disk for a while."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from factory.errors import StoreError
from factory.ids import digest_bytes
from factory.storage import FolderStorage
from workers.remote import BlobCache, RemoteWork


def name_of(data: bytes) -> str:
    return f"{digest_bytes(data)}.bin"


def work(tmp_path: Path, cache: str = "cache") -> RemoteWork:
    storage = FolderStorage(tmp_path / "bucket")
    storage.ensure_bucket()
    return RemoteWork(pool=None, storage=storage, root=tmp_path, cache=BlobCache(tmp_path / cache, 10_000))  # type: ignore[arg-type]


def test_a_kept_file_is_named_by_its_content_and_read_anywhere(tmp_path: Path) -> None:
    name = work(tmp_path).put_blob(b"picture", "bin")
    other = work(tmp_path, "another machine")
    assert name == name_of(b"picture") and other.blob(name) == b"picture"
    assert other.blob_path(name).read_bytes() == b"picture"


def test_a_damaged_file_of_the_cache_is_fetched_anew(tmp_path: Path) -> None:
    here = work(tmp_path)
    name = here.put_blob(b"picture", "bin")
    (here.cache.folder / name).write_bytes(b"pict")
    assert here.blob(name) == b"picture" and (here.cache.folder / name).read_bytes() == b"picture"


def test_a_damaged_object_is_told_and_not_kept(tmp_path: Path) -> None:
    here = work(tmp_path)
    name = name_of(b"picture")
    here.storage.put(f"blobs/{name}", b"other")
    with pytest.raises(StoreError) as caught:
        here.blob(name)
    assert caught.value.fault.code == "work.damaged" and here.cache.get(name) is None


def test_a_missing_file_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        work(tmp_path).blob(name_of(b"never"))
    assert caught.value.fault.code == "storage.missing"


def test_the_least_lately_used_leave_first(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 4000)
    names = [name_of(bytes([n]) * 1000) for n in range(4)]
    for n, name in enumerate(names):
        cache.put(name, bytes([n]) * 1000)
        os.utime(tmp_path / name, (n, n))
    assert cache.get(names[0]) is not None  # used: now the newest
    cache.put(name_of(b"x" * 1000), b"x" * 1000)
    assert [(tmp_path / n).exists() for n in names] == [True, False, False, True]
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 3600


def test_a_disk_that_takes_nothing_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workers.remote.write_aside", full)
    here = work(tmp_path)
    name = here.put_blob(b"picture", "bin")
    assert here.blob(name) == b"picture" and here.cache.get(name) is None


def test_a_file_is_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = work(tmp_path)
    sent: list[str] = []
    put = here.storage.put
    monkeypatch.setattr(here.storage, "put", lambda key, *a, **k: sent.append(key) or put(key, *a, **k))
    names = [here.put_blob(b"picture", "bin"), here.put_blob(b"picture", "bin"), work(tmp_path).put_blob(b"picture", "bin")]
    assert len(set(names)) == 1 and len(sent) == 1
