"""One suite over both stores: what the folder promises, the bucket keeps, and the other way round."""

from __future__ import annotations

import contextlib
import hashlib
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from factory.errors import StoreError
from factory.storage import S3Storage, Storage

PART = 5 << 20


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(StoreError) as caught:
        yield
    assert caught.value.fault.code == code
    assert caught.value.fault.help


@pytest.mark.parametrize("size", [0, 1, PART, PART + 7])
def test_what_is_put_comes_back(storage: Storage, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    stat = storage.put("blobs/x.png", data, content_type="image/png", sha256=sha(data))
    assert (stat.key, stat.size, stat.sha256) == ("blobs/x.png", size, sha(data))
    assert storage.get("blobs/x.png") == data
    assert b"".join(storage.open("blobs/x.png")) == data
    found = storage.head("blobs/x.png")
    assert found is not None
    assert (found.size, found.sha256, found.content_type) == (size, sha(data), "image/png")


@pytest.mark.parametrize("size", [10, PART + 10])
def test_a_file_is_put_as_its_bytes_are(storage: Storage, size: int, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"f" * size)
    assert storage.put("blobs/film.mp4", tmp_path / "film.mp4").sha256 == sha(b"f" * size)
    assert storage.get("blobs/film.mp4") == b"f" * size


def test_a_file_that_is_not_there_is_told(storage: Storage, tmp_path: Path) -> None:
    with refused("storage.missing"):
        storage.put("a", tmp_path / "nothing")
    assert storage.head("a") is None


def test_a_wrong_digest_stores_nothing(storage: Storage) -> None:
    with refused("storage.digest"):
        storage.put("a", b"data", sha256=sha(b"other"))
    assert storage.head("a") is None


def test_put_replaces(storage: Storage) -> None:
    storage.put("a", b"one")
    storage.put("a", b"second")
    assert storage.get("a") == b"second"


def test_put_new_never_replaces(storage: Storage) -> None:
    assert storage.put_new("m/_SUCCESS", b"first")
    assert not storage.put_new("m/_SUCCESS", b"second")
    assert storage.get("m/_SUCCESS") == b"first"


def test_of_many_who_put_new_at_once_one_wins(storage: Storage) -> None:
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda n: storage.put_new("race", b"%d" % n), range(6)))
    assert won.count(True) == 1
    assert storage.get("race") == b"%d" % won.index(True)


def test_nothing_is_not_there(storage: Storage) -> None:
    assert storage.head("none") is None
    for act in (lambda: storage.get("none"), lambda: storage.open("none"), lambda: storage.copy("none", "b")):
        with refused("storage.missing"):
            act()
    assert storage.head("b") is None
    storage.delete(["none", "nor/this"])


def test_a_reader_may_set_a_limit(storage: Storage) -> None:
    storage.put("a", b"12345")
    assert storage.get("a", limit=5) == b"12345"
    with refused("storage.size"):
        storage.get("a", limit=4)


def test_keys_are_listed_in_order_whatever_the_server_thinks(storage: Storage) -> None:
    keys = ["b/p-x", "b/p.z", "b/P", "b/p/q", "b/p_1", "b/p0", "a", "b/p/q-2", "c/d"]
    for key in keys:
        storage.put(key, key.encode())
    assert [s.key for s in storage.list()] == sorted(keys)
    assert [s.key for s in storage.list("b/p")] == sorted(k for k in keys if k.startswith("b/p"))
    assert [(s.key, s.size) for s in storage.list("c/")] == [("c/d", 3)]
    assert list(storage.list("zzz/")) == []


def test_more_than_one_page_is_listed_and_deleted(storage: Storage) -> None:
    keys = [f"many/{n:04}" for n in range(1005 if isinstance(storage, S3Storage) else 20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: storage.put(k, b"."), keys))
    assert [s.key for s in storage.list("many/")] == keys
    storage.delete(iter([*keys[:-1], "many/none"]))
    assert [s.key for s in storage.list("many/")] == keys[-1:]


def test_a_copy_has_the_bytes_the_digest_and_the_type(storage: Storage) -> None:
    storage.put("a.png", b"picture", content_type="image/png")
    copied = storage.copy("a.png", "x/b.png")
    assert (copied.key, copied.size, copied.sha256, copied.content_type) == ("x/b.png", 7, sha(b"picture"), "image/png")
    storage.delete(["a.png"])
    assert storage.get("x/b.png") == b"picture"


@pytest.mark.parametrize("size", [0, 100, PART, 2 * PART + 1])
def test_a_stream_is_stored_when_its_block_ends(storage: Storage, size: int) -> None:
    data = b"0123456789" * (size // 10 + 1)
    data = data[:size]
    with storage.writer("archives/a.zip", content_type="application/zip") as writer:
        for at in range(0, size, 70_001):
            assert writer.write(data[at : at + 70_001]) == len(data[at : at + 70_001])
        assert storage.head("archives/a.zip") is None
    assert (writer.size, writer.sha256) == (size, sha(data))
    found = storage.head("archives/a.zip")
    assert found is not None
    assert (found.size, found.content_type) == (size, "application/zip")
    assert found.sha256 in (sha(data), None)
    assert storage.get("archives/a.zip") == data


@pytest.mark.parametrize("size", [10, 2 * PART])
def test_an_error_in_the_block_leaves_nothing(storage: Storage, size: int) -> None:
    storage.put("archives/a.zip", b"the one before")
    with pytest.raises(OSError, match="mine"), storage.writer("archives/a.zip") as writer:
        writer.write(b"x" * size)
        raise OSError("mine")
    assert storage.get("archives/a.zip") == b"the one before"
    assert [s.key for s in storage.list()] == ["archives/a.zip"]
    assert storage.sweep(0) == 0


def test_a_stream_takes_the_memory_of_a_few_parts(storage: Storage) -> None:
    piece = b"m" * (1 << 20)
    tracemalloc.start()
    with storage.writer("big") as writer:
        for _ in range(32):
            writer.write(piece)
    for chunk in storage.open("big"):
        assert len(chunk) <= 1 << 20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * PART


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/..", "a/./b", ".hidden", "a/.b", "-a", "a b", "a\\b", "é", "a\n", "a" * 513, "a?b", "%2e"])
def test_only_our_own_kind_of_key_is_taken(storage: Storage, key: str) -> None:
    acts = (
        lambda: storage.put(key, b""), lambda: storage.put_new(key, b""), lambda: storage.get(key), lambda: storage.open(key),
        lambda: storage.head(key), lambda: storage.delete([key]), lambda: storage.copy(key, "b"), lambda: storage.copy("b", key),
        lambda: storage.presign_get(key, "a", 10), lambda: storage.writer(key).__enter__(),
    )  # fmt: skip
    storage.put("b", b"")
    for act in acts:
        with refused("storage.key"):
            act()


@pytest.mark.parametrize("prefix", ["../", "a//", "/", "a b", ".x"])
def test_only_our_own_kind_of_prefix_is_listed(storage: Storage, prefix: str) -> None:
    with refused("storage.key"):
        list(storage.list(prefix))


def test_a_link_opens_the_object(storage: Storage) -> None:
    storage.put("a.txt", b"words")
    with urllib.request.urlopen(storage.presign_get("a.txt", "Größe 1.txt", 60)) as answer:
        assert answer.read() == b"words"


def test_making_the_bucket_again_is_fine(storage: Storage) -> None:
    storage.put("a", b"kept")
    storage.ensure_bucket()
    storage.ensure_bucket()
    assert storage.get("a") == b"kept"


# ------------------------------------------------------------------------------------------------- the bucket alone


@pytest.fixture
def bucket(s3: Any) -> S3Storage:
    return s3_storage(s3)


def s3_storage(at: Any, **changes: object) -> S3Storage:
    given = {k: getattr(at, k) for k in ("endpoint", "bucket", "region", "access_key", "secret_key")}
    return S3Storage(**{**given, "part": PART, **changes})


def test_a_bucket_that_is_not_there_is_made(s3: Any) -> None:
    storage = s3_storage(s3, bucket="made-by-us")
    with refused("storage.bucket"):
        storage.get("a")
    storage.ensure_bucket()
    storage.put("a", b"")


def test_a_link_saves_under_a_name_in_any_script(bucket: S3Storage) -> None:
    bucket.put("a.txt", b"words", content_type="text/plain")
    with urllib.request.urlopen(bucket.presign_get("a.txt", 'Größe "1"/\r\n2.txt', 60)) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=\"Gr__e 12.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%2012.txt"
    with urllib.request.urlopen(bucket.presign_get("a.txt", "a.txt", 60, inline=True)) as answer:
        assert answer.headers["Content-Disposition"].startswith("inline;")


def test_a_link_that_was_changed_opens_nothing(bucket: S3Storage) -> None:
    bucket.put("a", b"words")
    bucket.put("b", b"secret")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(bucket.presign_get("a", "a", 60).replace("/a?", "/b?"))
    with caught.value:
        assert caught.value.code == 403


def post(form: Any, file: bytes, **changes: str) -> int:
    import httpx

    return httpx.post(form.url, data={**form.fields, **changes}, files={"file": ("x", file)}).status_code


def test_a_form_takes_one_file_of_its_type_and_size(bucket: S3Storage) -> None:
    form = bucket.presign_post("uploads/1", max_bytes=5, content_type="image/png", seconds=60)
    assert post(form, b"12345") == 204
    found = bucket.head("uploads/1")
    assert found is not None
    assert (found.size, found.content_type, bucket.get("uploads/1")) == (5, "image/png", b"12345")
    assert post(form, b"123456") == 400
    assert post(form, b"123", **{"Content-Type": "text/html"}) == 403
    assert post(form, b"123", key="uploads/2") == 403
    assert bucket.head("uploads/2") is None


def test_wrong_keys_are_told_without_being_shown(s3: Any) -> None:
    storage = s3_storage(s3, access_key="wrongaccess", secret_key="wrongsecret")
    with pytest.raises(StoreError) as caught:
        storage.put("a", b"")
    assert str(caught.value) == "The object store refuses us (a). Correct FACTORY_S3_ACCESS_KEY."
    assert "wrong" not in repr(storage)


def test_a_wrong_secret_is_told(s3: Any) -> None:
    with pytest.raises(StoreError, match=r"Correct FACTORY_S3_SECRET_KEY\.$"):
        s3_storage(s3, secret_key="wrongsecret").put("a", b"")


def test_what_a_killed_writer_left_is_swept(bucket: S3Storage) -> None:
    from factory.storage.multipart import Upload

    left = Upload(bucket, "big", "text/plain")
    left.write(b"x" * PART)  # and no more: killed here
    assert bucket.head("big") is None
    assert bucket.sweep(3600) == 0
    assert bucket.sweep(0) == 1
    assert bucket.sweep(0) == 0
